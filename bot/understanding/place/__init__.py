"""Where: from a citizen's words to district, street, community and point."""

from bot.understanding.place.finder import find_place
from bot.understanding.place.model import Place

__all__ = ["Place", "find_place"]
