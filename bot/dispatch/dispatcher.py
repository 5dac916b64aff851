"""From an understood matter to the responsible unit, by the catalogue's rules in the order of domain.md, section 5."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Protocol, cast

from bot.catalogue import PLACE_FACT, Catalogue
from bot.clock import in_city
from bot.clocks import Clocks
from bot.dispatch.decision import Decision, DispatchKind, PlaceMatch, UnitScore
from bot.dispatch.facts import Clarification, Outcome, Ruling, outcomes, rule_with_facts

BY_LEVEL = {"B": "直派市部门", "D": "直派区部门", "ST": "直派街乡", "C": "直派企业", "X": "转外部渠道"}
"""The way of dispatch by the first letters of a unit's id."""
TOGETHER = "联合双派"
DISTRICT, HOTLINE = "D.gov", "B.hotline"
DISTRICT_BASIS = "《北京市接诉即办工作条例》第十二条"
CONSULTATION, ANSWERED = "咨询", "知识库直接答复"


class Likely(Protocol):
    """A category with its probability."""

    @property
    def code(self) -> str:
        """Six digits."""
        ...

    @property
    def score(self) -> float:
        """0..1."""
        ...


class Understood(Protocol):
    """What the decision needs to know; :class:`bot.understanding.Understanding` is one."""

    @property
    def text(self) -> str:
        """The clean text: facts such as 联通 are read from it."""
        ...

    @property
    def kind(self) -> str:
        """咨询 求助 投诉 举报 建议 表扬."""
        ...

    @property
    def category(self) -> str | None:
        """The leaf it is filed under."""
        ...

    @property
    def candidates(self) -> Sequence[Likely]:
        """Leaves with probabilities, best first."""
        ...

    @property
    def district(self) -> str | None:
        """Official name of the district."""
        ...

    @property
    def street(self) -> str | None:
        """Official name of the street or town."""
        ...

    @property
    def place_match(self) -> PlaceMatch:
        """How the street was found."""
        ...

    @property
    def urgency(self) -> str:
        """S0..S3."""
        ...

    @property
    def missing(self) -> Sequence[str]:
        """Ids of what was not said."""
        ...

    @property
    def answers(self) -> Mapping[str, str]:
        """What was answered to clarifying questions: slot -> words."""
        ...


class Dispatcher:
    """Decides by rules alone: the same matter, catalogue and day always give the same decision."""

    def __init__(self, catalogue: Catalogue, clocks: Clocks) -> None:
        self._catalogue = catalogue
        self._clocks = clocks

    def decide(self, matter: Understood, *, at: datetime) -> Decision:
        """Who leads and who assists, on what basis, until when, and which question may change it.

        Args:
            matter: What was understood.
            at: When it was said, aware. The rules of that day judge, whatever they say later.

        Raises:
            ContentError: ``content/clocks.csv`` has no limits for the urgency on that day.
        """
        on = in_city(at).date()
        ruling = self._ruling(matter, matter.category, on) if matter.category else None
        if ruling is None:
            return self._to_district(matter, at)
        rule = ruling.decided_by
        kind = cast("DispatchKind", ANSWERED if matter.kind == CONSULTATION else self._kind(ruling, on))
        return Decision(
            kind=kind,
            lead_unit_id=ruling.lead,
            lead_unit=self.name(ruling.lead, matter.district, matter.street),
            assist_unit_ids=ruling.assist,
            assist_units=tuple(self.name(unit, matter.district, matter.street) for unit in ruling.assist),
            fallback_unit_id=rule.fallback or None,
            rule=ruling.rule.category,
            rule_from=None if ruling.rule.effective_from == date.min else str(ruling.rule.effective_from),
            basis=rule.basis,
            place_match=matter.place_match,
            category_confidence=matter.candidates[0].score if matter.candidates else None,
            evidence=self._evidence(matter, ruling),
            candidates=self._candidates(matter, ruling, on),
            clarify=tuple(slot for slot in ruling.rule.clarify if slot in matter.missing),
            questions=self._questions(matter, ruling, on),
            sla_class=matter.urgency,
            dispatch_due_at=self._clocks.dispatch_due(matter.urgency, at),
            due_at=self._clocks.handle_due(matter.urgency, at),
            catalogue_version=self._catalogue.version,
        )

    def name(self, unit_id: str, district: str | None, street: str | None) -> str:
        """A unit's name with the place filled in; what is not known keeps its braces.

        Raises:
            KeyError: the catalogue has no such unit.
        """
        name = self._catalogue.units[unit_id].name
        if "{街道乡镇}" in name and street:
            name = name.replace("{街道乡镇}", f"{district or ''}{street}")
        return name.replace("{区}", district) if district else name

    def _ruling(self, matter: Understood, category: str, on: date) -> Ruling | None:
        place = {PLACE_FACT: matter.district} if matter.district else {}
        return rule_with_facts(self._catalogue, category, matter.text, {**matter.answers, **place}, on)

    def _kind(self, ruling: Ruling, on: date) -> str:
        """The way of dispatch of the row that decides; a fact that names another unit goes the way that unit's own matters go."""
        kind = ruling.decided_by.kind
        if ruling.fact is None or ruling.decided_by is not ruling.rule or kind == TOGETHER:
            return kind
        usual = Counter(
            rule.kind
            for code in self._catalogue.rules
            if (rule := self._catalogue.rule_for(code, on)) is not None
            and rule.lead == ruling.lead
            and rule.kind not in (TOGETHER, ANSWERED)
        )
        by_level = BY_LEVEL.get(ruling.lead.split(".")[0], kind)
        return usual.most_common(1)[0][0] if usual else by_level

    def _evidence(self, matter: Understood, ruling: Ruling) -> tuple[str, ...]:
        rule = ruling.rule
        path = self._catalogue.categories[matter.category or rule.category].path
        since = "" if rule.effective_from == date.min else f"，{rule.effective_from}起施行"
        lines = [f"目录 {rule.category} {path}：{rule.kind}，依据可信度 {rule.basis_quality}{since}"]
        if matter.candidates:
            lines.append(f"类别把握 {matter.candidates[0].score:.2f}")
        if matter.district:
            lines.append(
                f"地点 {matter.district}{matter.street or '（街乡未说清）'}{_HOW[matter.place_match]}"
            )
        if ruling.fact is not None:
            told = _told(ruling.fact.slot, matter.answers)
            lines.append(f"{told}“{ruling.fact.answer}”，主办由 {rule.lead} 改为 {ruling.lead}")
            if ruling.decided_by is not rule:
                lines.append(f"按目录 {ruling.decided_by.category} 的分工派出，类别不变")
        if matter.kind == CONSULTATION:
            lines.append("咨询先由知识库答复，答不出时由主办单位回复")
        if rule.notes:
            lines.append(f"目录备注：{rule.notes}")
        return tuple(lines)

    def _candidates(self, matter: Understood, ruling: Ruling, on: date) -> tuple[UnitScore, ...]:
        scores: dict[str, float] = {ruling.lead: 0.0}
        for likely in matter.candidates:
            other = self._ruling(matter, likely.code, on)
            if other is not None:
                scores[other.lead] = scores.get(other.lead, 0.0) + likely.score
        ranked = sorted(scores.items(), key=lambda item: (item[0] != ruling.lead, -item[1]))
        best = ranked[0][1]
        return tuple(
            UnitScore(
                unit,
                self.name(unit, matter.district, matter.street),
                score,
                "" if unit == ruling.lead else _why_not(unit, score, best, ruling),
            )
            for unit, score in ranked[:3]
        )

    def _questions(self, matter: Understood, ruling: Ruling, on: date) -> tuple[Clarification, ...]:
        """The open questions that decide, with what each answer would mean; a consultation waits for none."""
        if matter.kind == CONSULTATION or matter.category is None:
            return ()
        found = []
        for slot in ruling.rule.clarify:
            if slot not in matter.missing:
                continue
            meant = outcomes(self._catalogue, matter.category, slot, on, ruling.lead)
            if meant:
                answers = tuple(
                    Outcome(answer, unit, self.name(unit, matter.district, matter.street))
                    for answer, unit in meant
                )
                found.append(Clarification(slot, self._catalogue.slots[slot].question, answers))
        return tuple(found)

    def _to_district(self, matter: Understood, at: datetime) -> Decision:
        """No clear unit: the district government takes it (rule 7)."""
        return Decision(
            kind="区兜底",
            lead_unit_id=DISTRICT,
            lead_unit=self.name(DISTRICT, matter.district, matter.street),
            assist_unit_ids=(),
            assist_units=(),
            fallback_unit_id=HOTLINE,
            rule=None,
            rule_from=None,
            basis=DISTRICT_BASIS,
            place_match=matter.place_match,
            category_confidence=None,
            evidence=("目录没有对应的类别，由区政府兜底",),
            candidates=(),
            clarify=(),
            questions=(),
            sla_class=matter.urgency,
            dispatch_due_at=self._clocks.dispatch_due(matter.urgency, at),
            due_at=self._clocks.handle_due(matter.urgency, at),
            catalogue_version=self._catalogue.version,
        )


_HOW: dict[PlaceMatch, str] = {
    "said": "（原话说明）",
    "inferred": "（由地名推定）",
    "ambiguous": "（地名有歧义，待核实）",
    "unknown": "",
}


def _told(slot: str, answers: Mapping[str, str]) -> str:
    if slot == PLACE_FACT:
        return "地点属于"
    return "追问后说明" if slot in answers else "原文说明"


def _why_not(unit: str, score: float, best: float, ruling: Ruling) -> str:
    why = f"由它主办的类别合计把握 {score:.2f}，主办单位为 {best:.2f}"
    if score >= best:
        why += "：所选类别的规则定主办"
    return why + ("；已列为协办" if unit in ruling.assist else "")
