"""Names by their sound: for slips of the pen and mishearings of a recogniser.

The key of a syllable has no tone and merges what dialects and recognisers confuse: zh/z, ch/c, sh/s, n/l, ng/n, hu/f.
"""

from __future__ import annotations

import re
from functools import lru_cache

from pypinyin import Style, pinyin
from rapidfuzz.distance import Levenshtein

from bot.understanding.gazetteer import Entry, Gazetteer

_INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"))
_HU = re.compile(r"^hu(?=[aeo])")


@lru_cache(maxsize=16384)
def syllable(character: str) -> str:
    """The merged, toneless syllable of one character; the character itself when it has no sound."""
    sound = pinyin(character, style=Style.NORMAL, heteronym=False)[0][0]
    for long, short in _INITIALS:
        if sound.startswith(long):
            sound = short + sound[len(long) :]
    sound = _HU.sub("f", sound)
    if sound.startswith("n"):
        sound = "l" + sound[1:]
    if sound.endswith("ng"):
        sound = sound[:-1]
    return sound


def key(text: str) -> tuple[str, ...]:
    """The key of a name: one merged syllable a character."""
    return tuple(map(syllable, text))


def similar_street(name: str, gazetteer: Gazetteer, district: str | None) -> Entry | None:
    """The one street of ``district`` whose name sounds or looks like ``name``; None when none or several do."""
    wanted = key(name)
    found: list[Entry] = []
    near: list[Entry] = []
    for (official, of_district), entry in gazetteer.streets.items():
        if district is not None and of_district != district:
            continue
        if len(official) == len(name) and key(official) == wanted:
            found.append(entry)
        elif len(name) >= 4 and Levenshtein.distance(official, name) == 1:
            near.append(entry)
    options = found or near
    return options[0] if len(options) == 1 else None
