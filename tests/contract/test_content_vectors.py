"""The vectors shipped with the content are those of its texts: else every first start computes for minutes."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bot.catalogue.files import load_catalogue
from bot.embedding import Vectors, get_embedder
from bot.knowledge import KnowledgeBase
from bot.settings import PROJECT
from bot.understanding.training import material
from bot.vectorcache import VectorCache

CONTENT = PROJECT / "content"
FEW = 200
"""Texts that may be ahead of their vectors: about four seconds of a first start."""


class Counting:
    """Has the real model's version and counts what the real model would have to compute."""

    def __init__(self) -> None:
        self.version = get_embedder().version
        self.texts: list[str] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.texts += texts
        return np.ones((len(texts), 384), dtype=np.float32)


def test_nearly_every_text_of_the_content_has_its_vector(tmp_path: Path) -> None:
    embedder, cache = Counting(), VectorCache(tmp_path, CONTENT / "vectors")
    KnowledgeBase.load(CONTENT, embedder, cache)
    material(load_catalogue(CONTENT), embedder, cache)
    assert len(embedder.texts) <= FEW, "Run `suda train vectors` and commit content/vectors."
