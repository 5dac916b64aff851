"""The web channel on a real socket, in a thread, with the stand-in behind it."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import uvicorn
from fastapi import FastAPI

from channels.web import WebChannel, router
from tests.support.standin import StandIn

API_KEY = "test-api-key-of-the-web-channel"
COOKIE_KEYS = (b"new-cookie-key-for-tests", b"old-cookie-key-for-tests")


@dataclass
class WebServer:
    """A running server: its address, its core, and a way to run something in its loop."""

    url: str
    port: int
    core: StandIn
    channel: WebChannel
    loop: asyncio.AbstractEventLoop

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Run in the server's loop and wait for the result."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(10)


def make_app(core: StandIn, *, reply_wait: float = 1.0, heartbeat: float = 0.5) -> FastAPI:
    """The app as the serving process puts it together."""
    app = FastAPI()
    app.state.web = WebChannel(
        core,
        cookie_keys=COOKIE_KEYS,
        api_key=API_KEY,
        reply_wait=reply_wait,
        body_wait=0.5,
        heartbeat=heartbeat,
    )
    app.include_router(router)
    return app


@contextmanager
def web_server(*, port: int = 0, core: StandIn | None = None, reply_wait: float = 1.0) -> Iterator[WebServer]:
    """Serve until the block ends; ``core`` may be one that an earlier server had, as after a restart."""
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind(("127.0.0.1", port))
    bound.listen()  # so that a first request waits for the server instead of being refused
    port = bound.getsockname()[1]
    ready = threading.Event()
    made: list[WebServer] = []

    async def serve() -> None:
        present = core or StandIn()
        app = make_app(present, reply_wait=reply_wait)
        config = uvicorn.Config(app, log_config=None, lifespan="off", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        loop = asyncio.get_running_loop()
        stop.append(lambda: loop.call_soon_threadsafe(setattr, server, "should_exit", True))
        made.append(WebServer(f"http://127.0.0.1:{port}", port, present, app.state.web, loop))
        ready.set()
        await server.serve(sockets=[bound])

    stop: list[Any] = []
    thread = threading.Thread(target=asyncio.run, args=(serve(),), daemon=True)
    thread.start()
    if not ready.wait(10):
        raise RuntimeError("The web server did not start.")
    try:
        yield made[0]
    finally:
        stop[0]()
        thread.join(10)
        bound.close()
