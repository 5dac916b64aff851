"""From an understood matter to the responsible unit, by the catalogue's rules in the order of domain.md, section 5."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol, cast

from bot.catalogue import Catalogue, Fact, Rule
from bot.dispatch.decision import Decision, DispatchKind, UnitScore

STREET_PREFIX = "ST"
_ROUTE = re.compile(r"→([A-Z]+(?:\.\w+)?|\d{6})")


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
    def urgency(self) -> str:
        """S0..S3."""
        ...

    @property
    def missing(self) -> Sequence[str]:
        """Ids of what was not said."""
        ...


class Dispatcher:
    """Decides by rules alone: the same matter and catalogue always give the same decision."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def decide(self, matter: Understood) -> Decision:
        """Who leads and who assists, on what basis, and which question may change it."""
        rule = self._catalogue.rule_for(matter.category) if matter.category else None
        if rule is None or matter.category is None:
            return self._to_district(matter)
        lead, assist, fact = self._lead(rule, matter.category, matter)
        path = self._catalogue.categories[matter.category].path
        kind = cast("DispatchKind", rule.kind)
        evidence = [f"目录 {rule.category} {path}：{rule.kind}，依据可信度 {rule.basis_quality}"]
        if matter.candidates:
            evidence.append(f"类别把握 {matter.candidates[0].score:.2f}")
        if matter.district:
            evidence.append(f"地点 {matter.district}{matter.street or '（街乡未说清）'}")
        if fact:
            evidence.append(f"原文说明“{fact.answer}”，{rule.lead} 改为 {fact.lead}")
            if fact.lead == STREET_PREFIX:
                kind = "直派街乡"
        if matter.kind == "咨询":
            kind = "知识库直接答复"
            evidence.append("咨询先由知识库答复，答不出时由主办单位回复")
        if rule.notes:
            evidence.append(f"目录备注：{rule.notes}")
        return Decision(
            kind=kind,
            lead_unit_id=lead,
            lead_unit=self.name(lead, matter.district, matter.street),
            assist_unit_ids=assist,
            assist_units=tuple(self.name(unit, matter.district, matter.street) for unit in assist),
            fallback_unit_id=rule.fallback or None,
            basis=rule.basis,
            evidence=tuple(evidence),
            candidates=self._candidates(matter, lead),
            clarify=tuple(slot for slot in rule.clarify if slot in matter.missing),
            sla_class=matter.urgency,
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

    def _lead(
        self, rule: Rule, category: str, matter: Understood
    ) -> tuple[str, tuple[str, ...], Fact | None]:
        told = [
            fact
            for fact in self._catalogue.facts
            if fact.lead
            and fact.slot in rule.clarify
            and fact.holds_for(category)
            and fact.pattern.search(matter.text)
        ]
        if any(fact.lead == rule.lead for fact in told):
            return rule.lead, rule.assist, None
        for fact in told:
            if self._overrules(rule, fact):
                assist = (*(unit for unit in rule.assist if unit != fact.lead), *fact.assist)
                return fact.lead, assist, fact
        return rule.lead, rule.assist, None

    def _overrules(self, rule: Rule, fact: Fact) -> bool:
        """Whether a rule lets the fact change its lead: ``fact_routes`` names the unit or a category it leads."""
        for target in _ROUTE.findall(rule.fact_routes):
            other = self._catalogue.rules.get(target)
            if target == fact.lead or (
                other is not None and other.lead == fact.lead and fact.answer in rule.fact_routes
            ):
                return True
        return False

    def _candidates(self, matter: Understood, lead: str) -> tuple[UnitScore, ...]:
        scores: dict[str, float] = {}
        for likely in matter.candidates:
            rule = self._catalogue.rule_for(likely.code)
            if rule is not None:
                unit = self._lead(rule, likely.code, matter)[0]
                scores[unit] = scores.get(unit, 0.0) + likely.score
        ranked = sorted(scores.items(), key=lambda item: (item[0] != lead, -item[1]))
        return tuple(
            UnitScore(unit, self.name(unit, matter.district, matter.street), score)
            for unit, score in ranked[:3]
        )

    def _to_district(self, matter: Understood) -> Decision:
        """No clear unit: the district government takes it (rule 7)."""
        return Decision(
            kind="区兜底",
            lead_unit_id="D.gov",
            lead_unit=self.name("D.gov", matter.district, matter.street),
            assist_unit_ids=(),
            assist_units=(),
            fallback_unit_id="B.hotline",
            basis="《北京市接诉即办工作条例》第十二条",
            evidence=("目录没有对应的类别，由区政府兜底",),
            candidates=(),
            clarify=(),
            sla_class=matter.urgency,
            catalogue_version=self._catalogue.version,
        )
