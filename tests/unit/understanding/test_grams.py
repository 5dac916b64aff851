"""The model of n-grams answers as the textbook says, at a tenth of the cost."""

from __future__ import annotations

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.understanding.grams import RIDGE, GramModel

TEXTS = ["路灯不亮", "路灯坏了两盏", "暖气不热", "暖气片漏水", "楼上漏水", "Wi Fi  断网"]
TARGETS = np.eye(6, 3, dtype=np.float32) + np.eye(6, 3, -3, dtype=np.float32)
WEIGHT = np.array([1, 1, 0.7, 1, 1, 0.7], dtype=np.float32)


def test_scores_are_those_of_kernel_ridge_regression() -> None:
    model = GramModel.train(TEXTS, WEIGHT, TARGETS)
    vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True)
    grams = vectorizer.fit_transform(TEXTS)
    kernel = (grams @ grams.T).toarray() + np.diag(RIDGE / WEIGHT)
    duals = np.linalg.solve(kernel, TARGETS)
    for said in ("门口路灯又不亮了路灯", "暖气漏水", "wi fi 慢"):
        wanted = (vectorizer.transform([said]) @ grams.T).toarray()[0] @ duals
        np.testing.assert_allclose(model.scores(said), wanted, atol=2e-3)


def test_unknown_characters_speak_for_nothing() -> None:
    model = GramModel.train(TEXTS, WEIGHT, TARGETS)
    assert not model.scores("𠮷").any()
    assert not model.scores("").any()
