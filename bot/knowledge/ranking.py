"""Ranking: signals to an order of articles, and to the probability that the first one answers the question.

Both steps are linear models with weights in ``content/knowledge/ranking.json``, made by :mod:`bot.knowledge.fitting`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError

from bot.errors import ContentError
from bot.knowledge.signals import SIGNALS, Floats
from bot.knowledge.words import normalise

FACTS = (
    "share",
    "margin",
    "nearest",
    "nearest3",
    "nearest8",
    "keywords",
    "linear",
    "article_words",
    "example_words",
    "unanswerable3",
    "lead",
    "length",
    "report",
    "elsewhere",
    "uncovered",
)
"""What the probability of an answer rests on, in order.

share: log odds of the first article among all; margin: log ratio of the first to the second.
nearest .. example_words: signals of the first article.
unanswerable3, lead: cosine to the three nearest questions known to have no answer; how far the article is nearer.
length: log of the number of characters; report: 1 where the text reads like the report of a place, not a question.
elsewhere: 1 where another city is named and the article holds for one city only.
uncovered: share of the question that the first article knows nothing of.
"""

_REPORT = re.compile(r"\d{7,}|\d+\s*(号楼|号院|单元|号|弄|层|室)|[村里院区]\d+楼")
REPORT_LENGTH = 30
"""Characters from which a text is a report: the longest of 360 questions of the development set has 21."""


class Ranking(BaseModel):
    """Weights and where they come from."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    made_by: str
    embedder: str
    fitted_on: dict[str, int]
    order: dict[str, float]
    answer: dict[str, float]
    constant: float
    threshold: float

    def order_weights(self) -> Floats:
        """Weights of :data:`SIGNALS`, in their order."""
        return np.array([self.order[name] for name in SIGNALS])

    def answer_weights(self) -> Floats:
        """Weights of :data:`FACTS`, in their order."""
        return np.array([self.answer[name] for name in FACTS])


def load_ranking(path: Path) -> Ranking:
    """The weights kept in ``path``.

    Raises:
        ContentError: The file is missing, or was made for other signals than this code's.
    """
    try:
        ranking = Ranking.model_validate_json(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ContentError(
            f"{path}: is missing. Restore it, or make it with `python -m bot.knowledge.fitting`."
        ) from error
    except ValidationError as error:
        raise ContentError(
            f"{path}: {error.errors()[0]['msg']}. Make it anew with `python -m bot.knowledge.fitting`."
        ) from error
    if set(ranking.order) != set(SIGNALS) or set(ranking.answer) != set(FACTS):
        raise ContentError(
            f"{path}: was fitted for other signals. Make it anew with `python -m bot.knowledge.fitting`."
        )
    return ranking


@dataclass(frozen=True)
class Ranked:
    """Articles in their order for one question.

    Attributes:
        rows: Row numbers of articles, best first.
        shares: How the articles divide the question among them, in the order of ``rows``, sum 1.
    """

    rows: NDArray[np.intp]
    shares: Floats


def rank(signals: Floats, weights: Floats) -> Ranked:
    """Order the articles of a table of signals (articles, signals) by ``weights`` (signals,)."""
    scores = signals @ weights
    rows = np.argsort(-scores, kind="stable")
    shares = np.exp(scores[rows] - scores[rows[0]])
    return Ranked(rows, shares / shares.sum())


def facts(
    question: str, signals: Floats, ranked: Ranked, unanswerable: Floats, *, elsewhere: bool, uncovered: float
) -> Floats:
    """The values of :data:`FACTS`, shape ``(len(FACTS),)``.

    Args:
        question: What was asked.
        signals: The table of signals.
        ranked: The order made of it.
        unanswerable: Cosines to the questions known to have no answer, in any order; may be empty.
        elsewhere: Another city is named, and the first article holds for one city only.
        uncovered: Share of the question that the first article knows nothing of.
    """
    first = dict(zip(SIGNALS, signals[ranked.rows[0]], strict=True))
    share = ranked.shares[0]
    second = ranked.shares[1] if len(ranked.shares) > 1 else 0.0
    none = float(np.sort(unanswerable)[-3:].mean()) if len(unanswerable) else 0.0
    length = len(normalise(question))
    report = length > REPORT_LENGTH or bool(_REPORT.search(question))
    return np.array(
        [
            np.log((share + 1e-4) / (1 - share + 1e-4)),
            np.log((share + 1e-4) / (second + 1e-4)),
            first["nearest"],
            first["nearest3"],
            first["nearest8"],
            first["keywords"],
            first["linear"],
            first["article_words"],
            first["example_words"],
            none,
            first["nearest"] - (float(unanswerable.max()) if len(unanswerable) else 0.0),
            np.log1p(length),
            float(report),
            float(elsewhere),
            uncovered,
        ]
    )


def probability(values: Floats, ranking: Ranking) -> float:
    """Probability in 0..1 that the first article answers the question whose facts are ``values``."""
    logit = float(values @ ranking.answer_weights()) + ranking.constant
    return float(1 / (1 + np.exp(-np.clip(logit, -40, 40))))
