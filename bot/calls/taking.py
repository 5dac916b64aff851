"""Calls are taken in: a call is opened once by the call centre's id, what is said in it is kept once, it ends.

Pieces may come late, twice and out of order: whatever has the same call id is one call, a stretch with the same key replaces itself, a final one
is never replaced by a partial one, and what comes after the end has the draft made anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, insert, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.calls.model import CHANNEL, Call, NewCall, Segment
from bot.calls.sealed import digest_of, seal_words
from bot.calls.tables import CallRow, CallSegmentRow, CallStepRow
from bot.errors import CallClosed, CallNotFound
from bot.identity import CitizenRef, addresses_of, citizen_by_id, find_or_create
from bot.identity.merging import hold_identities, merge
from bot.identity.tables import CitizenRow
from bot.storage.sealing import Vault, open_text, seal

CALLS = CallRow.__table__.c
SEGMENTS = CallSegmentRow.__table__.c
_CITIZENS = CitizenRow.__table__.c

NAMESPACE = "calls"
DRAFT_QUEUE, RECORDINGS_QUEUE = "calls", "recordings"
DRAFT_TASK, HEAR_TASK = "calls:draft", "calls:hear"
_UNKNOWN = "call "
"""Begins the address of a caller whose number is not known; no number does."""
_DEFER = text(
    "SELECT procrastinate_defer_jobs_v1(ARRAY[ROW(:queue, :task, 0, :lock, NULL, CAST(:args AS jsonb), NULL)"
    "::procrastinate_job_to_defer_v1])"
)


async def open_call(session: AsyncSession, vault: Vault, new: NewCall, at: datetime) -> Call:
    """The call of an id, made when it is the first time; a number that is told later is learnt.

    Args:
        session: With an open transaction.
        vault: Makes and opens citizens' keys.
        new: What is told of it.
        at: When.

    Raises:
        CallClosed: Its citizen was forgotten.
    """
    if new.caller is not None:
        # Whoever learns who called makes two citizens one: that lock goes before the call's, here and wherever both are held.
        known = select(CALLS.id).where(CALLS.external_id == new.external_id, CALLS.caller.is_not(None))
        if (await session.execute(known)).first() is None:
            await hold_identities(session)
    row = await _row(session, CALLS.external_id == new.external_id)
    if row is not None:
        await _learn(session, vault, row, new, at)
        return call_of(row)
    citizen = await find_or_create(session, vault, CHANNEL, new.caller or f"{_UNKNOWN}{new.external_id}", at)
    call_id = uuid4()
    made = (
        upsert(CallRow)
        .values(
            id=call_id,
            external_id=new.external_id,
            citizen_id=citizen.id,
            source=new.source,
            caller=_sealed_caller(citizen.key, call_id, new.caller),
            caller_channel=new.caller_channel,
            started_at=new.started_at,
        )
        .on_conflict_do_nothing(index_elements=["external_id"])
        .returning(*CALLS)
    )
    row = (await session.execute(made)).first()
    if row is not None:
        await note(session, row.id, "opened", None, at, detail=new.source)
        return call_of(row, known=False)
    return await open_call(session, vault, new, at)  # another transaction was first


async def add_segments(
    session: AsyncSession, vault: Vault, call_id: UUID, segments: Sequence[Segment]
) -> int:
    """Keep what was said; the same again changes nothing. After the end of the call its draft is made anew.

    Args:
        session: With an open transaction.
        vault: Opens the citizen's key.
        call_id: Which call.
        segments: In any order.

    Returns:
        How many stretches are new or changed.

    Raises:
        CallNotFound: There is none.
        CallClosed: Its citizen was forgotten.
    """
    row = await locked_row(session, call_id)
    citizen = await citizen_of(session, vault, row)
    best: dict[str, Segment] = {}
    for one in segments:
        if one.key not in best or one.final or not best[one.key].final:
            best[one.key] = one
    if not best:
        return 0
    revision = row.revision + 1
    new = upsert(CallSegmentRow).values(
        [_columns(citizen.key, call_id, one, revision) for one in best.values()]
    )
    fresh = new.excluded
    said = await session.execute(
        new.on_conflict_do_update(
            index_elements=["call_id", "key"],
            set_={name: fresh[name] for name in _CHANGES},
            where=or_(fresh.final, ~SEGMENTS.final)
            & or_(
                SEGMENTS.digest != fresh.digest,
                SEGMENTS.final != fresh.final,
                SEGMENTS.speaker != fresh.speaker,
            ),
        ).returning(SEGMENTS.id)
    )
    changed = len(said.all())
    if changed:
        await session.execute(
            update(CallRow).where(CALLS.id == call_id).values(revision=revision, updated_at=func.now())
        )
        if row.ended_at is not None:
            await order_draft(session, call_id)
    return changed


async def end_call(
    session: AsyncSession, call_id: UUID, at: datetime, *, rejected: str | None = None, heard: bool = False
) -> None:
    """The call is over: its draft is made. Ended again it stays as it is.

    Args:
        session: With an open transaction.
        call_id: Which call.
        at: When.
        rejected: Why nothing could be heard in its recording.
        heard: Its recording was heard now: ``rejected`` goes for what was told of it before, also where it is None.

    Raises:
        CallNotFound: There is none.
    """
    row = await locked_row(session, call_id)
    if not heard and rejected is None:
        rejected = row.rejected
    if row.ended_at is not None and row.rejected == rejected:
        return
    values: dict[str, Any] = {"ended_at": row.ended_at or at, "rejected": rejected, "updated_at": func.now()}
    await session.execute(update(CallRow).where(CALLS.id == call_id).values(values))
    if row.ended_at is None:
        await note(session, call_id, "ended", None, at, detail=rejected)
    await order_draft(session, call_id)


async def mark_danger(session: AsyncSession, call_id: UUID) -> None:
    """Somebody in the call may be in danger: it goes before all others, while it is still going on."""
    await session.execute(update(CallRow).where(CALLS.id == call_id, ~CALLS.danger).values(danger=True))


async def order_draft(session: AsyncSession, call_id: UUID) -> None:
    """Have the call's draft made, in the transaction that makes it necessary."""
    await _defer(session, DRAFT_QUEUE, DRAFT_TASK, call_id, f'{{"call_id": "{call_id}"}}')


async def order_hearing(session: AsyncSession, call_id: UUID, attachment_id: int) -> None:
    """Have a recording heard, after those that came before it."""
    args = f'{{"call_id": "{call_id}", "attachment_id": {attachment_id}}}'
    await _defer(session, RECORDINGS_QUEUE, HEAR_TASK, call_id, args)


async def note(
    session: AsyncSession,
    call_id: UUID,
    action: str,
    clerk: str | None,
    at: datetime,
    *,
    detail: str | None = None,
) -> None:
    """Keep a step."""
    values = {"call_id": call_id, "action": action, "clerk": clerk, "detail": detail, "at": at}
    await session.execute(insert(CallStepRow).values(values))


async def hold_citizen_of(session: AsyncSession, call_id: UUID) -> None:
    """Nobody erases the citizen of a call until the transaction ends.

    Goes before :func:`locked_row` wherever cases or files of the citizen are written with the call held: erasure takes them in this order.
    """
    speaker = select(CALLS.citizen_id).where(CALLS.id == call_id)
    today = select(_CITIZENS.merged_into).where(_CITIZENS.id == speaker.scalar_subquery())
    either = or_(_CITIZENS.id == speaker.scalar_subquery(), _CITIZENS.id == today.scalar_subquery())
    query = select(_CITIZENS.id).where(either).order_by(_CITIZENS.id)
    await session.execute(query.with_for_update(read=True, key_share=True))


async def locked_row(session: AsyncSession, call_id: UUID) -> Any:
    """A call's row, held until the transaction ends.

    Raises:
        CallNotFound: There is none.
    """
    row = (await session.execute(select(*CALLS).where(CALLS.id == call_id).with_for_update())).first()
    if row is None:
        raise CallNotFound("There is no such call.")
    return row


async def citizen_of(session: AsyncSession, vault: Vault, row: Any) -> CitizenRef:
    """Whose key a call's words are sealed with.

    Raises:
        CallClosed: They were forgotten.
    """
    citizen = await citizen_by_id(session, vault, row.citizen_id)
    if citizen is None or row.state == "erased":
        raise CallClosed("The citizen of this call was forgotten.")
    return citizen


def caller_of(key: bytes, row: Any) -> str | None:
    """The number that called; None where it is not known.

    Raises:
        StorageError: The key does not open it.
    """
    return None if row.caller is None else open_text(key, row.caller, bound_to=f"caller {row.id}")


def call_of(row: Any, *, known: bool = True) -> Call:
    """A row as a value."""
    return Call(
        id=row.id,
        external_id=row.external_id,
        citizen_id=row.citizen_id,
        source=row.source,
        state=row.state,
        danger=row.danger,
        mixed=row.mixed,
        rejected=row.rejected,
        revision=row.revision,
        edited=row.edited,
        cases=tuple(row.cases),
        started_at=row.started_at,
        ended_at=row.ended_at,
        closed_at=row.closed_at,
        known=known,
    )


_CHANGES = ("speaker", "channel", "start", "until", "confidence", "final", "sealed", "digest", "revision")


def _columns(key: bytes, call_id: UUID, segment: Segment, revision: int) -> dict[str, Any]:
    return {
        "call_id": call_id,
        "key": segment.key,
        "speaker": segment.speaker,
        "channel": segment.channel,
        "start": segment.start,
        "until": segment.until,
        "confidence": segment.confidence,
        "final": segment.final,
        "sealed": seal_words(key, call_id, segment.text),
        "digest": digest_of(key, segment.text),
        "revision": revision,
    }


async def _learn(session: AsyncSession, vault: Vault, row: Any, new: NewCall, at: datetime) -> None:
    """What a later piece tells of a call: the number that called, the channel of its recording."""
    citizen = await citizen_of(session, vault, row)
    if new.caller_channel is not None and row.caller_channel is None:
        await session.execute(
            update(CallRow).where(CALLS.id == row.id).values(caller_channel=new.caller_channel)
        )
    if new.caller is None or row.caller is not None or row.state not in ("open", "draft", "empty"):
        return
    sealed = _sealed_caller(citizen.key, row.id, new.caller)
    await session.execute(update(CallRow).where(CALLS.id == row.id).values(caller=sealed))
    own = await addresses_of(session, citizen, CHANNEL)
    if own != [f"{_UNKNOWN}{new.external_id}"]:
        return  # it is somebody's already
    await merge(session, citizen, await find_or_create(session, vault, CHANNEL, new.caller, at))


def _sealed_caller(key: bytes, call_id: UUID, number: str | None) -> bytes | None:
    return None if number is None else seal(key, number, bound_to=f"caller {call_id}")


async def _row(session: AsyncSession, which: Any) -> Any:
    return (await session.execute(select(*CALLS).where(which).with_for_update())).first()


async def _defer(session: AsyncSession, queue: str, task: str, call_id: UUID, args: str) -> None:
    values = {"queue": queue, "task": task, "lock": f"call:{call_id}", "args": args}
    await session.execute(_DEFER, values)
