"""Deliver what a channel cannot fetch: one job a citizen, in order, each reply once if the channel lets us know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, Protocol
from uuid import UUID

import psycopg
import structlog
from psycopg_pool import AsyncConnectionPool

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
    must not send twice.
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
            sender = self._senders.get(first.channel)
            if sender is None or not first.whole:
                await self._mark([first.id], "failed", "nobody_to_send")
                waiting.pop(0)
                continue
            together = list(takewhile(first.goes_with, waiting))
            done = await self._send(sender, together, tries)
            del waiting[:done]
        if len(rows) == MOST:
            raise TryAgain("There is more to send.", after=0)

    async def _send(self, sender: Sender, together: Sequence[_Ready], tries: int) -> int:
        """Send the first of what goes to one citizen by one channel, and keep what came of it."""
        first = together[0]
        key = self._vault.unwrap(first.todays_key or b"")
        to = Recipient(
            first.today, open_text(key, first.address or b"", bound_to=f"{first.today}/{first.channel}")
        )
        try:
            count = await sender.send(
                to, [open_reply(self._vault.unwrap(one.key or b""), one.body) for one in together]
            )
        except RateLimited as error:
            raise TryAgain("The channel wants us to wait.", after=error.after or pause(tries)) from error
        except PlatformAway as error:
            _log.warning("platform_away", channel=first.channel, outbox_id=first.id)
            raise TryAgain("The platform is away.", after=pause(tries)) from error
        except CannotTell as error:
            _log.warning(
                "citizen_cannot_be_told", channel=first.channel, outbox_id=first.id, reason=error.code
            )
            metrics.error_happened(f"untold_{error.code}")
            await self._mark([first.id], "untold", error.code)
            return 1
        except DeliveryError as error:
            _log.warning(
                "reply_not_delivered", outbox_id=first.id, channel=first.channel, attempts=first.attempts + 1
            )
            if error.final or first.attempts + 1 >= MAX_SENDS:
                await self._mark([first.id], "failed", error_code(error))
                return 1
            await self._mark([first.id], "ready", error_code(error))
            raise TryAgain("A reply was not delivered.", after=pause(first.attempts)) from error
        await self._mark([one.id for one in together[:count]], "sent", None)
        return count

    async def _mark(self, ids: Sequence[int], state: str, code: str | None) -> None:
        async with self._pool.connection() as connection:
            await connection.execute(statements.SENT, {"ids": list(ids), "state": state, "error_code": code})
