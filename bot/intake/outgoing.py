"""What was said, read back; and what Suda says unasked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import StorageError
from bot.identity import citizen_by_id, present_citizen
from bot.intake import statements
from bot.intake.sealed import open_incoming, open_reply, seal_reply
from bot.intake.turns import PULLED
from bot.messages import Reply
from bot.storage import raw_connection
from bot.storage.sealing import Vault


@dataclass(frozen=True, slots=True)
class Said:
    """One line of a conversation, as a page shows it again.

    Attributes:
        by: Who said it.
        reply: The words; a citizen's have no buttons.
        at: When it was said, aware.
        id: Outbox id of a bot's line, which is where a stream goes on from; 0 for a citizen's.
        external_id: The channel's id of the message that this is or answers; None for what was pushed.
        seq: Place among the replies to that message, from 0; -1 for a notice that they are late.
        untold: Why the citizen could not be told so far, see :class:`bot.errors.CannotTell`; None when they were or soon are.
    """

    by: Literal["citizen", "bot"]
    reply: Reply
    at: datetime
    id: int
    external_id: str | None
    seq: int
    untold: str | None = None


async def replies_of(session: AsyncSession, vault: Vault, inbox_id: int) -> list[Reply] | None:
    """The replies to a message; None while it is not answered."""
    rows = await _rows(session, statements.ANSWER, {"inbox_id": inbox_id})
    if not rows:
        return None
    return [
        open_reply(vault.unwrap(row[-1]), row[2])
        for row in rows
        if row[0] is not None and row[-1] is not None
    ]


async def history(session: AsyncSession, vault: Vault, citizen_id: UUID, limit: int) -> list[Said]:
    """The last ``limit`` lines of a conversation, oldest first; none when the citizen is unknown or forgotten."""
    citizen = await citizen_by_id(session, vault, citizen_id)
    if citizen is None:
        return []
    rows = await _rows(session, statements.HISTORY, {"citizen": citizen_id, "limit": limit})
    return [
        Said(
            "bot" if outbox_id else "citizen",
            _words(citizen.key, outbox_id, body),
            at,
            outbox_id,
            external_id,
            seq,
            untold,
        )
        for outbox_id, body, at, external_id, seq, untold in reversed(rows)
    ]


def _words(key: bytes, outbox_id: int, body: bytes) -> Reply:
    return open_reply(key, body) if outbox_id else Reply(open_incoming(key, body)[0])


async def push(
    session: AsyncSession,
    vault: Vault,
    citizen_id: UUID,
    replies: Sequence[Reply],
    *,
    channel: str,
    key: str | None = None,
    pulled: frozenset[str] = PULLED,
) -> int:
    """Say something unasked (progress, a survey); it is on its way when the caller's transaction commits.

    Args:
        session: With an open transaction.
        vault: Opens citizens' keys.
        citizen_id: To whom; one who was merged into another hears it as that other.
        replies: In the order of saying.
        channel: Where.
        key: Names this push for ever, such as ``survey:<case number>:1``: pushed again it is not said again.
        pulled: Channels that fetch their replies.

    Returns:
        How many were written: 0 when the key was used before.

    Raises:
        StorageError: There is no such citizen, or they were forgotten.
    """
    citizen = await present_citizen(session, vault, citizen_id)
    if citizen is None:
        raise StorageError("Nothing can be said to a citizen who is unknown or was forgotten.")
    rows = await _rows(
        session,
        statements.PUSH,
        {
            "citizen": citizen.id,
            "channel": channel,
            "push_key": key,
            "bodies": [seal_reply(citizen.key, reply) for reply in replies],
            "outbox_state": "kept" if channel in pulled else "ready",
        },
    )
    return int(rows[0][0])


async def _rows(session: AsyncSession, statement: str, values: dict[str, Any]) -> list[Any]:
    connection = await raw_connection(session)
    return await (await connection.execute(statement, values)).fetchall()
