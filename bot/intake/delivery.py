"""Deliver what a channel cannot fetch: one job a citizen, in order, each reply once if the channel lets us know."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, Protocol
from uuid import UUID

import psycopg
import structlog
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from bot.errors import CannotTell, DeliveryError, PlatformAway, RateLimited
from bot.intake import statements
from bot.intake.sealed import open_reply
from bot.intake.turns import TryAgain, error_code, pause
from bot.messages import Reply
from bot.observability import metrics
from bot.storage.sealing import Vault, open_text

_log = structlog.get_logger(__name__)

MOST = 50
"""Replies to one citizen that one job sends: a backlog is no endless job."""
PATIENT_TRIES = 12
"""Runs, about three minutes, in which a channel may be opened by another process of a system that is being changed."""
AWAY = 2.0
"""Seconds between two looks at a platform that is away."""
MARK_TRIES = 6
MAX_SENDS = 5
"""Tries of one reply; then it is ``failed`` and later replies go on."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a channel tells something.

    Attributes:
        citizen_id: Who it is today.
        address: As the channel knows them. Personal data.
    """

    citizen_id: UUID
    address: str


class Sender(Protocol):
    """One channel's way of sending. Web has none: the page fetches.

    A sender tries again by itself only what surely was not delivered (no connection); what may have been delivered it
    must not send twice. One that puts several replies into one message says with ``at_once`` how many it wants to see.
    """

    async def send(self, to: Recipient, replies: Sequence[Reply]) -> int:
        """Bring the first of ``replies`` to the citizen, or the first few in one message.

        Returns:
            How many were brought, at least 1.

        Raises:
            RateLimited: Not now; it may be sent later.
            PlatformAway: Nothing can be sent now; it will be tried for as long as the platform is away.
            CannotTell: Not before the citizen writes again.
            DeliveryError: It did not arrive. With the attribute ``final`` true, trying again is no use.
        """
        ...


@dataclass(frozen=True, slots=True)
class _Ready:
    """A row of :data:`bot.intake.statements.READY`; without keys or address when the citizen was forgotten."""

    id: int
    channel: str
    body: bytes
    attempts: int
    claimed: bool
    key: bytes | None
    today: UUID
    todays_key: bytes | None
    address: bytes | None

    @property
    def whole(self) -> bool:
        return self.key is not None and self.todays_key is not None and self.address is not None

    def goes_with(self, other: _Ready) -> bool:
        """Whether the other goes the same way."""
        return self.channel == other.channel and other.whole


class Delivery:
    """Sends through the channels' senders; one a worker process.

    Args:
        pool: Connections in autocommit.
        vault: Opens citizens' keys.
        senders: Senders by channel name.
    """

    def __init__(
        self,
        pool: AsyncConnectionPool[psycopg.AsyncConnection[Any]],
        vault: Vault,
        senders: Mapping[str, Sender],
    ) -> None:
        self._pool = pool
        self._vault = vault
        self._senders = senders
        self._away: dict[str, float] = {}

    async def deliver(self, citizen_id: UUID, *, tries: int = 0) -> None:
        """Send everything one citizen is still to be told, oldest first.

        Raises:
            TryAgain: Something could not be sent now; the rest waits behind it, so that order is kept.
        """
        async with self._pool.connection() as connection:
            cursor = await connection.execute(statements.READY, {"citizen": citizen_id})
            rows = await cursor.fetchall()
        waiting = [_Ready(*row) for row in rows]
        while waiting:
            first = waiting[0]
            if not first.whole:
                await self._mark([first.id], "failed", "nobody_to_send")
                waiting.pop(0)
                continue
            sender = self._senders.get(first.channel)
            if sender is None:
                waiting.pop(0)
                await self._without_sender(first, tries)
                continue
            together = list(takewhile(first.goes_with, waiting))[: getattr(sender, "at_once", 1)]
            done = await self._send(sender, together, tries)
            del waiting[:done]
        if len(rows) == MOST:
            raise TryAgain("There is more to send.", after=0)

    async def _without_sender(self, row: _Ready, tries: int) -> None:
        """This process has not opened the channel: another may, so it is left for a while."""
        if tries < PATIENT_TRIES:
            raise TryAgain("The channel is not open here.", after=pause(tries))
        await self._mark([row.id], "untold", "no_channel")

    async def _send(self, sender: Sender, together: Sequence[_Ready], tries: int) -> int:
        """Send the first of what goes to one citizen by one channel, and keep what came of it."""
        first = together[0]
        if first.claimed:  # by a run that ended before it could say what came of it
            await self._mark([first.id], "untold", "unsure")
            return 1
        self._wait_for_platform(first.channel)
        ids = await self._claim([one.id for one in together if not one.claimed])
        mine = [one for one in together if one.id in ids]
        if first.id not in ids:
            raise TryAgain("Somebody else is sending this.", after=1)
        try:
            key = self._vault.unwrap(first.todays_key or b"")
            address = open_text(key, first.address or b"", bound_to=f"{first.today}/{first.channel}")
            replies = [open_reply(self._vault.unwrap(one.key or b""), one.body) for one in mine]
            count = await sender.send(Recipient(first.today, address), replies)
        except (RateLimited, PlatformAway, CannotTell, DeliveryError) as error:
            count = await self._not_sent(mine, error, tries)
        except (psycopg.OperationalError, PoolTimeout):
            raise
        except Exception as error:
            _log.exception("sender_broke", channel=first.channel, outbox_id=first.id)
            count = await self._not_sent(mine, error, tries)
        else:
            self._away.pop(first.channel, None)
            await self._mark([one.id for one in mine[:count]], "sent", None)
        await self._unclaim([one.id for one in mine[count:]])
        return count

    async def _not_sent(self, mine: Sequence[_Ready], error: Exception, tries: int) -> int:
        """What did not reach the citizen: kept as untold or failed (how many), or left for a later run.

        Raises:
            TryAgain: It is to be sent later.
        """
        first = mine[0]
        if isinstance(error, CannotTell):
            _log.warning(
                "citizen_cannot_be_told", channel=first.channel, outbox_id=first.id, reason=error.code
            )
            metrics.error_happened(f"untold_{error.code}")
            await self._mark([one.id for one in mine[: error.count]], "untold", error.code)
            return error.count
        ids = [one.id for one in mine]
        if isinstance(error, RateLimited):
            await self._unclaim(ids)
            raise TryAgain("The channel wants us to wait.", after=error.after or pause(tries)) from error
        if isinstance(error, PlatformAway):
            _log.warning("platform_away", channel=first.channel, outbox_id=first.id)
            self._away[first.channel] = time.monotonic() + AWAY
            await self._unclaim(ids)
            raise TryAgain("The platform is away.", after=pause(tries)) from error
        _log.warning(
            "reply_not_delivered", outbox_id=first.id, channel=first.channel, attempts=first.attempts + 1
        )
        if getattr(error, "final", False) or first.attempts + 1 >= MAX_SENDS:
            await self._mark([first.id], "failed", error_code(error))
            return 1
        await self._unclaim(ids[1:])
        await self._mark([first.id], "ready", error_code(error))
        raise TryAgain("A reply was not delivered.", after=pause(first.attempts)) from error

    def _wait_for_platform(self, channel: str) -> None:
        """While a platform is away, one look at a time: else a crowd of senders would wait for it in every place there is.

        Raises:
            TryAgain: It was away a moment ago.
        """
        until = self._away.get(channel)
        if until is None:
            return
        if time.monotonic() < until:
            raise TryAgain("The platform was away a moment ago.", after=AWAY + random.uniform(0, AWAY))  # noqa: S311
        self._away[channel] = time.monotonic() + AWAY  # this one looks, the others wait for what it finds

    async def _claim(self, ids: Sequence[int]) -> set[int]:
        async with self._pool.connection() as connection:
            cursor = await connection.execute(statements.CLAIM, {"ids": list(ids)})
            return {row[0] for row in await cursor.fetchall()}

    async def _unclaim(self, ids: Sequence[int]) -> None:
        if ids:
            async with self._pool.connection() as connection:
                await connection.execute(statements.UNCLAIM, {"ids": list(ids)})

    async def _mark(self, ids: Sequence[int], state: str, code: str | None) -> None:
        """Keep what came of it; a database that is away for a moment must not make us send again."""
        values = {"ids": list(ids), "state": state, "error_code": code}
        for last in (*[False] * MARK_TRIES, True):
            try:
                async with self._pool.connection() as connection:
                    await connection.execute(statements.SENT, values)
            except (psycopg.OperationalError, PoolTimeout):
                if last:
                    raise
                await asyncio.sleep(0.5)
            else:
                return
