"""Calls are read: the clerks' list, and one call with all that was said in it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import case, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.attachments.tables import AttachmentRow
from bot.calls.model import OPEN, CallDetail, Draft, Segment, Step, Waiting
from bot.calls.sealed import open_draft, open_words
from bot.calls.speakers import assign, without_covered, words_of_caller
from bot.calls.tables import IS_OPEN, CallRow, CallStepRow
from bot.calls.taking import CALLS, SEGMENTS, call_of, caller_of, locked_row, note
from bot.errors import CallNotFound, ConfigError, StorageError
from bot.identity.tables import CitizenRow
from bot.storage.sealing import Vault

_STEPS = CallStepRow.__table__.c
_CITIZENS = CitizenRow.__table__.c
_FILES = AttachmentRow.__table__.c
MOST = 300
"""Calls of the list."""
SUMMARY = 60
"""Characters of a matter in the list."""
_READING = timedelta(minutes=1)
"""How long one kept reading stands for those after it: pages load themselves again."""

_log = structlog.get_logger(__name__)


async def waiting_calls(session: AsyncSession, vault: Vault) -> list[Waiting]:
    """Calls that are going on or wait for a clerk: dangers first, then drafts, then what goes on, last those in which nobody spoke; each the oldest first.

    At most :data:`MOST`: many calls that go on hide none that waits.
    """
    turn = case((CALLS.state == "draft", 0), (CALLS.state == "open", 1), else_=2)
    query = (
        select(*CALLS, _CITIZENS.wrapped_key)
        .join(CitizenRow, _CITIZENS.id == CALLS.citizen_id)
        .where(IS_OPEN, _CITIZENS.wrapped_key.is_not(None))
        .order_by(CALLS.danger.desc(), turn, CALLS.created_at, CALLS.id)
        .limit(MOST)
    )
    found = []
    for row in (await session.execute(query)).all():
        draft = _draft(vault, row)
        parts = draft.parts if draft is not None else ()
        summary = "；".join(part.case.content[:SUMMARY] for part in parts) if draft is not None else None
        missing = tuple(dict.fromkeys(name for part in parts for name in part.missing))
        found.append(Waiting(call_of(row), summary, missing))
    return found


async def decided_calls(session: AsyncSession, since: datetime, *, limit: int = 50) -> list[Waiting]:
    """Calls that were decided since then, the newest first, without words."""
    query = (
        select(*CALLS)
        .where(CALLS.state.in_(("filed", "continued", "dropped")), CALLS.closed_at >= since)
        .order_by(CALLS.closed_at.desc())
        .limit(limit)
    )
    return [Waiting(call_of(row), None) for row in (await session.execute(query)).all()]


async def read_call(session: AsyncSession, vault: Vault, call_id: UUID) -> CallDetail:
    """A call with its words; for staff and trusted callers.

    Raises:
        CallNotFound: There is none.
    """
    return await _detail(session, vault, CALLS.id == call_id)


async def read_call_named(session: AsyncSession, vault: Vault, external_id: str) -> CallDetail:
    """The same by the call centre's id.

    Raises:
        CallNotFound: There is none.
    """
    return await _detail(session, vault, CALLS.external_id == external_id)


async def note_reading(
    session: AsyncSession, call_id: UUID, clerk: str, at: datetime, *, action: str = "read"
) -> bool:
    """Whether a clerk may see numbers of people in a call: while it is not decided. That they did is kept, once a minute.

    The row is held until the transaction ends, so that what is read after it is read of an undecided call.

    Args:
        session: With an open transaction.
        call_id: Which call.
        clerk: Who reads.
        at: When.
        action: ``read``, or ``listened``: to a recording, which has the numbers in it, so that is kept of decided calls, too.

    Raises:
        CallNotFound: There is none.
    """
    row = await locked_row(session, call_id)
    is_open = row.state in OPEN
    if not is_open and action == "read":
        return False
    lately = select(_STEPS.id).where(
        _STEPS.call_id == call_id, _STEPS.action == action, _STEPS.clerk == clerk, _STEPS.at > at - _READING
    )
    if (await session.execute(lately.limit(1))).first() is None:
        await note(session, call_id, action, clerk, at)
    return is_open


async def readers_of_calls(session: AsyncSession, since: datetime) -> dict[UUID, tuple[str, ...]]:
    """Which clerks have read which undecided calls since then: two need not work on the same one."""
    query = (
        select(_STEPS.call_id, _STEPS.clerk)
        .join(CallRow, CALLS.id == _STEPS.call_id)
        .where(IS_OPEN, _STEPS.action == "read", _STEPS.at >= since)
        .group_by(_STEPS.call_id, _STEPS.clerk)
        .order_by(_STEPS.call_id, _STEPS.clerk)
    )
    found: dict[UUID, tuple[str, ...]] = {}
    for call_id, clerk in (await session.execute(query)).all():
        found[call_id] = (*found.get(call_id, ()), clerk)
    return found


async def segments_of(session: AsyncSession, key: bytes, row: Any) -> tuple[list[tuple[int, Segment]], bool]:
    """What was said in a call, each with the revision it came with, speakers told apart as far as they can be; and whether some cannot.

    Raises:
        StorageError: The key does not open it.
    """
    query = (
        select(*SEGMENTS)
        .where(SEGMENTS.call_id == row.id)
        .order_by(SEGMENTS.start, SEGMENTS.until, SEGMENTS.id)
    )
    rows = (await session.execute(query)).all()
    told = [
        Segment(
            key=one.key,
            speaker=one.speaker,
            start=one.start,
            until=one.until,
            text=open_words(key, row.id, one.sealed),
            confidence=one.confidence,
            final=one.final,
            channel=one.channel,
        )
        for one in rows
    ]
    assigned, mixed = assign(told, row.caller_channel)
    return without_covered(list(zip([one.revision for one in rows], assigned, strict=True))), mixed


def late_words(said: list[tuple[int, Segment]], drafted: int) -> tuple[str, ...]:
    """What the caller said after the draft of a revision was made, a stretch each."""
    words = [words_of_caller([one]) for revision, one in said if revision > drafted]
    return tuple(one for one in words if one)


async def _detail(session: AsyncSession, vault: Vault, which: Any) -> CallDetail:
    query = select(*CALLS, _CITIZENS.wrapped_key).join(CitizenRow, _CITIZENS.id == CALLS.citizen_id)
    row = (await session.execute(query.where(which))).first()
    if row is None:
        raise CallNotFound("There is no such call.")
    steps = await _steps(session, row.id)
    nothing = CallDetail(call_of(row), False, (), None, None, steps=steps)
    if row.wrapped_key is None or row.state == "erased":
        return nothing
    try:
        key = vault.unwrap(row.wrapped_key)
        said, _mixed = await segments_of(session, key, row)
        draft = _draft(vault, row)
        caller = caller_of(key, row)
    except (StorageError, ConfigError) as error:
        _log.error("call_unreadable", call=str(row.id), error=type(error).__name__)
        return nothing
    return CallDetail(
        call=call_of(row),
        readable=True,
        segments=tuple(one for _revision, one in said),
        draft=draft,
        caller=caller,
        recordings=await recordings_of(session, row.id),
        steps=steps,
        late=late_words(said, row.drafted) if row.edited else (),
    )


async def recordings_of(session: AsyncSession, call_id: UUID) -> tuple[int, ...]:
    """Attachment ids of a call's recordings that are kept."""
    query = select(_FILES.id).where(_FILES.call_id == call_id, _FILES.state == "kept").order_by(_FILES.id)
    return tuple((await session.execute(query)).scalars())


def _draft(vault: Vault, row: Any) -> Draft | None:
    if row.sealed is None:
        return None
    try:
        return open_draft(vault.unwrap(row.wrapped_key), row.id, row.sealed)
    except (StorageError, ConfigError) as error:
        _log.error("call_unreadable", call=str(row.id), error=type(error).__name__)
        return None


async def _steps(session: AsyncSession, call_id: UUID) -> tuple[Step, ...]:
    query = (
        select(_STEPS.action, _STEPS.clerk, _STEPS.detail, _STEPS.at)
        .where(_STEPS.call_id == call_id)
        .order_by(_STEPS.id)
    )
    return tuple(Step(*row) for row in (await session.execute(query)).all())
