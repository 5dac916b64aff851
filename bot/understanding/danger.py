"""Whether a message tells of danger now, learnt from dangers and their look-alikes; beside the patterns, not instead of them.

Patterns (:mod:`bot.understanding.emergency`) hear what was foreseen. Frightened people say it otherwise: 着了着了, 嘴唇发紫, 门缝
里往外钻烟. A linear model over character n-grams and the sentence's vector hears those. By itself it takes no alarm of a pattern back: that was
tried, and a danger told at the end of a long complaint, or of a thing no lesson names (网吧着火了), was silenced.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import log, sqrt

import numpy as np
from numpy.typing import NDArray

from bot.understanding.category import CategoryModel, Lesson
from bot.understanding.grams import grams_of
from bot.understanding.landmarks import Kernel, Likeness

Matrix = NDArray[np.float32]

SURE = 0.7
"""Probability from which a message is an alarm by itself."""
SUSPICIOUS = -3.75
"""Value of the words alone from which a message is worth a sentence vector.

Of 77 dangers of two sets that only the model hears one lies below it; at -4.5 two thirds of all turns were judged, at -3.75 a sixth.
"""
_VECTOR_SCALE = 4.0
_STRENGTH = 6.0
_LANDMARK_SCALE = 4.0
"""How much likeness to single lessons counts beside words and vector.

It hears what no straight line through the vectors parts: judged by a model that had not learnt them, of 2,600 dangers
no pattern hears 89 % for 88, at 5 of 100 hard look-alikes (2026-11-27).
"""
_LEAST = 2
_NO_WORDS = re.compile(r"[^\u4e00-\u9fffA-Za-z0-9]")
_CLAUSES = re.compile(r"[，。！？；,!?;\s]+")


@dataclass(frozen=True, slots=True)
class DangerLesson:
    """A message that is known to be a danger or none.

    Attributes:
        words: What was said, without numbers and greetings.
        danger: Whether somebody is in danger now.
        id: Row of ``emergencies.csv``, or empty where it is not known or no danger.
        weight: How much it counts.
    """

    words: str
    danger: bool
    id: str = ""
    weight: float = 1.0


class DangerModel:
    """Logistic regression: danger now or not; and which one."""

    def __init__(
        self,
        grams: dict[str, tuple[float, float]],
        bias: float,
        mean: Matrix,
        vector: Matrix,
        likeness: Likeness,
        which: CategoryModel,
    ) -> None:
        self._grams, self._bias = grams, bias
        self._mean, self._vector = mean, vector
        self._likeness = likeness
        self._which = which

    @classmethod
    def train(
        cls, lessons: Sequence[DangerLesson], vectors: Matrix, ids: Sequence[str]
    ) -> DangerModel | None:
        """Learn from lessons with their vectors ``(n, d)``; some seconds.

        Args:
            lessons: Dangers and look-alikes.
            vectors: Of their matters.
            ids: All dangers of the catalogue.

        Returns:
            None when there is nothing to learn from: the patterns decide alone then.
        """
        from scipy import sparse
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression

        known = [row for row, lesson in enumerate(lessons) if lesson.danger and lesson.id in set(ids)]
        truth = np.array([lesson.danger for lesson in lessons])
        if not known or truth.all() or not truth.any():
            return None
        words = [_plain(lesson.words) for lesson in lessons]
        vectorizer = TfidfVectorizer(
            analyzer=grams_of, sublinear_tf=True, min_df=_LEAST, lowercase=False, dtype=np.float32, norm="l2"
        )
        grams = vectorizer.fit_transform(words)
        mean = vectors.mean(axis=0)
        kernel = Kernel.among(vectors - mean)
        alike = kernel.features(vectors - mean)
        usual = alike.mean(axis=0)
        dense = np.hstack([_VECTOR_SCALE * (vectors - mean), _LANDMARK_SCALE * (alike - usual)])
        both = sparse.hstack([grams, sparse.csr_matrix(dense)]).tocsr()
        model = LogisticRegression(C=_STRENGTH, max_iter=400)
        model.fit(both, truth, sample_weight=[lesson.weight for lesson in lessons])
        values = model.coef_[0]
        rarity = vectorizer.idf_
        by_gram = {
            str(gram): (float(rarity[number]), float(values[number]))
            for gram, number in vectorizer.vocabulary_.items()
        }
        which = CategoryModel.train(
            sorted({lessons[row].id for row in known}),
            [Lesson(words[row], "", lessons[row].id) for row in known],
            vectors[known],
        )
        return cls(
            by_gram,
            float(model.intercept_[0]),
            mean.astype(np.float32),
            (_VECTOR_SCALE * values[len(by_gram) : len(by_gram) + len(mean)]).astype(np.float32),
            kernel.weighed(_LANDMARK_SCALE * values[len(by_gram) + len(mean) :], usual),
            which,
        )

    def suspicion(self, words: str) -> float:
        """What the words alone speak for danger: the logit without the vector's share. A tenth of a millisecond."""
        counts = Counter(gram for gram in grams_of(_plain(words)) if gram in self._grams)
        total = squares = 0.0
        for gram, count in counts.items():
            rarity, value = self._grams[gram]
            strength = (1 + log(count)) * rarity
            total += strength * value
            squares += strength * strength
        return self._bias + (total / sqrt(squares) if squares else 0.0)

    def probability(self, words: str, vector: Matrix) -> float:
        """How likely the message tells of danger now."""
        there = vector - self._mean
        logit = self.suspicion(words) + float(there @ self._vector) + self._likeness.of(there)
        return 1 / (1 + float(np.exp(-logit)))

    def which(self, words: str, vector: Matrix) -> tuple[str, float]:
        """The likeliest danger and how likely it is among all."""
        likely = self._which.probabilities([_plain(words)], vector[None])[0]
        best = int(likely.argmax())
        return self._which.codes[best], float(likely[best])

    def loudest(self, text: str) -> tuple[int, int]:
        """The clause of ``text`` that speaks most for danger, as a span: the evidence."""
        best, span = -np.inf, (0, len(text))
        start = 0
        for clause in _CLAUSES.split(text):
            at = text.find(clause, start)
            start = at + len(clause)
            if clause and (value := self.suspicion(clause)) > best:
                best, span = value, (at, start)
        return span


def _plain(words: str) -> str:
    """Words without punctuation: how breathlessly somebody types is no sign of danger."""
    return _NO_WORDS.sub("", words)
