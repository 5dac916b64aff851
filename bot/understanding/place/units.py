"""The numbered units of an address, from phase and quarter to floor and room, and how fine each is."""

from __future__ import annotations

import re

from bot.understanding.place import grammar

UNITS = ("期", "区", "院", "排", "号", "楼", "栋", "幢", "座", "单元", "门", "层", "室")
UNIT = re.compile(
    rf"第?[甲乙丙]?{grammar._NUMBER}(?P<unit>期|区|排|号楼|号院|号|楼|栋|幢|座|单元|门|层|室)|(?<=[楼栋座元门层])(?P<room>\d{{2,4}}|[一二三四五六七八九十幺零〇]{{3,4}})(?!\d)"
)
UNITS_ONLY = re.compile(rf"(?:{UNIT.pattern})+".replace("?P<unit>", "").replace("?P<room>", ""))


def level(point: str, *, first: bool) -> int:
    """How fine the first numbered unit of ``point`` is; -1 when it has none."""
    found = [unit for unit in UNIT.finditer(point) if unit["unit"]]
    return level_of(found[0 if first else -1]) if found else -1


def level_of(found: re.Match[str]) -> int:
    """How fine one numbered unit is; a bare room is the finest."""
    unit = found["unit"]
    if unit is None:
        return len(UNITS)
    return UNITS.index({"号楼": "楼", "号院": "院", "栋": "楼", "幢": "楼", "座": "楼"}.get(unit, unit))


def is_deeper(point: str, house: str) -> bool:
    """Whether ``house`` lies inside ``point``: 26号楼 in 一区, 3单元 in 5号楼; a bare number lies in anything but a house."""
    known, said = level(point, first=False), level(house, first=True)
    return known < UNITS.index("楼") if said < 0 else said > known
