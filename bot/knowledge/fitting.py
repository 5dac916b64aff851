"""Fitting: the weights of ``content/knowledge/ranking.json`` from the content itself.

Every question an editor wrote down is asked with itself left out, which teaches the order. Three kinds of questions
teach when to be silent: those whose article came first wrongly, those whose article is taken away, and those known
to have no answer. A last, small step calibrates the probability on questions that other people wrote.

``python -m bot.knowledge.fitting QUESTIONS`` writes the file anew; QUESTIONS are JSON lines as
:func:`bot.knowledge.evaluation.read_questions` reads them. It takes about a minute with cold caches.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

from bot.embedding import Embedder, get_embedder
from bot.knowledge.articles import Article, load_articles
from bot.knowledge.base import names_elsewhere, read_elsewhere, read_lines
from bot.knowledge.evaluation import read_questions
from bot.knowledge.ranking import FACTS, Ranking, facts, rank
from bot.knowledge.signals import SIGNALS, Floats, Index
from bot.knowledge.words import normalise
from bot.settings import get_settings
from bot.vectorcache import VectorCache

FOLDS = 5
PENALTY = 1e-3
"""Of the order's weights; signals are brought to the same spread before."""

ABSENT_WEIGHT = 0.5
UNANSWERABLE_WEIGHT = 3.0
ASKED_WEIGHT = 2.0
"""How much a question counts whose article is taken away, that has no answer, that other people wrote (others: 1)."""

UNANSWERABLE_SHARE = 0.25
"""Share of unanswerable questions that the calibrated probability assumes."""

THRESHOLD = 0.66
"""Answer from this probability on: a wrong answer costs about twice what a right one gains."""


@dataclass(frozen=True)
class _Examples:
    """Facts of many questions, with the truth about each."""

    facts: Floats
    right: NDArray[np.bool_]
    row: NDArray[np.intp]
    """The article that answers; -1 where none does."""


@dataclass(frozen=True)
class Asked:
    """A question somebody wrote, and the article that answers it."""

    query: str
    article_id: str


def fit_ranking(
    articles: Sequence[Article],
    unanswerable: Sequence[str],
    elsewhere: Sequence[str],
    asked: Sequence[Asked],
    embedder: Embedder,
    cache: VectorCache,
) -> Ranking:
    """Weights for :class:`bot.knowledge.base.KnowledgeBase`.

    Args:
        articles: The content.
        unanswerable: Questions without an answer here, at least a few dozen.
        elsewhere: Names of other cities.
        asked: Questions other people wrote, with their article, to calibrate on. They may be part of the content.
        embedder: Makes vectors.
        cache: Keeps vectors.
    """
    index = Index(articles, embedder, cache)
    none = cache.vectors("unanswerable", unanswerable, embedder)
    rows = {article.id: row for row, article in enumerate(index.articles)}
    own = [(question, rows[a.id]) for a in articles for question in a.questions]
    foreign = {normalise(question.query) for question in asked}
    own = [pair for pair in own if normalise(pair[0]) not in foreign]
    questions = own + [(question.query, rows[question.article_id]) for question in asked]
    is_asked = np.arange(len(questions)) >= len(own)
    vectors = embedder_vectors(index, questions, embedder)
    truth = np.array([row for _, row in questions])

    tables = [index.signals(query, vectors[n], leave_out=True) for n, (query, _) in enumerate(questions)]
    order = _fit_order(np.stack(tables), truth)

    def described(query: str, table: Floats, cosines: Floats) -> tuple[Floats, int]:
        ranked = rank(table, order)
        first = int(ranked.rows[0])
        away = names_elsewhere(query, index.articles[first], elsewhere)
        uncovered = index.uncovered(query, first, leave_out=True)
        return facts(query, table, ranked, cosines, elsewhere=away, uncovered=uncovered), first

    present = [described(q, tables[n], none @ vectors[n]) for n, (q, _) in enumerate(questions)]
    inside = _Examples(np.stack([f for f, _ in present]), np.array([r for _, r in present]) == truth, truth)

    absent = []
    for row in range(len(articles)):
        linear = index.linear_without(row)
        for n in np.flatnonzero(truth == row):
            table = tables[n].copy()
            table[:, SIGNALS.index("linear")] = linear.scores(vectors[n])
            table[row] = table.min(axis=0)  # in the last place, as if it were not there
            absent.append((n, described(questions[n][0], table, none @ vectors[n])[0]))
    taken_away = np.stack([values for _, values in sorted(absent, key=lambda pair: pair[0])])

    outside = np.stack(
        [
            described(text, index.signals(text, none[n]), np.delete(none, n, axis=0) @ none[n])[0]
            for n, text in enumerate(unanswerable)
        ]
    )
    answer, constant = _fit_answer(inside, is_asked, taken_away, outside)
    return Ranking(
        made_by="bot.knowledge.fitting",
        embedder=embedder.version,
        fitted_on={
            "articles": len(articles),
            "own_questions": len(own),
            "asked_questions": len(asked),
            "unanswerable": len(unanswerable),
        },
        order={name: round(float(weight), 4) for name, weight in zip(SIGNALS, order, strict=True)},
        answer={name: round(float(weight), 4) for name, weight in zip(FACTS, answer, strict=True)},
        constant=round(constant, 4),
        threshold=THRESHOLD,
    )


def embedder_vectors(
    index: Index, questions: Sequence[tuple[str, int]], embedder: Embedder
) -> NDArray[np.float32]:
    """Vectors of ``questions``: those of the content are known already, others are computed."""
    fresh = [query for query, _ in questions if not index.same_as(query)]
    computed = iter(embedder.encode(fresh))
    return np.stack(
        [
            index.vectors[same[0]] if (same := index.same_as(query)) else next(computed)
            for query, _ in questions
        ]
    )


def _fit_order(tables: Floats, truth: NDArray[np.intp]) -> Floats:
    """Weights of a conditional logit: tables (questions, articles, signals), truth (questions,)."""
    centred = tables - tables.mean(axis=1, keepdims=True)
    spread = centred.std(axis=(0, 1)) + 1e-9
    inputs = centred / spread
    chosen = np.arange(len(truth))

    def loss(weights: Floats) -> tuple[float, Floats]:
        scores = inputs @ weights
        scores -= scores.max(axis=1, keepdims=True)
        shares = np.exp(scores)
        shares /= shares.sum(axis=1, keepdims=True)
        value = -np.log(shares[chosen, truth] + 1e-12).mean() + PENALTY * weights @ weights
        shares[chosen, truth] -= 1
        slope = np.einsum("nk,nkf->f", shares, inputs) / len(truth) + 2 * PENALTY * weights
        return float(value), slope

    found = minimize(loss, np.zeros(inputs.shape[2]), jac=True, method="L-BFGS-B")
    return np.asarray(found.x / spread)


def _fit_answer(
    inside: _Examples, is_asked: NDArray[np.bool_], taken_away: Floats, outside: Floats
) -> tuple[Floats, float]:
    """Weights and constant of the calibrated probability."""
    values = np.concatenate([inside.facts, taken_away, outside])
    right = np.concatenate([inside.right, np.zeros(len(taken_away) + len(outside), dtype=bool)])
    weight = np.concatenate(
        [
            np.where(is_asked, ASKED_WEIGHT, 1.0),
            np.full(len(taken_away), ABSENT_WEIGHT),
            np.full(len(outside), UNANSWERABLE_WEIGHT),
        ]
    )
    fold = np.concatenate([inside.row, inside.row, np.arange(len(outside))]) % FOLDS
    logit = np.empty(len(values))
    for held in range(FOLDS):
        weights, constant = _logistic(values[fold != held], right[fold != held], weight[fold != held])
        logit[fold == held] = values[fold == held] @ weights + constant
    asked = np.flatnonzero(is_asked) if is_asked.any() else np.arange(len(is_asked))
    last = np.arange(len(values) - len(outside), len(values))
    used = np.concatenate([asked, last])
    balance = np.concatenate(
        [
            np.full(len(asked), (1 - UNANSWERABLE_SHARE) / len(asked)),
            np.full(len(last), UNANSWERABLE_SHARE / len(last)),
        ]
    )
    slope, shift = _logistic(logit[used, None], right[used], balance * len(used))
    weights, constant = _logistic(values, right, weight)
    return weights * slope[0], float(constant * slope[0] + shift)


def _logistic(values: Floats, truth: NDArray[np.bool_], weight: Floats) -> tuple[Floats, float]:
    """Weights and constant of a logistic regression, in the units of ``values``."""
    mean, spread = values.mean(axis=0), values.std(axis=0) + 1e-9
    model = LogisticRegression(C=1.0, max_iter=2000)
    model.fit((values - mean) / spread, truth, sample_weight=weight)
    weights = model.coef_[0] / spread
    return weights, float(model.intercept_[0] - weights @ mean)


def fit_content(content: Path, asked: Path, embedder: Embedder, cache: VectorCache) -> Ranking:
    """The weights for the content folder ``content``, calibrated on the questions of the file ``asked``.

    Raises:
        ContentError: A file is wrong.
    """
    knowledge = content / "knowledge"
    return fit_ranking(
        load_articles(knowledge),
        read_lines(knowledge / "unanswerable.txt"),
        read_elsewhere(content / "gazetteer" / "elsewhere.csv"),
        [Asked(row.query, row.article_id) for row in read_questions(asked) if row.article_id is not None],
        embedder,
        cache,
    )


if __name__ == "__main__":
    folder = get_settings().content_dir
    fitted = fit_content(
        folder, Path(sys.argv[1]), get_embedder(), VectorCache(get_settings().data_dir / "cache")
    )
    (folder / "knowledge" / "ranking.json").write_text(
        fitted.model_dump_json(indent=2) + "\n", encoding="utf-8"
    )
