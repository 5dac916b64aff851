"""More of the place told while something else is asked: 26号楼, 裕曦路跟双裕街那个路口."""

from __future__ import annotations

import re

from actions.complaint.draft import Draft
from actions.complaint.utterance import tells_trouble
from bot.chinese import simplify
from bot.understanding.contact import find_contact
from bot.understanding.place import Place, answer_place, find_place, is_deeper, merge_places, without_slips

LONGEST = 24
"""Characters of words that tell a spot and little else."""
LONGEST_ADDRESS = 40
"""Characters of a whole address."""
AROUND_NAME = 2
"""Characters beside the name of an estate that no list has."""
_CLAUSES = re.compile(r"[，,。；; ]+")
_ROOM = r"(?:\d{2,4}|[一二三四五六七八九十幺零〇]{3,4})(?:室|号)?"
_HOUSE = re.compile(
    r"(?:就?是?在?)(?:第?[\d一二三四五六七八九十]{1,4}(?:号楼|号院|号|楼|栋|幢|座|单元|门|层|室|区|期|排))+"
    rf"(?:-?{_ROOM})?(?:那儿|这儿|门口|楼下|前面|后面|地下室|底商|楼顶|天台|那边)?"
)
_IN_HOUSE = re.compile(rf"(?:就?是?在?){_ROOM}")
_OFFICE = re.compile(r"(?:街道|地区|镇|乡|区)$")
_BETWEEN = re.compile(
    r"北京市?|街道|地区|[镇乡区]|[的在是就嗯啊吧呢住]|[我咱俺]们?家?|这边|那边|[，,。；;：:！! ]"
)
_WHICH = re.compile(r"[几哪]个?号?(?:楼|栋|幢)")
_SPOT = re.compile(
    r"(?:路口|交叉口|[号楼院]|小区|村|胡同|站|路|街|巷|桥|门口?|大厦|广场|公园|市场|超市|学校|小学|中学|医院|商场|工地|店|厂|对面|旁边|附近|边上|[东西南北](?:边|侧|头))"
    r"(?:那儿?|那边|这儿?|里|上的?)?$"
)


def is_spot(text: str) -> bool:
    """Whether ``text`` is an address, a house, a unit or a spot and nothing else: 海淀区清河嘉园，东区2号楼楼下那个垃圾点."""
    text = simplify(text)
    piece = answer_place(text) if len(text) <= LONGEST_ADDRESS else None
    if piece is None or piece.text is None:
        return False
    if len(text) <= LONGEST and len(text) - len(piece.text) <= AROUND_NAME:
        return True
    if tells_trouble(text):
        return False
    start, end = piece.span
    rest = f"{text[:start]}{text[end:]}"
    for name in (piece.district, piece.street):
        for part in (name or "", _OFFICE.sub("", name or "")):
            rest = rest.replace(part, "", 1) if part else rest
    return len(_BETWEEN.sub("", rest)) <= AROUND_NAME


def finer_place(draft: Draft, text: str) -> Place | None:
    """The known place with what ``text`` tells of it beside; None when it tells nothing finer.

    A house or a unit counts while the place has none; anything that can be visited while only an area is known.
    """
    known = draft.place
    if known is None or known.elsewhere or not known.text or len(text) > LONGEST or find_contact(text):
        return None
    text = without_slips(text)
    house = _house_in(text)
    piece = answer_place(house or text)
    if house is None and piece is not None and _WHICH.search(text):
        house = piece.text
    if piece is None or piece.elsewhere or not piece.text or piece.text in known.text:
        return None
    if piece.district and known.district and piece.district != known.district:
        return None
    if house is not None:
        return merge_places(known, piece) if is_deeper(known.point or "", house) else None
    if known.community or known.road or known.point or tells_trouble(text):
        return None
    spoken = find_place(text)
    named = spoken is not None and bool(spoken.community or spoken.road or spoken.point)
    unlisted = piece.community is not None and len(text) - len(piece.text) <= AROUND_NAME
    return merge_places(known, piece) if named or unlisted or _SPOT.search(piece.text) else None


def _house_in(text: str) -> str | None:
    """The house in ``text`` with what clauses behind it tell of it: 二号楼 一零零三; None when there is none."""
    house: list[str] = []
    for clause in _CLAUSES.split(text):
        if _HOUSE.fullmatch(clause) or (house and _IN_HOUSE.fullmatch(clause)):
            house.append(clause)
        elif house:
            break
    return " ".join(house) or None
