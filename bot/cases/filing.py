"""Filing: a confirmed draft becomes a case, once, with its number, its clocks and its first events."""

from __future__ import annotations

import hmac
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.clocks import Clocks, default_clocks
from bot.cases.draft import ANSWERED_DIRECTLY, SENT_ELSEWHERE, CaseDraft, FiledCase
from bot.cases.events import CASES, chained, event_rows, progress_values
from bot.cases.following import standing_master, unit_facts
from bot.cases.lifecycle import CITIZEN, CLERK, SYSTEM, CaseProgress, Event, apply, next_event
from bot.cases.numbers import new_number, tracking_code, tracking_hash
from bot.cases.reading import find_case, view_of
from bot.cases.site import site_of
from bot.cases.tables import CaseEventRow, CaseRow, CaseTextRow
from bot.cases.text import open_facts, personal_text
from bot.errors import StorageError
from bot.identity import CitizenRef
from bot.storage.sealing import Vault, seal

_TRIES = 5


async def file_case(
    session: AsyncSession,
    draft: CaseDraft,
    *,
    vault: Vault,
    issue: int,
    citizen: CitizenRef,
    at: datetime,
    inbox_id: int | None = None,
    key: str | None = None,
    clerk: str | None = None,
    clocks: Clocks | None = None,
    master: str | None = None,
) -> FiledCase:
    """File a case; the same message (or ``key``) and issue file it once, however often and wherever this runs.

    Four statements in the caller's transaction, two more with a master. When the unit is known the case goes to it at once, else it waits for
    dispatch; a direct answer waits for its survey.

    Args:
        session: An open session; the caller commits.
        draft: The confirmed request.
        vault: Needed for cases without identity, which have a key of their own.
        issue: Which of the message's matters, from 0.
        citizen: Who speaks. An anonymous case keeps no trace of it that the citizen's key is not needed for.
        at: When it was confirmed; the clocks start here.
        inbox_id: The message that confirmed it.
        key: What it came by where that was no message: names this filing, as the message does.
        clerk: Who confirmed it for the citizen; None: the citizen did.
        clocks: The limits; by default the installation's.
        master: Number of the open case of the same matter that this one follows (并单); it is not dispatched by itself and
            keeps its own messages and its own survey. When that case is not handled any more (withdrawn, answered, fed
            back) this one is filed as its own: :attr:`FiledCase.followed` says which.

    Raises:
        ContentError: There are no limits for its urgency.
        ValueError: Neither a message nor a key is given, or both.
    """
    if (inbox_id is None) == (key is None):
        raise ValueError("A case is filed by a message or by a key.")
    by_what = key if inbox_id is None else inbox_id
    filing_key = _filing_key(citizen, by_what, issue)
    code = tracking_code(citizen.key, filing_key) if draft.anonymous else None
    master_id = None if master is None else await standing_master(session, master, citizen)
    master = None if master_id is None else master
    by = CITIZEN if clerk is None else f"{CLERK}:{clerk}"
    events, progress = _first_events(draft, at, clocks or default_clocks(), master, by)
    for _ in range(_TRIES):
        number = new_number()
        values = (
            case_columns(draft, vault)
            | progress_values(progress)
            | {
                "channel": draft.channel,
                "anonymous": draft.anonymous,
                "created_at": at,
                "master_id": master_id,
                "number": number,
                "filing_key": filing_key,
                "tracking_hash": None if code is None else tracking_hash(code),
                "issue": issue,
                "inbox_id": None if draft.anonymous else inbox_id,
                "citizen_id": None if draft.anonymous else citizen.id,
            }
        )
        case_id = (
            await session.execute(upsert(CaseRow).values(values).on_conflict_do_nothing().returning(CASES.id))
        ).scalar()
        if case_id is not None:
            await _write_rest(session, vault, draft, citizen, case_id, number, events)
            view = await view_of(session, values, draft.title, events)
            return FiledCase(view, code, repeated=False, followed=master_id is not None)
        filed = await session.execute(select(*CaseRow.__table__.c).where(CASES.filing_key == filing_key))
        if (row := filed.mappings().first()) is not None:
            view = await view_of(session, dict(row), draft.title)
            return FiledCase(view, code, repeated=True, followed=row["master_id"] is not None)
    raise StorageError("No unused case number was found: the database holds more cases than numbers allow.")


async def find_filed(session: AsyncSession, citizen: CitizenRef, key: str, issue: int) -> FiledCase | None:
    """What :func:`file_case` gave for a ``key`` and issue, or None: the answer for whoever asks the same a second time."""
    filing_key = _filing_key(citizen, key, issue)
    query = select(CASES.number, CASES.anonymous).where(CASES.filing_key == filing_key)
    row = (await session.execute(query)).first()
    if row is None:
        return None
    code = tracking_code(citizen.key, filing_key) if row.anonymous else None
    return FiledCase(await find_case(session, code or row.number, citizen), code, repeated=True)


def _filing_key(citizen: CitizenRef, by_what: str | int | None, issue: int) -> bytes:
    return hmac.digest(citizen.key, f"filing {by_what} {issue}".encode(), "sha256")


async def _write_rest(
    session: AsyncSession,
    vault: Vault,
    draft: CaseDraft,
    citizen: CitizenRef,
    case_id: int,
    number: str,
    events: list[Event],
) -> None:
    key, wrapped = vault.new_key() if draft.anonymous else (citizen.key, None)
    sealed = seal(key, personal_text(draft, str(citizen.id)), bound_to=number)
    await session.execute(insert(CaseTextRow).values(case_id=case_id, sealed=sealed, wrapped_key=wrapped))
    await session.execute(insert(CaseEventRow), event_rows(case_id, events, chained(number, events)))


def _first_events(
    draft: CaseDraft, at: datetime, clocks: Clocks, master: str | None, by: str
) -> tuple[list[Event], CaseProgress]:
    """The steps from the first word to where the case rests after filing."""
    steps: list[tuple[str, str, dict[str, Any]]] = [
        ("open", CITIZEN, {"channel": draft.channel}),
        ("read_back", SYSTEM, {}),
        ("accept", by, {}),
    ]
    if master is not None:
        steps.append(("merge", CITIZEN, {"master": master}))
    elif draft.dispatch_kind == ANSWERED_DIRECTLY:
        steps += [("answer", SYSTEM, {}), ("survey", SYSTEM, {})]
    elif draft.dispatch_kind == SENT_ELSEWHERE and draft.lead_unit and not draft.emergency:
        steps.append(("refuse", SYSTEM, {"channel": draft.lead_unit}))
    else:
        steps.append(("queue", SYSTEM, {"dispatch_due_at": clocks.dispatch_due(draft.urgency, at)}))
        if draft.settled and draft.dispatch_kind != SENT_ELSEWHERE:
            steps.append(("dispatch", SYSTEM, dispatch_facts(draft, at, clocks)))
    progress: CaseProgress | None = None
    events = []
    for action, actor, data in steps:
        event = next_event(progress, action, actor, at, data=data)
        progress = apply(progress, event)
        events.append(event)
    if progress is None:  # pragma: no cover - there is always a first step
        raise StorageError("A case without events cannot be filed.")
    return events, progress


def dispatch_facts(draft: CaseDraft, at: datetime, clocks: Clocks) -> dict[str, Any]:
    """What the event carries that gives a draft's case to its unit now."""
    assist = [unit_id for unit_id, _ in draft.assist_units]
    due_at = clocks.handle_due(draft.urgency, at)
    return unit_facts(draft.lead_unit_id, draft.lead_unit, draft.dispatch_kind, assist, due_at)


def case_columns(draft: CaseDraft, vault: Vault) -> dict[str, Any]:
    """The open columns that follow from what was told and understood; nobody's words and no exact place."""
    site = site_of(draft, vault)
    return {
        "kind": draft.kind,
        "urgency": draft.urgency,
        "emergency": draft.emergency,
        "confidential": draft.confidential,
        "site_hash": site.site,
        "spot_hash": site.spot,
        "category": draft.category,
        "category_path": draft.category_path,
        "category_confidence": draft.category_confidence,
        "category_set_by": draft.category_set_by,
        "catalogue_version": draft.catalogue_version,
        "district": draft.district,
        "street": draft.street,
        "community": draft.community,
        "dispatch_kind": draft.dispatch_kind,
        "assist_units": [{"id": unit_id, "name": name} for unit_id, name in draft.assist_units],
    } | open_facts(draft)
