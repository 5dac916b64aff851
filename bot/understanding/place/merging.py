"""Bring what is said of a place later together with what is known."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.understanding.normalise import normalise
from bot.understanding.place import grammar
from bot.understanding.place.finder import find_place
from bot.understanding.place.model import Place
from bot.understanding.place.units import UNIT, UNITS, UNITS_ONLY, level, level_of

_ROUND_ABOUT = re.compile(r"(?:这|那)(?:边|片|块儿?|一带|儿|里)$|(?:附近|周边|一带)$|打的?车$|的$")
_ROOM = re.compile(rf"{grammar._ROOM}室?")
_NAMED = re.compile(r"(?:环|路|街|胡同|大道|高速|快速|线|站|桥|市场|公园|医院|学校|大学)$")
"""What a known place ends in that lies round about what is told behind it: 东三环, then 国贸桥底下."""
_FACILITY = re.compile(
    r"(?:(?:健身|文化|休闲|活动|中心|小)?广场|(?:[镇乡村]政府|[村居]委会|学校|医院|单位|厂)?(?:家属院|宿舍楼?|大院)|水果区|蔬菜区|活动中心|工业区|生活区)"
)
"""What there is in many estates and villages, so that it tells more of the known one: 健身广场, 家属院."""
_SIDE = re.compile(r"[东西南北]{1,2}(?=[口门侧边头])")
_KIND_OF_ESTATE = re.compile(r"(?<=[\u4e00-\u9fff]{2})(?:小区|社区)$")
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
    if old.text and new.text and new.community and _FACILITY.fullmatch(new.community):
        new = replace(new, community=None, point=new.text)  # 西大庄科村, then 健身广场
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
    if same_spot(old, new):
        return _same_name(old, new, base)
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


def same_spot(known: Place, said: Place) -> bool:
    """Whether ``said`` names the very estate or road of ``known``, with or without 小区 and the like behind it."""
    if known.district and said.district and known.district != said.district:
        return False
    if known.community or said.community:
        named = known.community or "", said.community or ""
    else:
        named = known.road or "", said.road or ""
    one, other = (_KIND_OF_ESTATE.sub("", normalise(name).text) for name in named)
    return bool(one) and one == other


def _same_name(old: Place, new: Place, base: Place) -> Place:
    """The same estate said again: what is told in it now stands beside or in the place of what was told before."""
    assert old.text is not None  # noqa: S101 - the caller looked
    if not old.point:
        return base
    kept = replace(
        base, text=old.text, span=old.span, community=old.community, road=old.road, point=old.point,
        precision=old.precision,
    )  # fmt: skip
    if not new.point or new.point in old.point:
        return kept
    if level(old.point, first=True) < 0 <= level(new.point, first=True):
        spot = (
            old.point if UNITS_ONLY.fullmatch(new.point) else ""
        )  # 底商, then 11号楼; 门口, then 11号楼下头
        return replace(base, text=f"{new.text}{spot}", point=f"{new.point}{spot}")
    text, point = _joined(old, replace(new, text=new.point, community=None, road=None))
    return replace(kept, text=text, span=new.span, point=point)


def _joined(old: Place, new: Place) -> tuple[str, str | None]:
    """Words and point of both: "3号楼" then "5号楼" is building 5, "5号楼" then "2单元" is both."""
    assert old.text is not None  # noqa: S101
    assert new.text is not None  # noqa: S101
    if _is_area(old):
        around = _area_words(old)
        repeats = new.text.startswith(_OFFICE.sub("", around)) if around else True
        return (new.text if repeats else f"{around}{new.text}"), new.point
    if new.community or new.road:
        if old.point != old.text or ((old.district or _NAMED.search(old.text)) and not UNIT.match(old.text)):
            return _glued(old.text, new.text), new.point or old.point  # 新发地市场, then 水果区12号棚
        if new.point and level(new.point, first=True) >= 0 <= level(old.point, first=True):
            return new.text, new.point
        return f"{new.text}{old.text}", f"{new.point or ''}{old.point}"  # 7号楼, then 云栖澜庭
    if old.point and new.point:
        known = old.text.removesuffix(old.point)
        if known != old.text and (house := _another_house(old.point, new.point)) is not None:
            return f"{known}{house}", house
        same = level(old.point, first=True) >= level(new.point, first=True) >= 0
        if (same or _same_shape(old.point, new.point)) and known != old.text:
            return f"{known}{new.text}", new.point
        return _glued(old.text, new.text), _glued(old.point, new.point)
    return _glued(old.text, new.text), new.point or old.point


def _glued(one: str, other: str) -> str:
    """Both behind each other; letters stay apart: 望京SOHO T3."""
    apart = one[-1:].isascii() and other[:1].isascii() and other[:1].isalpha()
    return f"{one} {other}" if apart else f"{one}{other}"


def _another_house(point: str, said: str) -> str | None:
    """``point`` with another house, unit or room: of 五区三号楼2单元, 五区5号楼2单元; None where it has none like ``said``."""
    units = list(UNIT.finditer(said))
    room = _ROOM.fullmatch(said)
    if not room and (not units or units[0].start() > 0):
        return None
    fineness = len(UNITS) if room else level_of(units[0])
    for unit in UNIT.finditer(point):
        if level_of(unit) == fineness:
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
