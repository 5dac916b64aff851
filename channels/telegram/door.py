"""One update taken in, whichever way it came: stored, and answered with at most one call of the Bot API."""

from __future__ import annotations

import time
from typing import Any

import structlog

from bot.clock import now
from bot.errors import ChannelError, RateLimited
from bot.intake import Reception
from bot.observability import metrics
from channels.telegram.calls import Call
from channels.telegram.parse import Elsewhere, Pressed, Said, Unreadable, parse_update
from channels.telegram.words import ONLY_PRIVATE, TOO_FAST, TOO_FAST_SHORT

_log = structlog.get_logger(__name__)

TELL_FAST_EVERY = 60.0
"""Seconds between two notes to one citizen that they write too fast."""
TELL_GROUP_EVERY = 24 * 3600.0
_REMEMBERED = 5_000


class Door:
    """Takes updates; one a process.

    Args:
        reception: Where messages are handed in.
        bot_id: Of our bot.
    """

    def __init__(self, reception: Reception, bot_id: str) -> None:
        self._reception = reception
        self._bot_id = bot_id
        self._told: dict[tuple[str, int | str], float] = {}

    async def take(self, raw: dict[str, Any]) -> Call | None:
        """Store what an update says; once this returns it is kept and Telegram may forget it.

        Raises:
            StorageError: It could not be stored; Telegram is to bring it again.
        """
        try:
            parsed = parse_update(raw, self._bot_id, now())
        except Unreadable as error:
            # Brought again it would be no better, and would hold up what the same citizen says next.
            metrics.error_happened("telegram_update_unreadable")
            _log.warning("telegram_update_unreadable", reason=str(error))
            return None
        if isinstance(parsed, Said):
            return await self._accept(parsed)
        if isinstance(parsed, Elsewhere):
            if not self._may_tell("group", parsed.chat_id, TELL_GROUP_EVERY):
                return None
            return Call("sendMessage", {"chat_id": parsed.chat_id, "text": ONLY_PRIVATE})
        if isinstance(parsed, Pressed):
            return _stop_spinning(parsed.query_id)
        return None

    async def _accept(self, said: Said) -> Call | None:
        try:
            await self._reception.accept(said.incoming)
        except RateLimited:
            return self._too_fast(said)
        except ChannelError:  # an id that was another's: ids are drawn anew after a week without updates
            metrics.error_happened("telegram_id_used")
            _log.error("telegram_id_used")
        return _stop_spinning(said.query_id) if said.query_id is not None else None

    def _too_fast(self, said: Said) -> Call | None:
        metrics.error_happened("telegram_too_fast")
        if said.query_id is not None:
            return _stop_spinning(said.query_id, TOO_FAST_SHORT)
        if not self._may_tell("fast", said.incoming.address, TELL_FAST_EVERY):
            return None
        return Call("sendMessage", {"chat_id": int(said.incoming.address), "text": TOO_FAST})

    def _may_tell(self, what: str, chat: int | str, every: float) -> bool:
        at = time.monotonic()
        if self._told.get((what, chat), -every) + every > at:
            return False
        if len(self._told) >= _REMEMBERED:
            self._told.clear()
        self._told[what, chat] = at
        return True


def _stop_spinning(query_id: str, words: str = "") -> Call:
    values = {"callback_query_id": query_id}
    return Call("answerCallbackQuery", {**values, "text": words} if words else values)
