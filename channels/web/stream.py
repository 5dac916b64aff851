"""The server-sent-event stream: every bot line of one citizen, once, resumable."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import aclosing

import orjson
import structlog
from sse_starlette import EventSourceResponse, ServerSentEvent
from sse_starlette.sse import SendTimeoutError
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from bot.errors import SudaError
from channels.web.channel import WebChannel
from channels.web.lines import line_json
from channels.web.refusal import Refused

log = structlog.get_logger(__name__)

SEND_TIMEOUT = 30.0
"""Seconds a reader may leave what was sent unread before the stream is dropped; it resumes where it stopped."""

RETRY_MS = 2000
"""Milliseconds a browser waits before it opens a broken stream again."""


def stream_lines(channel: WebChannel, request: Request, address: str) -> Response:
    """Stream the lines of ``address`` from where the client stopped.

    Raises:
        Refused: ``bad_cursor`` or ``too_many_streams``.
    """
    after = _cursor(request)
    if not channel.open_stream(address):
        raise Refused("too_many_streams")
    return _Stream(
        _events(channel, address, after),
        on_end=lambda: channel.close_stream(address),
        heartbeat=channel.heartbeat,
    )


def _cursor(request: Request) -> int | None:
    # A browser that reconnects by itself keeps the first address and adds the header: the header is newer.
    value = request.headers.get("last-event-id") or request.query_params.get("after")
    if not value:
        return None
    if not (value.isascii() and value.isdecimal() and len(value) <= 18):
        raise Refused("bad_cursor")
    return int(value)


async def _events(channel: WebChannel, address: str, after: int | None) -> AsyncIterator[ServerSentEvent]:
    # The comment makes headers reach the browser at once, through proxies that wait for a first byte.
    yield ServerSentEvent(comment="open", retry=RETRY_MS)
    lines = channel.conversations.stream(address, after)
    try:
        async with aclosing(lines) as source:
            async for line in source:
                yield ServerSentEvent(
                    event="message", id=str(line.id), data=orjson.dumps(line_json(line)).decode()
                )
    except SudaError as error:
        # Closing is the message: the browser comes back and goes on from the last line it has.
        log.warning("web_stream_broken", error=type(error).__name__)


class _Stream(EventSourceResponse):
    """A stream that gives its place back however it ends, and drops a reader who has stopped reading."""

    def __init__(
        self, events: AsyncIterator[ServerSentEvent], *, on_end: Callable[[], None], heartbeat: float
    ) -> None:
        super().__init__(
            events,
            ping=heartbeat,
            ping_message_factory=lambda: ServerSentEvent(comment="beat"),
            send_timeout=SEND_TIMEOUT,
        )
        self._on_end = on_end

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve until the client, the server or an error ends it."""
        ended = False

        async def watched(message: Message) -> None:
            nonlocal ended
            ended = message["type"] == "http.response.body" and not message.get("more_body", False)
            await send(message)

        try:
            await super().__call__(scope, receive, watched)
            if not ended:
                # The library drops a stream at shutdown without ending it, which servers log as an error.
                await send({"type": "http.response.body", "body": b"", "more_body": False})
        except SendTimeoutError:
            log.info("web_stream_reader_stalled")
        finally:
            self._on_end()
