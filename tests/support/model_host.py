"""A host of model weights over a real socket, which may answer only ranges, break off or be slow."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class ModelHost:
    """What it has and how it behaves.

    Attributes:
        files: Name -> content.
        url: Where it answers.
        ranges: Whether it goes on where somebody was.
        breaks_off_after: Bytes of a file after which it hangs up.
        seconds: How long a whole file takes.
        asked: First byte of each request that was answered.
    """

    files: Mapping[str, bytes]
    url: str = ""
    ranges: bool = True
    breaks_off_after: int | None = None
    seconds: float = 0.0
    asked: list[int] = field(default_factory=list)

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        """One GET."""
        content = self.files.get(request.path.strip("/"))
        if content is None:
            request.send_error(404)
            return
        said = request.headers.get("Range", "") if self.ranges else ""
        first = int(said.removeprefix("bytes=").rstrip("-") or 0)
        if first >= len(content):
            request.send_error(416)
            return
        self.asked.append(first)
        request.send_response(206 if said else 200)
        request.send_header("Content-Length", str(len(content) - first))
        request.end_headers()
        sent = content[first : self.breaks_off_after]
        piece = max(1, len(sent) // 20) if self.seconds else len(sent)
        for start in range(0, len(sent), piece):
            request.wfile.write(sent[start : start + piece])
            time.sleep(self.seconds / 20)


@contextmanager
def model_host(files: Mapping[str, bytes]) -> Iterator[ModelHost]:
    """One that serves the block."""
    host = ModelHost(files)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            host.answer(self)

        def log_message(self, *_args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_args: object) -> None:
            pass  # who asked has hung up

    with Server(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        host.url = f"http://127.0.0.1:{server.server_port}"
        yield host
        server.shutdown()
