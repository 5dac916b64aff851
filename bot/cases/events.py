"""The append-only log of a case: writing a step, reading it back, and proving that nothing was changed.

Each event's hash covers the event, the case's number and the hash before it. No personal text is hashed, so erasing a
citizen leaves the chain whole.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.lifecycle import CaseProgress, CaseState, Event, apply, next_event, rebuild
from bot.cases.tables import CaseEventRow, CaseNoteRow, CaseRow
from bot.errors import CaseNotFound, StorageError
from bot.storage.sealing import seal

CASES = CaseRow.__table__.c
EVENTS = CaseEventRow.__table__.c

PROGRESS_COLUMNS = (
    "state",
    "lead_unit_id",
    "lead_unit",
    "dispatch_due_at",
    "dispatched_at",
    "due_at",
    "accepted_at",
    "answered_at",
    "closed_at",
)
"""Columns of a case that are written from :class:`CaseProgress` and never otherwise."""


def progress_values(progress: CaseProgress) -> dict[str, Any]:
    """The column values of where a case stands."""
    return {name: getattr(progress, name) for name in PROGRESS_COLUMNS}


def chained(number: str, events: list[Event], previous: bytes = b"") -> list[bytes]:
    """The hashes of events that follow each other, given the hash before the first (empty for a new case)."""
    hashes = []
    for event in events:
        body = orjson.dumps(
            {
                "number": number,
                "seq": event.seq,
                "action": event.action,
                "actor": event.actor,
                "reason": event.reason,
                "before": event.before,
                "after": event.after,
                "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
                "data": event.data,
            },
            option=orjson.OPT_SORT_KEYS,
        )
        previous = hashlib.sha256(previous + body).digest()
        hashes.append(previous)
    return hashes


def event_rows(case_id: int, events: list[Event], hashes: list[bytes]) -> list[dict[str, Any]]:
    """Rows for ``case_event``."""
    return [
        {
            "case_id": case_id,
            "seq": event.seq,
            "action": event.action,
            "actor": event.actor,
            "reason": event.reason,
            "before": event.before,
            "after": event.after,
            "at": event.at,
            "data": event.data,
            "hash": digest,
        }
        for event, digest in zip(events, hashes, strict=True)
    ]


async def events_of(session: AsyncSession, case_id: int) -> list[tuple[Event, bytes]]:
    """The events of a case with their hashes, oldest first."""
    rows = await session.execute(
        select(*CaseEventRow.__table__.c).where(EVENTS.case_id == case_id).order_by(EVENTS.seq)
    )
    return [(_event(row), bytes(row.hash)) for row in rows]


async def recorded(session: AsyncSession, case_id: int, action: str, key: str) -> Event | None:
    """The event that an action left with this ``key`` in its data. Hold the case's row: else one may just be written."""
    query = select(*CaseEventRow.__table__.c).where(
        EVENTS.case_id == case_id, EVENTS.action == action, EVENTS.data["key"].astext == key
    )
    row = (await session.execute(query.limit(1))).first()
    return None if row is None else _event(row)


def _event(row: Any) -> Event:
    return Event(
        row.seq,
        row.action,
        row.actor,
        row.at,
        None if row.before is None else CaseState(row.before),
        CaseState(row.after),
        row.reason,
        row.data,
    )


async def verify_case(session: AsyncSession, number: str) -> CaseProgress:
    """Where a case stands by its events, after proving that they are unchanged and that its columns say the same.

    Raises:
        CaseNotFound: There is no such case.
        StorageError: Something was changed behind Suda's back; names the case and the event.
    """
    row = (await session.execute(select(*CaseRow.__table__.c).where(CASES.number == number))).first()
    if row is None:
        raise CaseNotFound(f"There is no case {number}.")
    recorded = await events_of(session, row.id)
    expected = chained(number, [event for event, _ in recorded])
    for (event, found), digest in zip(recorded, expected, strict=True):
        if found != digest:
            raise StorageError(f"Event {event.seq} of case {number} is not what was written.")
    progress = rebuild(event for event, _ in recorded)
    if any(getattr(row, name) != value for name, value in progress_values(progress).items()):
        raise StorageError(f"The columns of case {number} do not say what its events say.")
    return progress


async def take_step(
    session: AsyncSession,
    number: str,
    action: str,
    actor: str,
    at: datetime,
    *,
    reason: str | None = None,
    data: dict[str, Any] | None = None,
    words: str | None = None,
    key: bytes | None = None,
) -> CaseProgress:
    """Take one step with a case: its event, its columns and any words, in the caller's transaction.

    Args:
        session: An open session.
        number: Canonical case number.
        action: A name of :data:`bot.cases.lifecycle.STEPS`.
        actor: ``citizen``, ``system``, ``clerk:<id>`` or ``unit:<id>``.
        at: When.
        reason: A fixed phrase or code; free text belongs in ``words``, for events hold nothing personal.
        data: What the step must carry, such as unit and due time.
        words: Free text of a person, kept sealed beside the event.
        key: The key that seals ``words``: the citizen's, or the case's own.

    Raises:
        CaseNotFound: There is no such case.
        InvalidTransition: The lifecycle does not allow it.
    """
    row = (
        await session.execute(select(*CaseRow.__table__.c).where(CASES.number == number).with_for_update())
    ).first()
    if row is None:
        raise CaseNotFound(f"There is no case {number}.")
    last = (
        await session.execute(
            select(EVENTS.seq, EVENTS.hash)
            .where(EVENTS.case_id == row.id)
            .order_by(EVENTS.seq.desc())
            .limit(1)
        )
    ).one()
    before = CaseProgress(
        CaseState(row.state),
        last.seq,
        **{name: getattr(row, name) for name in PROGRESS_COLUMNS if name != "state"},
    )
    event = next_event(before, action, actor, at, reason=reason, data=data)
    if words is not None:
        if key is None:
            raise StorageError("Words of a person need a key that seals them.")
        sealed = seal(key, words, bound_to=f"{number}/{event.seq}")
        event = replace(event, data=event.data | {"note": hashlib.sha256(sealed).hexdigest()})
        await session.execute(insert(CaseNoteRow).values(case_id=row.id, seq=event.seq, sealed=sealed))
    after = apply(before, event)
    hashes = chained(number, [event], bytes(last.hash))
    await session.execute(insert(CaseEventRow), event_rows(row.id, [event], hashes))
    await session.execute(update(CaseRow).where(CASES.id == row.id).values(**progress_values(after)))
    return after
