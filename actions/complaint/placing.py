"""More of the place told while something else is asked: 26号楼, 裕曦路跟双裕街那个路口."""

from __future__ import annotations

import re

from actions.complaint.draft import Draft
from actions.complaint.utterance import tells_trouble
from bot.chinese import simplify
from bot.understanding.contact import find_contact
from bot.understanding.place import (
    Place,
    answer_place,
    find_place,
    is_deeper,
    merge_places,
    same_spot,
    without_slips,
)

LONGEST = 24
"""Characters of words that tell a spot and little else."""
LONGEST_ADDRESS = 40
"""Characters of a whole address."""
AROUND_NAME = 2
"""Characters beside the name of an estate that no list has."""
_CLAUSES = re.compile(r"[，,。；; ]+")
_ROOM = r"(?:\d{2,4}|[一二三四五六七八九十幺零〇]{3,4})(?:室|号)?"
_HOUSE = re.compile(
    r"(?:我们?家?|[俺咱]们?家?)?(?:就|是|住|在|的)*(?:第?[\d一二三四五六七八九十]{1,4}(?:号楼|号院|号|楼|栋|幢|座|单元|门|层|室|区|期|排))+"
    rf"(?:-?{_ROOM})?(?:那儿|这儿|门口|楼下|前面|后面|地下室|底商|楼顶|天台|那边)?"
    r"|(?:就?是?在?)[1-9]\d{0,2}-(?:\d{1,3}-)?\d{3,4}(?:室|号)?"
)
"""A house in a clause of its own: 就是2号楼1003, 5-2-301."""
_IN_HOUSE = re.compile(rf"(?:就?是?在?){_ROOM}")
_OFFICE = re.compile(r"(?:街道|地区|镇|乡|区)$")
_BETWEEN = re.compile(
    r"北京市?|街道|地区|[镇乡区]|[的在是就嗯啊吧呢住]|[我咱俺]们?家?|这边|那边|[，,。；;：:！! ]"
)
_GATE = r"(?:[东西南北]{1,2}|正|后|侧|大)门(?:口|外|里)?"
_WHERE_BY = r"(?:旁边|边上|对[面过]|底下|门口|前头|后头|[东南西北](?:边|侧|头)|中间|附近)"
_IN_ESTATE = re.compile(
    r"(?:就?[在是]|就|我们?|咱们?|俺们?|这个|小区|院[里儿]|村[里儿]?|的)*"
    rf"(?P<spot>{_GATE}(?:{_WHERE_BY})?|村口|门口|(?:地下)?车库(?:门口|入口|出口)?|地库|[东西南北]口|(?:快递柜|垃圾[桶站房]|车棚|花坛|凉亭|健身器材|配电箱|水房|岗亭|传达室|锅炉房|小广场|幼儿园|底商){_WHERE_BY}?|(?:第?[\d一二三四五六七八九十]{{1,4}}号?楼(?:和|跟|与)?){{1,2}}{_WHERE_BY})"
    r"(?:那儿?|那里|那边|这儿?|里头?|的?(?:位置|地方))?"
)
"""A spot of the estate that is known: 就在小区北门口, 快递柜旁边, 7号楼和8号楼中间."""
_EXIT = re.compile(
    r"(?:就?在)?[A-Za-z][1-9]?(?:[东南西北]{1,2})?口(?:外|旁边|对面|出来|往[东南西北左右]边?|那儿?|这儿?)*"
)
"""An exit of the station that is known: B口出来往右."""
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

    A house or a unit counts while the place has none; anything that can be visited while only an area is known; and
    whatever comes with the known estate's own name: 果园西里9号楼4单元301，俺就住这儿.
    """
    known = draft.place
    if known is None or known.elsewhere or not (known.text or known.district):
        return None
    text = _without_number(without_slips(text))
    if (again := _named_again(known, text)) is not None:
        return again
    if not text or len(text) > LONGEST or find_contact(text):
        return None
    house = _house_in(text)
    piece = answer_place(house or text)
    if house is None and piece is not None and _WHICH.search(text):
        house = piece.text
    if piece is None or piece.elsewhere or not piece.text or piece.text in (known.text or ""):
        return None
    if piece.district and known.district and piece.district != known.district:
        return None
    if house is not None:
        return merge_places(known, piece) if is_deeper(known.point or "", house) else None
    if known.community and not known.point and (spot := _spot_in(text)) is not None:
        return merge_places(known, spot)
    if (known.text or "").endswith("站") and _EXIT.fullmatch(text):
        return merge_places(known, piece)
    if known.community or known.road or known.point or tells_trouble(text):
        return None
    spoken = find_place(text)
    named = spoken is not None and bool(spoken.community or spoken.road or spoken.point)
    unlisted = piece.community is not None and len(text) - len(piece.text) <= AROUND_NAME
    return merge_places(known, piece) if named or unlisted or _SPOT.search(piece.text) else None


def _named_again(known: Place, text: str) -> Place | None:
    """The known place with the house or spot that stands behind its own name in ``text``; None without one.

    In words that tell more of the matter only a house counts, and none that has the same trouble too: 9号楼也没水.
    """
    trouble = tells_trouble(text)
    short = len(text) <= LONGEST_ADDRESS and not trouble and find_contact(text) is None
    piece = (answer_place(text) if short else None) or find_place(text)
    if piece is None or piece.elsewhere or not piece.text or not piece.point or not same_spot(known, piece):
        return None
    if text.startswith("也", piece.span[1]) or (trouble and not is_deeper(known.point or "", piece.point)):
        return None
    merged = merge_places(known, piece)
    return None if merged is None or merged.text == known.text else merged


def _without_number(text: str) -> str:
    """``text`` without the telephone number that stands beside the house: 9号楼4单元301 13800004115."""
    contact = find_contact(text)
    return text if contact is None else text.replace(contact.text, " ").strip(" ，,。")


def _spot_in(text: str) -> Place | None:
    """The one spot of an estate that ``text`` tells and nothing else: 就在小区北门口, 7号楼和8号楼中间; None when it is none."""
    found = _IN_ESTATE.fullmatch(text.strip("，。,. "))
    return answer_place(found["spot"]) if found else None


def _house_in(text: str) -> str | None:
    """The house in ``text`` with what clauses behind it tell of it: 二号楼 一零零三; None when there is none."""
    house: list[str] = []
    for clause in _CLAUSES.split(text):
        if _HOUSE.fullmatch(clause) or (house and _IN_HOUSE.fullmatch(clause)):
            house.append(clause)
        elif house:
            break
    return " ".join(house) or None
