"""The outermost layer of the stand-in: makes calls of the Bot API slow, fail, or lose their connection."""

from __future__ import annotations

import asyncio
import json
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.support.platforms.serving import CUT
from tests.support.platforms.telegram.world import World


class FaultLayer:
    """ASGI middleware; only ``/bot…`` and ``/file/…`` are concerned."""

    def __init__(self, app: ASGIApp, world: World) -> None:
        self._app = app
        self._world = world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(("/bot", "/file/")):
            await self._app(scope, receive, send)
            return
        faults = self._world.faults
        if faults.delay:
            await asyncio.sleep(faults.delay)
        if time.monotonic() < faults.away_until:
            await _answer(send, 502)
        elif faults.drop_before > 0:
            faults.drop_before -= 1
            scope[CUT]()
        elif faults.drop_after > 0:
            faults.drop_after -= 1
            await self._app(scope, receive, _cutting(send, scope))
        else:
            await self._app(scope, receive, send)


def _cutting(send: Send, scope: Scope) -> Send:
    async def half(message: Message) -> None:
        if message["type"] == "http.response.start":
            await send(message)
            return
        body = message.get("body", b"")
        await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
        scope[CUT]()
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    return half


async def _answer(send: Send, status: int) -> None:
    body = json.dumps({"ok": False, "error_code": status, "description": "Bad Gateway"}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
