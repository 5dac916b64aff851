"""The citizen's side: a person is wanted, is one on the way, is no longer wanted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import StorageError
from bot.handover.model import Handover, HandoverState, Reason, open_words, seal_words
from bot.handover.tables import IS_OPEN, HandoverEventRow, HandoverRow
from bot.identity import CitizenRef
from bot.identity.tables import CitizenRow

HANDOVERS = HandoverRow.__table__.c
_CITIZENS = CitizenRow.__table__.c
_TRIES = 5


@dataclass(frozen=True, slots=True)
class _Asked:
    """What was given to :func:`open_handover`."""

    channel: str
    reason: Reason
    summary: str
    fields: Mapping[str, str]
    transcript: Sequence[tuple[str, str]]
    danger: bool
    at: datetime


async def open_handover(
    session: AsyncSession,
    citizen: CitizenRef,
    *,
    channel: str,
    reason: Reason,
    summary: str,
    fields: Mapping[str, str],
    transcript: Sequence[tuple[str, str]],
    danger: bool,
    at: datetime,
) -> Handover:
    """Ask for a person. Who asks again while one is open gets that one, refreshed; two askings at once make one.

    A refresh replaces summary and fields and never makes a danger less; the transcript stays that of the first asking,
    because what was said since is read from the conversation itself.

    Args:
        session: With an open transaction.
        citizen: For whom.
        channel: Where they are answered.
        reason: Why.
        summary: The matter in a sentence or two.
        fields: What is filled in, by its Chinese label.
        transcript: The talk so far: ``(who, words)``, oldest first; who is ``citizen`` or ``bot``.
        danger: Life is at stake.
        at: When.

    Raises:
        StorageError: Others open and close this citizen's handovers faster than they can be read.
    """
    asked = _Asked(channel, reason, summary, fields, transcript, danger, at)
    for _ in range(_TRIES):
        row = await _insert(session, citizen, asked)
        if row is not None:
            await note(session, row.id, "opened", None, at)
            return handover_of(row)
        present = await _locked(session, citizen.id)
        if present is not None:
            return await _refresh(session, citizen, present, asked)
    raise StorageError("A citizen's handover changes faster than it can be read.")


async def open_handover_of(session: AsyncSession, citizen_id: UUID) -> HandoverState | None:
    """The citizen's open handover, if there is one: one query on a unique index."""
    query = select(HANDOVERS.id, HANDOVERS.state).where(HANDOVERS.citizen_id == citizen_id, IS_OPEN)
    row = (await session.execute(query)).first()
    return None if row is None else HandoverState(row.id, row.state)


async def withdraw_handover(session: AsyncSession, citizen_id: UUID, at: datetime) -> bool:
    """The citizen no longer needs a person.

    Returns:
        Whether there was an open handover, waiting or taken, to end.
    """
    ended = await session.execute(
        update(HandoverRow)
        .where(HANDOVERS.citizen_id == citizen_id, IS_OPEN)
        .values(state="withdrawn", closed_at=at, until=func.now())
        .returning(HANDOVERS.id)
    )
    handover_id = ended.scalar()
    if handover_id is None:
        return False
    await note(session, handover_id, "withdrawn", None, at)
    return True


async def erase_handovers(session: AsyncSession, at: datetime) -> int:
    """End the open handovers of citizens who were forgotten, and drop what was sealed for them.

    Returns:
        How many there were.
    """
    forgotten = select(_CITIZENS.id).where(_CITIZENS.wrapped_key.is_(None))
    erased = await session.execute(
        update(HandoverRow)
        .where(IS_OPEN, HANDOVERS.citizen_id.in_(forgotten))
        .values(state="erased", closed_at=at, until=func.now(), sealed=b"")
        .returning(HANDOVERS.id)
    )
    ids = erased.scalars().all()
    for handover_id in ids:
        await note(session, handover_id, "erased", None, at)
    return len(ids)


async def note(
    session: AsyncSession, handover_id: UUID, action: str, clerk: str | None, at: datetime
) -> None:
    """Keep a step."""
    await session.execute(
        insert(HandoverEventRow).values(handover_id=handover_id, action=action, clerk=clerk, at=at)
    )


def handover_of(row: Any, *, repeated: bool = False) -> Handover:
    """A row as a value."""
    return Handover(
        id=row.id,
        citizen_id=row.citizen_id,
        channel=row.channel,
        state=row.state,
        reason=row.reason,
        danger=row.danger,
        clerk=row.clerk,
        created_at=row.created_at,
        taken_at=row.taken_at,
        closed_at=row.closed_at,
        repeated=repeated,
    )


async def _insert(session: AsyncSession, citizen: CitizenRef, asked: _Asked) -> Any | None:
    """The new row; None when one is open. Waits for another transaction that is just opening one."""
    handover_id = uuid4()
    statement = (
        upsert(HandoverRow)
        .values(
            id=handover_id,
            citizen_id=citizen.id,
            channel=asked.channel,
            reason=asked.reason,
            danger=asked.danger,
            sealed=seal_words(citizen.key, handover_id, asked.summary, asked.fields, asked.transcript),
            created_at=asked.at,
        )
        .on_conflict_do_nothing(index_elements=["citizen_id"], index_where=IS_OPEN)
        .returning(*HANDOVERS)
    )
    return (await session.execute(statement)).first()


async def _locked(session: AsyncSession, citizen_id: UUID) -> Any | None:
    query = select(*HANDOVERS).where(HANDOVERS.citizen_id == citizen_id, IS_OPEN).with_for_update()
    return (await session.execute(query)).first()


async def _refresh(session: AsyncSession, citizen: CitizenRef, present: Any, asked: _Asked) -> Handover:
    try:
        transcript: Sequence[tuple[str, str]] = open_words(citizen.key, present.id, present.sealed).transcript
    except StorageError:  # damaged: what is told now is better than nothing
        transcript = asked.transcript
    changed = await session.execute(
        update(HandoverRow)
        .where(HANDOVERS.id == present.id)
        .values(
            channel=asked.channel,
            reason="danger" if present.reason == "danger" else asked.reason,
            danger=present.danger or asked.danger,
            sealed=seal_words(citizen.key, present.id, asked.summary, asked.fields, transcript),
        )
        .returning(*HANDOVERS)
    )
    await note(session, present.id, "asked_again", None, asked.at)
    return handover_of(changed.one(), repeated=True)
