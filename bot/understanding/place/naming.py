"""One named thing of an address: a name the gazetteer knows, or one by its shape."""

from __future__ import annotations

import re

from bot.understanding.gazetteer import Entry, Hit, is_road_like
from bot.understanding.place import grammar
from bot.understanding.place.parts import Detail, DetailKind
from bot.understanding.place.unlisted import may_be_name

_SHAPES: tuple[tuple[re.Pattern[str], DetailKind], ...] = (
    (grammar.ROAD, "road"),
    (grammar.VILLAGE, "village"),
    (grammar.ESTATE, "estate"),
    (grammar.POI, "poi"),
    (grammar.WATER, "water"),
)


_SHORT = 2
_QUARTER_OF = re.compile("区(?!别|域|分|政府|委)")


def named(text: str, known: Hit | None, position: int, *, anchored: bool) -> Detail | None:
    """A named thing: known ones first, then by the shape of the name."""
    if known and (known.end - known.start >= 3 or not all(e.kind == "community" for e in known.entries)):
        return _known_detail(text, known)
    best: Detail | None = None
    for pattern, kind in _SHAPES:
        if not anchored and kind == "water":
            continue
        found = pattern.match(text, position)
        if found and (best is None or found.end() < best.end):
            best = Detail(position, found.end(), kind)
    if best is None and text[:position].endswith(("叫", "叫做")):
        called = grammar.CALLED.match(text, position)
        fits = called is not None and may_be_name(called[0])
        return Detail(position, called.end(), "estate") if called and fits else None
    return best


def _known_detail(text: str, known: Hit) -> Detail:
    """A known name, or the longer name that it begins; of that it tells the district at most."""
    kind = _kind_of(text, known)
    tail = grammar.TAIL.match(text, known.end)
    name = text[known.start : known.end]
    if kind == "estate" and name[-1] in "东南西北中" and _QUARTER_OF.match(text, known.end):
        return Detail(
            known.start, known.end + 1, kind, known.entries
        )  # 鑫兆佳园北 is what 鑫兆佳园北区 is short for
    if not tail or (kind == "road" and not tail[0].startswith(("口", "桥", "小区", "社区"))):
        return Detail(known.start, known.end, kind, known.entries)
    if tail[0].endswith("村") or (tail[0] in {"小区", "社区"} and kind in {"estate", "road"}):
        return Detail(known.start, tail.end(), "village" if tail[0] == "村" else "estate", known.entries)
    if re.fullmatch(grammar._ESTATE_TAILS, tail[0]):
        parts = tuple(entry for entry in known.entries if entry.kind in {"area", "street_stem"})
        return Detail(known.start, tail.end(), "estate", parts)
    entries = tuple(
        Entry(e.name, "area", e.district) for e in known.entries if e.kind not in {"community", "elsewhere"}
    )
    if tail[0][0] in "内外" and len(name) == _SHORT and all(e.kind == "street_stem" for e in known.entries):
        entries = ()  # 鼓楼外大街 is not in 密云's 鼓楼街道
    longer: DetailKind = "poi"
    if tail[0].endswith(("路", "街", "桥", "胡同")):
        longer = "road"
    elif tail[0].endswith(("里", "区", "村", "苑", "园", "家园", "公寓", "大厦")) and not name.endswith("公"):
        longer = "estate"
    return Detail(known.start, tail.end(), longer, entries)


def _kind_of(text: str, hit: Hit) -> DetailKind:
    kinds = {entry.kind for entry in hit.entries}
    name = text[hit.start : hit.end]
    if "road" in kinds:
        return "road"
    if "landmark" in kinds:
        return "poi"
    if "area" in kinds or "street_stem" in kinds:
        return "road" if is_road_like(name) else "area"
    return "road" if is_road_like(name) or name.endswith("胡同") else "estate"
