"""Open cases of the same matter at the same place: their citizen may add to them, others may follow them (并单)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.draft import CaseDraft
from bot.cases.events import CASES
from bot.cases.following import NOT_FOLLOWED
from bot.cases.lifecycle import CaseState
from bot.cases.site import site_of
from bot.cases.tables import CaseTextRow
from bot.cases.views import due_of, holder_of
from bot.identity import CitizenRef
from bot.storage.sealing import Vault, open_sealed

LOOKS_BACK = timedelta(days=30)
"""Age from which an open case is another story."""
CLOCKS_APART = timedelta(hours=1)
"""How far ahead another machine's or message's clock may be."""
SAME_WORDS = 0.25
"""Share of the shorter telling's pairs of characters that both have, from which two tellings of one citizen are one matter."""
_LOOKED_AT = 10
_NOT_WORDS = re.compile(r"[^\u4e00-\u9fff]|电话|手机|号楼|小区|街道|昨天|今天|确认")
_AGAIN = re.compile(
    r"(再|又|重新?)(来)?(报|反映|投诉|登记|说)(一遍|一次|一下|一回)|(上次|之前|以前|前几天|前两天)(报|反映|投诉|登记)(过|的)|(还|一直|至今)没人?(来)?(修|管|处理|弄|填|换)"
)
"""What says that it was told before: at the same place it is the same matter."""
_TEXTS = CaseTextRow.__table__.c
ONCE = frozenset({"咨询", "表扬", "建议"})
"""Kinds that everybody says for themselves."""


@dataclass(frozen=True, slots=True)
class Alike:
    """An open case that is the same by category and place; nothing of it tells who filed it.

    Attributes:
        number: Its number. Say it to its own citizen only.
        own: Whether it is this citizen's.
        holder: Who has it now.
        due_at: Until when.
        created_at: When it was filed.
    """

    number: str
    own: bool
    holder: str | None
    due_at: datetime | None
    created_at: datetime


async def find_alike(
    session: AsyncSession, draft: CaseDraft, citizen: CitizenRef, at: datetime, *, vault: Vault
) -> Alike | None:
    """The open case nearly the same as ``draft``, the citizen's own before another's; None when there is none.

    Nearly the same is: the same estate or road and not two different buildings, and the same leaf of the catalogue. Of the
    citizen's own cases, whose words may be read, much the same words will do as well. A place that was told no finer than a
    street or town, or only by what kind of place it is, never counts, nor does a case that nobody handles any more.
    Confidential and anonymous cases of others are not named.
    """
    site = site_of(draft, vault)
    if site.site is None or draft.category is None or draft.kind in ONCE:
        return None
    same_spot = or_(CASES.spot_hash.is_(None), CASES.spot_hash == site.spot) if site.spot else true()
    query = (
        select(
            CASES.number,
            CASES.citizen_id,
            CASES.state,
            CASES.lead_unit,
            CASES.dispatch_due_at,
            CASES.due_at,
            CASES.created_at,
            CASES.category,
            _TEXTS.sealed,
        )
        .join(CaseTextRow, _TEXTS.case_id == CASES.id)
        .where(
            CASES.site_hash == site.site,
            CASES.closed_at.is_(None),
            CASES.state.not_in([state.value for state in NOT_FOLLOWED]),
            CASES.created_at > at - LOOKS_BACK,
            CASES.created_at < at + CLOCKS_APART,
            same_spot,
            or_(
                CASES.citizen_id == citizen.id,
                (CASES.category == draft.category) & ~CASES.confidential & ~CASES.anonymous,
            ),
        )
        .order_by(
            (CASES.citizen_id == citizen.id).desc(),
            (CASES.category == draft.category).desc(),
            CASES.id.desc(),
        )
        .limit(_LOOKED_AT)
    )
    for row in (await session.execute(query)).all():
        if row.category == draft.category or _same_words(citizen, row, draft):
            return _alike(row, citizen)
    return None


def _alike(row: Any, citizen: CitizenRef) -> Alike:
    state = CaseState(row.state)
    return Alike(
        number=row.number,
        own=row.citizen_id == citizen.id,
        holder=holder_of(state, row.lead_unit),
        due_at=due_of(state, row.dispatch_due_at, row.due_at),
        created_at=row.created_at,
    )


def _same_words(citizen: CitizenRef, row: Any, draft: CaseDraft) -> bool:
    """Whether a citizen's own case tells much the same, its place aside."""
    if row.citizen_id != citizen.id:
        return False
    said = orjson.loads(open_sealed(citizen.key, bytes(row.sealed), bound_to=row.number)).get("content") or ""
    place = [draft.place_text or "", draft.district or "", draft.street or "", draft.community or ""]
    then, now = _pairs(said, place), _pairs(draft.content, place)
    if _AGAIN.search(draft.content):
        return True
    return bool(then and now) and len(then & now) >= SAME_WORDS * min(len(then), len(now))


def _pairs(text: str, place: list[str]) -> set[str]:
    for words in place:
        text = text.replace(words, " ") if words else text
    plain = _NOT_WORDS.sub("", text)
    return {plain[start : start + 2] for start in range(len(plain) - 1)}
