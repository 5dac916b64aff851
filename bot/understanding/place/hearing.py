"""Repair misheard place names in a transcript: 回笼观 -> 回龙观, before a second reading."""

from __future__ import annotations

import re
from functools import lru_cache

import ahocorasick

from bot.understanding.gazetteer import Gazetteer, get_gazetteer
from bot.understanding.place import grammar
from bot.understanding.place.sounds import key, syllable

# Shorter names sound like too many ordinary words.
_SHORTEST = {"district": 3, "street": 4, "street_stem": 3, "area": 3, "landmark": 4}


_EVERYDAY = re.compile(grammar._STOP_WORDS)
"""What is plain as it is written is not misheard: 屋里电视 does not name 五里店."""


class Hearing:
    """Place names by their sound.

    Args:
        gazetteer: The names; only districts, streets, areas and landmarks, and only longer ones.
    """

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._codes: dict[str, str] = {}
        spelled: dict[str, set[str]] = {}
        for name, entries in gazetteer.names():
            if any(len(name) >= _SHORTEST.get(entry.kind, 99) for entry in entries):
                spelled.setdefault(self._encode(name, learn=True), set()).add(name)
        self._automaton = ahocorasick.Automaton()
        for sound, names in spelled.items():
            if len(names) == 1:
                self._automaton.add_word(sound, next(iter(names)))
        self._automaton.make_automaton()

    def _encode(self, text: str, *, learn: bool = False) -> str:
        if not learn:
            return "".join(self._codes.get(syllable(character), "\0") for character in text)
        return "".join(self._codes.setdefault(sound, chr(0xE000 + len(self._codes))) for sound in key(text))

    def repair(self, text: str) -> str:
        """``text`` with misheard names put right; the same number of characters, the same text when none is."""
        if text.isascii():
            return text
        characters = list(text)
        position = 0
        for last, name in self._automaton.iter_long(self._encode(text)):
            start = last + 1 - len(name)
            if start >= position and not _EVERYDAY.search("".join(characters[start : last + 1])):
                characters[start : last + 1] = name
                position = last + 1
        return "".join(characters)


@lru_cache(maxsize=1)
def get_hearing() -> Hearing:
    """The sounds of this process' gazetteer."""
    return Hearing(get_gazetteer())
