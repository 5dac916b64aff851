"""Stretches of time by their name: 上个月, 8月份, 2023年, 上周, 入冬以后, 国庆以来, 这学期."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from bot.understanding.time_festival import festival_spans
from bot.understanding.time_numbers import NUMBER, to_number
from bot.understanding.time_occasions import occasion_spans
from bot.understanding.time_value import (
    Value,
    back_months,
    days,
    last_of_month,
    since_about,
    since_day,
    whole_day,
    whole_month,
)

Found = tuple[int, int, Value, int]

_TILL_NOW = r"(?:[^，。！？,!?]{0,4}?(?:到|至|一直到)(?:现在|今天?|目前|这会儿)|以来|以后|之后|开始|起|来(?=[，一都就]))"
_SEASON = re.compile(
    r"(?P<from>从|自从?)?(?P<year>[今去前头]年)?(?P<season>入冬|进了?冬天?|冬天|冬季|入夏|夏天|夏季|夏[天季]下雨|开春|春天|春季|入秋|秋天|秋季)(?P<tail>以来|以后|之后|开始|到现在|下雨以后|后)?"
)
_MONTH = re.compile(
    r"(?P<from>从|自从?|打)?(?P<year>(?:20)?\d{2}年|[今去前]年)?(?P<month>1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])月(?!\d)(?P<part>份?(?:初|底|末|中旬|中|上旬|下旬)|份)?"
    rf"(?P<tail>{_TILL_NOW})?"
)
_REL_MONTH = re.compile(
    rf"(?P<from>从|自从?|打)?(?P<which>[上大再]上个?月|上个?月|这个?月|本月|月)(?!的?(?:{NUMBER}|初[一二三四五六七八九十])[来几多]?[号日])(?P<part>初|底|末|中旬|上旬|下旬|头上|头(?![疼痛发一几两\d])|中(?![旬心间学等]))?(?P<tail>{_TILL_NOW})?"
)
_YEAR = re.compile(
    rf"(?P<from>从|自从?)?(?P<year>20\d{{2}}年|[二两]〇[零〇一二三四五六七八九]{{2}}年|大前年|前年|去年|头年(?![纪轻龄])|今年)(?P<tail>{_TILL_NOW})?"
)
_WEEK = re.compile(
    r"(?P<which>[上大再]上|上|这|本)(?:一?个)?(?:周|星期|礼拜)(?P<end>末)?(?![一二三四五六日天1-6])(?P<tail>开始|起(?!来)|以来)?"
)
_WEEKEND_DEED = re.compile(r"(?<![每个到逢])周末(?=有人把|把|被|丢|买的|去的|搬)")
_FEW = re.compile(
    r"(?P<which>这|前|(?<![装修住开])头|最近|近|过去)(?:几|些|两|这两|这几)天(?P<with>刮风|下雨|下雪)?"
)
_AGO_FEW = re.compile(r"(?:前阵子|前些天|前些日子|前段时间|前一阵|前一段时间|早些时候)")
_TERM = re.compile(r"(这学期|本学期|开学(?:以来|以后|到现在|后|那会儿|那天|第一天|头一?天)|上学期)")
_HEATING = re.compile(
    r"(?P<year>[今去前]年)?(?P<all>整个|一?整?个)?(?:供暖季|采暖季)|(?:自从?|从)?(?:今年)?(?:开始)?供暖(?:以来|以后|之后|到现在)"
)
_EVENT = re.compile(
    r"(?:自|自从|从|打)(?:开业|入住|装修|搬来|搬进来|交房|接手|换物业|投入使用|建成)(?:起|开始|以来|以后|到现在|之后)|(?:开业|入住|交房|搬来)(?:以来|到现在)"
)
_CHANGE = {"春": 3, "夏": 7, "秋": 9, "冬": 11}


def calendar_spans(text: str, today: date) -> Iterator[Found]:
    """All months, years, weeks, seasons and festivals that ``text`` (masked) names."""
    yield from _months(text, today)
    yield from _years(text, today)
    yield from _named(text, today)


def _months(text: str, today: date) -> Iterator[Found]:
    for match in _MONTH.finditer(text):
        if text[match.end() : match.end() + 1] in ("嫂", "饼", "票", "租", "供") or re.search(
            r"[每\d]$", text[: match.start()]
        ):
            continue
        month = int(to_number(match["month"])[0])
        year = _year(match["year"], today) or (today.year if month <= today.month else today.year - 1)
        yield (
            match.start(),
            match.end(),
            _month_value(match, year, month),
            4 if match["part"] or match["tail"] or match["year"] else 3,
        )
    for match in _REL_MONTH.finditer(text):
        which, part = match["which"], match["part"]
        if which == "月" and (
            not part
            or part in ("底", "末", "中")
            or re.search(r"[\d一二三四五六七八九十个]$", text[: match.start()])
        ):
            continue
        back = 2 if which.startswith(("上上", "大上", "再上")) else 1 if which.startswith("上") else 0
        first = back_months(today.replace(day=1), back)
        if part or match["tail"] or match["from"]:
            value = since_day(first) if not part else _month_value(match, first.year, first.month)
        elif back:
            value = days(first, last_of_month(first.year, first.month))
        else:
            value = since_day(first)
        yield match.start() if match["tail"] else match.start("which"), match.end(), value, 4


def _month_value(match: re.Match[str], year: int, month: int) -> Value:
    part = (match["part"] or "").removeprefix("份")
    tail = match["tail"] or ""
    groups = match.groupdict()
    if part:
        day = {"初": 1, "头": 1, "头上": 1, "上旬": 5, "中": 15, "中旬": 15, "下旬": 25}.get(
            part, 30 if month != 2 else 28
        )
        then = date(year, month, day)
        return since_day(then) if tail or groups.get("from") else whole_day(then)
    if tail in ("起", "开始", "以来") or tail.endswith(("现在", "今天", "今", "目前")) or groups.get("from"):
        return since_day(date(year, month, 1)) if tail == "起" else since_about(f"{year:04d}-{month:02d}")
    return whole_month(year, month)


def _year(words: str | None, today: date) -> int | None:
    if not words:
        return None
    back = {"今年": 0, "去年": 1, "头年": 1, "前年": 2, "大前年": 3}.get(words)
    if back is not None:
        return today.year - back
    digits = words.rstrip("年").translate(str.maketrans("零〇一二三四五六七八九两", "001234567892"))
    return int(digits) if len(digits) == 4 else 2000 + int(digits)


def _years(text: str, today: date) -> Iterator[Found]:
    for match in _YEAR.finditer(text):
        year = _year(match["year"], today)
        if year is None or year > today.year:
            continue
        tail = match["tail"]
        if text[match.end() : match.end() + 1] == "的":
            continue  # 去年的标志, 2018年的灭火器: a thing's year, not the matter's
        if tail or match["from"]:
            yield match.start(), match.end(), since_about(str(year)), 4
        elif match["year"][0].isdigit():
            yield match.start(), match.end(), since_about(str(year)), 3
        elif year == today.year:
            if text[match.end() : match.end() + 1] not in ("都", "又"):
                yield match.start(), match.end(), days(date(year, 1, 1), today), 2
        else:
            yield match.start(), match.end(), days(date(year, 1, 1), date(year, 12, 31)), 2


def _named(text: str, today: date) -> Iterator[Found]:
    for match in _WEEK.finditer(text):
        back = {"上": 1, "这": 0, "本": 0}.get(match["which"], 2)
        back += match.group() in ("这周末", "这个周末", "本周末") and today.weekday() < 5  # the one behind us
        monday = today - timedelta(days=today.weekday() + 7 * back)
        if match["tail"]:
            yield match.start(), match.end(), since_day(monday + timedelta(5) if match["end"] else monday), 5
        elif match["end"]:
            yield match.start(), match.end(), days(monday + timedelta(5), monday + timedelta(6)), 5
        elif back:
            yield match.start(), match.end(), days(monday, monday + timedelta(6)), 5
        elif match.group()[1:2] not in ("一",):
            yield match.start(), match.end(), days(monday, today), 4
    for match in _WEEKEND_DEED.finditer(text):
        saturday = today - timedelta((today.weekday() + 2) % 7)
        yield match.start(), match.end(), days(saturday, min(saturday + timedelta(1), today)), 4
    festivals = list(festival_spans(text, today))
    for match in _FEW.finditer(text):
        if any(start < match.start() < end for start, end, _, _ in festivals):
            continue  # 中秋前两天
        few = 1 if "两" in match.group() else 3
        if match["which"] in ("前", "头"):
            yield (
                match.start(),
                match.end(),
                days(today - timedelta(3 if few == 1 else 5), today - timedelta(1)),
                5,
            )
        else:
            yield match.start(), match.end(), days(today - timedelta(few), today), 5
    for match in _AGO_FEW.finditer(text):
        yield (
            match.start(),
            match.end(),
            Value(
                "interval",
                (today - timedelta(30)).isoformat(),
                (today - timedelta(7)).isoformat(),
                precision="coarse",
            ),
            4,
        )
    for match in _TERM.finditer(text):
        autumn = date(today.year if today.month >= 9 else today.year - 1, 9, 1)
        first = autumn if today.month >= 9 or today.month < 3 else date(today.year, 3, 1)
        if match.group() == "上学期":
            yield match.start(), match.end(), days(back_months(first, 6), first - timedelta(31)), 4
        else:
            yield match.start(), match.end(), since_day(first), 4
    for match in _SEASON.finditer(text):
        sure = match["tail"] or match["season"][0] in "入进开" or match["year"] or match["from"]
        if sure or text[match.end() : match.end() + 1] in ("那", "的", "就"):
            yield match.start(), match.end(), _season(match, today), 4 if sure else 2
    for match in _HEATING.finditer(text):
        first = date(today.year if (today.month, today.day) >= (11, 15) else today.year - 1, 11, 15)
        if "季" in match.group() and match["year"] in ("去年", "前年"):
            year = _year(match["year"], today) or today.year
            yield match.start(), match.end(), days(date(year, 11, 15), date(year + 1, 3, 15)), 5
        elif "季" not in match.group():
            yield match.start(), match.end(), since_day(first), 4
    for match in _EVENT.finditer(text):
        yield match.start(), match.end(), since_about(_lately(match.group(), today)), 4
    yield from festivals
    yield from occasion_spans(text, today)


def _lately(event: str, today: date) -> str | None:
    """About when a shop opened of which people complain: last month. Other events may be long past."""
    return back_months(today, 1).strftime("%Y-%m") if "开业" in event else None


def _season(match: re.Match[str], today: date) -> Value:
    name = next(char for char in match["season"] if char in _CHANGE)
    month = _CHANGE[name]
    year = _year(match["year"], today) or (today.year if month <= today.month else today.year - 1)
    if name == "冬" and year == today.year and today.month < 11:
        year -= 1
    if name == "冬":
        return since_day(date(year, 11, 1))
    if month == 7 and not match["year"]:
        month = 6
    return since_about(f"{year:04d}-{month:02d}")
