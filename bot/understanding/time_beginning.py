"""Of several times in one message, the one that says when it began."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from bot.understanding.time_value import SETTLES, Value, last_of_month

Found = tuple[int, int, Value, int]

_VISIT = re.compile(
    r"(?:的时候|那天)?(?:物业|他们?|人家|师傅|民警|警察|城管|你们)?(?:就|还|也|都|才|刚)?(?:又来|又去|来过|去过|来看过|来修过|修过|报过|报修过|反映过|投诉过|打过电话|找过)"
)
_BEGAN = re.compile(r"开始的?$")
_TALK = r"给|跟|向|找|联系|反映|报(?!废)|打(?:了|过|的|来|12345|电话)|投诉|举报|来电|电话|人|修|上门|咨询|问|说|催|登记|接|听|回复|处理|去|开庭|开会|交|缴|付|签|买|约谈|协商"
_SETTLED_IN = re.compile(r"[^，,。；;！!？?：:\s]{0,12}?(?:入住|搬|买的|签|交房|成立)")
"""When somebody came to live there: 我们最早从2014年1月份开始入住."""
_FIRST = r"(?:第一[次回遍遭]|头一?[次回遭]|头一[辆个户家台]|首次)"
_EARLIEST = r"(?:最早|最开始|最初|一开始|刚开始(?=是)|起先|起初|起头|先(?=是))"
_FIRST_IS = re.compile(
    rf"(?:{_FIRST}|{_EARLIEST})(?P<gap>[^，,。；;！!？?：:\s]{{0,6}}|[呢吧啊]?[，,\s](?:就?是)?)$"
)
"""What stands before the time at which it first was: 头一回是, 最早那次是, 第一次坏是."""
_IS_FIRST = re.compile(
    rf"(?P<gap>[^，,。；;！!？?：:\s]{{0,6}}?){_FIRST}(?P<rest>[^，,。；;！!？?：:\s]{{0,6}})"
)
"""The same behind the time: 本月2号第一次坏的, 11月5号丢的头一辆."""
_SPOKEN_OF = re.compile(_TALK)
"""A first call, visit or reply is no beginning: 昨天第一次打电话."""
_STRETCH = re.compile(
    r"(?:这|本|上|上上)一?个?(?:月|周|星期|礼拜)|今年|去年|前年|\d{1,2}月份?|十?[一二三四五六七八九十]月份?"
)
_REPEATS = re.compile(
    r"[^，,。；;！!？?]{0,12}?(?:(?:好几|无数|[几数多两俩二三仨四五六七八九十]|\d)+(?:来|多)?|第[二三四五六七八九十\d]+)(?:次|回|趟|遍)(?!.{0,3}没)"
)
"""A count of how often: 这个月修了四回了."""
_NEAR = 16
"""So many characters before a time can be about it."""
_SURE = 5
_ROUGH = 0.35
"""How far a count may be off: 半年多 is about 5 to 9 months."""
_NEARLY = 0.1
"""The same for a count of days beside a day of the calendar."""
_LEAST_DAYS = 5


def without_visits(text: str, found: Sequence[Found]) -> list[Found]:
    """``found`` with the times of later visits (上周物业来过) weaker than a date that says when it began.

    Args:
        text: The masked text.
        found: All that was named, with strengths.
    """
    visits = [bool(_VISIT.match(text, end)) for _, end, _, _ in found]
    begins = any(
        not visit and strength >= _SURE - 1 and value.type in ("date", "since", "interval")
        for visit, (_, _, value, strength) in zip(visits, found, strict=True)
    )
    if not begins:
        return list(found)
    return [
        (start, end, value, min(strength, _SURE - 2) if visit else strength)
        for visit, (start, end, value, strength) in zip(visits, found, strict=True)
    ]


def beginnings_first(text: str, found: Sequence[Found]) -> list[Found]:
    """``found`` with what plainly began (发黄是11月9号开始的) surer than a day on which something else was (昨儿包饺子).

    What is called the first time (第一次是11月2号) is surer still.
    """
    return [(*one[:3], _as_beginning(text, one)) for one in found]


def _as_beginning(text: str, one: Found) -> int:
    start, end, value, strength = one
    dated = strength >= _SURE - 1 or (strength >= _SURE - 2 and value.precision in ("month", "coarse"))
    if dated and value.type != "recurring" and _is_first(text, start, end):
        return SETTLES
    lived = strength < _SURE and _SETTLED_IN.match(text, end)
    from_then = not lived and value.type == "since" and len(value.start or "") >= len("2026-11")
    begins = strength >= _SURE - 1 and from_then and _BEGAN.search(text[start:end])
    return _SURE + 1 if begins else strength


def _is_first(text: str, start: int, end: int) -> bool:
    before, behind = _FIRST_IS.search(text, max(0, start - _NEAR), start), _IS_FIRST.match(text, end)
    if before is not None and not _SPOKEN_OF.search(before["gap"]) and not _SETTLED_IN.match(text, end):
        return True
    return behind is not None and not _SPOKEN_OF.search(behind["gap"] + behind["rest"])


def repeats_roughly(text: str, found: Sequence[Found]) -> list[Found]:
    """``found`` with a stretch in which it was again and again (这个月修了四回了) rough: a day told later is better."""
    return [
        (start, end, replace(value, precision="coarse"), min(strength, _SURE - 2))
        if value.precision in ("day", "month")
        and _STRETCH.fullmatch(text[start:end])
        and _REPEATS.match(text, end)
        else (start, end, value, strength)
        for start, end, value, strength in found
    ]


def named_over_counted(named: Sequence[Found], counted: Sequence[Found], today: date) -> list[Found]:
    """Both, without each count that only tells again what a date tells: 五月初就停那儿了，得有半年多了.

    The date then says since when it lasts, as the count said that it does.
    """
    kept = list(named)
    left: list[Found] = []
    for count in counted:
        twice = [number for number, one in enumerate(named) if _same_beginning(one[2], count[2], today)]
        if not twice:
            left.append(count)
            continue
        for number in twice:
            start, end, value, strength = kept[number]
            if value.type == "date" and (value.precision == "month" or strength < _SURE):
                coarse = "coarse" if value.precision == "month" else value.precision
                value = replace(value, type="since", end=None, ongoing=True, precision=coarse)
            kept[number] = (start, end, value, max(strength, count[3]))
    return kept + left


def _same_beginning(named: Value, counted: Value, today: date) -> bool:
    if counted.type != "since" or not counted.start or named.type not in ("date", "since") or not named.start:
        return False
    first, last = _range(named.start)
    about, about_last = _range(counted.start)
    length = (today - about).days
    exact = named.precision == "day" and counted.precision == "day" and first.day not in (1, 15, 25, 30)
    slack = timedelta(max(1, _NEARLY * length) if exact else max(_LEAST_DAYS, _ROUGH * length))
    return first - slack <= about_last and about <= last + slack and last < today


def _range(start: str) -> tuple[date, date]:
    """The days that an ISO day, month or year can mean."""
    year, *rest = (int(part) for part in start[:10].split("-"))
    if not rest:
        return date(year, 1, 1), date(year, 12, 31)
    if len(rest) == 1:
        return date(year, rest[0], 1), last_of_month(year, rest[0])
    return date(year, rest[0], rest[1]), date(year, rest[0], rest[1])
