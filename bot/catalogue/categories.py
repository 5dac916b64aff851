"""The nodes of the classification, and the kinds of a request."""

from __future__ import annotations

from dataclasses import dataclass

LEAF_LEVEL = 3
KINDS = ("咨询", "求助", "投诉", "举报", "建议", "表扬")
"""The kinds of a request, in the words of the field."""


@dataclass(frozen=True, slots=True)
class Category:
    """A node of the three-level classification; ``code`` has two digits a level, 00 = the level above."""

    code: str
    level: int
    name: str
    parent: str
    path: str
    kind_hints: tuple[str, ...]
    urgency: str
    seasonal: str
    keywords: tuple[str, ...]
