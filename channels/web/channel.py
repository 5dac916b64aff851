"""The web channel's parts, put together once by the process that serves it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from starlette.requests import HTTPConnection

from channels.web.port import Conversations
from channels.web.sender import SenderCookie


class WebChannel:
    """What the routes need; lives at ``app.state.web``.

    Args:
        conversations: The core, see :class:`channels.web.port.Conversations`.
        cookie_keys: Secrets that sign the sender cookie, newest first.
        api_key: The key of ``X-API-Key`` callers.
        reply_wait: Seconds a posted message waits for its reply before 202.
        body_wait: Seconds a request's body may take to arrive.
        heartbeat: Seconds between the stream's comments that keep proxies from closing it.
        streams_per_sender: Streams one sender may hold open.
        streams: Streams this process holds open in all.
    """

    def __init__(
        self,
        conversations: Conversations,
        *,
        cookie_keys: Sequence[bytes],
        api_key: str,
        reply_wait: float,
        body_wait: float = 20.0,
        heartbeat: float = 15.0,
        streams_per_sender: int = 6,
        streams: int = 2000,
    ) -> None:
        self.conversations = conversations
        self.cookie = SenderCookie(cookie_keys)
        self.api_key = api_key
        self.reply_wait = reply_wait
        self.body_wait = body_wait
        self.heartbeat = heartbeat
        self._streams_per_sender = streams_per_sender
        self._streams = streams
        self._open: Counter[str] = Counter()
        self._all_open = 0

    def open_stream(self, address: str) -> bool:
        """Take one of the sender's places for a stream; False when there is none left."""
        if self._open[address] >= self._streams_per_sender or self._all_open >= self._streams:
            return False
        self._open[address] += 1
        self._all_open += 1
        return True

    def close_stream(self, address: str) -> None:
        """Give the place back."""
        self._open[address] -= 1
        self._all_open -= 1
        if self._open[address] <= 0:
            del self._open[address]


def web_channel(connection: HTTPConnection) -> WebChannel:
    """The channel of the app that serves this request."""
    channel: Any = connection.app.state.web
    if not isinstance(channel, WebChannel):
        raise TypeError("app.state.web must hold a WebChannel before the web routes are served.")
    return channel
