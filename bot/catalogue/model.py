"""The city's catalogue as values: categories, units, dispatch rules, clarifying questions, emergencies."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from bot.catalogue.categories import LEAF_LEVEL, Category
from bot.catalogue.lessons import Lessons

PLACE_FACT = "district"
"""Slot of facts that the place itself tells: nobody is asked, the words are matched against the district's name."""


@dataclass(frozen=True, slots=True)
class Unit:
    """Who can be responsible; a template's name holds ``{区}`` or ``{街道乡镇}`` until the place is known."""

    id: str
    name: str
    aliases: tuple[str, ...]
    level: str
    is_template: bool
    phone: str
    parent: str


@dataclass(frozen=True, slots=True)
class Rule:
    """Who is responsible for a category, on what legal basis, and what must be asked first.

    ``effective_from`` is the day from which it judges; ``date.min`` = always. A later row for the same category takes over on
    its day and never judges what was said before.
    """

    category: str
    kind: str
    lead: str
    assist: tuple[str, ...]
    fallback: str
    fact_routes: str
    basis: str
    basis_quality: str
    clarify: tuple[str, ...]
    notes: str
    effective_from: date = date.min


@dataclass(frozen=True, slots=True)
class Slot:
    """One clarifying question; its answer decides the unit or the urgency."""

    id: str
    question: str
    answers: str
    effect: str


@dataclass(frozen=True, slots=True)
class Danger:
    """A class of danger: what to tell the citizen and whom to call.

    Attributes:
        grows_from: Beginnings of codes of the matters it may come out of; told while another matter is under way it is one of its own. Empty: all.
    """

    id: str
    name: str
    category: str
    call: str
    advice: str
    patterns: tuple[re.Pattern[str], ...]
    unless: tuple[re.Pattern[str], ...]
    grows_from: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """Words that answer a clarifying question, and what the answer means for the unit.

    Attributes:
        slot: The question they answer.
        answer: What they say, for people.
        pattern: The words, wherever they stand in a message.
        asked: Further words that mean it only when the question was asked ("就我家", "小区里"), or None.
        categories: Codes or beginnings of codes it holds for; empty = all.
        lead: The unit that leads then, or empty.
        assist: Units that assist besides.
        category: The leaf whose rule decides then, or empty.
    """

    slot: str
    answer: str
    pattern: re.Pattern[str]
    categories: tuple[str, ...]
    lead: str
    assist: tuple[str, ...]
    category: str = ""
    asked: re.Pattern[str] | None = None

    @property
    def decides(self) -> bool:
        """Whether the answer may change who leads."""
        return bool(self.lead or self.category)

    def told_in(self, text: str, answers: Mapping[str, str]) -> bool:
        """Whether a message tells it, or the answer to its own question does; ``answers``: slot -> words."""
        answer = answers.get(self.slot)
        if answer is None:
            return bool(self.pattern.search(text))
        return any(_told(words, answer) for words in (self.pattern, self.asked) if words is not None)

    def holds_for(self, code: str | None) -> bool:
        """Whether the fact matters to a category."""
        return not self.categories or (code is not None and code.startswith(self.categories))


_DENIED = re.compile(r"(?:不是|没有?|不在|并非|不属于|不归)[^，,。；;]*")


def _told(words: re.Pattern[str], answer: str) -> bool:
    """Whether an answer says ``words``; what it denies ("不在马路上，是院里") does not count, unless the words are a denial."""
    return bool(words.search(_DENIED.sub("", answer))) or any(
        _DENIED.match(found.group()) for found in words.finditer(answer)
    )


@dataclass(frozen=True)
class Catalogue:
    """Everything of ``content/catalogue``, checked; ``version`` changes with any byte of what judges a case."""

    categories: dict[str, Category]
    units: dict[str, Unit]
    rules: dict[str, tuple[Rule, ...]]
    slots: dict[str, Slot]
    dangers: tuple[Danger, ...]
    facts: tuple[Fact, ...]
    lessons: Lessons
    version: str

    @property
    def leaves(self) -> tuple[Category, ...]:
        """The categories of the third level, by code."""
        return tuple(category for category in self.categories.values() if category.level == LEAF_LEVEL)

    def rule_for(self, code: str, on: date) -> Rule | None:
        """The rule of a category that holds on a day, else that of the level above it.

        ``rules`` has the rows of each category by their day, the oldest first.
        """
        for candidate in (code, code[:4] + "00"):
            valid = [rule for rule in self.rules.get(candidate, ()) if rule.effective_from <= on]
            if valid:
                return valid[-1]
        return None
