"""How likely words are: as citizens put their cases, and in Chinese at large."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import rjieba
from numpy.typing import NDArray

ORDER = 4
"""Characters that one n-gram of the domain model spans."""
BITS = 13
"""Bits of the code of one character."""
_BREAK, _STRANGE, _DIGIT, _LETTER = 0, 1, 2, 3
_DISCOUNT = 0.75
_KEPT = {4: 2}
"""How often a gram of so many characters must occur to be kept; what the others were worth is left to shorter ones."""
_WORDS_COUNTED = 60_101_967
"""Sum of the frequencies of rjieba's dictionary."""

_COMMON = {1: 20, 2: 4, 3: 4}
"""How often a string of so many characters must occur to be taken for what somebody meant to say."""

Keys = NDArray[np.int64]
Logs = NDArray[np.float32]


class Domain:
    """A model of characters by the three before them, learnt from sentences of the domain.

    Absolute discounting, interpolated. Punctuation is one symbol, so is any digit, so is any Latin letter.

    Args:
        texts: What citizens say and write.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        joined = bytearray()
        for text in texts:
            joined += (text + "\n").encode("utf-16-le", "replace")
        points = np.frombuffer(joined, dtype=np.uint16)
        self._table = np.full(0x10000, _STRANGE, dtype=np.int16)
        han = np.unique(points[(points >= 0x4E00) & (points <= 0x9FFF)])[: (1 << BITS) - 4]
        self._table[:0x4E00] = _BREAK
        self._table[0x3000:0x4E00] = _BREAK
        self._table[0xFF00:] = _BREAK
        self._table[[ord(c) for c in "0123456789"]] = _DIGIT
        self._table[[c for c in range(0x41, 0x7B) if chr(c).isalpha()]] = _LETTER
        self._table[han] = np.arange(4, 4 + len(han), dtype=np.int16)
        codes = self._table[points]
        apart = codes != _BREAK
        apart[1:] |= apart[:-1]
        codes = codes[apart]
        self._keys: list[Keys] = []
        self._logs: list[Logs] = []
        self._back: list[tuple[Keys, Logs]] = []
        self._often: list[Keys] = []
        self._learn(codes)

    def _learn(self, codes: NDArray[np.int16]) -> None:
        size = 1 << BITS
        counts = np.bincount(codes, minlength=size).astype(np.float64) + 0.05
        self._first: Logs = np.log(counts / counts.sum()).astype(np.float32)
        self._often.append(np.flatnonzero(counts >= _COMMON[1])[:, None])
        below: Logs = np.exp(self._first)
        for order in range(2, ORDER + 1):
            grams = np.zeros(len(codes) - order + 1, dtype=np.int64)
            for offset in range(order):
                grams <<= BITS
                grams |= codes[offset : len(codes) - order + 1 + offset]
            grams.sort()
            firsts = np.flatnonzero(np.concatenate(([True], grams[1:] != grams[:-1]))).astype(np.int32)
            seen = np.diff(np.append(firsts, np.int32(len(grams)))).astype(np.float32)
            keys = grams[firsts]
            del grams, firsts
            if order in _COMMON:
                often = keys[seen >= _COMMON[order]]
                shifts = BITS * np.arange(order - 1, -1, -1)
                self._often.append(((often[:, None] >> shifts) & (size - 1)).astype(np.int16))
            heads = keys >> BITS
            starts = np.flatnonzero(np.concatenate(([True], heads[1:] != heads[:-1])))
            kinds = np.diff(np.append(starts, len(keys)))
            total = np.repeat(np.add.reduceat(seen, starts), kinds)
            kept = seen >= _KEPT.get(order, 1)
            seen -= np.float32(_DISCOUNT)
            seen /= total
            left = 1.0 - np.add.reduceat(seen * kept, starts)
            told = np.add.reduceat(kept, starts) > 0
            back = np.repeat(left, kinds)[kept]
            keys, seen = keys[kept], seen[kept]
            tails = keys & ((1 << (BITS * (order - 1))) - 1)
            chance = seen + back * (
                below[tails] if order == 2 else below[np.searchsorted(self._keys[-1], tails)]
            )
            self._keys.append(keys)
            self._logs.append(np.log(chance))
            self._back.append((heads[starts][told], np.log(left[told])))
            below = chance

    def common(self) -> Iterator[str]:
        """Chinese characters and strings of up to three that are said often."""
        for grams in self._often:
            yield from self._spell(grams)

    def _spell(self, grams: NDArray[np.integer[Any]]) -> list[str]:
        """The strings of rows of codes; only those that are Chinese characters throughout."""
        back = np.zeros(1 << BITS, dtype=np.uint32)
        points = np.flatnonzero(self._table > _LETTER)
        back[self._table[points]] = points
        rows = back[grams[(grams > _LETTER).all(axis=1)]]
        return ["".join(map(chr, row)) for row in rows.tolist()]

    def encode(self, text: str) -> Keys:
        """The codes of a text, one a character."""
        points = np.frombuffer(text.encode("utf-32-le", "replace"), dtype=np.uint32)
        codes: Keys = self._table[np.minimum(points, 0xFFFF)].astype(np.int64)
        return codes

    def logs(self, codes: Keys) -> NDArray[np.float64]:
        """Natural logarithms of the chance of each character of a text.

        Args:
            codes: Shape ``(length,)``; what stands before the text counts as a break.
        """
        padded = np.concatenate((np.zeros(ORDER - 1, np.int64), codes))
        grams = np.zeros(len(codes), np.int64)
        for offset in range(ORDER):
            grams = (grams << BITS) | padded[offset : offset + len(codes)]
        return self.chances(grams)

    def chances(self, grams: Keys) -> NDArray[np.float64]:
        """Natural logarithms of the chance of the last character of each gram after the others.

        Args:
            grams: Shape ``(count,)``, each :data:`ORDER` codes of :data:`BITS` bits.
        """
        size = 1 << BITS
        result: NDArray[np.float64] = self._first[grams & (size - 1)].astype(np.float64)
        longer = np.arange(len(grams))  # those whose history was met so far
        for order in range(2, ORDER + 1):
            part = grams[longer] & ((1 << (BITS * order)) - 1)
            heads, back = self._back[order - 2]
            head = part >> BITS
            at = np.minimum(np.searchsorted(heads, head), len(heads) - 1)
            met = heads[at] == head
            longer, part, at = longer[met], part[met], at[met]
            keys = self._keys[order - 2]
            exact = np.minimum(np.searchsorted(keys, part), len(keys) - 1)
            result[longer] = np.where(
                keys[exact] == part, self._logs[order - 2][exact], result[longer] + back[at]
            )
        return result

    def gains(
        self, codes: Keys, logs: NDArray[np.float64], changes: Sequence[tuple[int, str]]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """What a text wins by each of several changes, and the mean likelihood of what is put in and what follows it.

        Args:
            codes: The text's, shape ``(length,)``.
            logs: The likelihood of each of its characters.
            changes: Where each begins and what stands there then, as long as before; at least one.

        Returns:
            Two arrays of shape ``(changes,)``, natural logarithms.
        """
        starts = np.array([start for start, _ in changes])
        sizes = np.array([len(meant) for _, meant in changes])
        stops = np.minimum(starts + sizes + ORDER - 1, len(codes))
        counts = stops - starts
        firsts = np.cumsum(counts) - counts
        owner = np.repeat(np.arange(len(changes)), counts)
        offset = np.arange(int(counts.sum())) - firsts[owner]
        other = self.encode("".join(meant for _, meant in changes))
        others = (np.cumsum(sizes) - sizes)[owner]
        padded = np.concatenate((np.zeros(ORDER - 1, np.int64), codes))
        places = starts[owner] + offset
        grams = np.zeros(len(owner), np.int64)
        for back in range(ORDER - 1, -1, -1):
            at = offset - back
            inside = (at >= 0) & (at < sizes[owner])
            code = padded[places - back + ORDER - 1]
            code[inside] = other[(others + at)[inside]]
            grams = (grams << BITS) | code
        grams, same = np.unique(grams, return_inverse=True)
        after = self.chances(grams)[same]
        won = np.add.reduceat(after - logs[places], firsts)
        near = offset <= sizes[owner]
        mean = np.add.reduceat(after * near, firsts) / np.add.reduceat(near.astype(float), firsts)
        return won, mean


def is_word(text: str) -> bool:
    """Whether a dictionary of Chinese at large knows it."""
    return bool(rjieba.has_word(text))


@lru_cache(maxsize=20_000)
def word_log(word: str) -> float:
    """Logarithm of a word's share of Chinese text; what no dictionary knows is as rare as can be."""
    if not rjieba.has_word(word):
        return -math.log(_WORDS_COUNTED) - 1.0
    return math.log(max(rjieba.suggest_freq(word), 1) / _WORDS_COUNTED)


def rarer(heard: str, meant: str) -> float:
    """How much rarer the characters of ``heard`` are than those that differ in ``meant``, at most 4 each (logarithm)."""
    pairs = zip(heard, meant, strict=True)
    return sum(max(0.0, min(4.0, word_log(other) - word_log(one))) for one, other in pairs if one != other)


@lru_cache(maxsize=2_000)
def plain_log(clause: str) -> float:
    """How likely a clause is in Chinese at large, by the frequency of its words."""
    return sum(word_log(word) for word in rjieba.cut(clause, hmm=False))


def word_lengths(text: str) -> list[int]:
    """The lengths of the words of a text, in their order, by the dictionary alone."""
    return [len(word) for word in rjieba.cut(text, hmm=False)]


def inside_words(text: str) -> list[bool]:
    """For each character whether it is part of a known word of two or more characters."""
    return [length > 1 for length in word_lengths(text) for _ in range(length)]
