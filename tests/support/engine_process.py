"""The real engine as a process, a scripted action server beside it, and the small bot they serve."""

from __future__ import annotations

import base64
import itertools
import json
import os
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from bot.settings import PROJECT
from tests.support.ports import free_port

BOT = PROJECT / "tests" / "support" / "engine_bot"
PYTHON = PROJECT / "engine" / ".venv" / "bin" / "python"
SECRET = "a secret of the engine's tests"
KEY = base64.b64encode(bytes(range(32))).decode()
NO_ENGINE = "engine/.venv is not there: make it as engine/README.md says."

_inbox = itertools.count(1)


def trained_model() -> Path:
    """The small bot's model; trained once and again only when the bot or the engine's lock changes."""
    if not PYTHON.exists():
        pytest.skip(NO_ENGINE)
    folder = PROJECT / "var" / "test-engine"
    command = [
        PYTHON,
        "-m",
        "engine.train",
        "--project",
        BOT,
        "--output",
        folder / "models",
        "--cache",
        folder / "cache",
    ]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return Path(done.stdout.splitlines()[-1])


class ActionServer:
    """Answers action calls as a test says and remembers them.

    Attributes:
        calls: Bodies in order.
        answers: By action name: a function of the body that returns ``(status, body)``.
    """

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.answers: dict[str, Callable[[dict[str, Any]], tuple[int, Any]]] = {}
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                super().setup()
                outer._connections.append(self.connection)

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.calls.append(body)
                outer.headers.append(dict(self.headers))
                status, answer = outer.answers.get(body["next_action"], outer.nothing)(body)
                data = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._handler = Handler
        self._connections: list[socket.socket] = []
        self._serve(0)
        self.url = f"http://127.0.0.1:{self._server.server_port}/actions/webhook"

    def _serve(self, port: int) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", port), self._handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @staticmethod
    def nothing(_body: dict[str, Any]) -> tuple[int, Any]:
        """An action without effect."""
        return 200, {"events": [], "responses": []}

    @staticmethod
    def says(text: str, *events: dict[str, Any], **more: Any) -> Callable[[dict[str, Any]], tuple[int, Any]]:
        """An action that says something."""
        return lambda _body: (200, {"events": list(events), "responses": [{"text": text, **more}]})

    def named(self, action: str) -> list[dict[str, Any]]:
        """The calls of one action."""
        return [call for call in self.calls if call["next_action"] == action]

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()

    @contextmanager
    def away(self) -> Iterator[None]:
        """Nothing listens at the address for the length of the block, and open connections are cut."""
        port = self._server.server_port
        self.close()
        for connection in self._connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._connections.clear()
        try:
            yield
        finally:
            self._serve(port)


@dataclass
class Engine:
    """A running engine.

    Attributes:
        process: Its process.
        port: On 127.0.0.1.
        log: The file of its standard error.
    """

    process: subprocess.Popen[bytes]
    port: int
    log: Path
    http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.http = httpx.Client(
            base_url=f"http://127.0.0.1:{self.port}/webhooks/suda",
            headers={"Authorization": f"Bearer {SECRET}"},
            timeout=60,
            trust_env=False,
        )

    def turn(self, conversation: UUID, said: str, /, **fields: Any) -> httpx.Response:
        """One turn; ``fields`` replace or add to what the app would send, None removes."""
        body = {
            "conversation_id": str(conversation),
            "inbox_id": next(_inbox),
            "text": said,
            "sent_at": "2026-11-23T15:00:00+08:00",
            "channel": "web",
            "key": KEY,
            "metadata": {},
        } | fields
        return self.http.post(
            "/turn", json={name: value for name, value in body.items() if value is not None}
        )

    def says(self, conversation: UUID, text: str, **fields: Any) -> list[str]:
        """The texts of a turn that must succeed."""
        answer = self.turn(conversation, text, **fields)
        assert answer.status_code == 200, answer.text
        return [message["text"] for message in answer.json()["messages"]]

    def stop(self) -> None:
        """End it and its connections."""
        self.http.close()
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


@contextmanager
def engine(
    folder: Path, url: str, actions: str, port: int | None = None, **environment: str
) -> Iterator[Engine]:
    """A ready engine on a migrated database."""
    model = trained_model()
    port = port or free_port()
    log = folder / f"engine-{uuid4().hex[:6]}.log"
    command = [
        PYTHON,
        "-m",
        "engine.run",
        "--model",
        model,
        "--port",
        str(port),
        "--cache",
        model.parent.parent / "cache",
    ]
    settings = {"SUDA_ENGINE_SECRET": SECRET, "SUDA_ACTIONS_URL": actions, "SUDA_ENGINE_DATABASE_URL": url}
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=PROJECT, env={**os.environ, **settings, **environment}, stderr=output, stdout=output
        )
    running = Engine(process, port, log)
    try:
        _wait(running)
        yield running
    finally:
        running.stop()


def _wait(running: Engine, seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if running.process.poll() is not None:
            break
        try:
            if running.http.get("/health").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    raise AssertionError(f"The engine did not start: {running.log.read_text()[-2000:]}")
