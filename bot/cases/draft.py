"""What a finished talk hands over to be filed, and what comes back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bot.cases.views import CaseView

ANSWERED_DIRECTLY = "知识库直接答复"
SENT_ELSEWHERE = "转外部渠道"


@dataclass(frozen=True, slots=True)
class CaseDraft:
    """One request, confirmed by the citizen.

    Attributes:
        kind: 咨询 求助 投诉 举报 建议 表扬.
        title: A few words for lists, such as the category's name.
        content: The matter in the citizen's own words.
        channel: Name of the channel it came by.
        urgency: S0..S3, see :mod:`bot.cases.clocks`.
        category: Six-digit code, or None while nobody could tell.
        category_path: ``一级>二级>三级``.
        category_confidence: 0..1.
        category_candidates: ``(code, score)``, best first.
        category_set_by: model, rule or person.
        catalogue_version: The catalogue that judged.
        place_text: Where, in the citizen's words.
        district, street, community: Official names, as far as known.
        point: The exact spot (楼号, 路口); personal.
        occurred: When, as in ``Understanding.as_json()["occurred"]``.
        contact_phone, contact_name: Dropped when ``anonymous``.
        anonymous: The case is to hold no identity at all (匿名).
        confidential: Identity is kept and hidden from the handling unit (保密).
        wants_progress: Anonymous only: the citizen's id is kept, sealed, so that progress can be told.
        emergency: Somebody may be in danger.
        understanding: ``Understanding.as_json()``; kept whole but sealed, and its facts without words in the open.
        decision: ``Decision.as_json()``; likewise.
        dispatch_kind: How it is dispatched, in the field's words (直派街乡 ... 转外部渠道, 知识库直接答复).
        lead_unit_id, lead_unit: The responsible unit. A name with a gap (``{区}...``) is not settled: a clerk dispatches.
        assist_units: ``(id, name)`` of the supporting units.
    """

    kind: str
    title: str
    content: str
    channel: str
    urgency: str = "S2"
    category: str | None = None
    category_path: str | None = None
    category_confidence: float | None = None
    category_candidates: tuple[tuple[str, float], ...] = ()
    category_set_by: str = "model"
    catalogue_version: str | None = None
    place_text: str | None = None
    district: str | None = None
    street: str | None = None
    community: str | None = None
    point: str | None = None
    occurred: dict[str, Any] | None = None
    contact_phone: str | None = None
    contact_name: str | None = None
    anonymous: bool = False
    confidential: bool = False
    wants_progress: bool = False
    emergency: bool = False
    understanding: dict[str, Any] = field(default_factory=dict)
    decision: dict[str, Any] = field(default_factory=dict)
    dispatch_kind: str | None = None
    lead_unit_id: str | None = None
    lead_unit: str | None = None
    assist_units: tuple[tuple[str, str], ...] = ()

    @property
    def settled(self) -> bool:
        """Whether it can go to its unit at once: the unit is named and its name has no gap."""
        return is_settled(self.lead_unit_id, self.lead_unit)


def is_settled(unit_id: str | None, unit: str | None) -> bool:
    """Whether a unit is named and its name has no gap."""
    return bool(unit_id and unit and "{" not in unit)


@dataclass(frozen=True, slots=True)
class FiledCase:
    """What filing gave.

    Attributes:
        view: The case as its citizen sees it.
        tracking_code: For an anonymous case the only way to ask about it; None otherwise.
        repeated: It had been filed before by the same message and issue; nothing was written.
        followed: It follows the case that was named as its master; False when that one is not handled any more.
    """

    view: CaseView
    tracking_code: str | None
    repeated: bool
    followed: bool = False

    @property
    def case_number(self) -> str:
        """The public number."""
        return self.view.case_number
