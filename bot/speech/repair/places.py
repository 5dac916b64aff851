"""Place names put right by their sound, where the words around say that a place is named: 回笼观街道 -> 回龙观街道."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.speech.repair.language import Domain, is_word
from bot.speech.repair.place_signs import SIGNS, WEIGHTS, Clause, Name, signs
from bot.understanding.gazetteer import Entry, Gazetteer
from bot.understanding.place.by_sound import NamesBySound
from bot.understanding.sounds import Sounds

_LONGEST = 10
_EXACT_FROM = 3
"""Exact names of at least so many characters are left alone."""
_OFFICES = ("街道办", "办事处")
_NEEDED = 0.75
"""The least odds of a change, as natural logarithm."""
_AHEAD = 0.7
"""By how much a name must be likelier than any other of the same sound."""
_ROUNDS = 3


def names_of(gazetteer: Gazetteer, sounds: Sounds) -> dict[str, Name]:
    """The names of a gazetteer that may be guessed by their sound."""
    names: dict[str, Name] = {}
    shared: dict[Name, Name] = {}
    for text, entries in gazetteer.names():
        ours = [entry for entry in entries if entry.kind != "elsewhere"]
        if _usable(text, ours, sounds):
            kind = "everyday" if text in gazetteer.everyday else min(ours, key=_rank).kind
            name = Name(kind, frozenset(entry.district for entry in ours))
            names[text] = shared.setdefault(name, name)
    return names


@dataclass(frozen=True, slots=True)
class Guess:
    """What a stretch of a text may have been: ``text[start:end]`` was ``name``."""

    start: int
    end: int
    name: str
    odds: float


class Places:
    """The city's names by their sound.

    Args:
        sounds: The readings of characters.
        names: See :func:`names_of`.
        domain: How likely characters are in what citizens say.
    """

    def __init__(self, sounds: Sounds, names: dict[str, Name], domain: Domain) -> None:
        self._sounds = sounds
        self._domain = domain
        self._names = names
        self._beginnings = frozenset(name[:2] for name in self._names)
        self._by_sound = NamesBySound(sounds, self._names)

    def known(self, text: str) -> list[tuple[int, int]]:
        """Where names stand as they are written, the longest at each start."""
        found = []
        for start in range(len(text) - 1):
            if text[start : start + 2] not in self._beginnings:
                continue
            for end in range(min(start + _LONGEST, len(text)), start + 1, -1):
                if text[start:end] in self._names:
                    found.append((start, end))
                    break
        return found

    def repair(self, text: str) -> str:
        """``text``, simplified characters, with names put right, as long as before."""
        for _ in range(_ROUNDS):
            chosen = self._chosen(text)
            for one in chosen:
                text = text[: one.start] + one.name + text[one.end :]
            if not chosen:
                break
        return text

    def guesses(self, text: str) -> tuple[list[tuple[int, int, str]], NDArray[np.float64]]:
        """All that could be changed, and the signs for and against each: one row each, :data:`SIGNS` its columns."""
        known = self.known(text)
        exact = {at for start, end in known if end - start >= _EXACT_FROM for at in range(start, end)}
        options = [
            (start, end, name)
            for start, end, names in self._by_sound.all(text)
            if not (_within(start, end, exact, known) or (end - start == 2 and is_word(text[start:end])))
            for name in names
            if name != text[start:end]
        ]
        if not options:
            return [], np.zeros((0, len(SIGNS)))
        codes = self._domain.encode(text)
        logs = self._domain.logs(codes)
        won, _ = self._domain.gains(codes, logs, [(start, name) for start, _, name in options])
        clause = Clause(text, known, self._names, logs, self._sounds)
        rows = np.array(
            [
                signs(clause, start, end, name, gain)
                for (start, end, name), gain in zip(options, won.tolist(), strict=True)
            ]
        )
        return options, rows

    def _chosen(self, text: str) -> list[Guess]:
        options, rows = self.guesses(text)
        odds = rows @ WEIGHTS
        best: dict[tuple[int, int], list[Guess]] = {}
        for (start, end, name), likely in zip(options, odds.tolist(), strict=True):
            if likely >= _NEEDED - _AHEAD:
                best.setdefault((start, end), []).append(Guess(start, end, name, likely))
        chosen: list[Guess] = []
        taken: set[int] = set()
        for one in sorted(_clear(best), key=lambda guess: -guess.odds):
            if taken.isdisjoint(range(one.start, one.end)):
                taken.update(range(one.start, one.end))
                chosen.append(one)
        return chosen


def _clear(best: dict[tuple[int, int], list[Guess]]) -> Iterator[Guess]:
    """The best guess for each stretch, where no other is nearly as good."""
    for guesses in best.values():
        guesses.sort(key=lambda guess: -guess.odds)
        rival = guesses[1].odds if len(guesses) > 1 else -99.0
        if guesses[0].odds >= _NEEDED and guesses[0].odds - rival >= _AHEAD:
            yield guesses[0]


def _usable(text: str, entries: list[Entry], sounds: Sounds) -> bool:
    """Whether a name may be guessed at all; of 回龙观街道办事处 it is enough to know 回龙观街道."""
    if not entries or not 2 <= len(text) <= _LONGEST or text.endswith(_OFFICES):
        return False
    if len(text) == 2 and all(entry.kind == "community" for entry in entries):
        return False
    return all(map(sounds.knows, text))


def _rank(entry: Entry) -> int:
    order = ("district", "street", "district_stem", "street_stem", "area", "landmark", "road", "community")
    return order.index(entry.kind)


def _within(start: int, end: int, exact: set[int], known: list[tuple[int, int]]) -> bool:
    """Whether a stretch cuts into a name that stands there rightly, or is part of it; a longer one around it may be meant."""
    if exact.isdisjoint(range(start, end)):
        return False
    return any(
        s < end and start < e and not (start <= s and e <= end and e - s < end - start)
        for s, e in known
        if e - s >= _EXACT_FROM
    )
