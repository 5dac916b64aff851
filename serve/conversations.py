"""The web channel's port, filled by the intake: conversations known by the address that the channel gave."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from uuid import UUID

from bot.intake import Mailbox, Outgoing, Reception, Said, history
from bot.messages import Incoming
from bot.storage import Database
from bot.storage.sealing import Vault
from channels.web.port import Line

FIRST_WORD_CHECK = 2.0
FIRST_WORD_CHECK_MAX = 30.0
"""Seconds between looks for a citizen whose page listens and who has not written yet; another process may take the first
message. In this process no look is needed."""


class WebConversations:
    """See :class:`channels.web.port.Conversations`.

    Args:
        database: Sessions.
        vault: Opens and makes citizens' keys.
        mailbox: The process's waiting room.
        reception: Where messages are handed in.
    """

    CHANNEL = "web"

    def __init__(
        self,
        database: Database,
        vault: Vault,
        mailbox: Mailbox,
        reception: Reception,
    ) -> None:
        self._database = database
        self._vault = vault
        self._mailbox = mailbox
        self._reception = reception
        self._first_words: dict[str, asyncio.Event] = {}

    async def accept(self, incoming: Incoming) -> int:
        """Store a message and order its turn; its inbox id.

        Raises:
            RateLimited: Too much, too fast.
            StorageError: It could not be stored; the citizen may try again.
        """
        receipt = await self._reception.accept(incoming)
        if (event := self._first_words.get(incoming.address)) is not None:
            event.set()
        return receipt.inbox_id

    async def wait_for_replies(self, inbox_id: int, wait: float) -> list[Line] | None:
        """What a stored message was answered; None when the answer is not there after ``wait`` seconds."""
        answer = await self._mailbox.wait(inbox_id, wait)
        return None if answer is None else [_told(outgoing) for outgoing in answer]

    async def history(self, address: str, limit: int) -> list[Line]:
        """The last ``limit`` lines, oldest first. An unknown address has none."""
        citizen_id = await self._mailbox.find(self.CHANNEL, address)
        if citizen_id is None:
            return []
        async with self._database.session() as session:
            return [_said(said) for said in await history(session, self._vault, citizen_id, limit)]

    async def stream(self, address: str, after: int | None) -> AsyncGenerator[Line, None]:
        """Every bot line with an id above ``after`` (None: from now on), in order, then each new one, without end."""
        citizen_id = await self._mailbox.find(self.CHANNEL, address)
        if citizen_id is None:
            citizen_id = await self._first_word(address)
            after = after or 0
        async with aclosing(self._mailbox.stream(citizen_id, after=after)) as source:
            async for outgoing in source:
                yield _told(outgoing)

    async def _first_word(self, address: str) -> UUID:
        """The citizen at an address, once they have written for the first time."""
        event = self._first_words.setdefault(address, asyncio.Event())
        pause = FIRST_WORD_CHECK
        try:
            while (citizen_id := await self._mailbox.find(self.CHANNEL, address)) is None:
                try:
                    async with asyncio.timeout(pause):
                        await event.wait()
                except TimeoutError:
                    pause = min(pause * 2, FIRST_WORD_CHECK_MAX)
                else:
                    event.clear()
            return citizen_id
        finally:
            self._first_words.pop(address, None)


def _told(outgoing: Outgoing) -> Line:
    return Line(outgoing.id, "bot", outgoing.reply, outgoing.at, outgoing.external_id)


def _said(said: Said) -> Line:
    return Line(said.id, said.by, said.reply, said.at, said.external_id)
