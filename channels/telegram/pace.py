"""How fast we send: one message a second to a chat, and so many in all; a chat that must wait holds up no other."""

from __future__ import annotations

import time
from collections import OrderedDict

from aiolimiter import AsyncLimiter

from bot.errors import RateLimited

CHAT_INTERVAL = 1.0
"""Seconds between two messages to one chat; Telegram's rule, core.telegram.org/bots/faq."""
PATIENT = 14
"""Sends that wait here for their turn; more would keep the worker from its other work, so they come back later."""
_REMEMBERED = 10_000
"""Chats whose last second is known; at the overall rate the oldest of them is minutes old."""


class Pace:
    """Says when the next message may go; one a process.

    Args:
        rate: Messages a second in all.
    """

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._all = AsyncLimiter(1, 1 / rate)  # evenly: a burst on top of the rate would be over it
        self._chats: OrderedDict[str, AsyncLimiter] = OrderedDict()
        self._held: dict[str, float] = {}
        self._waiting = 0
        self._line = 0.0

    async def turn(self, chat: str) -> None:
        """Wait until a message may go to this chat.

        Raises:
            RateLimited: The platform told this chat to wait, or too many wait here already; ``after`` says how long.
        """
        now = time.monotonic()
        held = self._held.get(chat, 0.0)
        if held > now:
            raise RateLimited("Telegram told this chat to wait.", after=held - now)
        self._held.pop(chat, None)
        limiter = self._limiter(chat)
        if self._waiting >= PATIENT and not (limiter.has_capacity() and self._all.has_capacity()):
            # Those who come back find their places in a row, instead of all at once.
            self._line = max(self._line, now) + 1 / self._rate
            raise RateLimited("Too many replies at once.", after=max(CHAT_INTERVAL, self._line - now))
        self._waiting += 1
        try:
            await limiter.acquire()
            await self._all.acquire()
        finally:
            self._waiting -= 1

    def hold(self, chat: str, seconds: float) -> None:
        """The platform told this chat to wait."""
        now = time.monotonic()
        if len(self._held) >= _REMEMBERED:
            self._held = {one: until for one, until in self._held.items() if until > now}
        self._held[chat] = now + seconds

    def _limiter(self, chat: str) -> AsyncLimiter:
        limiter = self._chats.get(chat)
        if limiter is None:
            limiter = self._chats[chat] = AsyncLimiter(1, CHAT_INTERVAL)
            if len(self._chats) > _REMEMBERED:
                self._chats.popitem(last=False)
        else:
            self._chats.move_to_end(chat)
        return limiter
