"""Words put right by their sound and their neighbours: 童素小区楼下 -> 投诉小区楼下."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from bot.speech.repair.language import ORDER, Domain, Keys, inside_words, plain_log, rarer
from bot.speech.repair.weights import Weights
from bot.understanding.sounds import MERGED, OTHER, ROUGH, Sounds

_LONGEST = 4
_LONGEST_ROUGH = 3
_WRITTEN = frozenset("或与")
"""Words of written Chinese that only sound like something a caller says more often."""
_PLAIN = frozenset("和是在的也都就把被对从向给不没有")
"""Little words that are rarely heard for something of only roughly their sound."""
_REMEMBERED = 2_048
_ROUNDS = 4
_NEAR = 6
"""After the second turn only what is so near to a change is looked at again."""
_AFTER = ORDER - 1
_REACH = 8
_LISTED_LONGEST = 8
_NAME_BEFORE = re.compile("(?:街道|地区|[镇乡区路街])$")
_NAME_AFTER = re.compile(
    "[东南西北]?(?:[园苑里](?=[0-9一二三四五六七八九十东南西北区的小]|$)|家园|嘉园|花园|国际|大厦|镇|村|胡同|[东西]里)"
)
_NOT_HAN = re.compile(r"[^\u4e00-\u9fff]")
# A text's likelihood is not judged by a few characters: it counts as if this much usual text stood before it.
_USUAL, _USUAL_LENGTH, _WORST = -4.0, 5, -9.0


@dataclass(frozen=True, slots=True)
class Fix:
    """A change that pays: ``text[start:end]`` becomes ``meant``."""

    start: int
    end: int
    meant: str
    score: float


@dataclass(frozen=True, slots=True)
class _Option:
    start: int
    meant: str
    changed: int
    merged: int
    rough: int


class Words:
    """What citizens say, by its sound.

    Args:
        sounds: The readings of characters.
        domain: How likely characters are in what citizens say.
        words: Words that the city lists; a change may bring them.
        weights: What a change must be worth.
    """

    def __init__(
        self, sounds: Sounds, domain: Domain, words: Iterable[str], weights: Weights | None = None
    ) -> None:
        self._sounds = sounds
        self._domain = domain
        self.weights = weights or Weights()
        listed = list(words)
        self._listed = frozenset(word for word in listed if 3 <= len(word) <= _LISTED_LONGEST)
        self._words: dict[str, str] = {}
        for word in dict.fromkeys([*domain.common(), *(w for w in listed if 2 <= len(w) <= _LONGEST)]):
            if len(word) > 1:
                for key in sounds.keys(word):
                    self._words[key] = self._words.get(key, "") + word
        self._alike = lru_cache(maxsize=_REMEMBERED)(self._find_alike)

    def repair(self, text: str, held: Iterable[int]) -> str:
        """``text`` with words put right, as long as before.

        Args:
            text: Simplified characters.
            held: Indices that must stay as they are.
        """
        free = frozenset(range(len(text))).difference(held)
        looked_at = set(free)
        for turn in range(_ROUNDS):
            fixes = self._best(text, free, looked_at)
            if not fixes:
                break
            for fix in fixes:
                text = text[: fix.start] + fix.meant + text[fix.end :]
            if turn:
                looked_at = {at for fix in fixes for at in range(fix.start - _NEAR, fix.end + _NEAR)}
        return text

    def _best(self, text: str, free: frozenset[int], looked_at: set[int]) -> list[Fix]:
        chosen: list[Fix] = []
        for fix in sorted(self.fixes(text, free, looked_at), key=lambda fix: -fix.score):
            if all(fix.end + 2 <= other.start or other.end + 2 <= fix.start for other in chosen):
                chosen.append(fix)
        return chosen

    def fixes(self, text: str, free: frozenset[int], looked_at: set[int]) -> Iterator[Fix]:
        """Every change of ``text`` that pays, also such as exclude each other.

        Args:
            text: Simplified characters.
            free: Indices that may be changed.
            looked_at: Indices where a change may begin.
        """
        codes = self._domain.encode(text)
        logs = self._domain.logs(codes)
        weights = self.weights
        known = np.maximum(logs, _WORST)
        if (known.sum() + _USUAL * _USUAL_LENGTH) / (len(known) + _USUAL_LENGTH) < weights.stranger:
            return
        options = list(self._options(text, logs, free, looked_at))
        if not options:
            return
        scores = self._scores(text, codes, logs, options)
        for index in np.flatnonzero(scores >= weights.needed - weights.listed).tolist():
            option = options[index]
            score = float(scores[index]) + weights.listed * self._completes(text, option)
            if score < weights.needed:
                continue
            end = option.start + len(option.meant)
            score += weights.plain * min(0.0, _plain_gain(text, option.start, option.meant))
            score += weights.rarer * rarer(text[option.start : end], option.meant)
            score += weights.named * bool(_NAME_BEFORE.search(text[max(0, option.start - 2) : option.start]))
            score += weights.named * bool(_NAME_AFTER.match(text, end))
            if score >= weights.needed:
                yield Fix(option.start, option.start + len(option.meant), option.meant, score)

    def _completes(self, text: str, option: _Option) -> bool:
        """Whether a change makes a listed word of three or more characters, of which it leaves one as it was."""
        start, end = option.start, option.start + len(option.meant)
        changed = text[:start] + option.meant + text[end:]
        return any(
            changed[first : first + length] in self._listed
            for length in range(max(3, end - start + 1), _LISTED_LONGEST + 1)
            for first in range(max(0, end - length), start + 1)
        )

    def _scores(
        self, text: str, codes: Keys, logs: NDArray[np.float64], options: list[_Option]
    ) -> NDArray[np.float64]:
        """The odds of each option, without what it loses in Chinese at large."""
        weights = self.weights
        signs = np.array([(o.start, len(o.meant), o.changed, o.merged, o.rough) for o in options])
        starts, sizes, changed, merged, rough = signs.T
        stops = np.minimum(starts + sizes + _AFTER, len(codes))
        won, mean = self._domain.gains(codes, logs, [(option.start, option.meant) for option in options])
        known = np.concatenate(([0.0], np.cumsum(np.maximum(logs, _WORST))))
        outside = known[-1] - (known[stops] - known[starts]) + _USUAL * _USUAL_LENGTH
        familiar = outside / (len(codes) - (stops - starts) + _USUAL_LENGTH)
        words = np.concatenate(([0], np.cumsum(inside_words(text))))
        padded = np.concatenate((logs, np.zeros(_LONGEST + 1)))
        around = padded[starts[:, None] + np.arange(_LONGEST + 1)]
        lowest = np.where(np.arange(_LONGEST + 1) <= sizes[:, None], around, 0.0).min(axis=1)
        result: NDArray[np.float64] = (
            weights.base
            + weights.gain * won
            + weights.gain_each * won / changed
            + weights.merged * merged
            + weights.rough * rough
            + weights.changed * changed
            + weights.familiar * familiar
            + weights.word * (words[starts + sizes] > words[starts])
            + weights.lowest * lowest
            + weights.mean * mean
        )
        return result

    def _options(
        self, text: str, logs: NDArray[np.float64], usable: frozenset[int], looked_at: set[int]
    ) -> Iterator[_Option]:
        """Where something else of the same sound could stand."""
        low = (logs < self.weights.doubt).tolist()
        free = [self._sounds.knows(c) and index in usable for index, c in enumerate(text)]
        seen: set[tuple[int, str]] = set()
        for start in range(len(text) - 1):
            if start not in looked_at:
                continue
            for end in range(start + 2, min(start + _LONGEST, len(text)) + 1):
                if not (free[start] and free[end - 1] and free[end - 2]):
                    break
                if True not in low[start : end + 1]:
                    continue
                for option in self._alike(text[start:end]):
                    change = (start + option.start, option.meant)
                    if change not in seen:
                        seen.add(change)
                        yield _Option(change[0], option.meant, option.changed, option.merged, option.rough)

    def _find_alike(self, heard: str) -> tuple[_Option, ...]:
        """What a span may have been meant to be, as far as it differs; ``start`` counts from the span's own."""
        found: dict[tuple[int, str], _Option] = {}
        for key in self._sounds.keys(heard):
            for meant in self._candidates(key):
                first, last = _differing(heard, meant)
                if first < last and (first, meant[first:last]) not in found:
                    option = self._option(first, heard[first:last], meant[first:last])
                    if option is not None:
                        found[first, option.meant] = option
        return tuple(found.values())

    def _candidates(self, key: str) -> list[str]:
        """The words of a key and, for short ones, those with one syllable that is only roughly alike."""
        words, rough, size = self._words, self._sounds.rough, len(key)
        found = [words.get(key, "")]
        if size <= _LONGEST_ROUGH:
            for index, code in enumerate(key):
                head, tail = key[:index], key[index + 1 :]
                found += [
                    words[near] for other in rough.get(code, "") if (near := head + other + tail) in words
                ]
        return [same[at : at + size] for same in found for at in range(0, len(same), size)]

    def _option(self, start: int, heard: str, meant: str) -> _Option | None:
        changed = merged = rough = 0
        for one, other in zip(heard, meant, strict=True):
            grade = self._sounds.grade(one, other)
            if grade == OTHER or one in _WRITTEN or (grade == ROUGH and one in _PLAIN):
                return None
            changed += one != other
            merged += grade == MERGED
            rough += grade == ROUGH
        return _Option(start, meant, changed, merged, rough)


def _plain_gain(text: str, start: int, meant: str) -> float:
    """What a change wins in Chinese at large, by its clause."""
    end = start + len(meant)
    left, right = start, end
    while left > 0 and start - left < _REACH and not _NOT_HAN.match(text[left - 1]):
        left -= 1
    while right < len(text) and right - end < _REACH and not _NOT_HAN.match(text[right]):
        right += 1
    return plain_log(text[left:start] + meant + text[end:right]) - plain_log(text[left:right])


def _differing(one: str, other: str) -> tuple[int, int]:
    """The half-open range in which two strings of one length differ."""
    first, last = 0, len(one)
    while first < last and one[first] == other[first]:
        first += 1
    while last > first and one[last - 1] == other[last - 1]:
        last -= 1
    return first, last
