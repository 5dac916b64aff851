"""Of several times in one message, the one that says when it began."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from bot.understanding.time_value import Value, last_of_month

Found = tuple[int, int, Value, int]

_VISIT = re.compile(
    r"(?:的时候|那天)?(?:物业|他们?|人家|师傅|民警|警察|城管|你们)?(?:就|还|也|都|才|刚)?(?:又来|又去|来过|去过|来看过|来修过|修过|报过|报修过|反映过|投诉过|打过电话|找过)"
)
_BEGAN = re.compile(r"开始的?$")
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
    """``found`` with what plainly began (发黄是11月9号开始的) surer than a day on which something else was (昨儿包饺子)."""
    return [
        (start, end, value, strength + 1)
        if strength >= _SURE and value.type == "since" and _BEGAN.search(text[start:end])
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
