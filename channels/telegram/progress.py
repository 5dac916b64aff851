"""The sign of a chat in which something is being written: ``sendChatAction``."""

from __future__ import annotations

from telegram.constants import ChatAction
from telegram.error import TelegramError

from bot.intake.delivery import Recipient
from channels.telegram.client import Client
from channels.telegram.meaning import meaning

LASTS = 4.5
"""Seconds after which it is shown again; it fades after 5, and with the next message (core.telegram.org/bots/api)."""


class TelegramProgress:
    """See :class:`bot.connector.Progress`.

    A sign waits for no place in the row of messages (:mod:`channels.telegram.pace`): the reply that comes next would wait
    behind it.

    Args:
        client: The Bot API.
    """

    def __init__(self, client: Client) -> None:
        self._client = client

    async def show(self, to: Recipient) -> float | None:
        """Show it for five seconds."""
        try:
            await self._client.send_chat_action(int(to.address), ChatAction.TYPING)
        except TelegramError as error:
            raise meaning(error) from error
        return LASTS
