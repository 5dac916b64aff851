"""The parts of a spoken address, as they stand in the text."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from bot.understanding.gazetteer import Entry

DetailKind = Literal[
    "estate",
    "village",
    "road",
    "poi",
    "generic",
    "water",
    "area",
    "numbered",
    "relation",
    "inside",
    "vague",
    "noun",
    "junction",
]
_FINE: frozenset[str] = frozenset({"estate", "village", "road", "poi", "water", "numbered", "junction"})


@dataclass(frozen=True, slots=True)
class Admin:
    """A district or street in the chain."""

    start: int
    end: int
    entries: tuple[Entry, ...]
    full: bool


@dataclass(frozen=True, slots=True)
class Detail:
    """One finer part of the chain."""

    start: int
    end: int
    kind: DetailKind
    entries: tuple[Entry, ...] = ()


@dataclass(slots=True)
class Chain:
    """One address as it stands in the text; ``told`` where only what is said around its name makes it one."""

    start: int
    end: int
    district: Admin | None = None
    street: Admin | None = None
    details: list[Detail] = field(default_factory=list)
    separated: bool = False
    told: bool = False
    elsewhere: Admin | None = None

    @property
    def vague(self) -> bool:
        """Whether the chain only circles a place: "a shop", "near", "over there"."""
        kinds = [detail.kind for detail in self.details]
        return "vague" in kinds

    @property
    def fine(self) -> bool:
        """Whether any detail names something that can be found."""
        return any(detail.kind in _FINE for detail in self.details)
