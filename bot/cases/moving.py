"""Cases change hands: two citizens turned out to be one, or their citizen leaves and takes them back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.events import CASES, take_step
from bot.cases.following import release_followers
from bot.cases.lifecycle import CITIZEN, OPEN
from bot.cases.tables import CaseNoteRow, CaseRow, CaseTextRow
from bot.identity import CitizenRef
from bot.storage.sealing import open_sealed, seal

_TEXTS = CaseTextRow.__table__.c
_NOTES = CaseNoteRow.__table__.c
_MASTERS = CaseRow.__table__.alias("master")


async def move_cases(session: AsyncSession, source: CitizenRef, target: CitizenRef) -> int:
    """Make the cases of one citizen another's: found, read and continued by that one only.

    What was said is sealed anew. Notes are not: their digests stand in events, which are never changed, so the key that
    opens them is handed on instead. No event is written: nothing happened to the case. Anonymous cases are nobody's and
    stay where they are.

    Returns:
        How many cases.
    """
    query = (
        select(CASES.id, CASES.number, _TEXTS.sealed)
        .join(CaseTextRow, _TEXTS.case_id == CASES.id)
        .where(CASES.citizen_id == source.id, _TEXTS.wrapped_key.is_(None))
        .order_by(CASES.id)
        .with_for_update()
    )
    rows = (await session.execute(query)).all()
    for row in rows:
        words = open_sealed(source.key, row.sealed, bound_to=row.number)
        await session.execute(
            update(CaseTextRow)
            .where(_TEXTS.case_id == row.id)
            .values(sealed=seal(target.key, words, bound_to=row.number))
        )
        await _hand_on_notes(session, row.id, row.number, source, target)
        await session.execute(update(CaseRow).where(CASES.id == row.id).values(citizen_id=target.id))
    return len(rows)


def note_key(key: bytes, number: str, seq: int, sealed_key: bytes | None) -> bytes:
    """The key that opens a note: the case's (its citizen's), or the one of before that is sealed with it.

    Args:
        key: What seals the case's text now.
        number: Canonical case number.
        seq: The event that the note belongs to.
        sealed_key: As in :class:`bot.cases.tables.CaseNoteRow`.

    Raises:
        StorageError: ``key`` is not the case's.
    """
    return key if sealed_key is None else open_sealed(key, sealed_key, bound_to=_bound(number, seq))


async def withdraw_all(
    session: AsyncSession, citizen_ids: Sequence[UUID], at: datetime, *, reason: str
) -> int:
    """Take back every open case of these citizens, as one event each with a fixed ``reason``; how many.

    Cases of others that follow one of them go on without it (:func:`bot.cases.following.release_followers`).
    """
    theirs = CASES.citizen_id.in_(citizen_ids) & CASES.state.in_([state.value for state in OPEN])
    # With their followers, all in one order, so that two who leave at once do not wait for each other.
    followed = CASES.master_id.in_(select(_MASTERS.c.id).where(_MASTERS.c.citizen_id.in_(citizen_ids)))
    query = (
        select(CASES.id, CASES.number, theirs.label("theirs"))
        .where(theirs | followed)
        .order_by(CASES.id)
        .with_for_update(of=CaseRow)
    )
    rows = [row for row in (await session.execute(query)).all() if row.theirs]
    for row in rows:
        await take_step(session, row.number, "withdraw", CITIZEN, at, reason=reason)
    await release_followers(session, [row.id for row in rows], at)
    return len(rows)


async def messages_of_cases(session: AsyncSession, citizen_ids: Sequence[UUID]) -> list[int]:
    """The inbox ids that cases of these citizens were filed by."""
    query = select(CASES.inbox_id).where(CASES.citizen_id.in_(citizen_ids), CASES.inbox_id.is_not(None))
    return [inbox_id for inbox_id in (await session.execute(query)).scalars() if inbox_id is not None]


async def _hand_on_notes(
    session: AsyncSession, case_id: int, number: str, source: CitizenRef, target: CitizenRef
) -> None:
    rows = await session.execute(
        select(_NOTES.id, _NOTES.seq, _NOTES.sealed_key).where(_NOTES.case_id == case_id)
    )
    for row in rows.all():
        opens = note_key(source.key, number, row.seq, row.sealed_key)
        sealed_key = seal(target.key, opens, bound_to=_bound(number, row.seq))
        await session.execute(update(CaseNoteRow).where(_NOTES.id == row.id).values(sealed_key=sealed_key))


def _bound(number: str, seq: int) -> str:
    return f"{number}/{seq}/key"
