"""Which class the meaning of a sentence speaks for: a learned projection of its vector, then softmax regression."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]
_SHRINK = 0.2
"""Share of an even spread mixed into the spread within classes, for directions that few lessons tell of."""
_SCALE = 10.0
"""Projected vectors have about this length; divided by it the regression's usual strength of 1 fits."""
_ROUNDS = 60


class MeaningModel:
    """Softmax regression on whitened sentence vectors.

    The projection makes lessons of one class lie alike in every direction, so that what tells classes apart counts for more than
    what all complaints share (they name places and complain). Right leaf first on 325 complaints: nearest lessons 0.70, with the
    projection 0.77; regression on plain vectors 0.76 (ridge), on projected ones 0.82.
    """

    def __init__(self, mean: Matrix, weights: Matrix, bias: Matrix) -> None:
        self._mean, self._weights, self._bias = mean, weights, bias

    @classmethod
    def train(cls, vectors: Matrix, weight: Matrix, owners: NDArray[np.int32], classes: int) -> MeaningModel:
        """Learn from sentence vectors ``(n, d)`` with their classes ``(n,)``; five seconds for 15,000.

        Args:
            vectors: Rows of length 1.
            weight: How much each counts, ``(n,)``.
            owners: The class of each.
            classes: How many there are; each needs a lesson.
        """
        from sklearn.linear_model import LogisticRegression

        mean = vectors.mean(axis=0)
        centred = vectors - mean
        projection = _whitening(centred, owners, classes)
        model = LogisticRegression(C=1.0, max_iter=_ROUNDS)
        model.fit(centred @ projection, owners, sample_weight=weight)
        coefficients, bias = model.coef_, model.intercept_
        if len(coefficients) == 1:  # two classes: one line separates them
            coefficients, bias = np.vstack([-coefficients, coefficients]), np.concatenate([-bias, bias])
        full = np.full((classes, coefficients.shape[1]), 0.0)
        offset = np.full(classes, float(bias.min()) - 1.0)
        full[model.classes_], offset[model.classes_] = coefficients, bias
        weights = (projection @ full.T).astype(np.float32)
        return cls(mean.astype(np.float32), weights, offset.astype(np.float32))

    def scores(self, vectors: Matrix) -> Matrix:
        """The regression's value for each class, ``(n, classes)``."""
        return np.asarray((vectors - self._mean) @ self._weights + self._bias, dtype=np.float32)


def _whitening(centred: Matrix, owners: NDArray[np.int32], classes: int) -> Matrix:
    """The projection ``(d, d)`` under which lessons vary alike in all directions within their classes."""
    sums = np.zeros((classes, centred.shape[1]), dtype=np.float64)
    np.add.at(sums, owners, centred)
    means = sums / np.maximum(np.bincount(owners, minlength=classes), 1)[:, None]
    rest = centred - means[owners]
    spread = rest.T @ rest / len(rest)
    even = np.trace(spread) / len(spread) * np.eye(len(spread))
    values, directions = np.linalg.eigh((1 - _SHRINK) * spread + _SHRINK * even)
    return np.asarray(directions / np.sqrt(np.maximum(values, 1e-9)) / _SCALE, dtype=np.float32)
