"""Why a case went where it went: what was decided when it was filed, read from what is kept with it, never judged anew."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from bot.cases.record import CaseRecord
from bot.catalogue import Catalogue
from bot.clock import in_city

_RULE = re.compile(r"目录 (\d{6}) ")
"""How the dispatcher's first line of evidence names the rule."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """What was possible and was not chosen.

    Attributes:
        code: Category code or unit id.
        name: For people; empty when the catalogue that judged is not the one at hand and the case does not keep the name.
        score: 0..1.
        why_not: One sentence.
    """

    code: str
    name: str
    score: float
    why_not: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """A case's decision as it was taken.

    Attributes:
        rule: Category code of the rule's row; None when no rule fitted and the district took it.
        rule_from: The day from which the row holds, ISO; None = always.
        rule_is_general: The row is that of the level above the category.
        place_match: said, inferred, ambiguous or unknown: how the street was found.
        evidence: The dispatcher's lines; empty when the citizen was forgotten.
        categories, units: What else was possible, best first.
        place: Official names, coarse to fine, without the exact point.
        place_words: The citizen's words for it; None when masked, forgotten or not said.
        open_questions: The questions whose answer could have changed the unit, with what each answer would have meant.
        superseded_by: Version of the present catalogue when it is another than the one that judged.
    """

    case_number: str
    state: str
    kind: str
    created_at: datetime
    category: str | None
    category_path: str | None
    confidence: float | None
    catalogue_version: str | None
    superseded_by: str | None
    dispatch_kind: str | None
    rule: str | None
    rule_from: str | None
    rule_is_general: bool
    place_match: str | None
    basis: str | None
    lead_unit_id: str | None
    lead_unit: str | None
    assist_units: tuple[tuple[str, str], ...]
    place: tuple[str, ...]
    place_words: str | None
    categories: tuple[Alternative, ...]
    units: tuple[Alternative, ...]
    open_questions: tuple[str, ...]
    sla_class: str
    emergency: bool
    dispatch_due_at: datetime | None
    dispatched_at: datetime | None
    due_at: datetime | None
    closed_at: datetime | None
    evidence: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """One object of ``suda explain --json``; moments in the city's time."""
        body = asdict(self)
        for name, value in body.items():
            if isinstance(value, datetime):
                body[name] = in_city(value).isoformat()
        body["assist_units"] = [{"id": unit_id, "name": name} for unit_id, name in self.assist_units]
        return body


def explain(record: CaseRecord, catalogue: Catalogue | None, *, unmasked: bool = False) -> Explanation:
    """What was decided for a case and why.

    Args:
        record: The whole case, as :func:`bot.cases.case_record` reads it.
        catalogue: The present one, for the names of categories and of questions; it is used only when it is the one that
            judged. None = not at hand.
        unmasked: With the citizen's words for the place.
    """
    decision = record.decision
    evidence = tuple(str(line) for line in decision.get("evidence", ()))
    match = _RULE.match(evidence[0]) if evidence else None
    rule = decision.get("rule") or (
        match[1] if match else None
    )  # cases filed before had it in the evidence only
    same = catalogue if catalogue and catalogue.version == record.catalogue_version else None
    names = (record.district, record.street, record.community if unmasked else None)
    return Explanation(
        case_number=record.case_number,
        state=record.state,
        kind=record.kind,
        created_at=record.created_at,
        category=record.category,
        category_path=record.category_path,
        confidence=record.confidence,
        catalogue_version=record.catalogue_version,
        superseded_by=catalogue.version if catalogue and same is None else None,
        dispatch_kind=record.dispatch_kind,
        rule=rule,
        rule_from=decision.get("rule_from"),
        rule_is_general=rule is not None and rule != record.category,
        place_match=decision.get("place_match"),
        basis=decision.get("basis"),
        lead_unit_id=decision.get("lead_unit_id") or record.lead_unit_id,
        lead_unit=decision.get("lead_unit") or record.lead_unit,
        assist_units=record.assist_units,
        place=tuple(name for name in names if name),
        place_words=record.place_text if unmasked else None,
        categories=_other_categories(record, same),
        units=_other_units(decision),
        open_questions=tuple(_question(slot, same, decision) for slot in decision.get("clarify", ())),
        sla_class=record.urgency,
        emergency=record.emergency,
        dispatch_due_at=record.dispatch_due_at,
        dispatched_at=record.dispatched_at,
        due_at=record.due_at,
        closed_at=record.closed_at,
        evidence=evidence,
    )


def _question(slot: str, catalogue: Catalogue | None, decision: dict[str, Any]) -> str:
    asked = next((one for one in decision.get("questions", ()) if one["slot"] == slot), None)
    if asked is not None:
        meant = "；".join(f"{one['answer']}→{one['lead_unit']}" for one in asked["outcomes"])
        return f"{slot} {asked['question']}（{meant}）"
    known = catalogue.slots.get(slot) if catalogue else None
    return f"{slot} {known.question}" if known else slot


def _other_categories(record: CaseRecord, catalogue: Catalogue | None) -> tuple[Alternative, ...]:
    chosen = record.confidence or 0.0
    found = []
    for candidate in record.understanding.get("category_candidates", ()):
        code, score = str(candidate["code"]), float(candidate["score"])
        if code == record.category:
            continue
        known = catalogue.categories.get(code) if catalogue else None
        why = (
            f"把握 {score:.2f}，低于所选类别的 {chosen:.2f}"
            if score < chosen
            else f"把握 {score:.2f}，不低于所选类别的 {chosen:.2f}：类别不是按把握选的"
        )
        found.append(Alternative(code, known.path if known else "", score, why))
    return tuple(found)


def _other_units(decision: dict[str, Any]) -> tuple[Alternative, ...]:
    """The other possible leads; the chosen one's score is the sum over the categories that lead to it."""
    lead = decision.get("lead_unit_id")
    scores = {
        str(one["lead_unit_id"]): (str(one["lead_unit"]), float(one["score"]))
        for one in decision.get("candidates", ())
    }
    chosen = scores.pop(str(lead), ("", 0.0))[1]
    assists = decision.get("assist_unit_ids", ())
    found = []
    for unit, (name, score) in scores.items():
        why = f"由它主办的类别合计把握 {score:.2f}，"
        why += (
            f"主办单位为 {chosen:.2f}" if score < chosen else f"主办单位为 {chosen:.2f}：所选类别的规则定主办"
        )
        found.append(Alternative(unit, name, score, why + ("；已列为协办" if unit in assists else "")))
    return tuple(found)
