"""Take a message in: one row and one job, in the caller's transaction, once for each id of the channel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import ChannelError, RateLimited
from bot.identity import CitizenRef, find_or_create
from bot.intake import statements
from bot.intake.sealed import seal_incoming
from bot.messages import Incoming
from bot.storage import raw_connection
from bot.storage.sealing import Vault


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof that a message is kept, once the caller's transaction is committed.

    Attributes:
        inbox_id: The message's row.
        citizen_id: Its sender.
        duplicate: It was accepted before; nothing new was written.
        age: Seconds since it was accepted first.
    """

    inbox_id: int
    citizen_id: UUID
    duplicate: bool
    age: float = 0.0


async def accept(
    session: AsyncSession,
    vault: Vault,
    incoming: Incoming,
    *,
    flood_limit: int | None = None,
) -> Receipt:
    """Keep a message and order its turn; both happen when the caller's transaction commits.

    Messages of one sender get their turns in the order in which they were accepted, also when accepted at the same time.

    Args:
        session: With an open transaction; commit soon, it holds the sender's place in the order.
        vault: Opens and makes citizens' keys.
        incoming: The message, its sender already verified. ``external_id`` must be one that other senders cannot choose.
        flood_limit: Messages a sender may send within a minute; None is no limit.

    Raises:
        RateLimited: The sender is over the limit. Nothing was written.
        ChannelError: Another sender has used this ``external_id``.
    """
    citizen = await find_or_create(session, vault, incoming.channel, incoming.address, incoming.sent_at)
    return await accept_from(await raw_connection(session), citizen, incoming, flood_limit=flood_limit)


async def accept_from(
    connection: AsyncConnection[Any],
    citizen: CitizenRef,
    incoming: Incoming,
    *,
    flood_limit: int | None,
) -> Receipt:
    """As :func:`accept`, for a citizen already found, on a psycopg connection.

    In autocommit it is whole as well: row and job are one statement.

    Raises:
        RateLimited, ChannelError: As :func:`accept`.
    """
    values = {
        "citizen": citizen.id,
        "lock": str(citizen.id),
        "channel": incoming.channel,
        "external_id": incoming.external_id,
        "body": seal_incoming(citizen.key, incoming),
        "sent_at": incoming.sent_at,
        "limit": flood_limit,
        "held": incoming.held,
        "opens": incoming.opens,
    }
    inbox_id, *_ = await _one(connection, statements.ACCEPT, values)
    if inbox_id is not None:
        return Receipt(inbox_id, citizen.id, duplicate=False)
    known = await _one(connection, statements.KNOWN, values)
    if known is not None:
        if known[1] != citizen.id:
            raise ChannelError(
                "This message id was used by another sender: a channel's ids must not be for senders to choose."
            )
        return Receipt(known[0], citizen.id, duplicate=True, age=float(known[2]))
    raise RateLimited("A sender is over the limit of messages a minute.")


async def _one(connection: AsyncConnection[Any], statement: str, values: dict[str, Any]) -> Any:
    cursor = await connection.execute(statement, values)
    return await cursor.fetchone()
