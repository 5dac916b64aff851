"""Bring what is said of a place later together with what is known."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.understanding.normalise import normalise
from bot.understanding.place import grammar
from bot.understanding.place.finder import find_place
from bot.understanding.place.model import Place

_UNITS = ("期", "区", "院", "排", "号", "楼", "栋", "幢", "座", "单元", "门", "层", "室")
_ROUND_ABOUT = re.compile(r"(?:这|那)(?:边|片|块儿?|一带|儿|里)$|(?:附近|周边|一带)$|打的?车$|的$")
_UNIT = re.compile(
    rf"第?[甲乙丙]?{grammar._NUMBER}(?P<unit>期|区|排|号楼|号院|号|楼|栋|幢|座|单元|门|层|室)|(?<=[楼栋座元门层])(?P<room>\d{{2,4}}|[一二三四五六七八九十幺零〇]{{3,4}})(?!\d)"
)
_ROOM = re.compile(rf"{grammar._ROOM}室?")
_SIDE = re.compile(r"[东西南北]{1,2}(?=[口门侧边头])")
_OFFICE = re.compile(r"(?:街道|地区|镇|乡)$")


def merge_places(old: Place | None, new: Place | None) -> Place | None:
    """What is known after ``new`` was said: it refines ``old``, and where both say the same thing ``new`` is right.

    Another district or street that was *said* starts the place anew; one that was only inferred from a name yields
    to what was said before.
    """
    if old is None or new is None:
        return new if old is None else old
    merged = _merged(old, new)
    return _with_street(
        merged, f"{_area_words(old)}{new.text}" if _is_area(old) and new.text else merged.text
    )


def _with_street(place: Place, told: str | None) -> Place:
    """The street that words ``told`` one after another name together: 望京那边的, then 西园四区."""
    if place.street or not place.district or not told or place.elsewhere:
        return place
    together = find_place(f"{place.district}{told}")
    if together is None or together.district != place.district or not together.street:
        return place
    return replace(place, street=together.street, street_source="inferred", candidates=())


def _merged(old: Place, new: Place) -> Place:
    if old.elsewhere or new.elsewhere:
        return new
    if _only_office(new) and not _only_office(old) and (told := _of_office(old, new)) is not None:
        return told
    guessed = new.district_source != "said" and old.district_source == "said"
    if new.district and old.district and new.district != old.district and not guessed:
        return new
    if new.text is None:
        return _in_district(old, new)
    other_street = bool(
        new.street and old.street and new.street != old.street and new.street_source == "said"
    )
    if new.street and old.street and old.street_source == "said" and new.street_source != "said":
        new = replace(new, street=None, candidates=())
    keeps_admin = guessed and new.district != old.district
    admin = old if keeps_admin or not new.district else new
    street, street_source = (
        (new.street, new.street_source) if new.street and not keeps_admin else (old.street, old.street_source)
    )
    if new.district and not new.street and old.district == new.district:
        street, street_source = old.street, old.street_source
    base = replace(
        new,
        district=admin.district or old.district,
        district_source=admin.district_source or old.district_source,
        street=street,
        street_source=street_source,
        candidates=() if street else (new.candidates or old.candidates),
    )
    if other_street or old.text is None or _says_nothing(old):
        return base
    return _finer(old, new, base)


def _in_district(old: Place, new: Place) -> Place:
    """Only a district was said: it confirms, or it decides between candidates."""
    streets = [street for district, street in old.candidates if district == new.district and street]
    street = old.street or (streets[0] if len(streets) == 1 else None)
    return replace(
        old,
        district=new.district,
        district_source=new.district_source,
        street=street,
        street_source=old.street_source if old.street else "inferred" if street else None,
        candidates=() if street else old.candidates,
        text=old.text,
        span=old.span if old.text else new.span,
    )


def _only_office(place: Place) -> bool:
    """Whether a place names a district or street and nothing in it."""
    return not (place.community or place.road or place.point) and (
        place.text is None or bool(place.street) or _is_area(place)
    )


def _of_office(old: Place, new: Place) -> Place | None:
    """The spot that is known in the office told now: 翠屿名邸, then 朝阳的 东坝地区; None where both contradict."""
    if old.text is None or not new.district or _is_area(old):
        return None
    other = old.district not in (None, new.district) and old.district_source == "said"
    moved = new.street and old.street not in (None, new.street) and old.street_source == "said"
    if other or moved or (old.district_source == "said" and new.district_source != "said" and other):
        return None
    street, source = (new.street, new.street_source) if new.street else (old.street, old.street_source)
    if not new.street and old.district not in (None, new.district):
        street, source = None, None
    around = _area_words(new) if new.text and not new.street else ""
    text = old.text if old.text.startswith(around) else f"{around}{old.text}"
    return replace(
        old,
        text=text,
        district=new.district,
        district_source=new.district_source,
        street=street,
        street_source=source,
        candidates=() if street else new.candidates,
    )


def _says_nothing(place: Place) -> bool:
    return (
        place.precision == "vague"
        and place.district is None
        and place.community is None
        and place.road is None
    )


def _finer(old: Place, new: Place, base: Place) -> Place:
    """Join the details of both; the same kind of detail is taken from ``new``."""
    assert old.text is not None  # noqa: S101 - the caller looked
    assert new.text is not None  # noqa: S101
    clean_old, clean_new = normalise(old.text).text, normalise(new.text).text
    if clean_old in clean_new:
        return base
    if clean_new in clean_old and not new.community:
        return replace(
            base,
            text=old.text,
            span=old.span,
            community=old.community,
            road=old.road,
            point=old.point,
            precision=old.precision,
        )
    if (new.community and old.community) or (new.road and old.road and not new.community):
        return base
    if new.precision == "vague" and old.precision == "specific" and not new.point:
        return replace(
            base,
            text=old.text,
            span=old.span,
            community=old.community,
            road=old.road,
            point=old.point,
            precision=old.precision,
        )
    text, point = _joined(old, new)
    return replace(
        base,
        text=text,
        community=new.community or old.community,
        road=new.road or old.road,
        point=point,
        precision="specific" if "specific" in (old.precision, new.precision) else new.precision,
    )


def _joined(old: Place, new: Place) -> tuple[str, str | None]:
    """Words and point of both: "3号楼" then "5号楼" is building 5, "5号楼" then "2单元" is both."""
    assert old.text is not None  # noqa: S101
    assert new.text is not None  # noqa: S101
    if _is_area(old):
        around = _area_words(old)
        repeats = new.text.startswith(_OFFICE.sub("", around)) if around else True
        return (new.text if repeats else f"{around}{new.text}"), new.point
    if new.community or new.road:
        if old.point != old.text:
            return f"{old.text}{new.text}", new.point or old.point
        if new.point and _level(new.point, first=True) >= 0 <= _level(old.point, first=True):
            return new.text, new.point
        return f"{new.text}{old.text}", f"{new.point or ''}{old.point}"  # 7号楼, then 云栖澜庭
    if old.point and new.point:
        known = old.text.removesuffix(old.point)
        if known != old.text and (house := _another_house(old.point, new.point)) is not None:
            return f"{known}{house}", house
        same = _level(old.point, first=True) >= _level(new.point, first=True) >= 0
        if (same or _same_shape(old.point, new.point)) and known != old.text:
            return f"{known}{new.text}", new.point
        return f"{old.text}{new.text}", f"{old.point}{new.point}"
    return f"{old.text}{new.text}", new.point or old.point


def _another_house(point: str, said: str) -> str | None:
    """``point`` with another house, unit or room: of 五区三号楼2单元, 五区5号楼2单元; None where it has none like ``said``."""
    units = list(_UNIT.finditer(said))
    room = _ROOM.fullmatch(said)
    if not room and (not units or units[0].start() > 0):
        return None
    level = len(_UNITS) if room else _level_of(units[0])
    for unit in _UNIT.finditer(point):
        if _level_of(unit) == level:
            keeps = not room and units[0].end() == len(said)
            return f"{point[: unit.start()]}{said}{point[unit.end() :] if keeps else ''}"
    return None


def _is_area(place: Place) -> bool:
    """Whether a place is an area and nothing in it: 朝阳望京, 望京那边的."""
    if place.community or place.road or not place.district or not place.text:
        return False
    return (place.precision == "area" and not place.point) or (
        place.precision == "vague" and not _ROUND_ABOUT.sub("", place.point or "")
    )


def _area_words(place: Place) -> str:
    """The words of an area as they stand before a finer place: 朝阳望京那边的 as 望京."""
    words, stripped = place.text or "", ""
    while words != stripped:
        stripped, words = words, _ROUND_ABOUT.sub("", words)
    stem = (place.district or "").removesuffix("区")
    bare = words.removeprefix(place.district or stem).removeprefix(stem) if stem else words
    return bare if len(bare) > 1 else words


def _same_shape(one: str, other: str) -> bool:
    """Whether two points are of one kind, so that the later is meant instead: 西口那个公厕, 东口那个公厕."""
    return _SIDE.match(one) is not None and _SIDE.sub("", one) == _SIDE.sub("", other)


def _level(point: str, *, first: bool) -> int:
    """How fine the first numbered unit of ``point`` is; -1 when it has none."""
    found = [unit for unit in _UNIT.finditer(point) if unit["unit"]]
    return _level_of(found[0 if first else -1]) if found else -1


def _level_of(found: re.Match[str]) -> int:
    """How fine one numbered unit is; a bare room is the finest."""
    unit = found["unit"]
    if unit is None:
        return len(_UNITS)
    return _UNITS.index({"号楼": "楼", "号院": "院", "栋": "楼", "幢": "楼", "座": "楼"}.get(unit, unit))


def is_deeper(point: str, house: str) -> bool:
    """Whether ``house`` lies inside ``point``: 26号楼 in 一区, 3单元 in 5号楼; a bare number lies in anything but a house."""
    known, said = _level(point, first=False), _level(house, first=True)
    return known < _UNITS.index("楼") if said < 0 else said > known
