"""An ASGI app on a real socket in this event loop, whose connections can be cut and whose port can refuse."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.utils import formatdate
from typing import Any

import uvicorn
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

CUT = "platform.cut"
"""Name in an ASGI scope of the function that breaks the request's connection."""
END_WITHIN = 2.0
"""Seconds that requests in hand get when the server ends."""


class _Protocol(HttpToolsProtocol):
    """HTTP of uvicorn, with a way to break the connection under a request."""

    def on_headers_complete(self) -> None:
        super().on_headers_complete()  # starts the request's task, which runs only after this
        self.scope[CUT] = self.transport.abort  # type: ignore[literal-required]


async def cut(request: Request) -> None:
    """Break the connection that a request came by: its sender gets no answer."""
    request.scope[CUT]()
    await asyncio.sleep(0)
    await asyncio.sleep(0)  # the loop has told the protocol; an answer that is sent now goes nowhere


class Served:
    """A running server.

    Args:
        app: What is served.
        port: The port; 0 takes a free one.
    """

    def __init__(self, app: ASGIApp, port: int = 0) -> None:
        self._config = uvicorn.Config(
            _dated(app), log_config=None, access_log=False, lifespan="off", proxy_headers=False
        )
        self._state = ServerState()
        self._server: asyncio.Server | None = None
        self._socket = _bound(port)
        self.port: int = self._socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    async def listen(self) -> None:
        """Take connections."""
        if self._server is not None:
            return
        if not self._config.loaded:
            self._config.load()
        self._server = await asyncio.get_running_loop().create_server(
            lambda: _Protocol(config=self._config, server_state=self._state, app_state={}),
            sock=self._socket,
            backlog=512,
        )

    async def refuse(self) -> None:
        """Refuse connections, as a server that is not there, and break those that are open; the port stays ours."""
        if self._server is None:
            return
        self._server.close()
        self._server = None
        for connection in list(self._state.connections):
            connection.transport.abort()
        await asyncio.sleep(0)
        self._socket = _bound(
            self.port
        )  # bound, not listening: the kernel refuses, and nobody else gets the port

    async def end(self) -> None:
        """Finish the requests in hand and stop."""
        if self._server is not None:
            self._server.close()
            self._server = None
        else:
            self._socket.close()
        for connection in list(self._state.connections):
            connection.shutdown()
        if tasks := list(self._state.tasks):
            _, late = await asyncio.wait(tasks, timeout=END_WITHIN)
            for task in late:
                task.cancel()
        for connection in list(self._state.connections):
            connection.transport.abort()
        await asyncio.sleep(0)


def _dated(app: ASGIApp) -> ASGIApp:
    """The app, with the time in each answer, as every platform's servers have it: uvicorn's own server would add it."""

    async def dated(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).setdefault("Date", formatdate(usegmt=True))
            await send(message)

        await app(scope, receive, send_dated)

    return dated


def _bound(port: int) -> socket.socket:
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind(("127.0.0.1", port))
    bound.setblocking(False)
    return bound


@asynccontextmanager
async def serving(app: Any, port: int = 0) -> AsyncIterator[Served]:
    """Serve on loopback until the block ends."""
    served = Served(app, port)
    await served.listen()
    try:
        yield served
    finally:
        await served.end()
