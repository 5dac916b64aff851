"""Repair misheard place names in a transcript: 回笼观 -> 回龙观, before a second reading."""

from __future__ import annotations

import re
from functools import lru_cache

from bot.understanding.gazetteer import Gazetteer, get_gazetteer
from bot.understanding.place import grammar
from bot.understanding.place.by_sound import NamesBySound
from bot.understanding.sounds import Sounds, get_sounds

# Shorter names sound like too many ordinary words.
_SHORTEST = {"district": 3, "street": 4, "street_stem": 3, "area": 3, "landmark": 4}


_EVERYDAY = re.compile(grammar._STOP_WORDS)
"""What is plain as it is written is not misheard: 屋里电视 does not name 五里店."""


class Hearing:
    """Place names by their sound.

    Args:
        gazetteer: The names; only districts, streets, areas and landmarks, and only longer ones.
        sounds: The readings of characters.
    """

    def __init__(self, gazetteer: Gazetteer, sounds: Sounds) -> None:
        self._names = NamesBySound(
            sounds,
            [
                name
                for name, entries in gazetteer.names()
                if any(len(name) >= _SHORTEST.get(entry.kind, 99) for entry in entries)
            ],
            every_reading=False,
        )

    def repair(self, text: str) -> str:
        """``text`` with misheard names put right; the same number of characters, the same text when none is."""
        if text.isascii():
            return text
        characters = list(text)
        for start, end, names in self._names.longest(text):
            if len(names) == 1 and not _EVERYDAY.search(text[start:end]):
                characters[start:end] = names[0]
        return "".join(characters)


@lru_cache(maxsize=1)
def get_hearing() -> Hearing:
    """The sounds of this process' gazetteer."""
    return Hearing(get_gazetteer(), get_sounds())
