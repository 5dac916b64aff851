"""What it is about: the leaf of the catalogue, from several signals that are learnt in seconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import ahocorasick
import numpy as np
from numpy.typing import NDArray

from bot.catalogue import Catalogue, Category
from bot.understanding.grams import GramModel

Matrix = NDArray[np.float32]
NEAREST = 3
FORM = 7
"""Changes whenever the meaning of a stored model changes."""


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each signal counts, after each was brought to mean 0 and deviation 1 over the leaves."""

    ridge: float = 0.5
    nearest: float = 1.25
    words: float = 0.75
    keywords: float = 0.15


@dataclass(frozen=True, slots=True)
class Lesson:
    """A sentence and the leaf it belongs to.

    Attributes:
        text: The words, without place, time and number.
        code: The leaf.
        weight: How much it counts: a real complaint more than a heading.
    """

    text: str
    code: str
    weight: float


def lessons_of(catalogue: Catalogue) -> list[Lesson]:
    """What the catalogue teaches: names, keywords, phrasings.

    Labelled complaints are left out: one complaint a leaf makes its neighbours look alike (all are long and name
    places), which cost 0.03-0.05 of top-1 when measured. They calibrate instead, and teach the kinds.
    """
    lessons = []
    for leaf in catalogue.leaves:
        lessons.append(Lesson(leaf.path.replace(">", " "), leaf.code, 0.7))
        lessons.append(Lesson(f"{leaf.name}：{'，'.join(leaf.keywords)}", leaf.code, 1.0))
    lessons.extend(
        Lesson(example.text, example.category, 1.0) for example in catalogue.examples if not example.real
    )
    return lessons


class CategoryModel:
    """Ranks the leaves for a sentence.

    Four signals: ridge regression on sentence vectors, the nearest lessons of each leaf, kernel ridge regression on
    character n-grams, and the catalogue's keywords. Their weighted sum goes through a softmax whose temperature was
    fitted on lessons held out.
    """

    def __init__(
        self,
        codes: tuple[str, ...],
        mean: Matrix,
        ridge: Matrix,
        vectors: Matrix,
        owners: NDArray[np.int32],
        words: GramModel,
        keywords: dict[str, list[tuple[int, float]]],
        weights: Weights,
        temperature: float,
    ) -> None:
        self.codes = codes
        self._mean, self._ridge = mean, ridge
        self._vectors, self._owners = vectors, owners
        self._words = words
        self._keywords = keywords
        self._weights = weights
        self.temperature = temperature
        longest = int(np.bincount(owners, minlength=len(codes)).max())
        self._rows = np.full((len(codes), max(longest, NEAREST)), len(owners), dtype=np.int32)
        for owner in range(len(codes)):
            mine = np.flatnonzero(owners == owner)
            self._rows[owner, : len(mine)] = mine

    @classmethod
    def train(
        cls,
        leaves: Sequence[Category],
        lessons: Sequence[Lesson],
        vectors: Matrix,
        *,
        weights: Weights | None = None,
        temperature: float = 0.6,
    ) -> CategoryModel:
        """Learn from ``lessons`` with their sentence vectors, shape ``(len(lessons), d)``; a few seconds.

        Raises:
            ValueError: a lesson names a leaf that is not among ``leaves``.
        """
        codes = tuple(leaf.code for leaf in leaves)
        index = {code: number for number, code in enumerate(codes)}
        try:
            owners = np.array([index[lesson.code] for lesson in lessons], dtype=np.int32)
        except KeyError as error:
            raise ValueError(f"{error} is not a leaf of the catalogue") from error
        weight = np.array([lesson.weight for lesson in lessons], dtype=np.float32)
        targets = np.zeros((len(lessons), len(codes)), dtype=np.float32)
        targets[np.arange(len(lessons)), owners] = 1.0
        mean = vectors.mean(axis=0)
        centred = vectors - mean
        weighted = centred * weight[:, None]
        ridge = np.linalg.solve(
            centred.T @ weighted + np.eye(centred.shape[1], dtype=np.float32), weighted.T @ targets
        ).astype(np.float32)
        unit = centred / np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1e-6)
        words = GramModel.train([lesson.text for lesson in lessons], weight, targets)
        return cls(
            codes, mean, ridge, unit.astype(np.float32), owners, words, _keywords(leaves),
            weights or Weights(), temperature,
        )  # fmt: skip

    def scores(self, texts: Sequence[str], vectors: Matrix) -> Matrix:
        """How well each leaf fits each text, shape ``(len(texts), leaves)``; comparable within a row."""
        centred = vectors - self._mean
        unit = centred / np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1e-6)
        nearest = self._nearest(unit @ self._vectors.T)
        words = np.stack([self._words.scores(text) for text in texts])
        said = np.zeros((len(texts), len(self.codes)), dtype=np.float32)
        for row, text in enumerate(texts):
            for keyword in {name for _, name in self._automaton.iter(text)} if self._keywords else ():
                for owner, value in self._keywords[keyword]:
                    said[row, owner] += value
        weights = self._weights
        total = (
            weights.ridge * _standard(centred @ self._ridge)
            + weights.nearest * _standard(nearest)
            + weights.words * _standard(words)
            + weights.keywords * _standard(said)
        )
        return np.asarray(total, dtype=np.float32)

    @cached_property
    def _automaton(self) -> ahocorasick.Automaton:
        """All keywords, found in one pass; built at first use, for a process that only trains needs none."""
        automaton = ahocorasick.Automaton()
        for keyword in self._keywords:
            automaton.add_word(keyword, keyword)
        automaton.make_automaton()
        return automaton

    def _nearest(self, likeness: Matrix) -> Matrix:
        """The mean likeness of the nearest few lessons of each leaf: one lesson alone may be near by chance."""
        padded = np.concatenate([likeness, np.full((len(likeness), 1), -1.0, dtype=likeness.dtype)], axis=1)
        by_leaf = padded[:, self._rows]
        return np.asarray(-np.partition(-by_leaf, NEAREST - 1, axis=2)[:, :, :NEAREST].mean(axis=2))

    def probabilities(self, scores: Matrix) -> Matrix:
        """Scores as probabilities that sum to 1 in each row."""
        raised = scores / self.temperature
        raised -= raised.max(axis=1, keepdims=True)
        powers = np.exp(raised)
        return np.asarray(powers / powers.sum(axis=1, keepdims=True), dtype=np.float32)


def fit_temperature(model: CategoryModel, scores: Matrix, codes: Sequence[str]) -> float:
    """The temperature at which probabilities of held-out ``scores`` are most honest (least log loss)."""
    index = {code: number for number, code in enumerate(model.codes)}
    truth = np.array([index[code] for code in codes])
    best, least = model.temperature, np.inf
    for temperature in np.geomspace(0.2, 4.0, 30):
        raised = scores / temperature
        raised = raised - raised.max(axis=1, keepdims=True)
        loss = float((np.log(np.exp(raised).sum(axis=1)) - raised[np.arange(len(truth)), truth]).mean())
        if loss < least:
            best, least = float(temperature), loss
    return best


def _standard(values: NDArray[np.floating]) -> NDArray[np.floating]:
    spread = values.std(axis=1, keepdims=True)
    return np.asarray((values - values.mean(axis=1, keepdims=True)) / np.maximum(spread, 1e-6))


def _keywords(leaves: Sequence[Category]) -> dict[str, list[tuple[int, float]]]:
    """Keyword -> leaves it speaks for; a long keyword of one leaf says more than a short one of many."""
    found: dict[str, list[tuple[int, float]]] = {}
    for number, leaf in enumerate(leaves):
        for keyword in leaf.keywords:
            found.setdefault(keyword, []).append((number, 0.0))
    return {
        keyword: [(number, len(keyword) ** 0.5 / len(owners)) for number, _ in owners]
        for keyword, owners in found.items()
    }
