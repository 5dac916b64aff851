"""What it is about: the leaf of the catalogue, from its words and its meaning, learnt in seconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.understanding.grams import GramModel
from bot.understanding.meaning import MeaningModel

Matrix = NDArray[np.float32]
NOTHING = "99"
"""What the codes of messages without a matter begin with."""
FORM = 11
"""Changes whenever the meaning of a stored model changes."""


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each signal counts in the logit, after each was brought to mean 0 and deviation 1 over the leaves.

    Their sum also says how sure the probabilities are; both are fitted on complaints that taught neither signal.
    """

    words: float = 1.0
    meaning: float = 1.2


@dataclass(frozen=True, slots=True)
class Lesson:
    """A sentence and the class it belongs to.

    Attributes:
        words: What was said, without numbers and greetings: what its characters tell.
        matter: The same without the place, too: what its meaning is read from.
        code: The class.
        weight: How much it counts.
    """

    words: str
    matter: str
    code: str
    weight: float = 1.0


class CategoryModel:
    """Ranks classes for a sentence by two signals that fail differently: character n-grams and the sentence's vector."""

    def __init__(
        self, codes: tuple[str, ...], words: GramModel, meaning: MeaningModel, weights: Weights
    ) -> None:
        self.codes = codes
        self.weights = weights
        self._words, self._meaning = words, meaning

    def likeness(self, text: str, code: str | None = None) -> float:
        """How like the words of ``text`` are to one class, or to the class they are most like, 0..1; no vector is needed.

        Without a class, those of nothing in particular (99...) do not count.
        """
        scores = self._words.scores(text)
        if code is not None:
            return float(scores[self.codes.index(code)])
        return max(
            float(score) for score, one in zip(scores, self.codes, strict=True) if not one.startswith(NOTHING)
        )

    @classmethod
    def train(
        cls,
        codes: Sequence[str],
        lessons: Sequence[Lesson],
        vectors: Matrix,
        *,
        weights: Weights | None = None,
    ) -> CategoryModel:
        """Learn from ``lessons`` with the vectors of their matters, ``(len(lessons), d)``; some seconds.

        Raises:
            ValueError: a lesson names a class that is not among ``codes``.
        """
        index = {code: number for number, code in enumerate(codes)}
        try:
            owners = np.array([index[lesson.code] for lesson in lessons], dtype=np.int32)
        except KeyError as error:
            raise ValueError(f"{error} is not a leaf of the catalogue") from error
        weight = np.array([lesson.weight for lesson in lessons], dtype=np.float32)
        words = GramModel.train([lesson.words for lesson in lessons], weight, owners, len(codes))
        meaning = MeaningModel.train(vectors, weight, owners, len(codes))
        return cls(tuple(codes), words, meaning, weights or Weights())

    def signals(self, words: Sequence[str], vectors: Matrix) -> Matrix:
        """Both signals for each text and class, standardised over the classes, ``(2, n, classes)``."""
        said = np.stack([self._words.scores(text) for text in words])
        return np.stack([_standard(said), _standard(self._meaning.scores(vectors))])

    def probabilities(self, words: Sequence[str], vectors: Matrix) -> Matrix:
        """How likely each class is for each text, ``(n, classes)``, rows that sum to 1."""
        return combine(self.signals(words, vectors), self.weights)


def combine(signals: Matrix, weights: Weights) -> Matrix:
    """Signals ``(2, n, classes)`` as probabilities."""
    logits = weights.words * signals[0] + weights.meaning * signals[1]
    logits = logits - logits.max(axis=1, keepdims=True)
    powers = np.exp(logits)
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), dtype=np.float32)


def fit_weights(signals: Matrix, truth: NDArray[np.integer]) -> Weights:
    """The weights under which ``truth`` ``(n,)`` is most likely: least log loss on complaints that were not taught.

    Two numbers from hundreds of complaints: they set the balance of the signals and how sure the model may be.
    """
    from scipy.optimize import minimize

    rows = np.arange(len(truth))

    def loss(logs: NDArray[np.float64]) -> float:
        words, meaning = np.exp(logs)
        logits = words * signals[0] + meaning * signals[1]
        top = logits.max(axis=1)
        total = top + np.log(np.exp(logits - top[:, None]).sum(axis=1))
        return float((total - logits[rows, truth]).mean())

    found = minimize(loss, np.zeros(2), method="Nelder-Mead", options={"xatol": 0.01, "fatol": 1e-4})
    words, meaning = np.exp(found.x)
    return Weights(float(words), float(meaning))


def _standard(values: Matrix) -> Matrix:
    spread = values.std(axis=1, keepdims=True)
    return np.asarray(
        (values - values.mean(axis=1, keepdims=True)) / np.maximum(spread, 1e-6), dtype=np.float32
    )
