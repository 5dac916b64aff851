"""What a whole city dates by: the first day of heating, the holidays of schools, the year of the epidemic."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from bot.understanding.time_value import (
    Value,
    days,
    last_of_month,
    since_about,
    since_day,
    whole_day,
    whole_month,
)

Found = tuple[int, int, Value, int]

_HEATING_DAY = re.compile(
    r"(?P<from>从|自从?|打)?(?P<year>[今去前]年)?(?:刚|开始|正式)?(?:供暖|供热|[来通送]暖气?|采暖)(?:的)?(?:头一?天|第一天|首日|那一?天|当天)(?P<tail>[^，,。！？!?]{0,2}?(?:到|至)(?:现在|今天?)|开始|以来|以后|起)?"
)
_DATED = re.compile(r"[\d一二三四五六七八九十][号日]")
"""Where the day itself is said, it is the better one: 打供暖那天，11月10号."""
_EPIDEMIC = re.compile(
    r"(?P<from>从|自从?|打)?(?:新冠)?(?:闹)?疫情(?:刚?(?P<since>开始|以来|以后|之后|过后)|(?P<year>那一?年|那会儿|那阵儿?|头一年)|(?P<years>期间|那几年|那三年))"
)
_FIRST_YEAR, _LAST_YEAR = 2020, 2022
_SCHOOL_HOLIDAY = re.compile(
    r"(?P<from>从|自从?|打)?(?P<year>[今去前]年|(?:20)?\d{2}年)?(?:放(?:了)?)?(?P<name>[暑寒]假)(?P<mid>期间|里|那会儿?|那阵儿?|的时候|中)?(?P<tail>开始|以来|以后|之后|过后|起|后|前|之前|以前)?"
)
_HOLIDAYS = {"暑假": ((7, 1), (8, 31)), "寒假": ((1, 20), (2, 20))}
"""About first and last day; they move a little from year to year."""
_PART_OF_YEAR = re.compile(
    r"(?P<from>从|自从?|打)?"
    r"(?:(?P<year>(?:[今去前]|(?:20)?\d{2})年|20\d{2}(?=[上下]半年))的?(?:年?(?P<end>[初底末])(?![中一二三前])|(?P<half>[上下]半年))"
    r"|(?<![\d一二三四五六七八九十大零满路道面地边旁])(?P<bare>年初(?![中一二三])|[上下]半年(?![了多来没都])))"
    r"(?P<tail>开始|以来|起|以后)?"
)
"""去年年底, 今年上半年, 年初; 年底 by itself is yet to come."""
_MONTHS_OF = {"初": (1, 1), "底": (12, 12), "末": (12, 12), "上": (1, 6), "下": (7, 12)}
"""First and last month of a part of the year."""
_YEARS_BACK = {"今": 0, "去": 1, "前": 2}


def occasion_spans(text: str, today: date) -> Iterator[Found]:
    """All such times that ``text`` (masked) names."""
    for match in _HEATING_DAY.finditer(text):
        day = date(_year(match["year"], (11, 15), today), 11, 15)
        lasts = match["from"] or match["tail"]
        strength = 4 if _DATED.search(text) else 5
        yield *match.span(), since_day(day) if lasts else whole_day(day), strength
    for match in _EPIDEMIC.finditer(text):
        if match["years"]:
            value = days(date(_FIRST_YEAR, 1, 1), date(_LAST_YEAR, 12, 31))
        else:
            value = since_about(str(_FIRST_YEAR))
        yield *match.span(), value, 4
    for match in _PART_OF_YEAR.finditer(text):
        if (part := _part_of_year(match, today)) is not None:
            yield *match.span(), part, 4
    for match in _SCHOOL_HOLIDAY.finditer(text):
        if match["mid"] or match["tail"] or match["from"]:
            yield *match.span(), _holiday(match, today), 4


def _part_of_year(match: re.Match[str], today: date) -> Value | None:
    part = (match["end"] or match["half"] or match["bare"]).replace("年初", "初")[0]
    month, last_month = _MONTHS_OF[part]
    year = _year(match["year"], (month, 1), today)
    if date(year, month, 1) > today:
        return None
    if match["from"] or match["tail"]:
        return since_about(f"{year:04d}-{month:02d}")
    if month == last_month:
        return whole_month(year, month)
    last = min(last_of_month(year, last_month), today)
    return Value("interval", date(year, month, 1).isoformat(), last.isoformat(), precision="coarse")


def _holiday(match: re.Match[str], today: date) -> Value:
    (first_month, first_day), (last_month, last_day) = _HOLIDAYS[match["name"]]
    year = _year(match["year"], (first_month, first_day), today)
    first, last = date(year, first_month, first_day), date(year, last_month, last_day)
    tail = match["tail"] or ""
    if tail.endswith("前"):
        eve = date.fromordinal(first.toordinal() - 1).isoformat()
        return Value("date", eve, eve, precision="coarse")
    if tail.endswith("后"):
        return since_day(min(date.fromordinal(last.toordinal() + 1), today))
    if tail or match["from"]:
        return since_day(first)
    return Value("interval", first.isoformat(), min(last, today).isoformat(), precision="coarse")


def _year(words: str | None, begins: tuple[int, int], today: date) -> int:
    """The year that is said, or the latest in which it has begun."""
    if words and words[0].isdigit():
        return 2000 + int(words.removesuffix("年")[-2:])
    if words:
        return today.year - _YEARS_BACK[words[0]]
    return today.year if (today.month, today.day) >= begins else today.year - 1
