"""Days with a name: festivals of both calendars and the solar terms: 国庆节那天, 中秋, 大年初三, 立冬."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from bot.understanding.time_numbers import NUMBER, to_number
from bot.understanding.time_value import Value, days, since_day, whole_day

Found = tuple[int, int, Value, int]

_FIXED = {
    "国庆": (10, 1, 7), "十一": (10, 1, 7), "五一": (5, 1, 5), "劳动节": (5, 1, 5), "元旦": (1, 1, 1), "六一": (6, 1, 1),
    "儿童节": (6, 1, 1), "妇女节": (3, 8, 1), "三八节": (3, 8, 1), "教师节": (9, 10, 1), "双十一": (11, 11, 1), "光棍节": (11, 11, 1), "万圣": (10, 31, 1), "双11": (11, 11, 1),
    "双十二": (12, 12, 1), "双12": (12, 12, 1), "平安夜": (12, 24, 1), "圣诞": (12, 25, 1), "情人节": (2, 14, 1),
}  # fmt: skip
"""Month, day and how many days it is kept."""
_NEW_YEAR, _DRAGON, _SEVENTH, _GHOSTS, _AUTUMN, _NINTH, _LABA = range(7)
_LUNAR = {
    2024: ("02-10", "06-10", "08-10", "08-18", "09-17", "10-11", "01-18"),
    2025: ("01-29", "05-31", "08-29", "09-06", "10-06", "10-29", "01-07"),
    2026: ("02-17", "06-19", "08-19", "08-27", "09-25", "10-18", "01-26"),
    2027: ("02-06", "06-09", "08-08", "08-16", "09-15", "10-08", "01-15"),
    2028: ("01-26", "05-28", "08-26", "09-03", "10-03", "10-26", "01-04"),
    2029: ("02-13", "06-16", "08-16", "08-24", "09-22", "10-16", "01-22"),
    2030: ("02-03", "06-05", "08-05", "08-13", "09-12", "10-05", "01-11"),
}
"""First day of the lunar year, 端午, 七夕, 中元, 中秋, 重阳, and the 腊八 that falls into the year."""
_BY_MOON = {
    "春节": (_NEW_YEAR, 0, 8), "过年": (_NEW_YEAR, 0, 8), "除夕": (_NEW_YEAR, -1, 1), "年三十": (_NEW_YEAR, -1, 1), "元宵": (_NEW_YEAR, 14, 1),
    "端午": (_DRAGON, 0, 1), "七夕": (_SEVENTH, 0, 1), "中元": (_GHOSTS, 0, 1), "中秋": (_AUTUMN, 0, 1),
    "重阳": (_NINTH, 0, 1), "腊八": (_LABA, 0, 1), "小年": (_LABA, 15, 1),
}  # fmt: skip
"""Column of ``_LUNAR``, days behind it, and how many days it is kept; 小年 is the northern one, the 23rd."""
_TERMS = {
    "小寒": (1, 5.4055), "大寒": (1, 20.12), "立春": (2, 3.87), "雨水": (2, 18.73), "惊蛰": (3, 5.63), "春分": (3, 20.646),
    "清明": (4, 4.81), "谷雨": (4, 20.1), "立夏": (5, 5.52), "小满": (5, 21.04), "芒种": (6, 5.678), "夏至": (6, 21.37),
    "小暑": (7, 7.108), "大暑": (7, 22.83), "立秋": (8, 7.5), "处暑": (8, 23.13), "白露": (9, 7.646), "秋分": (9, 23.042),
    "寒露": (10, 8.318), "霜降": (10, 23.438), "立冬": (11, 7.438), "小雪": (11, 22.36), "大雪": (12, 7.18), "冬至": (12, 21.94),
}  # fmt: skip
"""Month and the constant of the common formula for this century; right for 2010 to 2050 but for the four below."""
_ODD_TERMS = {("小暑", 2016): 7, ("小寒", 2019): 5, ("冬至", 2021): 21, ("雨水", 2026): 18}
_WEATHER = frozenset(
    {"小寒", "大寒", "雨水", "谷雨", "小满", "小暑", "大暑", "白露", "小雪", "大雪", "清明", "六一"}
)
"""Names that are ordinary words, or parts of names, unless 那天 or the like stands behind them."""

_COMMON = frozenset({"国庆", "十一", "五一", "劳动节", "春节", "过年", "中秋", "端午", "清明", "元旦"})
"""Names by which people date things; the others by themselves are weaker."""

_NAME = rf"(?:(?<![周期拜十初\d])[五六]一|{'|'.join(sorted({*_FIXED, *_BY_MOON, *_TERMS} - {'十一', '五一', '六一'}, key=len, reverse=True))})"
_BY_LUNAR = r"(?:大年|(?:农历|阴历|旧历)?(?:正|腊)月|(?:农历|阴历|旧历)[五七八九]月)(?:初[一二三四五六七八九十]|二?十[一二三四五六七八九]?|三十)"
_LUNAR_DAY = re.compile(r"(?:[农阴旧]历)?(?:大(?=年))?(?P<month>[年正五七八九腊])月?初?(?P<day>.+)")
_LUNAR_MONTHS = {
    "年": "春节",
    "正": "春节",
    "五": "端午",
    "七": "七夕",
    "八": "中秋",
    "九": "重阳",
    "腊": "腊八",
}
_DAY_OF_MONTH = {"春节": 1, "端午": 5, "七夕": 7, "中秋": 15, "重阳": 9, "腊八": 8}
"""A lunar day is told from the festival of its month; the other months have none."""
NAMED_DAY = rf"(?:[今去前]年)?(?:{_BY_LUNAR}|(?<![二三双])十一(?:那一?天|当天|当日)|(?:{_NAME})节?(?:那一?天|当天|当日|当晚|(?=早上|早晨|一早|清晨|上午|中午|下午|傍晚|晚上|夜里|半夜|凌晨)))"
"""A festival or solar term of which one day is meant: 国庆节那天, 除夕晚上, 大年初三, 农历八月十五."""
_NAMED_DAY = re.compile(
    rf"(?P<year>[今去前]年)?(?:(?P<moon>{_BY_LUNAR})|(?P<name>{_NAME}|十一)节?(?:那一?天|当天|当日|当晚)?)"
)
_TILL_NOW = r"(?:[^，。！？,!?]{0,4}?(?:到|至|一直到)(?:现在|今天?|目前|这会儿)|以来|以后|之后|开始|起|来(?=[，一都就]))"
_FESTIVAL = re.compile(
    rf"(?P<from>从|自从?|打)?(?P<over>过(?:完|了))?(?P<year>[今去前]年)?(?P<name>(?<!双)十一(?=期间|假期|长假|黄金周|放假|那几天|后|以后)|{_NAME})(?P<word>节气?)?(?!(?<=小年)[轻纪级]|节?[蒜粥]|节?快乐|节?礼物|节?送|[街路园苑里庄村桥厂]|[东南西北]路|小区|大街|社区|小学)"
    rf"(?P<mid>期间|假期|长假|放假|那几天|那两天|黄金周|第(?P<nth>[一二三四五六七八])天|头一?天|最后一天)?(?P<near>前后)?(?P<tail>{_TILL_NOW}|过后|后(?!面|边))?(?P<ahead>前(?:(?P<days>{NUMBER})天|夕|头)?(?![面边门街院台楼后]))?"
)


def festival_spans(text: str, today: date) -> Iterator[Found]:
    """All festivals and solar terms that ``text`` (masked) names as a time of several days, or by their name alone."""
    for match in _FESTIVAL.finditer(text):
        told = match["tail"] or match["mid"] or match["from"] or match["days"] or match["over"]
        if match["name"] in _WEATHER - {"清明"} and not (match["tail"] or match["word"] or match["near"]):
            continue
        yield (
            match.start(),
            match.end(),
            _value(match, today),
            5 if told else 3 if match["name"] in _COMMON else 2,
        )


def read_named_day(words: str, today: date) -> date | None:
    """The one day that a :data:`NAMED_DAY` means: the latest that is not after ``today``, or that of the year that is said."""
    match = _NAMED_DAY.fullmatch(words)
    if match is None:
        return None
    name, behind = match["name"] or "", 0
    lunar = _LUNAR_DAY.fullmatch(match["moon"] or "")
    if match["moon"] == "大年三十":
        name = "除夕"
    elif lunar:
        name = _LUNAR_MONTHS[lunar["month"]]
        behind = int(to_number(lunar["day"])[0]) - _DAY_OF_MONTH[name]
    if match["year"]:
        return _latest(name, match["year"], today)[0] + timedelta(behind)
    this_year = _held(name, today.year)[0] + timedelta(behind)
    return this_year if this_year <= today else _held(name, today.year - 1)[0] + timedelta(behind)


def _value(match: re.Match[str], today: date) -> Value:
    first, last = _latest(match["name"], match["year"], today)
    tail = match["tail"] or ""
    if match["ahead"]:
        behind = int(to_number(match["days"])[1]) if match["days"] else 1
        day = first - timedelta(behind)
        return replace(whole_day(day), precision="day" if match["days"] else "coarse")
    if match["nth"] or ((match["mid"] or "").endswith("天") and "那" not in match["mid"]):
        behind = int(to_number(match["nth"])[0]) - 1 if match["nth"] else 0
        return whole_day(last if match["mid"] == "最后一天" else first + timedelta(behind))
    if match["over"] or tail in ("以后", "之后", "后", "过后"):
        return since_day(last + timedelta(1))
    if tail or match["from"]:
        return since_day(first)
    return whole_day(first) if first == last else days(first, last)


def _latest(name: str, year: str | None, today: date) -> tuple[date, date]:
    """First and last day of the latest one that began, or of the year that is said."""
    if year:
        return _held(name, today.year - {"今": 0, "去": 1, "前": 2}[year[0]])
    first, last = _held(name, today.year)
    return (first, last) if first <= today else _held(name, today.year - 1)


def _held(name: str, year: int) -> tuple[date, date]:
    if name in _FIXED:
        month, day, length = _FIXED[name]
        first = date(year, month, day)
    elif name in _TERMS:
        first, length = _term(name, year), 1
    else:
        column, behind, length = _BY_MOON[name]
        # Beyond the table about the middle of what it can be.
        known = _LUNAR.get(year, ("02-05", "06-10", "08-15", "08-23", "09-21", "10-15", "01-15"))
        first = date.fromisoformat(f"{year:04d}-{known[column]}") + timedelta(behind)
    return first, first + timedelta(length - 1)


def _term(name: str, year: int) -> date:
    month, constant = _TERMS[name]
    of_century = year % 100
    leap = (of_century - 1) // 4 if month <= 2 else of_century // 4
    return date(year, month, _ODD_TERMS.get((name, year), int(of_century * 0.2422 + constant) - leap))
