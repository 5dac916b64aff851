"""Words of a question: the lexical side of retrieval, where numbers and names must match as they are."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

import bm25s
import numpy as np
import rjieba
from numpy.typing import NDArray

K1 = 1.2
B = 0.6
"""BM25's two constants: questions are short and about equally long, so length counts less than in prose (0.75)."""


def normalise(text: str) -> str:
    """``text`` without blanks and punctuation, full-width and capital letters made plain: what "the same" means."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).lower())


def tokens(text: str) -> list[str]:
    """Single characters, pairs of characters and words; a run of digits or Latin letters stays whole.

    A hotline number is right or wrong as a whole: pieces of 96166 must not match 96110.
    """
    found: list[str] = []
    for run in re.findall(r"[0-9a-z]+|[^0-9a-z]+", normalise(text)):
        if run[0].isascii():
            found.append(run)
            continue
        found += run
        found += [run[at : at + 2] for at in range(len(run) - 1)]
        found += [f"{word}/" for word in rjieba.cut(run) if len(word) > 1]
    return found


class Lexical:
    """BM25 over a fixed list of texts, scaled so that 1 would be every word of the question found at its best."""

    def __init__(self, texts: Sequence[str]) -> None:
        """Index ``texts``; their order is the order of the scores."""
        corpus = [tokens(text) for text in texts]
        frequency = Counter(token for document in corpus for token in set(document))
        self._size = len(corpus)
        self._weight = {token: self._rarity(count) for token, count in frequency.items()}
        self._unknown = self._rarity(0)
        self._bm25 = bm25s.BM25(method="lucene", k1=K1, b=B)
        self._bm25.index(corpus, show_progress=False)

    def rarity(self, token: str) -> float:
        """How much a token says: the rarer among the texts, the more; most of all one that is in none."""
        return self._weight.get(token, self._unknown)

    def _rarity(self, count: int) -> float:
        return float(np.log1p((self._size - count + 0.5) / (count + 0.5)))

    def scores(self, question: Sequence[str]) -> NDArray[np.float64]:
        """One score in 0..1 for each text, shape ``(n,)``; ``question`` is a list of :func:`tokens`."""
        wanted = set(question)
        known = [token for token in wanted if token in self._weight]
        if not known:
            return np.zeros(self._size)
        most = sum(self.rarity(token) for token in wanted)
        return np.asarray(self._bm25.get_scores(known), dtype=np.float64) / most
