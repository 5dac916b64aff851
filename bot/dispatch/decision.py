"""The dispatch decision: who leads, who assists, why, and what else was possible."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from bot.clocks import Limit
from bot.dispatch.facts import Clarification

DispatchKind = Literal[
    "直派街乡", "直派区部门", "直派市部门", "直派企业", "联合双派", "区兜底", "转外部渠道", "知识库直接答复"
]
PlaceMatch = Literal["said", "inferred", "ambiguous", "unknown"]
"""How the street of the decision came about: named by the citizen, looked up, one of several, or not known."""


@dataclass(frozen=True, slots=True)
class UnitScore:
    """A possible lead unit, how likely it is, 0..1, and why it was not chosen (empty for the chosen one)."""

    unit_id: str
    unit: str
    score: float
    why_not: str = ""

    def as_json(self) -> dict[str, str | float]:
        """One of ``dispatch.candidates`` of ``suda understand``."""
        return {
            "lead_unit_id": self.unit_id,
            "lead_unit": self.unit,
            "score": round(self.score, 4),
        }


@dataclass(frozen=True, slots=True)
class Decision:
    """Where a case goes first.

    Attributes:
        kind: The way of dispatch, in the field's words.
        lead_unit_id: Template id of ``units.csv``; exactly one unit leads.
        lead_unit: Its name, filled with district and street; braces stay where the place is not known yet.
        assist_unit_ids: Templates of the supporting units.
        assist_units: Their names.
        fallback_unit_id: Who takes it when the lead cannot be settled, or None.
        rule: Category of the row of ``dispatch_rules.csv`` that judged, or None without one.
        rule_from: The day from which that row holds, ISO, or None = always.
        basis: The legal basis as the catalogue cites it.
        place_match: How the street was found.
        category_confidence: Probability of the category, or None.
        evidence: Catalogue row, place, facts, confidence: one line each, for a clerk.
        candidates: Possible leads, best first, with their scores and why not.
        clarify: Questions whose answer may change the unit or helps it, in the order to ask.
        questions: Those of them that decide who leads, with what each answer would mean.
        sla_class: S0..S3.
        dispatch_due_at: Until when it must reach the unit, counted from when it was said.
        due_at: Until when the unit must have handled it, if it is dispatched at once.
        catalogue_version: The catalogue that judged.
    """

    kind: DispatchKind
    lead_unit_id: str
    lead_unit: str
    assist_unit_ids: tuple[str, ...]
    assist_units: tuple[str, ...]
    fallback_unit_id: str | None
    rule: str | None
    rule_from: str | None
    basis: str
    place_match: PlaceMatch
    category_confidence: float | None
    evidence: tuple[str, ...]
    candidates: tuple[UnitScore, ...]
    clarify: tuple[str, ...]
    questions: tuple[Clarification, ...]
    sla_class: str
    dispatch_due_at: datetime
    due_at: datetime
    catalogue_version: str

    @property
    def settled(self) -> bool:
        """Whether the lead's name is complete: no district, street or company is missing from it."""
        return "{" not in self.lead_unit

    @property
    def holder(self) -> str:
        """Who has the case now, for a citizen: the lead if settled, else the hotline itself."""
        return self.lead_unit if self.settled else "市民热线派单员"

    def sentence(self, limit: Limit) -> str:
        """What the citizen hears: who takes it and until when, by ``clocks.limit(decision.sla_class, at)``."""
        if self.kind == "转外部渠道":
            return f"这件事请马上联系{self.lead_unit}，我们也会登记并通知属地。"
        if self.kind == "知识库直接答复":
            return "这个问题我先为您查找答案；答不上来会转给主管部门回复您。"
        if not self.settled:
            return f"我们会先核实承办单位再派出，预计{limit.said}内办理并联系您。"
        with_whom = (
            f"，{self.assist_units[0]}协助" if self.assist_units and "{" not in self.assist_units[0] else ""
        )
        return f"这件事由{self.lead_unit}负责办理{with_whom}，预计{limit.said}内办结并联系您。"

    def as_json(self) -> dict[str, Any]:
        """The object ``dispatch`` of ``suda understand``: an interface, so nothing is added to it lightly."""
        return {
            "kind": self.kind,
            "lead_unit_id": self.lead_unit_id,
            "lead_unit": self.lead_unit,
            "assist_unit_ids": list(self.assist_unit_ids),
            "assist_units": list(self.assist_units),
            "basis": self.basis,
            "evidence": list(self.evidence),
            "candidates": [candidate.as_json() for candidate in self.candidates],
            "clarify": list(self.clarify),
        }

    def as_record(self) -> dict[str, Any]:
        """Everything that is kept with a case, for ``suda explain``."""
        return self.as_json() | {
            "candidates": [one.as_json() | {"why_not": one.why_not} for one in self.candidates],
            "fallback_unit_id": self.fallback_unit_id,
            "rule": self.rule,
            "rule_from": self.rule_from,
            "place_match": self.place_match,
            "questions": [question.as_json() for question in self.questions],
            "sla_class": self.sla_class,
            "dispatch_due_at": self.dispatch_due_at.isoformat(),
            "due_at": self.due_at.isoformat(),
            "catalogue_version": self.catalogue_version,
        }
