"""What becomes of a call: a clerk changes its draft, makes cases of it, drops it, or lets its citizen go on by a link."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.attachments import attach
from bot.attachments.store import FileStore
from bot.calls.model import OPEN, REASONS, Draft
from bot.calls.reading import recordings_of
from bot.calls.sealed import seal_draft
from bot.calls.tables import CallRow, CallStepRow
from bot.calls.taking import CALLS, citizen_of, hold_citizen_of, locked_row, note, order_hearing
from bot.cases import CaseDraft, FiledCase, file_case, find_filed
from bot.errors import CallChanged, CallClosed, CallError
from bot.identity import present_citizen
from bot.storage.sealing import Vault

_STEPS = CallStepRow.__table__.c
LINK_LIVES = timedelta(hours=48)
"""How long a citizen can go on by a link."""
_JUST = timedelta(minutes=1)


async def change_draft(
    session: AsyncSession, vault: Vault, call_id: UUID, revision: int, draft: Draft, clerk: str, at: datetime
) -> None:
    """Keep a draft as a clerk wants it; words that come later are shown beside it and change nothing in it.

    Args:
        session: With an open transaction.
        vault: Opens the citizen's key.
        call_id: Which call.
        revision: What the clerk has seen of it.
        draft: As it is to be.
        clerk: Who.
        at: When.

    Raises:
        CallNotFound: There is none.
        CallClosed: It was decided.
        CallChanged: More was said than the clerk has seen.
    """
    row = await _deciding(session, call_id, revision)
    citizen = await citizen_of(session, vault, row)
    values = {
        "sealed": seal_draft(citizen.key, call_id, draft),
        "drafted": row.revision,
        "edited": True,
        "state": "draft",
        "updated_at": func.now(),
    }
    await session.execute(update(CallRow).where(CALLS.id == call_id).values(values))
    await note(session, call_id, "changed", clerk, at)


async def file_call(
    session: AsyncSession,
    vault: Vault,
    store: FileStore,
    call_id: UUID,
    revision: int,
    cases: Sequence[CaseDraft],
    clerk: str,
    at: datetime,
) -> list[FiledCase]:
    """Make cases of a call, each of its matters once; its recordings belong to them, but not to anonymous ones: a voice is an identity.

    Args:
        session: With an open transaction.
        vault: Opens and makes keys.
        store: Where recordings lie.
        call_id: Which call.
        revision: What the clerk has seen of it.
        cases: As the clerk confirmed them, at least one, none without content.
        clerk: Who.
        at: When; the clocks start here.

    Returns:
        The cases. Of an anonymous one the tracking code is given here and kept nowhere.

    Raises:
        CallNotFound: There is none.
        CallClosed: It was decided, or its citizen was forgotten.
        CallChanged: More was said than the clerk has seen.
        CallError: There is nothing to file.
    """
    if not cases or any(not case.content.strip() for case in cases):
        raise CallError("A case needs words: nothing is filed from silence.")
    await hold_citizen_of(session, call_id)
    row = await _deciding(session, call_id, revision)
    await citizen_of(session, vault, row)
    citizen = await present_citizen(session, vault, row.citizen_id)
    if citizen is None:
        raise CallClosed("The citizen of this call was forgotten.")
    filed = []
    recordings = await recordings_of(session, call_id)
    key = _key(call_id, await _times_filed(session, call_id))
    for issue, case in enumerate(cases):
        one = await file_case(
            session,
            case,
            vault=vault,
            key=key,
            issue=issue,
            citizen=citizen,
            at=_minute(at) if case.anonymous else at,
            clerk=clerk,
        )
        filed.append(one)
        if recordings and not case.anonymous:
            await attach(session, store, vault, one.case_number, citizen, recordings, at)
    numbers = [one.case_number for one in filed if one.tracking_code is None]
    await close_call(session, row, "filed", at, cases=[*row.cases, *numbers])
    await note(session, call_id, "filed", clerk, at)
    return filed


async def filed_just_now(
    session: AsyncSession, vault: Vault, call_id: UUID, clerk: str, at: datetime
) -> list[FiledCase]:
    """The cases that this clerk made of a call within the last minute, else none.

    A second click on the same button is answered as the first was: a browser shows only the last answer, and of an anonymous case it is the
    only one with the tracking code.

    Raises:
        CallNotFound: There is none.
    """
    row = await locked_row(session, call_id)
    filed_by = select(_STEPS.id).where(
        _STEPS.call_id == call_id, _STEPS.action == "filed", _STEPS.clerk == clerk, _STEPS.at > at - _JUST
    )
    if row.state != "filed" or (await session.execute(filed_by.limit(1))).first() is None:
        return []
    citizen = await present_citizen(session, vault, row.citizen_id)
    key = _key(call_id, await _times_filed(session, call_id) - 1)
    found: list[FiledCase] = []
    while citizen is not None:
        one = await find_filed(session, citizen, key, len(found))
        if one is None:
            break
        found.append(one)
    return found


async def drop_call(
    session: AsyncSession, call_id: UUID, revision: int, reason: str, clerk: str, at: datetime
) -> None:
    """Make no case of a call, for one of :data:`bot.calls.model.REASONS`; what was said stays as long as conversations do.

    Raises:
        CallNotFound: There is none.
        CallClosed: It was decided.
        CallChanged: More was said than the clerk has seen.
        CallError: The reason is none of them.
    """
    if reason not in REASONS:
        raise CallError("There is no such reason.")
    row = await _deciding(session, call_id, revision)
    await close_call(session, row, "dropped", at)
    await note(session, call_id, "dropped", clerk, at, detail=reason)


async def take_up_again(session: AsyncSession, call_id: UUID, clerk: str, at: datetime) -> None:
    """A dropped call waits for a clerk again, and so does one whose citizen opened the link and said no more.

    Raises:
        CallNotFound: There is none.
        CallClosed: It is another's turn: cases were made of it, or its citizen was forgotten.
    """
    row = await locked_row(session, call_id)
    if row.state not in ("dropped", "continued") or row.sealed is None:
        raise CallClosed("Only a call that was dropped or continued can be taken up again.")
    await session.execute(
        update(CallRow)
        .where(CALLS.id == call_id)
        .values(state="draft", closed_at=None, updated_at=func.now())
    )
    await note(session, call_id, "taken_up", clerk, at)


async def hear_again(session: AsyncSession, call_id: UUID, clerk: str, at: datetime) -> int:
    """Have a call's recordings heard anew, such as when the speech process was away too long; how many.

    Raises:
        CallNotFound: There is none.
        CallClosed: It was decided.
    """
    row = await locked_row(session, call_id)
    if row.state not in OPEN:
        raise CallClosed("The call was decided.")
    recordings = await recordings_of(session, call_id)
    for attachment_id in recordings:
        await order_hearing(session, call_id, attachment_id)
    await note(session, call_id, "heard_again", clerk, at)
    return len(recordings)


async def make_link(session: AsyncSession, vault: Vault, call_id: UUID, clerk: str, at: datetime) -> str:
    """A token by which the call's citizen goes on in the web page, for :data:`LINK_LIVES`; an earlier one is no longer good.

    Raises:
        CallNotFound: There is none.
        CallClosed: It was decided, or its citizen was forgotten.
    """
    row = await locked_row(session, call_id)
    await citizen_of(session, vault, row)
    if row.state not in OPEN:
        raise CallClosed("The call was decided.")
    token = secrets.token_urlsafe(24)
    values = {"link_hash": link_hash(token), "link_until": at + LINK_LIVES, "link_tries": 0}
    await session.execute(update(CallRow).where(CALLS.id == call_id).values(values))
    await note(session, call_id, "linked", clerk, at)
    return token


def link_hash(token: str) -> bytes:
    """What is kept of a token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def _key(call_id: UUID, before: int) -> str:
    """Names one filing of a call; that of what came late, when the first was filed, is another."""
    return f"call {call_id} {before}" if before else f"call {call_id}"


async def _times_filed(session: AsyncSession, call_id: UUID) -> int:
    query = select(func.count()).where(_STEPS.call_id == call_id, _STEPS.action == "filed")
    return int((await session.execute(query)).scalar_one())


def _minute(at: datetime) -> datetime:
    """The moment of an anonymous case: to the microsecond it would name the call that was closed with it."""
    return at.replace(second=0, microsecond=0)


async def _deciding(session: AsyncSession, call_id: UUID, revision: int) -> Any:
    row = await locked_row(session, call_id)
    if row.state not in OPEN:
        raise CallClosed("The call was decided.")
    if row.revision != revision:
        raise CallChanged("More was said in the call.")
    return row


async def close_call(session: AsyncSession, row: Any, state: str, at: datetime, **more: Any) -> None:
    """A call is decided. Its link leads nowhere any more, and is kept to say so to whoever opens it."""
    values = {
        "state": state,
        "closed_at": at,
        "drafted": row.revision,
        "updated_at": func.now(),
        "ended_at": row.ended_at or at,
    }
    await session.execute(update(CallRow).where(CALLS.id == row.id).values(values | more))
