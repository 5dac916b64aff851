"""Single calls of the Bot API beside the replies: a phone stops spinning, a sentence that no dialogue says."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

import structlog
from telegram.error import TelegramError

from channels.telegram.client import Client, TooFast

_log = structlog.get_logger(__name__)

TRIES = 5
LONGEST_WAIT = 30.0
"""Seconds after which such a call is worth nothing any more."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call: ``sendMessage`` or ``answerCallbackQuery``."""

    method: str
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def may_be_lost(self) -> bool:
        """Whether it may be the answer to a webhook: then nobody tells us that it was refused."""
        return self.method != "sendMessage"

    def as_json(self) -> dict[str, Any]:
        """The form that Telegram takes as the answer to a webhook."""
        return {"method": self.method, **self.values}


class Caller:
    """Makes calls in the background; one a process.

    Args:
        client: The Bot API.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, call: Call) -> None:
        """Make a call; nobody waits for it."""
        task = asyncio.create_task(self._make(call))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Give up what is under way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _make(self, call: Call) -> None:
        for _ in range(TRIES):
            try:
                if call.method == "sendMessage":
                    await self._client.send_message(**call.values)
                else:
                    await self._client.answer_callback_query(**call.values)
            except TooFast as error:
                if error.after > LONGEST_WAIT:
                    break
                await asyncio.sleep(error.after)
            except TelegramError as error:
                _log.info("telegram_call_failed", method=call.method, error=type(error).__name__)
                break
            else:
                break
