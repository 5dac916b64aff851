"""Addresses told from the room outwards: 1102，2单元，7号楼，云栖澜庭，长阳镇，房山."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.understanding.gazetteer import Gazetteer
from bot.understanding.normalise import Normalised
from bot.understanding.place import grammar
from bot.understanding.place.unlisted import may_be_name

_CLAUSES = re.compile(r"[^,，。、;；\s]+")
_ROOM = re.compile(rf"{grammar._ROOM}(?:室|号)?")
_HOUSES = re.compile(rf"(?:{grammar.NUMBERED.pattern})+")
_OF = re.compile(r"(?:那边|这边)?的?[吧啊呀]?$")
_FEWEST = 3
DISTRICT, STREET, NAME = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Turned:
    """An address turned round.

    Attributes:
        text: Its words from the district inwards.
        start: Where it begins in the clean text as it was told.
        end: Where it ends there.
    """

    text: str
    start: int
    end: int


def turned_round(said: Normalised, gazetteer: Gazetteer) -> Turned | None:
    """The address in ``said`` that begins with a house or room and ends with the district or street; None without one."""
    clauses = list(_CLAUSES.finditer(said.text))
    if len(clauses) < _FEWEST:
        return None
    run: list[tuple[str, int, int]] = []
    best: list[tuple[str, int, int]] = []
    level = 99
    for clause in clauses:
        words = _OF.sub("", clause.group())
        fineness = _fineness(words, gazetteer)
        if fineness is None or fineness >= level:
            run = []
        level = 99 if fineness is None else fineness
        if fineness is None or (not run and fineness <= NAME):
            continue
        run.append((words, clause.start(), clause.start() + len(words)))
        if fineness <= STREET and len(run) >= _FEWEST and len(run) > len(best):
            best = list(run)
    if not best:
        return None
    return Turned("".join(words for words, _, _ in reversed(best)), best[0][1], best[-1][2])


def _fineness(words: str, gazetteer: Gazetteer) -> int | None:
    """How fine one clause of an address is: a district 0, a street 1, a name 2, then houses and rooms; None for no part."""
    kinds = {entry.kind for entry in gazetteer.meanings(words)}
    if kinds & {"district", "district_stem"}:
        return DISTRICT
    if kinds & {"street", "street_stem"}:
        return STREET
    if _ROOM.fullmatch(words):
        return NAME + 9
    if _HOUSES.fullmatch(words):
        return NAME + 1 + _unit(words)
    return NAME if kinds or may_be_name(words) else None


def _unit(words: str) -> int:
    """The place of a house's first unit between quarter and room."""
    order = (("期", "区"), ("院", "号"), ("楼", "栋", "幢", "座", "排", "弄"), ("元", "门"), ("层",), ("室",))
    ends = re.findall(rf"{grammar._NUMBER}(?:号(?=[楼院]))?([期区院号楼栋幢座排弄元门层室]|单元)", words)
    return next((n for n, units in enumerate(order) if ends and ends[0][-1] in units), 2)
