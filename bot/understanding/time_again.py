"""What happens again and again: 每天晚上十点以后, 周末早上七点, 晚上七点到九点半, 早高峰, 半夜."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.understanding.time_numbers import NUMBER, to_number
from bot.understanding.time_point import CLOCK, PART, PARTS, _minute, clock, hour_in
from bot.understanding.time_value import Value, again

Found = tuple[int, int, Value, int]

EVERY = r"每天|每日|天天|每晚|每早|每夜|夜夜|每到|每逢|一到|每个?|几乎天天|成天|平时|经常|总是?(?:在)?|老是?(?:在)?|常常|有时候?"
_WEEK = r"周末|周六周?日|周六日|双休日?|礼拜六日|星期六日|节假日|休息日|工作日|平日|周一到周五"


def _named(pattern: str, suffix: str) -> str:
    return re.sub(r"\(\?P<(\w+)>", rf"(?P<\g<1>{suffix}>", pattern)


_RANGE = re.compile(
    rf"(?P<every>{EVERY})?(?:的)?(?P<week>{_WEEK})?(?:的)?(?:从)?(?:{_named(PART, '1')})?(?:的)?{_named(CLOCK, '1')}(?:左右)?(?:[一-龥](?=[到至])|一直)?(?:到|至|~|—|-|–)(?:第二天|次日)?(?:{_named(PART, '2')})?(?:的)?{_named(CLOCK, '2')}"
)
_SHORT_RANGE = re.compile(
    rf"(?P<every>{EVERY})?(?P<week>{_WEEK})?(?:{_named(PART, '1')})(?P<hour1>{NUMBER})(?:到|至|~|-)(?P<hour2>{NUMBER})点"
)
_PARTS_RANGE = re.compile(
    rf"(?P<every>{EVERY})?(?:从)?(?:{_named(PART, '1')})(?:一直)?(?:到|至)(?:第二天)?(?:{_named(PART, '2')}|(?P<dawn>天亮))"
)
_EVERY = re.compile(
    rf"(?P<every>{EVERY})(?:的|一)?(?P<week>{_WEEK})?(?:{_named(PART, '1')})?(?:的)?(?:{_named(CLOCK, '1')})?(?P<after>以后|之后|过后|后|开始|起)?"
)
_WEEKEND = re.compile(
    rf"(?<!这个)(?<!上个)(?P<week>{_WEEK})(?:的)?(?:{_named(PART, '1')})?(?:的)?(?:{_named(CLOCK, '1')})?"
)
_WEEKLY = re.compile(r"每个?(?:周|星期|礼拜)(?P<day>[一二三四五六日天])?")
_YEARLY = re.compile(
    r"(?:每年|年年)(?:的)?(?:(?P<month>1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九]{1,2})月份?|(?P<season>[春夏秋冬][天季]|汛期|冬天|雨季|供暖季|过年))?"
)
_MONTHLY = re.compile(r"(?:每个?月|月月)(?!租|薪|交|还|工资|供)")
_SET = (
    (re.compile(r"(?:每天|天天|工作日)?早晚高峰"), "WEEKDAY 07:30-09:30", 3),
    (re.compile(r"(?<!今天)(?<!昨天)(?<!今儿)(?:每天|天天|工作日)(?:的)?早高峰"), "WEEKDAY 07:30-09:30", 4),
    (re.compile(r"(?<!今天)(?<!昨天)(?:每天|天天|工作日)(?:的)?晚高峰"), "WEEKDAY 17:30-19:30", 4),
    (re.compile(r"(?<!今天)(?<!昨天)早高峰"), "WEEKDAY 07:30-09:30", 2),
    (re.compile(r"(?<!今天)(?<!昨天)晚高峰"), "WEEKDAY 17:30-19:30", 2),
    (re.compile(r"下班(?:点|时间|时段|高峰)"), "DAILY 17:30-19:30", 3),
    (re.compile(r"上班(?:点|时间|时段|高峰)"), "WEEKDAY 07:30-09:30", 3),
    (re.compile(r"上下班(?:时间|点|高峰|时候)?|上下学(?:时候|时间)?|接送(?:时间|时段|点|孩子的?时候)"), "WEEKDAY", 3),
    (re.compile(r"放学(?:时间|的?时候|点|那会儿|那阵)"), "WEEKDAY 15:30-17:00", 3),
    (re.compile(r"上学(?:时间|的?时候|点|那会儿)"), "WEEKDAY 07:00-08:00", 3),
    (re.compile(r"饭点|做饭时间|吃饭时间|饭口"), "DAILY 饭点", 3),
    (re.compile(r"一早一晚|早晚(?=遛|都|各|出|跳|[，,]|两次|的)"), "DAILY 早晚", 3),
    (re.compile(r"天亮前|天不亮|天没亮|天还没亮|天一?蒙蒙亮|一?大清早|清早"), "DAILY 清晨", 3),
    (re.compile(r"24小时(?:不停|不间断|不关|连轴|不歇|(?=嗡|响|轰|一直|都))|二十四小时(?:不停|嗡|响|轰|一直|都)|没日没夜|白天黑夜|昼夜不停|从早到晚|一天到晚|日夜不停|全天候?不停"), "DAILY 00:00-24:00", 3),
    (re.compile(r"后半夜"), "DAILY 00:00-04:00", 2),
    (re.compile(r"(?<![昨前])(?:整宿|通宵|彻夜|一宿一宿|整夜整?夜?|大?半夜里?(?!三更)|深夜|夜里头?|夜间|三更半夜|半夜三更|成宿|夜晚|一到?夜里)"), "DAILY 夜间", 2),
    (re.compile(r"(?<![昨前今])晚上|晚间|傍晚"), "DAILY 晚上", 2),
    (re.compile(r"天天|日日|每天|每日"), "DAILY", 2),
)  # fmt: skip
_IN_EVERY = {"每晚": "晚上", "每早": "早上", "每夜": "夜里", "夜夜": "夜里"}
_SCHOOL = re.compile(r"学校|校门|小学|中学|幼儿园|上学|放学|上班高峰")
_FROM = {
    "早": "07:00",
    "上": "08:00",
    "中": "12:00",
    "下": "14:00",
    "傍": "18:00",
    "晚": "19:00",
    "夜": "22:00",
    "半": "23:00",
    "深": "22:00",
    "凌": "00:00",
    "后": "00:00",
    "清": "06:00",
}
_TO = {
    "早": "08:00",
    "上": "12:00",
    "中": "12:00",
    "下": "18:00",
    "傍": "19:00",
    "晚": "22:00",
    "夜": "24:00",
    "半": "24:00",
    "深": "24:00",
    "凌": "04:00",
    "后": "04:00",
    "清": "06:00",
}


def _day_word(text: str, match: re.Match[str]) -> str:
    week = match.groupdict().get("week")
    if week:
        return "WEEKDAY" if week in ("工作日", "平日", "周一到周五") else "WEEKEND"
    return "WEEKDAY" if _SCHOOL.search(text) and not match.groupdict().get("every") else "DAILY"


def _clock_of(match: re.Match[str], which: str, part: str | None, *, end: bool) -> str | None:
    try:
        low, high = to_number(match["hour" + which])
    except ValueError:
        return None
    groups = match.groupdict()
    minute = int(groups["colon" + which]) if groups.get("colon" + which) else 0
    if groups.get("minute" + which):
        minute = _minute(groups["minute" + which])
    if low > 24 or minute > 59:
        return None
    if high != low:
        return f"{clock(hour_in(int(low), part))}-{clock(hour_in(int(high), part), end=True)}"
    return clock(hour_in(int(low), part), minute, end=end)


def _end_part(first: str, second: str | None, hour1: str, hour2: str) -> str | None:
    """The part of day of the later clock: 晚上七点到九点 stays in the evening, 早上九点到五点 does not."""
    return second or (
        first if to_number(hour2)[0] > to_number(hour1)[0] or first[0] not in "晚夜半深" else "凌晨"
    )


def again_spans(text: str) -> Iterator[Found]:
    """All recurrences that ``text`` (masked) names."""
    for pattern in (_RANGE, _SHORT_RANGE):
        for match in pattern.finditer(text):
            part1 = match["part1"] or _IN_EVERY.get(match["every"] or "")
            first = _clock_of(match, "1", part1, end=False)
            part2 = match.groupdict().get("part2") or (
                _end_part(part1, None, match["hour1"], match["hour2"]) if part1 else None
            )
            last = _clock_of(match, "2", part2, end=True)
            if (
                first
                and last
                and (part1 or match["every"] or match["week"] or match.groupdict().get("part2"))
            ):
                yield (
                    match.start() + match.group().startswith("的"),
                    match.end(),
                    again(f"{_day_word(text, match)} {first[:5]}-{last[-5:]}"),
                    4,
                )
    for match in _PARTS_RANGE.finditer(text):
        end = "06:00" if match["dawn"] else _TO.get(match["part2"].lstrip("大一")[0], "24:00")
        start = _FROM.get(match["part1"].lstrip("大一")[0])
        if start and (match["every"] or match["part1"] != match["part2"]):
            yield match.start(), match.end(), again(f"DAILY {start}-{end}"), 4 if match["every"] else 3
    for match in _EVERY.finditer(text):
        yield from _every(match)
    for match in _WEEKEND.finditer(text):
        if not match["week"]:
            continue
        rule = _day_word(text, match)
        if match["hour1"] and (at := _clock_of(match, "1", match["part1"], end=False)):
            rule = f"{rule} {at}"
        yield match.start(), match.end(), again(rule), 3
    for match in _WEEKLY.finditer(text):
        yield (
            match.start(),
            match.end(),
            again(f"WEEKLY 周{match['day'].replace('天', '日')}" if match["day"] else "WEEKLY"),
            4,
        )
    for match in _YEARLY.finditer(text):
        if match["month"]:
            low, high = to_number(match["month"])
            rule = f"YEARLY {int(low):02d}-{int(high):02d}" if low != high else f"YEARLY {int(low):02d}"
        else:
            rule = f"YEARLY {match['season']}" if match["season"] else "YEARLY"
        yield match.start(), match.end(), again(rule), 4 if len(rule) > 6 else 2
    for match in _MONTHLY.finditer(text):
        yield match.start(), match.end(), again("MONTHLY"), 2
    for pattern, rule, strength in _SET:
        for match in pattern.finditer(text):
            yield match.start(), match.end(), again(rule), strength


def _every(match: re.Match[str]) -> Iterator[Found]:
    every = match["every"]
    part = match["part1"] or _IN_EVERY.get(every)
    if match["hour1"]:
        at = _clock_of(match, "1", part, end=False)
        if at and part:
            if match["after"] in ("以后", "之后", "过后", "后"):
                at += "-"
            day = (
                "WEEKEND"
                if match["week"] and match["week"] not in ("工作日", "平日", "周一到周五")
                else "DAILY"
            )
            yield match.start(), match.end(), again(f"{day} {at}"), 4
        return
    if not part:
        return
    low = PARTS[part][0]
    end = match.end("part1") if match["part1"] else match.end("every")
    if part == "后半夜":
        rule = "DAILY 00:00-04:00"
    elif part.endswith("高峰"):
        return
    elif low in (18, 22) and part not in ("傍晚",):
        rule = "DAILY 晚上" if every == "一到" and part == "晚上" else "DAILY 夜间"
    else:
        rule = f"DAILY {'早上' if part in ('早', '早晨', '一早', '一大早', '早起', '大早上', '晨') else '傍晚' if part == '傍晚' else part}"
    yield match.start(), end, again(rule), 4 if every.startswith(("每", "天天", "夜夜")) else 3
