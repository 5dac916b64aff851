"""A request's body, read no further and no longer than a channel allows."""

from __future__ import annotations

import asyncio
from typing import Literal

from starlette.requests import ClientDisconnect, Request

from bot.errors import ChannelError

Reason = Literal["too_long", "too_slow", "cut"]


class BodyRefused(ChannelError):  # noqa: N818
    """A body that was not read to its end; ``reason`` says why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


async def read_body(request: Request, *, limit: int, within: float) -> bytes:
    """The body of a request.

    Args:
        request: Not yet read.
        limit: Bytes; what is announced as longer is refused before a byte is read.
        within: Seconds in which it has to come.

    Raises:
        BodyRefused: ``too_long``; ``too_slow``; ``cut``: the caller went away.
    """
    announced = request.headers.get("content-length", "0")
    if announced.isdecimal() and int(announced) > limit:
        raise BodyRefused("too_long")
    body = bytearray()
    try:
        async with asyncio.timeout(within):
            async for chunk in request.stream():
                body += chunk
                if len(body) > limit:
                    raise BodyRefused("too_long")
    except TimeoutError as error:
        raise BodyRefused("too_slow") from error
    except ClientDisconnect as error:
        raise BodyRefused("cut") from error
    return bytes(body)
