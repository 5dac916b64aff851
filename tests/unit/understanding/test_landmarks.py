"""Likeness to landmarks: the features stand for the kernel, and the weighed sum for the features."""

from __future__ import annotations

import numpy as np
import pytest

from bot.understanding.landmarks import Kernel

VECTORS = np.random.default_rng(7).normal(size=(40, 6)).astype(np.float32)


def test_inner_products_of_landmarks_are_the_kernel() -> None:
    kernel = Kernel.among(VECTORS, count=40)
    features = kernel.features(VECTORS)
    squares = ((VECTORS[:, None] - VECTORS[None]) ** 2).sum(axis=2)
    assert features @ features.T == pytest.approx(np.exp(-kernel.gamma * squares), abs=1e-3)


def test_the_weighed_sum_is_that_of_the_features_less_their_usual_values() -> None:
    kernel = Kernel.among(VECTORS, count=12)
    features = kernel.features(VECTORS)
    weights = np.linspace(-1, 2, 12).astype(np.float32)
    likeness = kernel.weighed(weights, features.mean(axis=0))
    expected = (features - features.mean(axis=0)) @ weights
    assert [likeness.of(vector) for vector in VECTORS] == pytest.approx(list(expected), abs=1e-3)


def test_fewer_lessons_than_landmarks_are_all_landmarks() -> None:
    assert len(Kernel.among(VECTORS[:3]).landmarks) == 3


def test_the_choice_of_landmarks_is_always_the_same() -> None:
    assert np.array_equal(Kernel.among(VECTORS, count=5).landmarks, Kernel.among(VECTORS, count=5).landmarks)
