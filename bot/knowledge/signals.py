"""Signals: for one question and every article, how strongly each kind of evidence points at it.

What an article is known by are its *examples*: its title and the questions that editors wrote down. The signals are
deliberately few and general, so that weights fitted once keep their meaning when articles are added.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.embedding import Embedder, Vectors
from bot.knowledge.articles import Article
from bot.knowledge.words import Lexical, normalise, tokens
from bot.vectorcache import Progress, VectorCache

Floats = NDArray[np.float64]

SIGNALS = (
    "nearest",
    "nearest3",
    "nearest8",
    "title",
    "keywords",
    "linear",
    "article_words",
    "example_words",
    "named",
)
"""Columns of a table of signals, in order.

nearest, nearest3, nearest8: cosine to the article's nearest example, mean of the three and of the eight nearest.
title, keywords: cosine to the title and to the keywords read as one line.
linear: a linear classifier from vectors to articles (ridge regression), fitted on the examples when they are loaded.
article_words, example_words: BM25 against the whole article, and against its best example.
named: share of the question's characters that are keywords of the article.
"""

RIDGE = 0.1
"""Weight of the classifier's penalty; 0.03 to 0.3 ranked equally well, 1 worse (docs/evaluation.md)."""

NOTHING = -1.0
"""A cosine lower than any real one: an example that does not count."""


@dataclass(frozen=True)
class Linear:
    """Ridge regression from a sentence vector to one score an article."""

    centre: Vectors
    weights: Vectors
    leverage: Floats
    """How much each example pulls its own score towards itself, 0..1; needed to leave one out exactly."""
    residual: Floats
    """What each example's own score lacks of the truth, shape (examples, articles)."""
    target: Floats

    @classmethod
    def fit(cls, vectors: Vectors, owner: NDArray[np.intp], articles: int) -> Linear:
        """Fit on ``vectors`` (n, d) whose articles are ``owner`` (n,)."""
        centre = vectors.mean(axis=0)
        inputs = (vectors - centre).astype(np.float64)
        target = np.eye(articles)[owner]
        target -= target.mean(axis=0)
        inverse = np.linalg.inv(inputs.T @ inputs + RIDGE * np.eye(inputs.shape[1]))
        weights = inverse @ inputs.T @ target
        leverage = np.einsum("nd,nd->n", inputs @ inverse, inputs) + 1 / len(inputs)
        return cls(centre, weights.astype(np.float32), leverage, target - inputs @ weights, target)

    def scores(self, vector: Vectors) -> Floats:
        """One score an article for a question's vector (d,)."""
        return np.asarray((vector - self.centre) @ self.weights, dtype=np.float64)

    def scores_without(self, example: int) -> Floats:
        """What the classifier would say to an example, had it never seen it."""
        return np.asarray(self.target[example] - self.residual[example] / (1 - self.leverage[example]))


class Index:
    """Everything a question is compared with; built once, then only read."""

    def __init__(
        self,
        articles: Sequence[Article],
        embedder: Embedder,
        cache: VectorCache,
        *,
        progress: Progress | None = None,
    ) -> None:
        """Read ``articles`` in; their order is the order of the rows of every table.

        Args:
            articles: What may be answered.
            embedder: Makes vectors.
            cache: Keeps the vectors of examples and keywords.
            progress: Told how far the first, slow start is.
        """
        self.articles = tuple(articles)
        count = len(self.articles)
        examples = [(row, text) for row, article in enumerate(self.articles) for text in _examples(article)]
        self.owner = np.array([row for row, _ in examples], dtype=np.intp)
        keyword_lines = [" ".join(article.keywords) for article in self.articles]
        texts = [text for _, text in examples]
        vectors = cache.vectors("knowledge", [*texts, *keyword_lines], embedder, progress=progress)
        self.vectors, self._keyword_vectors = vectors[: len(texts)], vectors[len(texts) :]
        self._same = {}
        for number, text in enumerate(texts):
            self._same.setdefault(normalise(text), []).append(number)
        self._titles = np.array([np.flatnonzero(self.owner == row)[0] for row in range(count)])
        self._slots = _slots(self.owner, count)
        self.linear = self.linear_without(None)
        self._example_words = Lexical(texts)
        self._article_words = Lexical([" ".join((a.title, *a.keywords, a.answer)) for a in self.articles])
        self._written = [set(tokens(" ".join((a.title, *a.keywords, a.answer)))) for a in self.articles]
        self._asked = [Counter[str]() for _ in self.articles]
        for row, text in examples:
            self._asked[row].update(set(tokens(text)))
        self._keywords = [[normalise(keyword) for keyword in article.keywords] for article in self.articles]

    _same: dict[str, list[int]]

    def linear_without(self, row: int | None) -> Linear:
        """The classifier as it would be without the article in ``row``: its column then means nothing."""
        owner = np.concatenate([self.owner, np.arange(len(self.articles))])
        keep = owner != (-1 if row is None else row)
        return Linear.fit(
            np.concatenate([self.vectors, self._keyword_vectors])[keep], owner[keep], len(self.articles)
        )

    def same_as(self, question: str) -> list[int]:
        """Examples that are this very question, blanks and punctuation aside."""
        return self._same.get(normalise(question), [])

    def signals(self, question: str, vector: Vectors, *, leave_out: bool = False) -> Floats:
        """The table of signals, shape ``(articles, len(SIGNALS))``.

        Args:
            question: What was asked.
            vector: Its vector, shape (d,).
            leave_out: Examples that are this very question do not count, as if nobody had written them down: for
                measuring, so that no question answers itself. A title stays the article's title.
        """
        left_out = self.same_as(question) if leave_out else []
        cosines = self.vectors @ vector
        title = cosines[self._titles].copy()
        cosines[left_out] = NOTHING
        nearest = -np.sort(-np.append(cosines, NOTHING)[self._slots], axis=1)
        asked = tokens(question)
        by_example = self._example_words.scores(asked)
        by_example[left_out] = 0.0
        best_example = np.append(by_example, 0.0)[self._slots].max(axis=1)
        linear = self.linear.scores_without(left_out[0]) if left_out else self.linear.scores(vector)
        plain = normalise(question)
        named = [
            sum(len(word) for word in words if word in plain) / max(len(plain), 1) for words in self._keywords
        ]
        return np.column_stack(
            [
                nearest[:, 0],
                _mean_of_best(nearest, 3),
                _mean_of_best(nearest, 8),
                title,
                self._keyword_vectors @ vector,
                linear,
                self._article_words.scores(asked),
                best_example,
                np.array(named),
            ]
        )

    def uncovered(self, question: str, row: int, *, leave_out: bool = False) -> float:
        """Share of ``question`` that the article in ``row`` knows nothing of, 0..1, rare words counting more.

        A near miss shares its subject with an article and asks for what that one does not say.
        """
        spoken = {token for token in tokens(question) if len(token) > 1}
        self_asked = 1 if leave_out and any(self.owner[n] == row for n in self.same_as(question)) else 0
        unknown = {
            token
            for token in spoken
            if token not in self._written[row] and self._asked[row][token] <= self_asked
        }
        rarity = self._article_words.rarity
        whole = sum(rarity(token) for token in spoken)
        return sum(rarity(token) for token in unknown) / whole if spoken else 1.0


def _examples(article: Article) -> tuple[str, ...]:
    """Title first, then the questions that are not the title again."""
    title = normalise(article.title)
    return (article.title, *(question for question in article.questions if normalise(question) != title))


def _slots(owner: NDArray[np.intp], count: int) -> NDArray[np.intp]:
    """Example numbers by article, shape (articles, most examples); free places point behind the last example."""
    members = [np.flatnonzero(owner == row) for row in range(count)]
    slots = np.full((count, max(map(len, members))), len(owner), dtype=np.intp)
    for row, numbers in enumerate(members):
        slots[row, : len(numbers)] = numbers
    return slots


def _mean_of_best(descending: NDArray[np.float32], most: int) -> Floats:
    """Mean of the first ``most`` cosines of each row, of fewer where an article has fewer examples."""
    best = descending[:, :most]
    counts = best > NOTHING
    return np.asarray(
        np.where(counts, best, 0).sum(axis=1) / np.maximum(counts.sum(axis=1), 1), dtype=np.float64
    )
