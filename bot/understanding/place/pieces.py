"""What stands beside a place in the answer to "where?": before it, straight behind it and in the clauses that follow."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import replace

from bot.understanding.gazetteer import get_gazetteer
from bot.understanding.normalise import Normalised
from bot.understanding.place import grammar
from bot.understanding.place.bare import (
    LONGEST_BARE,
    NO_PLACE,
    PLACE_WORD,
    ROOM,
    TELLS,
    TOLD,
    bare,
    tells_what,
)
from bot.understanding.place.finder import find_heard
from bot.understanding.place.merging import merge_places
from bot.understanding.place.model import Place
from bot.understanding.place.unlisted import ANY_TIME, is_name, may_be_shop
from bot.understanding.time import find_time

_TAIL_STOPS = re.compile(rf"[,，。!！?？;；\s]|{NO_PLACE.pattern}|{TELLS}")
_NO_PIECE = re.compile(rf"一个门|说是|要[弄建盖修]|弄|{NO_PLACE.pattern}|{TELLS}|\d{{7}}|[零幺]{{3}}")
_CLAUSES = re.compile(r"[^,，。!！?？;；\s]+")
_ALSO = re.compile(r"^(?:就是|就在|就|在|是|那个(?=[\u4e00-\u9fff]{2}))+")
_LONGEST_TAIL = 10
_FROM = r"[一二三四五六七八九十两几\d]"
_WAY = re.compile(
    rf"(?=.*(?:[往向朝]|方向|[左右]|第{_FROM}|[出进]|过|环|走))(?:出来|出站|出去|进去|下来|[上下]桥|走|[拐转]弯?|再|先|一直|就|的|然后|顺着|沿着|[往向朝]?(?:[东南西北]{{1,2}}|[左右前后里外])(?:边|侧|手边?|面)?"
    rf"|由[东南西北]{{1,2}}[往向][东南西北]{{1,2}}|过(?:了|一?个)?(?:马路|天桥|红绿灯|路口|桥|铁道)|第?{_FROM}个?(?:红绿灯|路口|门|口)"
    rf"|(?:大概|大约|约|也就|不到){{0,1}}{_FROM}+多?米|(?:[出进]|往|去|开往|朝|向)[一-龥]{{0,4}}方向|[内外]环|主路|辅路|就?[是到])+(?:的?(?:地方|位置|那儿|那里|路[东西南北边口]|红绿灯))?"
)
"""The way from a spot: 往黄村方向, 出来往右, 出来过马路就是, 第二个红绿灯, 由东向西."""
_TOWER = re.compile(r"[A-Za-z]{1,2}-?\d{0,4}[座栋区馆口层]?|-\d层?")
"""A tower, a floor or a unit in letters: T3, B2层, A座."""
_DOOR = re.compile(rf"{grammar.NUMBERED.pattern}|[正后侧大]?门[口前外]|旁边|对[面过]|附近|楼[下上]")
_TAKES_SHOP = re.compile(r"[号路街桥口层楼道区场厦]|底商|对[面过]|旁边?|附近|边上|\d$")
"""What the name of a shop stands behind: 前门大街 全聚德, 底商 老王烟酒."""
_LINE = re.compile(
    r"(?:北京)?(?:地铁)?(?:[\d一二三四五六七八九十]{1,3}号线|[一-龥]{2,4}(?:高速|快速|线))(?:的|上)?"
)
_LINE_BEFORE = re.compile(rf"(?:{_LINE.pattern})$")
_NOT_BEFORE = re.compile(
    "[离距过到往出进靠临位处属归约站住搬去来回从由朝叫称在是村里外儿]|老.家|具体|大概|差不多|准确|直接|房山|那边|旁|附近|大兴|周边|以及"
)
_OFFICE = re.compile(r"(?:街道|地区|镇|乡|区)$")
_NO_MORE = re.compile(r"(?:北京市?|街道|地区|[镇乡区市]|[那这]边|[在是就住的]|[我咱俺]们?家?|[,，、 ])*")
_LONGEST_ADDRESS = 40
"""Characters of what is an address and little else; in longer words only plain spots are taken for parts of it."""
_LONGEST_SHOP = 6
_LONGEST_BEFORE = 8
_SPOT_FIRST = re.compile(
    r"(?:就在|就是|在|是|我们|我家|咱们?|俺们?|这边|的)*(?P<spot>[一-龥A-Za-z\d]{0,9}(?:旁边|边上|门口|对[面过]|底下|楼[下上顶后前]头?|[前后]头|那儿|地库|车库|停车场|[负地]下?[一二三四\d]层|[Bb]-?\d层?|拐角|电梯间?|楼道|快递柜|垃圾桶|[亭棚])(?:那儿?|里)?)"
)
"""A spot that is told before the address that it is in: 就在我们楼下那个丰巢柜边上，望京西园四区407楼."""


def with_all(found: Place, said: Normalised) -> Place:
    """``found`` with all that ``said`` tells of the place beside it: the answer is about nothing else."""
    first = found.span[0]
    whole = with_pieces(with_tail(found, said), said)
    if len(said.text) > _LONGEST_ADDRESS:
        return whole
    named = _with_name_before(whole, first, said)
    return _with_place_before(_with_spot_before(named, first, said), first, said)


def _with_name_before(found: Place, at: int, said: Normalised) -> Place:
    """Add what begins the name or leads to the spot: 物美超市 in 物美超市望京店, 地铁13号线 before 霍营站."""
    start = bisect_left(said.offsets, at)
    clause = max((said.text.rfind(pause, 0, start) for pause in ",，。;；：: "), default=-1) + 1
    words = said.text[clause:start]
    if not 2 <= len(words) <= _LONGEST_BEFORE or not found.text or found.text in words:
        return found
    line = _LINE_BEFORE.search(words)
    if line is not None:
        clause, words = clause + line.start(), line[0]
    elif _NOT_BEFORE.search(words) or not may_be_shop(words):
        return found
    if line is None and any(
        entry.kind in {"district", "district_stem", "street", "street_stem"}
        for hit in get_gazetteer().find(words)
        for entry in hit.entries
    ):
        return found
    span = (said.original_span(clause, start)[0], found.span[1])
    return replace(found, text=f"{words}{found.text}", span=span)


def _with_spot_before(found: Place, at: int, said: Normalised) -> Place:
    """Add the spot in the clause before an address behind it, where it is in the address."""
    start = bisect_left(said.offsets, at)
    before = list(_CLAUSES.finditer(said.text, 0, start))
    if not before or not found.text or not (found.community or found.road or found.point):
        return found
    first = before[-1] if before[-1].end() < start else before[-2] if len(before) > 1 else None
    match = _SPOT_FIRST.fullmatch(first.group()) if first else None
    if first is None or match is None or _NO_PIECE.search(first.group()) or match["spot"] in found.text:
        return found
    span = (min(found.span[0], said.original_span(first.start(), start)[0]), found.span[1])
    return replace(
        found, text=f"{found.text}{match['spot']}", point=f"{found.point or ''}{match['spot']}", span=span
    )


def _with_place_before(found: Place, at: int, said: Normalised) -> Place:
    """Add the coarser place in the clause before, which the finer one left out: 天宫院地铁站 融汇小区."""
    start = bisect_left(said.offsets, at)
    before = [clause for clause in _CLAUSES.finditer(said.text, 0, start) if clause.end() < start]
    if not before or not found.text or _NO_PIECE.search(before[-1].group()):
        return found
    clause = before[-1]
    if said.text[clause.end() : start].strip(",，、 ") and not _only_names(
        said.text[clause.end() : start], found
    ):
        return found
    part = Normalised(clause.group(), said.original, said.offsets[clause.start() : clause.end() + 1])
    first = find_heard(part, asked=True)
    if first is None or not first.text or first.elsewhere or first.precision != "specific":
        return found
    if first.text in found.text or not _only_names(part.text.replace(first.text, "", 1), first):
        return found
    for one, other in ((first.district, found.district), (first.street, found.street)):
        if one and other and one != other:
            return found
    whole = (
        found
        if found.district
        else replace(found, district=first.district, district_source=first.district_source, candidates=())
    )
    if first.street and not found.street and whole.district == first.district:
        whole = replace(whole, street=first.street, street_source=first.street_source, candidates=())
    span = (min(first.span[0], found.span[0]), found.span[1])
    return replace(whole, text=f"{first.text}{found.text}", road=found.road or first.road, span=span)


def _only_names(rest: str, place: Place) -> bool:
    """Whether ``rest`` of a clause names only the district or street of ``place``: 大兴 in 大兴天宫院地铁站."""
    for name in (place.district, place.street):
        for part in (name or "", _OFFICE.sub("", name or "")):
            rest = rest.replace(part, "", 1) if part else rest
    return _NO_MORE.fullmatch(rest) is not None


def _added(found: Place, words: str, said: Normalised, start: int, end: int) -> Place:
    """``found`` with ``words``, said at ``start`` to ``end``, behind its point."""
    span = (found.span[0], max(found.span[1], said.original_span(start, end)[1]))
    gap = " " if words[0].isascii() and (found.text or "")[-1:].isascii() else ""
    return replace(
        found, text=f"{found.text}{gap}{words}", point=f"{found.point or ''}{gap}{words}", span=span
    )


def with_pieces(found: Place, said: Normalised) -> Place:
    """Add what the clauses behind a place tell of it: 丰台马家堡 角门东里二区门口; 劲松 劲松中街 地铁口那儿."""
    end = bisect_left(said.offsets, found.span[1])
    for clause in _CLAUSES.finditer(said.text, end):
        start = clause.start() + (lead.end() if (lead := _ALSO.match(clause.group())) else 0)
        words = said.text[start : clause.end()]
        if grammar.NAMED_SO.fullmatch(words):
            continue
        if (
            ROOM.fullmatch(words)
            and found.point
            and found.point.endswith(("元", "楼", "层", "门", "栋", "座"))
        ):
            found = _added(found, words, said, start, clause.end())
            continue
        short = len(said.text) <= _LONGEST_ADDRESS
        if short and (
            _WAY.fullmatch(clause.group()) or _TOWER.fullmatch(words) or _is_shop(found, words, clause)
        ):
            found = _added(found, words, said, start, clause.end())
            continue
        said_so = PLACE_WORD.search(words) or clause.group().startswith(("那个", "那家"))
        unlisted = not found.community and is_name(words)
        said_so = said_so or unlisted
        if len(words) > LONGEST_BARE or _NO_PIECE.search(words) or not said_so:
            continue
        if not unlisted and find_time(words, ANY_TIME) is not None and not grammar.NUMBERED.match(words):
            continue
        part = Normalised(words, said.original, said.offsets[start : clause.end() + 1])
        piece = find_heard(part, asked=unlisted)
        piece = with_tail(piece, part) if piece is not None and piece.text is not None else bare(part)
        if piece is None or piece.elsewhere or (piece.district and piece.district != found.district):
            continue
        if piece.street and found.street and piece.street != found.street:
            continue  # 樊家村 甲5号 晓月苑旁边: only beside what lies elsewhere
        merged = merge_places(found, piece)
        assert merged is not None  # noqa: S101 - both are there
        if found.community and piece.community and (found.text or "") not in (merged.text or ""):
            merged = _added(found, piece.text or "", said, start, clause.end())  # 三里河二区，国家发改委宿舍
        found = replace(merged, span=(found.span[0], max(found.span[1], piece.span[1])))
    return found


def with_tail(found: Place, said: Normalised) -> Place:
    """Add the few words behind a place that belong to it: the answer is about nothing else."""
    start = bisect_left(said.offsets, found.span[0])
    end = bisect_left(said.offsets, found.span[1])
    tail = said.text[end:]
    if not tail or len(tail) > _LONGEST_TAIL or grammar.NAMED_SO.fullmatch(tail) or _TAIL_STOPS.search(tail):
        return found
    if not _WAY.fullmatch(tail) and (TOLD.search(tail) or tells_what(tail)):
        return found
    stop = len(said.text)
    point = f"{found.point or ''}{tail}".lstrip("的儿") or None
    precision = "specific" if found.precision == "area" else found.precision
    return replace(
        found,
        text=said.quote(start, stop),
        span=said.original_span(start, stop),
        point=point,
        precision=precision,
    )


def _is_shop(found: Place, words: str, clause: re.Match[str]) -> bool:
    """Whether a clause is the name of a shop at what is known: 全聚德 behind 前门大街, 百荣世贸 before 三楼."""
    if not 2 < len(words) <= _LONGEST_SHOP or found.community == words or PLACE_WORD.search(words):
        return False
    behind = _CLAUSES.match(clause.string, min(clause.end() + 1, len(clause.string)))
    at_door = behind is not None and _DOOR.match(behind.group()) is not None
    if not may_be_shop(words, like_person=at_door):
        return False
    return at_door or _TAKES_SHOP.search((found.text or "")[-2:]) is not None
