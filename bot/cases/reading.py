"""Reading cases: for their own citizen, for staff and for exports."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.events import CASES, events_of
from bot.cases.lifecycle import CaseState, Event
from bot.cases.numbers import parse_number, parse_tracking_code, tracking_hash
from bot.cases.record import CaseRecord
from bot.cases.tables import CaseRow, CaseTextRow
from bot.cases.views import IN_WORDS, CaseView, TimelineEntry, due_of, holder_of
from bot.errors import CaseNotFound
from bot.identity import CitizenRef
from bot.identity.tables import CitizenRow
from bot.storage.sealing import Vault, open_sealed

_TEXTS = CaseTextRow.__table__.c
_LIMIT = 50
_IN_WORDS = {"add_words": "您补充了情况", "amend": "您更正了情况"}
_UNTOLD = frozenset({"remerge"})
"""Steps that change nothing for the case's citizen: it is merged as before."""


async def find_case(session: AsyncSession, number: str, citizen: CitizenRef | None) -> CaseView:
    """The case with a number or a tracking code, if it is this citizen's to see.

    An identified case is shown to its own citizen only; an anonymous one to whoever holds its tracking code, never by
    number. Foreign and missing cases look the same.

    Raises:
        CaseNotFound: There is none, or it is somebody else's.
    """
    row = await own_row(session, number, citizen)
    return await view_of(session, row, await _title(session, row, citizen))


async def cases_of(session: AsyncSession, citizen: CitizenRef | None) -> list[CaseView]:
    """The citizen's cases, newest first, at most 50, without timelines. Anonymous ones are nobody's."""
    if citizen is None:
        return []
    query = (
        select(*CaseRow.__table__.c, _TEXTS.sealed)
        .join(CaseTextRow, _TEXTS.case_id == CASES.id)
        .where(CASES.citizen_id == citizen.id)
        .order_by(CASES.id.desc())
        .limit(_LIMIT)
    )
    rows = (await session.execute(query)).mappings().all()
    return [_view(row, str(_open(citizen.key, row)["title"]), ()) for row in map(dict, rows)]


async def case_record(session: AsyncSession, vault: Vault, number: str) -> CaseRecord:
    """Everything about a case, unsealed, by number or tracking code. For staff and trusted callers only.

    Raises:
        CaseNotFound: There is none.
    """
    async for record in _records(session, vault, _with_text().where(_named(number))):
        return record
    raise CaseNotFound("There is no such case.")


async def records_of(session: AsyncSession, vault: Vault, citizen_id: UUID) -> list[CaseRecord]:
    """Everything about the cases of one citizen, oldest first. For staff and trusted callers only."""
    query = _with_text().where(CASES.citizen_id == citizen_id).order_by(CASES.id)
    return [record async for record in _records(session, vault, query)]


async def export_cases(
    session: AsyncSession,
    vault: Vault,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    masked: bool = True,
) -> AsyncIterator[CaseRecord]:
    """All cases filed from ``since`` to before ``until``, oldest first, in constant memory; masked unless told otherwise."""
    query = _with_text().order_by(CASES.id)
    if since is not None:
        query = query.where(CASES.created_at >= since)
    if until is not None:
        query = query.where(CASES.created_at < until)
    async for record in _records(session, vault, query):
        yield record.masked() if masked else record


async def view_of(
    session: AsyncSession, row: Mapping[str, Any], title: str, events: Iterable[Event] | None = None
) -> CaseView:
    """A case's row as its citizen sees it, with its timeline."""
    if events is None:
        events = [event for event, _ in await events_of(session, row["id"])]
    return _view(row, title, events)


def _view(row: Mapping[str, Any], title: str, events: Iterable[Event]) -> CaseView:
    state = CaseState(row["state"])
    return CaseView(
        case_number=row["number"],
        kind=row["kind"],
        title=title,
        state=state,
        holder=holder_of(state, row["lead_unit"]),
        due_at=due_of(state, row["dispatch_due_at"], row["due_at"]),
        created_at=row["created_at"],
        anonymous=row["anonymous"],
        timeline=_timeline(events),
        category_path=row["category_path"],
        urgency=row["urgency"],
    )


def _timeline(events: Iterable[Event]) -> tuple[TimelineEntry, ...]:
    """What a citizen is told of the events: not how the talk before filing went."""
    entries = []
    for event in events:
        if event.action in _UNTOLD:
            continue
        if event.action in _IN_WORDS:
            entries.append(TimelineEntry(event.at, _IN_WORDS[event.action]))
        elif event.after not in (CaseState.COLLECTING, CaseState.CONFIRMING):
            words = IN_WORDS[event.after][0]
            unit = event.data.get("lead_unit") or event.data.get("channel")
            entries.append(TimelineEntry(event.at, f"{words}：{unit}" if unit else words))
    return tuple(entries)


def _named(number: str) -> Any:
    """The condition that finds a case by what a citizen or clerk typed."""
    if (code := parse_tracking_code(number)) is not None:
        return CASES.tracking_hash == tracking_hash(code)
    return CASES.number == (parse_number(number) or "")


async def own_row(
    session: AsyncSession, number: str, citizen: CitizenRef | None, *, lock: bool = False
) -> Mapping[str, Any]:
    """The row of a case that is this citizen's, or an anonymous one named by its tracking code.

    Args:
        session: An open session.
        number: Case number or tracking code.
        citizen: Who asks.
        lock: Keep others from changing it until the transaction ends.

    Raises:
        CaseNotFound: There is none, or it is somebody else's.
    """
    query = select(*CaseRow.__table__.c).where(_named(number))
    found = (await session.execute(query.with_for_update() if lock else query)).mappings().first()
    row = None if found is None else dict(found)
    by_code = row is not None and row["anonymous"] and parse_tracking_code(number) is not None
    mine = row is not None and citizen is not None and row["citizen_id"] == citizen.id
    if row is None or not (by_code or mine):
        raise CaseNotFound("There is no such case for this citizen.")
    return row


async def words_key(
    session: AsyncSession, row: Mapping[str, Any], citizen: CitizenRef | None, vault: Vault
) -> bytes:
    """The key that seals what is said in a case: its own when it is anonymous, else its citizen's.

    Raises:
        CaseNotFound: Nobody is there who could have said anything.
    """
    if row["anonymous"]:
        wrapped = await session.execute(select(_TEXTS.wrapped_key).where(_TEXTS.case_id == row["id"]))
        return vault.unwrap(wrapped.scalar_one())
    if citizen is None:
        raise CaseNotFound("There is no such case for this citizen.")
    return citizen.key


async def _title(session: AsyncSession, row: Mapping[str, Any], citizen: CitizenRef | None) -> str:
    if citizen is None or row["citizen_id"] != citizen.id:
        return str(row["category_path"] or row["kind"]).rsplit(">", 1)[-1]
    query = select(_TEXTS.sealed).where(_TEXTS.case_id == row["id"])
    sealed = (await session.execute(query)).scalar_one()
    return str(_open(citizen.key, {"sealed": sealed, "number": row["number"]})["title"])


def _with_text() -> Select[Any]:
    return (
        select(
            *CaseRow.__table__.c,
            _TEXTS.sealed,
            _TEXTS.wrapped_key.label("case_key"),
            CitizenRow.wrapped_key.label("citizen_key"),
        )
        .join(CaseTextRow, _TEXTS.case_id == CASES.id)
        .outerjoin(CitizenRow, CitizenRow.id == CASES.citizen_id)
    )


async def _records(session: AsyncSession, vault: Vault, query: Select[Any]) -> AsyncIterator[CaseRecord]:
    result = await session.stream(query.execution_options(yield_per=200))
    async for mapping in result.mappings():
        row = dict(mapping)
        wrapped = row["case_key"] or row["citizen_key"]
        yield CaseRecord.of(row, None if wrapped is None else _open(vault.unwrap(wrapped), row))


def _open(key: bytes, row: Mapping[str, Any]) -> dict[str, Any]:
    body: dict[str, Any] = orjson.loads(open_sealed(key, bytes(row["sealed"]), bound_to=row["number"]))
    return body
