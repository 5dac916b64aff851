"""What a citizen puts right after filing: the words of the case change, the step is recorded, and its unit may change with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.clocks import Clocks, default_clocks
from bot.cases.draft import SENT_ELSEWHERE, CaseDraft
from bot.cases.events import CASES, EVENTS, recorded, take_step
from bot.cases.filing import case_columns, dispatch_facts
from bot.cases.lifecycle import CITIZEN, SYSTEM, CaseState, Event
from bot.cases.reading import find_case, own_row, words_key
from bot.cases.speaking import step_key
from bot.cases.tables import CaseRow, CaseTextRow
from bot.cases.text import dump, personal_text, redacted
from bot.cases.views import CaseView
from bot.identity import CitizenRef
from bot.storage.sealing import Vault, open_sealed, seal

_TEXTS = CaseTextRow.__table__.c
_MOVABLE = frozenset({CaseState.QUEUED, CaseState.DISPATCHED})
"""States in which no unit has begun: a corrected place or matter sends the case to the right one at once."""
_WATCHED = {
    "content": ("content",),
    "place": ("place_text", "point", "district", "street", "community"),
    "occurred": ("occurred",),
    "contact": ("contact_phone", "contact_name", "confidential"),
}
"""Names of what may be corrected, as the event carries them -> the draft's fields."""


@dataclass(frozen=True, slots=True)
class Amended:
    """What a correction did.

    Attributes:
        view: The case as its citizen sees it now.
        fields: Names of what changed: content, place, occurred, contact.
        moved: Another unit leads now.
    """

    view: CaseView
    fields: tuple[str, ...]
    moved: bool


async def amend_case(
    session: AsyncSession,
    number: str,
    citizen: CitizenRef | None,
    draft: CaseDraft,
    at: datetime,
    *,
    vault: Vault,
    words: str,
    clocks: Clocks | None = None,
    key: str | None = None,
) -> Amended:
    """Write a corrected draft over a filed case, in the caller's transaction.

    The case keeps its number, its clocks and whether it is anonymous; how it was understood stays as it was filed unless the
    correction moves it. It moves only when its place or content (answers are part of it) changed, no unit has begun, and it
    lies where filing sent it: what a clerk ruled is not undone. What was said before and what was said to correct it stand
    beside the event, sealed; of an anonymous case, and when a contact is taken out, without numbers and names.

    Args:
        session: An open session.
        number: Case number or tracking code.
        citizen: Who speaks.
        draft: The request as it should be.
        at: When it was said.
        vault: Opens and seals.
        words: The citizen's words for the correction.
        clocks: The limits; by default the installation's.
        key: Names this doing, such as the message it came by: the same again writes nothing and gives the same outcome.

    Raises:
        CaseNotFound: It is not theirs.
        InvalidTransition: It is closed.
    """
    row = await own_row(session, number, citizen, lock=True)
    sealing = await words_key(session, row, citizen, vault)
    once = step_key(key, "amend", row["number"], citizen.key if citizen is not None else sealing)
    if once and (done := await recorded(session, row["id"], "amend", once["key"])) is not None:
        view = await find_case(session, number, citizen)
        return Amended(view, tuple(done.data["fields"]), moved=await _moved(session, row["id"], done))
    sealed = (await session.execute(select(_TEXTS.sealed).where(_TEXTS.case_id == row["id"]))).scalar_one()
    said: dict[str, Any] = orjson.loads(open_sealed(sealing, bytes(sealed), bound_to=row["number"]))
    draft = replace(draft, anonymous=row["anonymous"], wants_progress="citizen_id" in said)
    body = personal_text(draft, said.get("citizen_id"))
    columns = case_columns(draft, vault)
    now = columns | orjson.loads(body)
    fields = _changed(dict(row) | said, now)
    if not fields:
        return Amended(await find_case(session, number, citizen), (), moved=False)
    facts = {"fields": list(fields)} | once
    note = _note(words, said, now, anonymous=draft.anonymous)
    await take_step(session, row["number"], "amend", CITIZEN, at, data=facts, words=note, key=sealing)
    sealed = seal(sealing, body, bound_to=row["number"])
    await session.execute(update(CaseTextRow).where(_TEXTS.case_id == row["id"]).values(sealed=sealed))
    matter = not _MATTER.isdisjoint(fields)
    moves = matter and _moves(row, draft)
    # A case that follows another goes by its own decision once it is let go, so that must be of the corrected matter.
    if not moves and not (matter and row["state"] == CaseState.MERGED):
        columns = {name: columns[name] for name in _PLACE_AND_TIME}
    await session.execute(update(CaseRow).where(CASES.id == row["id"]).values(**columns))
    if moves:
        unit = dispatch_facts(draft, at, clocks or default_clocks())
        await take_step(session, row["number"], _REDIRECT, SYSTEM, at, reason="citizen_corrected", data=unit)
    return Amended(await find_case(session, number, citizen), fields, moved=moves)


_REDIRECT = "redirect"
_MATTER = frozenset({"content", "place"})
"""What decides who is responsible; a telephone number or a time never moves a case."""
_PLACE_AND_TIME = ("district", "street", "community", "site_hash", "spot_hash", "occurred", "confidential")
_CONTACT = ("contact_phone", "contact_name")
_SAID = ("content", "place_text", "point", "occurred", *_CONTACT)


def _note(words: str, said: dict[str, Any], now: dict[str, Any], *, anonymous: bool) -> str:
    """The sealed words beside the event: what was said to correct, and what stood there before."""
    before = {name: said.get(name) for name in _SAID}
    removed = any(said.get(name) and not now.get(name) for name in _CONTACT)
    if removed:
        before = {name: value for name, value in before.items() if name not in _CONTACT}
    note = {"words": words, "before": before}
    return dump(redacted(note) if anonymous or removed else note).decode()


def _moves(row: Mapping[str, Any], draft: CaseDraft) -> bool:
    """Whether the corrected case belongs to another unit and may still go there without a ruling."""
    never_sent = row["lead_unit_id"] is None and row["dispatched_at"] is None
    as_filed = never_sent or row["lead_unit_id"] == row["decision"].get("lead_unit_id")
    return (
        CaseState(row["state"]) in _MOVABLE
        and as_filed
        and draft.settled
        and draft.dispatch_kind != SENT_ELSEWHERE
        and draft.lead_unit_id != row["lead_unit_id"]
        and bool(draft.district)
    )


async def _moved(session: AsyncSession, case_id: int, amended: Event) -> bool:
    """Whether a recorded correction moved its case: the step right after it says so."""
    query = select(EVENTS.action).where(EVENTS.case_id == case_id, EVENTS.seq == amended.seq + 1)
    return (await session.execute(query)).scalar() == _REDIRECT


def _changed(before: dict[str, Any], after: dict[str, Any]) -> tuple[str, ...]:
    """Names of what differs between the case as it stands and as it should be."""
    return tuple(
        name
        for name, fields in _WATCHED.items()
        if any((before.get(field) or None) != (after.get(field) or None) for field in fields)
    )
