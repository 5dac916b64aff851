"""The city's catalogue: categories, units, dispatch rules, clarifying questions, dangers, and what teaches the models."""

from bot.catalogue.categories import KINDS, LEAF_LEVEL, Category
from bot.catalogue.lessons import Example, Lessons
from bot.catalogue.model import PLACE_FACT, Catalogue, Danger, Fact, Rule, Slot, Unit

__all__ = [
    "KINDS",
    "LEAF_LEVEL",
    "PLACE_FACT",
    "Catalogue",
    "Category",
    "Danger",
    "Example",
    "Fact",
    "Lessons",
    "Rule",
    "Slot",
    "Unit",
]
