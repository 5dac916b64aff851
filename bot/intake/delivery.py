"""Deliver what a channel cannot fetch: one job a citizen, in order, each reply once if the channel lets us know."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol
from uuid import UUID

import psycopg
import structlog
from psycopg_pool import AsyncConnectionPool

from bot.errors import DeliveryError, RateLimited
from bot.intake import statements
from bot.intake.sealed import open_reply
from bot.intake.turns import TryAgain, error_code, pause
from bot.messages import Reply
from bot.storage.sealing import Vault, open_text

_log = structlog.get_logger(__name__)

MAX_SENDS = 5
"""Tries of one reply; then it is ``failed`` and later replies go on."""


class Sender(Protocol):
    """One channel's way of sending. Web has none: the page fetches.

    A sender tries again by itself only what surely was not delivered (no connection); what may have been delivered it
    must not send twice.
    """

    async def send(self, address: str, reply: Reply) -> None:
        """Bring one reply to the citizen at ``address``.

        Raises:
            RateLimited: Not now; it may be sent later.
            DeliveryError: It did not arrive. With the attribute ``final`` true, trying again is no use.
        """
        ...


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
        for id_, channel, body, attempts, wrapped, today, todays_wrapped, sealed_address in rows:
            sender = self._senders.get(channel)
            if sender is None or wrapped is None or todays_wrapped is None or sealed_address is None:
                await self._mark(id_, "failed", "nobody_to_send")
                continue
            todays_key = self._vault.unwrap(todays_wrapped)
            address = open_text(todays_key, sealed_address, bound_to=f"{today}/{channel}")
            try:
                await sender.send(address, open_reply(self._vault.unwrap(wrapped), body))
            except RateLimited as error:
                raise TryAgain("The channel wants us to wait.", after=pause(tries)) from error
            except DeliveryError as error:
                _log.warning("reply_not_delivered", outbox_id=id_, channel=channel, attempts=attempts + 1)
                if getattr(error, "final", False) or attempts + 1 >= MAX_SENDS:
                    await self._mark(id_, "failed", error_code(error))
                    continue
                await self._mark(id_, "ready", error_code(error))
                raise TryAgain("A reply was not delivered.", after=pause(attempts)) from error
            await self._mark(id_, "sent", None)
        if len(rows) == 50:
            raise TryAgain("There is more to send.", after=0)

    async def _mark(self, outbox_id: int, state: str, code: str | None) -> None:
        async with self._pool.connection() as connection:
            await connection.execute(statements.SENT, {"id": outbox_id, "state": state, "error_code": code})
