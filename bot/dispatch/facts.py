"""The facts that decide between units: which were told, what they change, and what each answer to a question would mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.catalogue import PLACE_FACT, Catalogue, Fact, Rule


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one answer to a question would mean.

    Attributes:
        answer: The answer in a few words, as a button could show it.
        lead_unit_id: Who would lead then.
        lead_unit: The unit's name; braces stay where the place is not known.
    """

    answer: str
    lead_unit_id: str
    lead_unit: str


@dataclass(frozen=True, slots=True)
class Clarification:
    """A question whose answer decides who leads.

    Attributes:
        slot: Id in ``clarify_slots.csv``.
        question: As the citizen hears it.
        outcomes: What the answers mean, the usual one first.
    """

    slot: str
    question: str
    outcomes: tuple[Outcome, ...]

    def as_json(self) -> dict[str, Any]:
        """One of ``questions`` of a decision that is kept with a case."""
        return {
            "slot": self.slot,
            "question": self.question,
            "outcomes": [
                {"answer": one.answer, "lead_unit_id": one.lead_unit_id, "lead_unit": one.lead_unit}
                for one in self.outcomes
            ],
        }


@dataclass(frozen=True, slots=True)
class Ruling:
    """A rule as the told facts leave it.

    Attributes:
        rule: The category's own row.
        decided_by: The row that decides: the same, or that of the category a fact points to.
        lead: Who leads.
        assist: Who supports.
        fact: The fact that changed the lead, or None.
    """

    rule: Rule
    decided_by: Rule
    lead: str
    assist: tuple[str, ...]
    fact: Fact | None


def rule_with_facts(
    catalogue: Catalogue, category: str, text: str, answers: Mapping[str, str], on: date
) -> Ruling | None:
    """The rule of a category with what the citizen told applied; None without a rule.

    An answer to a question that was asked counts before words that merely occur in the message; of several facts it may mean
    the catalogue's order decides. In the message itself a fact that confirms the rule's own lead holds it against facts that
    other words seem to tell (健身房旁边的餐馆).
    """
    rule = catalogue.rule_for(category, on)
    if rule is None:
        return None
    decides = asked_fact(catalogue, category, answers, on) or _told(
        catalogue, rule, category, text, answers, on
    )
    if decides is not None and _lead(catalogue, decides, on, rule.lead) != rule.lead:
        return _changed(catalogue, rule, decides, on)
    helpers = tuple(
        unit
        for fact in catalogue.facts
        if fact.assist
        and not fact.decides
        and fact.slot in rule.clarify
        and fact.holds_for(category)
        and fact.told_in(text, answers)
        for unit in fact.assist
    )
    return Ruling(rule, rule, rule.lead, _joined(rule.assist, helpers, without=rule.lead), None)


def asked_fact(catalogue: Catalogue, category: str, answers: Mapping[str, str], on: date) -> Fact | None:
    """The fact that an answer tells and that decides: the first answered question of the catalogue that has one.

    Of several facts that one answer may mean the one of that very name counts (a button), else the catalogue's first. The place
    counts last: it is known anyway, and an answer is about this very case.
    """
    slots = dict.fromkeys(fact.slot for fact in catalogue.facts if fact.slot in answers)
    for slot in sorted(slots, key=lambda slot: slot == PLACE_FACT):
        meant = [
            fact
            for fact in catalogue.facts
            if fact.slot == slot and (fact.decides or fact.asked is not None) and fact.holds_for(category)
        ]
        pressed = [fact for fact in meant if fact.answer == answers[slot].strip()]
        told = pressed or [fact for fact in meant if fact.told_in("", answers)]
        if told and told[0].decides and _target(catalogue, told[0], on) is not None:
            return told[0]
    return None


def _told(
    catalogue: Catalogue, rule: Rule, category: str, text: str, answers: Mapping[str, str], on: date
) -> Fact | None:
    """The first deciding fact that the message itself tells, unless another one speaks for the rule's own lead."""
    told = [
        fact
        for fact in catalogue.facts
        if fact.decides
        and fact.slot in rule.clarify
        and fact.slot not in answers
        and fact.holds_for(category)
        and fact.told_in(text, answers)
        and _target(catalogue, fact, on) is not None
    ]
    if any(_lead(catalogue, fact, on, rule.lead) == rule.lead for fact in told):
        return None
    return next(iter(told), None)


def outcomes(
    catalogue: Catalogue, category: str, slot: str, on: date, usual: str | None = None
) -> tuple[tuple[str, str], ...]:
    """What the answers to a question mean: ``(answer, lead unit id)``, the usual lead first.

    ``usual`` leads where an answer changes nothing: the rule's own lead, or the one that the place makes of it.

    Empty unless one answer keeps the rule's lead and another changes it: else the question may be worth asking, but it does not
    ask for what decides (the name of a property company, asked for itself, may still tell of hidden income).
    """
    rule = catalogue.rule_for(category, on)
    if rule is None:
        return ()
    stays = usual or rule.lead
    found: dict[str, str] = {}
    for fact in catalogue.facts:
        answers_it = fact.decides or fact.asked is not None
        if fact.slot == slot and answers_it and fact.holds_for(category):
            lead = _lead(catalogue, fact, on, stays)
            if lead is not None:
                found.setdefault(fact.answer, lead)
    if stays not in found.values() or len(set(found.values())) == 1:
        return ()
    return tuple(sorted(found.items(), key=lambda item: item[1] != stays))


def _target(catalogue: Catalogue, fact: Fact, on: date) -> Rule | str | None:
    """What a fact points to: a unit's id, or the rule of another category; None when that has no rule on the day."""
    return fact.lead or catalogue.rule_for(fact.category, on)


def _lead(catalogue: Catalogue, fact: Fact, on: date, usual: str) -> str | None:
    """Who leads when the fact holds; ``usual`` when it changes nothing, None when its category has no rule on the day."""
    if not fact.decides:
        return usual
    target = _target(catalogue, fact, on)
    return target.lead if isinstance(target, Rule) else target


def _changed(catalogue: Catalogue, rule: Rule, fact: Fact, on: date) -> Ruling:
    target = _target(catalogue, fact, on)
    if isinstance(target, Rule):
        return Ruling(
            rule, target, target.lead, _joined(target.assist, fact.assist, without=target.lead), fact
        )
    lead = target or rule.lead
    return Ruling(rule, rule, lead, _joined(rule.assist, fact.assist, without=lead), fact)


def _joined(first: tuple[str, ...], second: tuple[str, ...], *, without: str) -> tuple[str, ...]:
    """Both lists, each unit once, the lead never among them."""
    return tuple(dict.fromkeys(unit for unit in (*first, *second) if unit != without))
