"""Where a process waits for what citizens are told: replies to one message, or everything for one citizen.

One listening connection serves every waiter of the process. A notification only says "look": what is yielded comes from
the outbox, and every waiter also looks by itself from time to time, so a lost notification delays a reply and never
loses it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Self
from uuid import UUID

import psycopg
import structlog
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from bot.errors import StorageError, SudaError
from bot.identity import CitizenRef
from bot.intake import statements
from bot.intake.accepting import Receipt, accept_from
from bot.intake.holding import Holding
from bot.intake.listener import Listener
from bot.intake.sealed import open_reply
from bot.messages import Incoming, Reply
from bot.storage.sealing import Vault

_log = structlog.get_logger(__name__)

LOOK_AFTER = 0.5
"""Seconds after which a waiter first looks by itself; then at most every :data:`LOOK_EVERY`."""
LOOK_EVERY = 2.0
STREAM_LOOK_EVERY = 20.0
"""Seconds between a stream's own looks while notifications arrive; :data:`LOOK_EVERY` while they do not."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One thing a citizen was told.

    Attributes:
        id: Grows with time within one citizen; a page remembers the last one it showed and shows none twice.
        kind: ``reply``, ``notice`` (the answer is late, or will not come) or ``push``.
        reply: What is said.
        at: When it was written, aware.
        inbox_id: The message it answers; None for what is pushed.
        external_id: The channel's own id of that message.
        seq: Place among the replies to that message, from 0; -1 for the notice that they are late.
    """

    id: int
    kind: str
    reply: Reply
    at: datetime
    inbox_id: int | None
    external_id: str | None
    seq: int


class StrangerError(SudaError):
    """Nobody is known at this address yet."""


class Mailbox:
    """The waiting room of one process.

    ::

        listener = Listener(url)
        mailbox = Mailbox(url, vault, listener)
        async with listener, mailbox:
            answer = await mailbox.wait(receipt.inbox_id, timeout=10)

    Args:
        url: PostgreSQL URL as libpq reads it.
        vault: Opens citizens' keys.
        listener: The process's listener, not yet started.

    Attributes:
        held: What platforms wait for, see :class:`bot.intake.holding.Holding`.
    """

    def __init__(self, url: str, vault: Vault, listener: Listener, *, connections: int = 4) -> None:
        self._vault = vault
        self._listener = listener
        self._pool: AsyncConnectionPool[psycopg.AsyncConnection[Any]] = AsyncConnectionPool(
            url,
            min_size=1,
            max_size=connections,
            open=False,
            timeout=5,
            kwargs={"autocommit": True, "application_name": "suda mailbox"},
        )
        self.held = Holding(self._pool, vault)
        self._by_message: dict[str, set[asyncio.Event]] = {}
        self._by_citizen: dict[str, set[asyncio.Event]] = {}
        listener.on(statements.OUTBOX_CHANNEL, self._notified)

    async def __aenter__(self) -> Self:
        await self._pool.open(wait=False)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._pool.close(timeout=2)

    async def accept(self, incoming: Incoming, *, flood_limit: int | None = None) -> Receipt:
        """Keep a message of somebody known: as :func:`bot.intake.accept`, at half its cost, in a transaction of its own.

        Raises:
            StrangerError: Nobody has written from this address yet: accept in a session, which makes the citizen.
            RateLimited, ChannelError: As :func:`bot.intake.accept`.
            StorageError: PostgreSQL is away; nothing is known to be kept.
        """
        hashes = self._vault.address_hashes(incoming.channel, incoming.address)
        try:
            async with self._pool.connection() as connection:
                row = await (await connection.execute(statements.FIND, {"hashes": hashes})).fetchone()
                if row is None or row[1] is None:
                    raise StrangerError("Nobody has written from this address yet.")
                citizen = CitizenRef(row[0], self._vault.unwrap(row[1]))
                return await accept_from(connection, citizen, incoming, flood_limit=flood_limit)
        except (psycopg.OperationalError, PoolTimeout) as error:
            raise StorageError("A message could not be stored: PostgreSQL is away.") from error

    async def wait(self, inbox_id: int, timeout: float) -> list[Outgoing] | None:  # noqa: ASYNC109 - the caller's time, not a guard
        """What a message was answered, as soon as it is; None when ``timeout`` seconds pass first.

        A notice that the answer is late is no answer: it goes to the citizen's stream only.
        """
        loop = asyncio.get_running_loop()
        end = loop.time() + timeout
        pause = LOOK_AFTER
        with self._waiting(self._by_message, str(inbox_id)) as event:
            while (left := end - loop.time()) > 0:
                await _wait(event, min(pause, left))
                answer = await self.answer(inbox_id)
                if answer is not None:
                    return answer
                pause = LOOK_EVERY
        return None

    async def wait_for_replies(self, inbox_id: int, timeout: float) -> list[Reply] | None:  # noqa: ASYNC109
        """As :meth:`wait`, only the words."""
        answer = await self.wait(inbox_id, timeout)
        return None if answer is None else [outgoing.reply for outgoing in answer]

    async def answer(self, inbox_id: int) -> list[Outgoing] | None:
        """What a message was answered; None while it waits, and while PostgreSQL is away."""
        rows = await self._rows(statements.ANSWER, {"inbox_id": inbox_id})
        if not rows:
            return None
        return [self._outgoing(*row) for row in rows if row[0] is not None and row[-1] is not None]

    async def wait_until_answered(self, inbox_id: int, timeout: float) -> None:  # noqa: ASYNC109
        """Until a message may be answered, or ``timeout`` seconds; the caller looks."""
        with self._waiting(self._by_message, str(inbox_id)) as event:
            await _wait(event, timeout)

    async def find(self, channel: str, address: str) -> UUID | None:
        """The citizen at an address; None when nobody wrote from there yet, was forgotten, or PostgreSQL is away."""
        rows = await self._rows(statements.FIND, {"hashes": self._vault.address_hashes(channel, address)})
        return rows[0][0] if rows and rows[0][1] is not None else None

    async def stream(self, citizen_id: UUID, *, after: int | None = None) -> AsyncGenerator[Outgoing, None]:
        """Everything a citizen is told from now on, or after the outbox id ``after``; ends only when the caller stops."""
        with self._waiting(self._by_citizen, str(citizen_id)) as event:
            while after is None:
                rows = await self._rows(statements.NEWEST, {"citizen": citizen_id})
                if rows:
                    after = rows[0][0]
                else:
                    await asyncio.sleep(LOOK_EVERY)
            while True:
                for row in await self._rows(statements.SINCE, {"citizen": citizen_id, "after": after}):
                    outgoing = self._outgoing(*row)
                    after = outgoing.id
                    yield outgoing
                await _wait(event, STREAM_LOOK_EVERY if self._listener.connected else LOOK_EVERY)

    def _notified(self, payload: str) -> None:
        if payload:
            citizen, _, message = payload.partition(" ")
            events = [*self._by_citizen.get(citizen, ()), *self._by_message.get(message, ())]
        else:  # notifications may have been lost
            events = [
                event
                for room in (self._by_citizen, self._by_message)
                for some in room.values()
                for event in some
            ]
        for event in events:
            event.set()

    @contextmanager
    def _waiting(self, room: dict[str, set[asyncio.Event]], name: str) -> Iterator[asyncio.Event]:
        event = asyncio.Event()
        room.setdefault(name, set()).add(event)
        try:
            yield event
        finally:
            room[name].discard(event)
            if not room[name]:
                del room[name]

    async def _rows(self, statement: str, values: dict[str, Any]) -> list[Any]:
        try:
            async with self._pool.connection() as connection:
                return await (await connection.execute(statement, values)).fetchall()
        except (psycopg.OperationalError, PoolTimeout) as error:
            _log.warning("mailbox_cannot_look", error=type(error).__name__)
            return []

    def _outgoing(
        self,
        id_: int,
        kind: str,
        body: bytes,
        at: datetime,
        inbox_id: int | None,
        external_id: str | None,
        seq: int,
        wrapped: bytes,
    ) -> Outgoing:
        return Outgoing(
            id_, kind, open_reply(self._vault.unwrap(wrapped), body), at, inbox_id, external_id, seq
        )


async def _wait(event: asyncio.Event, seconds: float) -> None:
    """Until the event is set, which clears it, or the seconds pass."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return
    event.clear()
