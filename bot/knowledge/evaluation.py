"""Evaluation: how often the knowledge base answers rightly, wrongly, or not at all, with confidence intervals."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from math import sqrt
from pathlib import Path
from typing import Any

from bot.errors import ContentError
from bot.knowledge.base import KnowledgeBase


@dataclass(frozen=True, slots=True)
class Question:
    """A question with the article that answers it; None where none does."""

    query: str
    article_id: str | None


@dataclass(frozen=True, slots=True)
class Rate:
    """A share of something with its 95 % interval after Wilson; all zero when there was nothing to count."""

    count: int
    total: int
    value: float
    low: float
    high: float

    @classmethod
    def of(cls, count: int, total: int) -> Rate:
        """``count`` out of ``total``."""
        if total == 0:
            return cls(0, 0, 0.0, 0.0, 0.0)
        z = 1.96
        share = count / total
        middle = (share + z * z / (2 * total)) / (1 + z * z / total)
        half = z * sqrt(share * (1 - share) / total + z * z / (4 * total * total)) / (1 + z * z / total)
        return cls(count, total, share, max(0.0, middle - half), min(1.0, middle + half))


@dataclass(frozen=True, slots=True)
class Mistake:
    """A question that was not handled as it should have been; ``said`` is None where the base refused."""

    query: str
    expected: str | None
    first: str
    said: str | None
    score: float


@dataclass(frozen=True, slots=True)
class KnowledgeReport:
    """What came of a list of questions.

    Attributes:
        first: Right article in the first place, answered or not; of the questions that have an answer.
        first_three: Right article among the first three; of the same.
        answered_right: Right article, and sure enough to say so; of the same.
        answered_wrong: Another article was given as the answer; of the same.
        refused: No answer was given; of the questions that have none.
        calibration_error: Mean gap between the probability and what happened, over ten bins of equal size.
        mistakes: Every question that was answered wrongly, or refused with an answer at hand, or answered with none.
    """

    first: Rate
    first_three: Rate
    answered_right: Rate
    answered_wrong: Rate
    refused: Rate
    calibration_error: float
    mistakes: tuple[Mistake, ...]

    def as_json(self) -> dict[str, Any]:
        """The report as plain values."""
        return asdict(self)


def evaluate(base: KnowledgeBase, questions: Sequence[Question], *, on: date) -> KnowledgeReport:
    """Ask ``base`` every one of ``questions`` on the day ``on``; a question of the content never answers itself."""
    inside = [question for question in questions if question.article_id is not None]
    first = three = right = wrong = refused = 0
    mistakes: list[Mistake] = []
    outcomes: list[tuple[float, bool]] = []
    for question in questions:
        answer = base.ask(question.query, on=on, leave_out=True)
        ids = [candidate.id for candidate in answer.candidates]
        outcomes.append((answer.score, ids[0] == question.article_id))
        first += ids[0] == question.article_id
        three += question.article_id in ids[:3]
        right += question.article_id is not None and answer.article_id == question.article_id
        wrong += question.article_id is not None and answer.article_id not in (None, question.article_id)
        refused += question.article_id is None and answer.article_id is None
        if answer.article_id != question.article_id:
            mistakes.append(
                Mistake(question.query, question.article_id, ids[0], answer.article_id, answer.score)
            )
    return KnowledgeReport(
        Rate.of(first, len(inside)),
        Rate.of(three, len(inside)),
        Rate.of(right, len(inside)),
        Rate.of(wrong, len(inside)),
        Rate.of(refused, len(questions) - len(inside)),
        _calibration_error(outcomes),
        tuple(mistakes),
    )


def read_questions(path: Path) -> tuple[Question, ...]:
    """Questions of a JSON-lines file: ``{"query": "...", "id": "kb-001"}``; ``id`` null or absent: no answer.

    Raises:
        ContentError: A line is no such object; the message says which.
    """
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            found.append(Question(str(row["query"]), row.get("id")))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ContentError(
                f'{path.name}, line {number}: write {{"query": "...", "id": "kb-001"}}.'
            ) from error
    return tuple(found)


def _calibration_error(outcomes: list[tuple[float, bool]]) -> float:
    ordered = sorted(outcomes)
    size = max(1, len(ordered) // 10)
    bins = [ordered[start : start + size] for start in range(0, len(ordered), size)]
    gaps = [abs(sum(score - right for score, right in part)) for part in bins]
    return sum(gaps) / len(ordered) if ordered else 0.0
