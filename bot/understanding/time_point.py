"""Points in time: 昨天下午五点二十, 上周五晚上, 11月15号, 今早, 下午一点左右."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from bot.understanding.time_festival import NAMED_DAY, read_named_day
from bot.understanding.time_numbers import to_number
from bot.understanding.time_value import Value, back_months, days, instant, moment, whole_day, year_of

REL_DAYS = {
    "大前天": 3, "大前儿": 3, "大前儿个": 3, "前天": 2, "前儿": 2, "前儿个": 2, "前日": 2, "昨天": 1, "昨儿": 1, "昨儿个": 1, "昨个": 1, "昨个儿": 1, "昨日": 1, "夜儿个": 1, "夜个": 1,
    "昨": 1, "今天": 0, "今儿": 0, "今儿个": 0, "今日": 0, "今个": 0, "今个儿": 0, "今": 0, "前": 2,
}  # fmt: skip
_REL = r"(?:(?<![半一昨今每整前当黑])夜(?:儿个|个(?=[早后前晚夜上下]|$))|大前(?:天|儿个?)|[前昨今](?:天|儿个?|个儿?|日)|[昨今](?=[早晚晨夜])|前(?=晚))"
_WEEK = (
    r"(?:[上大再]上|上|这|本)个?(?:周|星期|礼拜)(?:的?(?:周|星期|礼拜))?[一二三四五六日天末1-6](?!个)"
    # A weekday by itself is the last one; 每周六, 周一到周五, 周五周六 come again.
    r"|(?<![每下个逢到至和跟与、上这本一二三四五六日天各单双])(?:周|星期|礼拜)[一二三四五六日天](?![到至和跟与、~—-]|周|星期|礼拜|日|都|也|就|还|总|晚上都|一?到|的?时候)"
)
_DATE = r"(?:(?:(?:20)?\d{2}年|[去今前]年)?(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])月(?:3[01]|[12]\d|0?[1-9]|二?十[一二三四五六七八九]?|三十一?|初?[一二三四五六七八九])[日号]?|(?:20)\d{2}[-/.](?:1[0-2]|0?[1-9])[-/.](?:3[01]|[12]\d|0?[1-9]))"
_NUMBERED_DAY = r"(?:3[01]|[12]\d|0?[1-9]|二?十[一二三四五六七八九]?|三十一?|[一二三四五六七八九])"
# 上个月28号, 这月十五号, 上个月20来号.
_OF_MONTH = rf"(?:[上大再]上个?月|上个?月|这个?月|本月|当月)的?(?:初(?=[一二三四五六七八九十]))?{_NUMBERED_DAY}[来几多]?[号日]"
# 11.20号, 11.20那天: a number with a dot is a date only when the words behind it say so.
_DOTTED = r"(?<![\d.])(?:1[0-2]|0?[1-9])[./](?:3[01]|[12]\d|0?[1-9])(?:[号日]|(?=那天|当天|开始|以来|到现在|早上|上午|下午|晚上|夜里|凌晨))"
_DAY_NO = (
    r"(?<![月\d.二三十])(?:3[01]|[12]\d|[1-9]|三十一?|二?十[一二三四五六七八九]?|[一二三四五六七八九])号"
)
DAY = rf"(?P<day>{_REL}|{_WEEK}|{_OF_MONTH}|{_DATE}|{_DOTTED}|{NAMED_DAY}|{_DAY_NO})"
PARTS = {
    "凌晨": (0, 6), "后半夜": (0, 6), "清晨": (6, 12), "早上": (6, 12), "早晨": (6, 12), "一大早": (6, 12), "一早": (6, 12), "大早上": (6, 12),
    "早起": (6, 12), "早": (6, 12), "晨": (6, 12), "早高峰": (6, 12), "上午": (6, 12), "一上午": (6, 12), "中午": (12, 12), "正午": (12, 12),
    "晌午": (12, 12), "下午": (12, 18), "一下午": (12, 18), "午后": (12, 18), "傍晚": (18, 24), "晚高峰": (17, 20), "晚上": (18, 24),
    "晚间": (18, 24), "晚": (18, 24), "夜里": (22, 30), "夜间": (22, 30), "半夜": (22, 30), "深夜": (22, 30), "大半夜": (22, 30),
    "后晌": (12, 18), "后半晌": (12, 18), "下半晌": (12, 18), "下晌": (12, 18), "头晌": (6, 12), "头晌午": (6, 12), "大清早": (6, 12), "清早": (6, 12), "前半晌": (6, 12), "头半晌": (6, 12),
    "上半晌": (6, 12), "前晌": (6, 12), "上晌": (6, 12), "夜": (22, 30), "午夜": (22, 30), "一晚上": (18, 24), "一宿": (22, 30), "整夜": (22, 30), "一夜": (22, 30), "放学": (16, 16),
}  # fmt: skip
_ON_A_DAY = {
    r"天?刚?擦黑|傍黑(?:儿|天)?|天刚?黑|前半夜|头半夜|掌灯|黑(?:夜|下|[价介家]?里?)": "傍晚",
    r"天(?:还|都)?(?:不|没)亮": "凌晨",
    r"天(?:刚|一|蒙蒙|刚蒙蒙)?亮": "清晨",
    r"吃?(?:完|过)?早饭": "早上",
    r"吃?(?:完|过)?(?:午|中)饭": "中午",
    r"吃?(?:完|过)?晚饭": "晚高峰",
}
"""Parts of the day that are a time only behind a day: 昨天擦黑, 今天天刚亮; 天黑就不亮 is none."""
_DUSK = "|".join(_ON_A_DAY)
_PART = "|".join(sorted(PARTS, key=len, reverse=True)) + "|半夜里|夜里头|大半夜里"
PART = rf"(?P<part>{_PART})(?!报|市|教|恋|婚|会|餐|熟|产)(?:呀|啊)?"
_HOUR = r"(?:2[0-4]|1\d|0?\d|十一二|十[一二]|二?十|[零一二两三四五六七八九]{1,2})"
CLOCK = rf"(?P<hour>{_HOUR})(?:[点时](?!儿|也不|也没|都不|都没|个|意见|问题|建议|要求|希望|钱)钟?(?P<minute>半|[一三]刻|整|(?:[0-5]?\d|[二三四五]?十(?:[二三四五六七八九]|一(?![辆个次趟声直到家台群伙波过开]))?|零[一二三四五六七八九])分?)?|[:：](?P<colon>[0-5]\d)(?!\d))(?P<more>多)?(?:来?钟)?"
_POINT = re.compile(
    rf"(?P<about>大概|大约摸?|约莫|差不多)?(?:{DAY}(?:的|那天|当天|\s)?(?:{PART}|(?P<dusk>{_DUSK})(?:那会儿?|的?时候|那阵儿?)?)?|{PART.replace('<part>', '<part2>')})?(?:的|，)?(?:{CLOCK})?(?P<near>左右|前后|许)?"
)
_FUTURE = re.compile(r"(明[天早晚日儿]|后天|下个?(周|星期|礼拜|月)|明年)$")


@dataclass(frozen=True, slots=True)
class Point:
    """A point as read: its day (None = not said), part of day, clock; ``past`` for some minutes past it (六点多), ``since`` for what lasts from then on."""

    start: int
    end: int
    day: date | None
    part: str | None
    hour: int | None
    minute: int
    low_high: tuple[int, int] | None
    past: bool = False
    since: bool = False

    @property
    def is_range(self) -> bool:
        """Whether the clock itself is a range: 一两点."""
        return self.low_high is not None


def points(text: str, today: date) -> Iterator[Point]:
    """All points that ``text`` (masked) names, in order; a bare hour needs a part of day or 半/左右/钟."""
    position = 0
    while position < len(text):
        match = _POINT.match(text, position)
        if (
            match is None
            or match.end() == position
            or not (match["day"] or match["part"] or match["part2"] or match["hour"])
        ):
            position += 1
            continue
        point = _read(match, today)
        if point is None:
            position += 1
            continue
        yield point
        position = match.end()


def _read(match: re.Match[str], today: date) -> Point | None:
    part = match["part"] or match["part2"]
    part = {"半夜里": "半夜", "夜里头": "夜里", "大半夜里": "半夜"}.get(part or "", part)
    if match["dusk"]:
        part = next(name for words, name in _ON_A_DAY.items() if re.fullmatch(words, match["dusk"]))
    day = read_day(match["day"], today) if match["day"] else None
    if match["day"] and day is None:
        return None
    end = match.end()
    if end > match.start() and match.string[end - 1] in "的，":
        end -= 1
    hour: int | None = None
    minute = 0
    low_high = None
    past = False
    if match["hour"]:
        try:
            low, high = to_number(match["hour"])
        except ValueError:
            return None
        if match["colon"]:
            minute = int(match["colon"])
        elif match["minute"]:
            minute = _minute(match["minute"])
        past = bool(match["more"])
        bare = not (part or match["day"])
        if (
            bare
            and low < 5
            and not (
                match["minute"]
                or match["about"]
                or match["near"]
                or match["colon"]
                or match["more"]
                or "钟" in match.group()
            )
        ):
            return None
        if low > 24 or minute > 59:
            return None
        hour = hour_in(int(low), part)
        if high != low:
            low_high = (hour, hour_in(int(high), part))
    start = match.start() + match.group().startswith(("的", "，"))
    return Point(start, end, day, part, hour, minute, low_high, past)


def _minute(words: str) -> int:
    if words in ("半", "整"):
        return 30 if words == "半" else 0
    if words.endswith("刻"):
        return 15 if words[0] == "一" else 45
    return int(to_number(words.rstrip("分").lstrip("零") or "零")[0])


def hour_in(hour: int, part: str | None) -> int:
    """The hour on a 24-hour clock, past 24 where the night runs on: 夜里两点 is 26."""
    if part is None:
        return hour
    low, _ = PARTS[part]
    if low == 22:  # a night that runs into the next day
        return hour + 12 if 6 < hour < 12 else 24 if hour == 12 else hour + 24 if hour <= 6 else hour
    if low == 18:
        if hour <= 4:  # 昨晚两点多 is after midnight
            return hour + 24
        return 24 if hour == 12 else hour + 12 if hour < 12 else hour
    if low in (12, 17) and hour < 12 and not (low == 12 and part in ("中午", "正午", "晌午") and hour >= 10):
        return hour + 12
    if part in ("凌晨", "后半夜") and hour == 12:
        return 0
    return hour


def read_day(words: str, today: date) -> date | None:
    """The date of 前天, 上周三, 上个月9号, 国庆那天, 11月15号 or 15号; None where the words name no date that exists."""
    if words in REL_DAYS:
        return today - timedelta(days=REL_DAYS[words])
    week = re.fullmatch(r"([上大再]上|上|这|本)?个?(?:周|星期|礼拜)(?:的?(?:周|星期|礼拜))?(.)", words)
    if week:
        if week[2] == "末":
            return None
        back = {"上": 1, "这": 0, "本": 0}.get(week[1] or "这", 2)
        weekday = "一二三四五六日".find(week[2].replace("天", "日"))
        weekday = weekday if weekday >= 0 else int(week[2]) - 1
        monday = today - timedelta(days=today.weekday() + 7 * back)
        named = monday + timedelta(days=weekday)
        return named - timedelta(days=7) if week[1] is None and named > today else named
    by_name = read_named_day(words, today)
    if by_name is not None:
        return by_name
    of_month = re.fullmatch(r"([上大再]上|上|这|本|当)个?月的?初?(.+?)[来几多]?[号日]", words)
    if of_month:
        month_first = back_months(
            today.replace(day=1), {"上": 1, "这": 0, "本": 0, "当": 0}.get(of_month[1], 2)
        )
        try:
            return month_first.replace(day=int(to_number(of_month[2])[0]))
        except ValueError:
            return None
    parts = re.fullmatch(
        r"(?:((?:20)?\d{2}|[去今前])年|(20\d{2})[-/.])?(?:([^月]+)月|(\d{1,2})[-/.])?初?([^日号]+)[日号]?",
        words,
    )
    if parts is None:
        return None
    try:
        day = int(to_number(parts[5])[0])
        month_words = parts[3] or parts[4]
        if month_words is None:
            month = today.month if day <= today.day else today.month - 1 or 12
        else:
            month = int(to_number(month_words)[0])
        year_words = parts[1] or parts[2]
        if year_words is None:
            year = year_of(month, day, today)
        elif year_words in "去今前":
            year = today.year - {"今": 0, "去": 1, "前": 2}[year_words]
        else:
            year = int(year_words) if len(year_words) == 4 else 2000 + int(year_words)
        return date(year, month, day)
    except ValueError:
        return None


def point_value(point: Point, today: date, at_hour: int) -> Value:
    """What a point that happened once means; without a day it is today's, or yesterday's if not yet come."""
    day = point.day or today
    if point.hour is not None:
        return instant(day, *clock_of(point, today, at_hour))
    if point.part is None:
        return whole_day(day)
    low, high = PARTS[point.part]
    if low == high:
        return instant(day, low)
    return Value("interval", moment(day, low), moment(day, high), precision="part-of-day")


def clock_of(point: Point, today: date, at_hour: int) -> tuple[int, int]:
    """Hour and minute of a point that happened once; today's night is the one behind us: 今天夜里两点."""
    hour = point.hour or 0
    if point.part is None and 1 <= hour <= 6 and hour + 12 <= at_hour and point.day is None:
        hour += 12
    if point.day == today and hour >= 24:
        hour -= 24
    return hour, point.minute or (30 if point.past else 0)


def clock(hour: int, minute: int = 0, *, end: bool = False) -> str:
    """``HH:MM`` of a rule; midnight is 00:00 as a start and 24:00 as an end."""
    hour = hour - 24 if hour > 24 or (hour == 24 and not end) else hour
    return f"{hour:02d}:{minute:02d}"


Builder = Callable[[re.Match[str]], Value | None]
__all__ = [
    "CLOCK",
    "DAY",
    "PART",
    "PARTS",
    "Point",
    "clock",
    "clock_of",
    "days",
    "hour_in",
    "point_value",
    "points",
    "read_day",
]
