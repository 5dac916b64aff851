"""Read the answer to "在哪里？", and bring what is said later together with what is known."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import replace
from datetime import datetime

from bot.clock import CITY
from bot.understanding.normalise import Normalised, normalise
from bot.understanding.place import grammar
from bot.understanding.place.finder import find_heard
from bot.understanding.place.model import Place
from bot.understanding.time import find_time

_LEAD = re.compile(
    r"^(?:(?:嗯+|哦+|噢|啊|呃|额|那个|你好|您好|好的?|对(?![门面过])|就是说?|应该是?|大概是?|可能是?|具体是?|准确的?是?|说的是|我说的是|补充一下|更正一下)[,，、。\s]*)*"
    r"(?:(?:详细|具体)?(?:地址|地点|位置)(?:就)?(?:是|在|为|:|：)?[在是]?|(?:我家?就?|我们家?就?|我爸妈|他家|她家)?(?:是)?(?:住在?|住的是)|就是在|就在|是在|就是|在|是|事发地|发生在)?[:：,，\s]*"
)
_TRAIL = re.compile(
    r"[\s,，。.!！~～]*(?:麻烦(?:你们?|您)?(?:了|啦)?(?:快点)?|谢谢(?:你们?|您|啊)?|多谢|拜托(?:了|你们)?|辛苦(?:了)?|这里|这儿|这边|啊|呀|吧|呢|哈|嘛|哦|的)*[\s,，。.!！~～]*$"
)
_CORRECTION = re.compile(
    r"(?:不是|不在|不对|错了|说错了|写错了)[^,，。;；]{0,20}[,，。;；\s]*(?:而?是|应该是?|改成|改为|换成|我?在)(?:在)?(?P<right>.+)$"
)
_NO_PLACE = re.compile(
    r"不知道|不清楚|不想|不方便|不告诉|说不|记不|忘了|随便|没有|为什么|什么|怎么|干嘛|谁|多少|几点|吗|？|\?|取消|算了|重新|人工|投诉|谢谢|再见|你好|您好|"
    r"刚才|已经|昨天|今天|前天|上周|早上|晚上|下午|中午|匿名|保密|电话|手机|烦死|废话|等等|稍等|可以|不行|确认|没错|哪里|哪儿|知道|说过|滚|机器人"
)
_BARE = re.compile(
    r"^(?:是|对|嗯|好|行|不|没|有|否|不是|是的|对的|好的|一样|同上|都|全部|哈+|呵+|啊+|1|2|3)+$"
)
_PLACE_WORD = re.compile(
    rf"[楼院层室村路街巷里区苑园店站口门场厂校桥边旁面侧角家库铺厅]|附近|对面|那边|一带|{grammar._NUMBER}(?:号|栋|幢|单元|层|排)|[东南西北]"
)
_TAIL_STOPS = re.compile(rf"[,，。!！?？;；\s]|{_NO_PLACE.pattern}|[了吗呢被把有没坏漏吵响堵停冒]")
_ABOUT_TIME = re.compile(
    r"(?:从|打|自|就|是|都|得|有|大概|大约|差不多|可能|好像|应该|[左前]右|后|的事儿?|的时候|发现|发生|开始|起|出现|看见|听见|注意到|到|现在|至今|一直|这样|[了的吧啊呢呀哈嘛,，。、\s])*"
)
_ANY_TIME = datetime(2027, 12, 31, 23, 59, tzinfo=CITY)
"""What a word like 上周六 counts from does not matter here; at the end of a year and month no date is still to come."""
_LONGEST_TAIL = 10
_LONGEST_BARE = 20
_NAMELESS = re.compile(
    r"就?(?:我|咱|俺|这|那|附近|旁边|对[面门过]|楼[上下道]|小区|村里|家|(?:大院|院子?|公园|学校|市场|楼)?[东西南北]{0,2}[正前后侧大]?(?:门口|门(?=[外那,，。]|$)|路口|桥头))"
)
_UNITS = ("期", "区", "院", "号", "楼", "栋", "幢", "座", "单元", "门", "层", "室")


def answer_place(text: str) -> Place | None:
    """The place in an answer to the question where; None when the answer names none ("不知道", "你好").

    In an answer nearly all of a short utterance is the place, so shapes count that a free text would not trust:
    ``3号院``, ``就我家楼下``, ``北京南站旁边的麦当劳``.
    """
    said = _core(normalise(text))
    if not said.text or _only_time(said.text):
        return None
    found = find_heard(said)
    if found is not None and (found.text is None or found.elsewhere):
        return found
    if found is not None and found.precision == "vague" and found.district is None:
        found = None
    if found is not None and found.text is not None:
        return _with_tail(found, said)
    return _bare(said)


def _only_time(words: str) -> bool:
    """Whether nothing but times is left: 从8月20号喊到现在, 上周六开始的. A bare 15号 may be a house."""
    if grammar.NUMBERED.fullmatch(words):
        return False
    rest, found = words, find_time(words, _ANY_TIME)
    while found is not None:
        rest = rest[: found.span[0]] + rest[found.span[1] :]
        found = find_time(rest, _ANY_TIME)
    return rest != words and _ABOUT_TIME.fullmatch(rest) is not None


def _core(said: Normalised) -> Normalised:
    """The answer without what surrounds it; of "不是3号楼，是5号楼" the right part."""
    start, end = 0, len(said.text)
    if correction := _CORRECTION.search(said.text):
        start = correction.start("right")
    if lead := _LEAD.match(said.text[start:end]):
        start += lead.end()
    rest = said.text[start:end]
    if trail := _TRAIL.search(rest):
        end = start + trail.start()
    return Normalised(said.text[start:end], said.original, said.offsets[start : end + 1])


def _with_tail(found: Place, said: Normalised) -> Place:
    """Add the few words behind a place that belong to it: the answer is about nothing else."""
    start = bisect_left(said.offsets, found.span[0])
    end = bisect_left(said.offsets, found.span[1])
    tail = said.text[end:]
    if not tail or len(tail) > _LONGEST_TAIL or grammar.NAMED_SO.fullmatch(tail) or _TAIL_STOPS.search(tail):
        return found
    stop = len(said.text)
    point = f"{found.point or ''}{tail}".lstrip("的")
    precision = "specific" if found.precision == "area" else found.precision
    return replace(
        found,
        text=said.quote(start, stop),
        span=said.original_span(start, stop),
        point=point,
        precision=precision,
    )


def _bare(said: Normalised) -> Place | None:
    words = said.text
    if (
        len(words) > _LONGEST_BARE
        or _NO_PLACE.search(words)
        or _BARE.match(words)
        or not _PLACE_WORD.search(words)
    ):
        return None
    if re.search(r"\d{7}", words):
        return None
    end = len(words)
    numbered = grammar.NUMBERED.match(words)
    vague = bool(_NAMELESS.match(words)) and not numbered
    return Place(
        text=said.quote(0, end),
        span=said.original_span(0, end),
        point=words,
        precision="vague" if vague or re.search(r"附近|那边|一带|某", words) else "specific",
    )


def merge_places(old: Place | None, new: Place | None) -> Place | None:
    """What is known after ``new`` was said: it refines ``old``, and where both say the same thing ``new`` is right.

    Another district or street that was *said* starts the place anew; one that was only inferred from a name yields
    to what was said before.
    """
    if old is None or new is None:
        return new if old is None else old
    if old.elsewhere or new.elsewhere:
        return new
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
    if new.community or new.road:
        return f"{old.text}{new.text}", new.point or old.point
    if old.point and new.point:
        same = _level(old.point, first=True) >= _level(new.point, first=True) >= 0
        if same and old.text.endswith(old.point):
            return f"{old.text.removesuffix(old.point)}{new.text}", new.point
        return f"{old.text}{new.text}", f"{old.point}{new.point}"
    return f"{old.text}{new.text}", new.point or old.point


def _level(point: str, *, first: bool) -> int:
    """How fine the first numbered unit of ``point`` is; -1 when it has none."""
    found = re.findall(rf"{grammar._NUMBER}(期|区|号楼|号院|号|楼|栋|幢|座|单元|门|层|室)", point)
    if not found:
        return -1
    unit = found[0 if first else -1]
    return _UNITS.index({"号楼": "楼", "号院": "院", "栋": "楼", "幢": "楼", "座": "楼"}.get(unit, unit))
