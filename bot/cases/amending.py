"""What a citizen puts right after filing: the words of the case change, the step is recorded, and its unit may change with it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.clocks import Clocks, default_clocks
from bot.cases.draft import SENT_ELSEWHERE, CaseDraft
from bot.cases.events import CASES, take_step
from bot.cases.filing import case_columns
from bot.cases.lifecycle import CITIZEN, SYSTEM, CaseState
from bot.cases.reading import find_case, own_row, words_key
from bot.cases.tables import CaseRow, CaseTextRow
from bot.cases.text import personal_text
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
) -> Amended:
    """Write a corrected draft over a filed case, in the caller's transaction.

    The case keeps its number, its clocks and whether it is anonymous; how it was understood stays as it was filed unless the
    correction moves it. What was said before and what was said to correct it stand beside the event, sealed.

    Args:
        session: An open session.
        number: Case number or tracking code.
        citizen: Who speaks.
        draft: The request as it should be.
        at: When it was said.
        vault: Opens and seals.
        words: The citizen's words for the correction.
        clocks: The limits; by default the installation's.

    Raises:
        CaseNotFound: It is not theirs.
        InvalidTransition: It is closed.
    """
    row = await own_row(session, number, citizen)
    key = await words_key(session, row, citizen, vault)
    sealed = (await session.execute(select(_TEXTS.sealed).where(_TEXTS.case_id == row["id"]))).scalar_one()
    said: dict[str, Any] = orjson.loads(open_sealed(key, bytes(sealed), bound_to=row["number"]))
    draft = replace(draft, anonymous=row["anonymous"], wants_progress="citizen_id" in said)
    body = personal_text(draft, said.get("citizen_id"))
    fields = _changed(dict(row) | said, case_columns(draft, vault) | orjson.loads(body))
    if not fields:
        return Amended(await find_case(session, number, citizen), (), moved=False)
    note = orjson.dumps(
        {"words": words, "before": {name: said.get(name) for name in _said_fields()}}
    ).decode()
    await take_step(
        session, row["number"], "amend", CITIZEN, at, data={"fields": list(fields)}, words=note, key=key
    )
    sealed = seal(key, body, bound_to=row["number"])
    await session.execute(update(CaseTextRow).where(_TEXTS.case_id == row["id"]).values(sealed=sealed))
    moves = _moves(row, draft)
    columns = case_columns(draft, vault)
    if not moves:
        columns = {name: columns[name] for name in _PLACE_AND_TIME}
    await session.execute(update(CaseRow).where(CASES.id == row["id"]).values(**columns))
    if moves:
        clocks = clocks or default_clocks()
        unit = {
            "lead_unit_id": draft.lead_unit_id,
            "lead_unit": draft.lead_unit,
            "due_at": clocks.handle_due(draft.urgency, at),
            "kind": draft.dispatch_kind,
            "assist": [unit_id for unit_id, _ in draft.assist_units],
        }
        await take_step(session, row["number"], "redirect", SYSTEM, at, reason="citizen_corrected", data=unit)
    return Amended(await find_case(session, number, citizen), fields, moved=moves)


_PLACE_AND_TIME = ("district", "street", "community", "site_hash", "spot_hash", "occurred", "confidential")


def _said_fields() -> tuple[str, ...]:
    return ("content", "place_text", "point", "occurred", "contact_phone", "contact_name")


def _moves(row: Any, draft: CaseDraft) -> bool:
    """Whether the corrected case belongs to another unit and may still go there without a ruling."""
    return (
        CaseState(row["state"]) in _MOVABLE
        and draft.settled
        and draft.dispatch_kind != SENT_ELSEWHERE
        and draft.lead_unit_id != row["lead_unit_id"]
        and bool(draft.district)
    )


def _changed(before: dict[str, Any], after: dict[str, Any]) -> tuple[str, ...]:
    """Names of what differs between the case as it stands and as it should be."""
    return tuple(
        name
        for name, fields in _WATCHED.items()
        if any((before.get(field) or None) != (after.get(field) or None) for field in fields)
    )
