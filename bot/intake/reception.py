"""Where connectors hand messages in, and where a platform that waits for the reply to its own request gets it."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from uuid import UUID

import psycopg
from psycopg_pool import PoolTimeout
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from bot.errors import RateLimited, StorageError
from bot.intake.accepting import Receipt, accept
from bot.intake.holding import Fits, HandedOver
from bot.intake.mailbox import LOOK_AFTER, LOOK_EVERY, Mailbox, StrangerError
from bot.messages import Incoming
from bot.observability import metrics
from bot.storage import Database
from bot.storage.sealing import Vault


class Reception:
    """Takes messages in for a process that serves webhooks; see docs/architecture.md, "Intake".

    Args:
        database: Sessions.
        vault: Opens and makes citizens' keys.
        mailbox: The process's waiting room.
        flood_limit: Messages a sender may send within a minute.
        is_danger: Whether a text speaks of danger to life: never refused.
    """

    def __init__(
        self,
        database: Database,
        vault: Vault,
        mailbox: Mailbox,
        *,
        flood_limit: int | None = None,
        is_danger: Callable[[str], Awaitable[bool]] | None = None,
    ) -> None:
        self._database = database
        self._vault = vault
        self._mailbox = mailbox
        self._flood_limit = flood_limit
        self._is_danger = is_danger

    async def accept(self, incoming: Incoming) -> Receipt:
        """Store a message and order its turn.

        Raises:
            RateLimited: Too much, too fast.
            ChannelError: Another sender has used this message's id.
            StorageError: It could not be stored; the platform or the citizen may try again.
        """
        with metrics.step("accept"):
            try:
                return await self._accept(incoming, self._flood_limit)
            except RateLimited:
                if self._is_danger is None or not await self._is_danger(incoming.text):
                    raise
            return await self._accept(incoming, None)

    async def _accept(self, incoming: Incoming, flood_limit: int | None) -> Receipt:
        try:
            return await self._mailbox.accept(incoming, flood_limit=flood_limit)
        except StrangerError:
            pass
        try:
            async with self._database.session() as session, session.begin():
                return await accept(session, self._vault, incoming, flood_limit=flood_limit)
        except (DBAPIError, PoolTimeoutError, OSError) as error:
            raise StorageError("A message could not be stored.") from error

    async def hand_over(
        self,
        inbox_id: int,
        wait: float,
        fits: Fits,
        *,
        let_go: bool = True,
        only_answers: bool = False,
        asked_again: bool = False,
    ) -> HandedOver:
        """The reply to a held message, for the platform's own answer.

        Each reply goes one way only: those that ``fits`` counts are the caller's, the others the sender's.

        Args:
            inbox_id: The message, accepted with ``held``.
            wait: Seconds to wait for the reply.
            fits: See :data:`bot.intake.holding.Fits`; 0 leaves all to the sender.
            let_go: Whether the sender gets the reply when none is there in time; else the message stays held for the
                platform's next try.
            only_answers: The channel can tell only in answers: what could not be told before is handed over first.
            asked_again: The platform asks for a message that was accepted before: its reply may be there already.
        """
        try:
            if only_answers:
                answered = await self._mailbox.wait(inbox_id, wait) is not None
            else:
                handed = await self._take(inbox_id, wait, fits, at_once=asked_again)
                if handed.state != "waiting":
                    return handed
                answered = False
            if not answered and not let_go:
                return HandedOver("waiting")
            return await self._mailbox.held.let_go(inbox_id, fits, only_answers=only_answers)
        except (psycopg.OperationalError, PoolTimeout):
            return HandedOver("later")  # whoever is left held is let go by the worker

    async def _take(self, inbox_id: int, wait: float, fits: Fits, *, at_once: bool) -> HandedOver:
        end = time.monotonic() + wait
        pause = 0.0 if at_once else LOOK_AFTER
        while (left := end - time.monotonic()) > 0:
            await self._mailbox.wait_until_answered(inbox_id, min(pause, left))
            pause = LOOK_EVERY if pause else LOOK_AFTER
            handed = await self._mailbox.held.take(inbox_id, fits)
            if handed.state != "waiting":
                return handed
        return HandedOver("waiting")

    async def find(self, channel: str, address: str) -> UUID | None:
        """The citizen at an address; None when nobody wrote from there yet or was forgotten."""
        return await self._mailbox.find(channel, address)
