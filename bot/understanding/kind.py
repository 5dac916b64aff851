"""The kind of a request: 咨询 求助 投诉 举报 建议 表扬, learnt from wording, from meaning and from what it is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bot.catalogue import KINDS, Catalogue
from bot.understanding.kind_words import FORMS, SIGNS, may_be, plainly

if TYPE_CHECKING:
    from sklearn.linear_model import LogisticRegression

Matrix = NDArray[np.float32]
STRENGTH = 0.3
_LEAF, _MEANING = 3.0, 4.0
"""How strongly the leaf's usual kind and the sentence vector count beside wordings, which are 0 or 1."""


@dataclass(frozen=True, slots=True)
class KindLessons:
    """Messages of known kind.

    Attributes:
        texts: The clean words.
        leaves: How likely each leaf is for each (held out!), ``(n, leaves)``.
        vectors: Their sentence vectors, ``(n, d)``.
        kinds: Their true kinds.
    """

    texts: Sequence[str]
    leaves: Matrix
    vectors: Matrix
    kinds: Sequence[str]


class KindModel:
    """Logistic regression over wordings, the sentence vector and the usual kind of the likely leaves."""

    def __init__(self, usual: Matrix, mean: Matrix, model: LogisticRegression) -> None:
        self._usual, self._mean = usual, mean
        self._coefficients = model.coef_.astype(np.float32)
        self._intercept = model.intercept_.astype(np.float32)
        self._classes = tuple(int(number) for number in model.classes_)

    @classmethod
    def train(cls, catalogue: Catalogue, mean: Matrix, *lessons: KindLessons) -> KindModel:
        """Learn from ``lessons``; ``mean`` is the middle of all sentence vectors, ``(d,)``."""
        from sklearn.linear_model import (
            LogisticRegression,
        )  # a tenth of a second that a trained process saves

        usual = usual_kinds(catalogue)
        features = np.stack(
            [
                _features(text, leaves @ usual, vector - mean)
                for some in lessons
                for text, leaves, vector in zip(some.texts, some.leaves, some.vectors, strict=True)
            ]
        )
        model = LogisticRegression(C=STRENGTH, max_iter=3000)
        model.fit(features, [KINDS.index(kind) for some in lessons for kind in some.kinds])
        return cls(usual, mean, model)

    def predict(self, text: str, leaf_probabilities: Matrix, vector: Matrix) -> str:
        """The kind of a text, given how likely each leaf is and the sentence vector."""
        plain = plainly(text)
        if plain is not None:
            return plain
        features = _features(text, leaf_probabilities @ self._usual, vector - self._mean)
        values = self._coefficients @ features + self._intercept
        ranked = [KINDS[self._classes[int(index)]] for index in np.argsort(-values)]
        return next((kind for kind in ranked if may_be(kind, text)), "投诉")


def kind_by_words(text: str) -> str:
    """The kind by wording alone, for when the matter is not known: a question is 咨询, else 投诉."""
    plain = plainly(text)
    if plain is not None:
        return plain
    asks, ends, how, helps = SIGNS[0], SIGNS[1], SIGNS[2], SIGNS[8]
    if asks.search(text) or (how.search(text) and ends.search(text) and may_be("咨询", text)):
        return "咨询"
    return "求助" if helps.search(text) else "投诉"


def usual_kinds(catalogue: Catalogue) -> Matrix:
    """How usual each kind is for each leaf, shape ``(leaves, 6)``: its own column, else the order of its hints."""
    table = np.zeros((len(catalogue.leaves), len(KINDS)), dtype=np.float32)
    for row, leaf in enumerate(catalogue.leaves):
        for rank, kind in enumerate(leaf.kind_hints):
            table[row, KINDS.index(kind)] = (1.0, 0.4, 0.2)[min(rank, 2)]
        usual = catalogue.lessons.usual_kind.get(leaf.code)
        if usual:
            table[row] *= 0.3
            table[row, KINDS.index(usual)] = 1.0
    return table


def _features(text: str, usual: Matrix, vector: Matrix) -> Matrix:
    signs = [1.0 if sign.search(text) else 0.0 for sign in SIGNS]
    forms = [1.0 if form.search(text) else 0.0 for form in FORMS]
    asks = any(forms[index] for index in (0, 1, 2, 3, 5))
    blames, happened, short = forms[6], forms[8] or forms[9] or forms[11], len(text) <= 20
    together = [
        asks and not blames and not happened,
        asks and not blames and short,
        asks and happened,
        asks and blames,
    ]
    words = [*signs, min(len(text), 150) / 100, *forms, *map(float, together)]
    return np.concatenate([usual * _LEAF, words, vector * _MEANING], dtype=np.float32)
