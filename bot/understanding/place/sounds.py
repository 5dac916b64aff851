"""A street by its sound or its letters: for slips of the pen and mishearings of a recogniser."""

from __future__ import annotations

from rapidfuzz.distance import Levenshtein

from bot.understanding.gazetteer import Entry, Gazetteer
from bot.understanding.sounds import get_sounds


def similar_street(name: str, gazetteer: Gazetteer, district: str | None) -> Entry | None:
    """The one street of ``district`` whose name sounds or looks like ``name``; None when none or several do."""
    sounds = get_sounds()
    wanted = sounds.key(name)
    found: list[Entry] = []
    near: list[Entry] = []
    for (official, of_district), entry in gazetteer.streets.items():
        if district is not None and of_district != district:
            continue
        if len(official) == len(name) and sounds.key(official) == wanted:
            found.append(entry)
        elif len(name) >= 4 and Levenshtein.distance(official, name) == 1:
            near.append(entry)
    options = found or near
    return options[0] if len(options) == 1 else None
