"""The models of words and of meaning answer as the textbook says, at a fraction of the cost."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.understanding.category import CategoryModel, Lesson, Weights, combine, fit_weights
from bot.understanding.grams import DAMPING, GramModel
from bot.understanding.meaning import MeaningModel

TEXTS = ["路灯不亮", "路灯坏了两盏", "暖气不热", "暖气片漏水", "楼上漏水", "Wi Fi  断网"]
OWNERS = np.array([0, 0, 1, 1, 2, 2], dtype=np.int32)
WEIGHT = np.array([1, 1, 0.7, 1, 1, 0.7], dtype=np.float32)


def test_scores_are_cosines_with_the_damped_sums_of_the_classes() -> None:
    model = GramModel.train(TEXTS, WEIGHT, OWNERS, 3)
    vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True)
    grams = vectorizer.fit_transform(TEXTS).toarray()
    sums = np.stack([(WEIGHT[:, None] * grams)[owner == OWNERS].sum(axis=0) for owner in range(3)])
    sums = sums**DAMPING
    sums /= np.linalg.norm(sums, axis=1, keepdims=True)
    for said in ("门口路灯又不亮了路灯", "暖气漏水", "wi fi 慢"):
        wanted = vectorizer.transform([said]).toarray()[0] @ sums.T
        np.testing.assert_allclose(model.scores(said), wanted, atol=2e-3)


def test_unknown_characters_speak_for_nothing() -> None:
    model = GramModel.train(TEXTS, WEIGHT, OWNERS, 3)
    assert not model.scores("𠮷").any()
    assert not model.scores("").any()


def clouds(classes: int, each: int) -> tuple[np.ndarray, np.ndarray]:
    """Vectors in which one loud direction says nothing and quiet ones tell the classes."""
    random = np.random.default_rng(3)
    owners = np.repeat(np.arange(classes), each).astype(np.int32)
    vectors = random.normal(scale=0.05, size=(len(owners), classes + 1)).astype(np.float32)
    vectors[:, 0] = random.normal(scale=1.0, size=len(owners))
    vectors[np.arange(len(owners)), owners + 1] += 0.3
    return vectors, owners


@pytest.mark.parametrize("classes", [2, 3, 8])
def test_what_all_lessons_share_is_not_taken_for_meaning(classes: int) -> None:
    vectors, owners = clouds(classes, 30)
    model = MeaningModel.train(vectors[::2], np.ones(len(owners) // 2, np.float32), owners[::2], classes)
    right = model.scores(vectors[1::2]).argmax(axis=1) == owners[1::2]
    assert right.mean() > 0.95


def test_a_class_without_lessons_never_comes_first() -> None:
    vectors, owners = clouds(3, 20)
    model = MeaningModel.train(vectors, np.ones(len(owners), np.float32), owners, 4)
    assert 3 not in model.scores(vectors).argmax(axis=1)


def test_weights_are_fitted_to_be_honest() -> None:
    """A signal that is right in six of ten complaints ends with probabilities of that size, whatever its own scale."""
    random = np.random.default_rng(5)
    truth = random.integers(0, 4, size=400)
    said = truth.copy()
    wrong = random.random(400) > 0.6
    said[wrong] = (truth[wrong] + random.integers(1, 4, size=wrong.sum())) % 4
    signal = np.zeros((400, 4), dtype=np.float32)
    signal[np.arange(400), said] = 1.0
    noise = random.normal(size=(400, 4)).astype(np.float32)
    signals = np.stack([7 * signal, noise])
    weights = fit_weights(signals, truth)
    likely = combine(signals, weights)
    assert abs(likely.max(axis=1).mean() - (1 - wrong.mean())) < 0.02
    assert weights.meaning < 0.2


def test_a_model_refuses_lessons_of_unknown_classes() -> None:
    with pytest.raises(ValueError, match="020999"):
        CategoryModel.train(["020101"], [Lesson("冷", "冷", "020999")], np.ones((1, 4), np.float32))


def test_both_signals_count() -> None:
    vectors, owners = clouds(3, 6)
    words = ["路灯不亮", "暖气不热", "楼上漏水"]
    lessons = [Lesson(f"{words[owner]}{row}", "", str(owner)) for row, owner in enumerate(owners)]
    model = CategoryModel.train(["0", "1", "2"], lessons, vectors, weights=Weights(1.0, 0.0))
    assert model.probabilities(["路灯不亮啊"], vectors[-1:]).argmax() == 0
    model.weights = Weights(0.0, 1.0)
    assert model.probabilities(["路灯不亮啊"], vectors[-1:]).argmax() == 2
