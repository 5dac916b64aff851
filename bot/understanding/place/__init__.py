"""Where: from a citizen's words to district, street, community and point."""

from bot.understanding.place.answer import answer_place
from bot.understanding.place.finder import find_place
from bot.understanding.place.merging import merge_places, same_spot
from bot.understanding.place.model import Place
from bot.understanding.place.resolve import same_office
from bot.understanding.place.spoken import without_slips
from bot.understanding.place.units import is_deeper

__all__ = [
    "Place",
    "answer_place",
    "find_place",
    "is_deeper",
    "merge_places",
    "same_office",
    "same_spot",
    "without_slips",
]
