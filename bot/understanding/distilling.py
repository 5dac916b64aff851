"""A message as the models see it: without what tells nothing of its matter."""

from __future__ import annotations

from dataclasses import dataclass

from bot.understanding.essence import essence
from bot.understanding.normalise import normalise
from bot.understanding.place import Place, find_place

SHORTEST = 4
"""Characters that must be left of a matter without its place."""
EMBEDDED = 48
"""Characters of a matter that are embedded, at a millisecond each: people say the matter first."""


@dataclass(frozen=True, slots=True)
class Distilled:
    """A message as the models see it.

    Attributes:
        words: Without numbers and greetings. The place stays: 整个小区 or 地铁站口 tells the matter, too.
        matter: Without the place, as far as it is one that can be visited: shorter, so cheaper to embed, and nearer in meaning.
    """

    words: str
    matter: str


def distil(text: str, place: Place | None = None) -> Distilled:
    """What a message is about.

    Args:
        text: As typed.
        place: What :func:`find_place` makes of it, where that is known already.
    """
    return _distilled(text, find_place(text) if place is None else place)


def _distilled(text: str, place: Place | None) -> Distilled:
    words = essence(normalise(text).text)
    if place is None or place.text is None or place.precision == "vague":
        return Distilled(words, words[:EMBEDDED])
    matter = essence(normalise(text[: place.span[0]] + text[place.span[1] :]).text)
    return Distilled(words, (matter if len(matter) >= SHORTEST else words)[:EMBEDDED])
