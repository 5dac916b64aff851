"""One moment told in two breaths: 夜里两点还在打桩，就今天凌晨 is the hour of one and the day of the other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from bot.understanding.time_point import PARTS, Point, hour_in

_EDGE = r"[，,。；;！!？?、：:\s（）()…]"
_BEFORE = r"(?:就是?|也就是?|大概|大约|差不多|也就|得有|得|应该|可能|估计|当时|那会儿|那时候?|时间|发生|具体|准确说?|说是|是|在|约莫?|嗯|对|好像|我?记得|快)*"
_AFTER = r"(?:里头?|的?事儿?情?|发生的?|出的事|那天|那会儿|那阵儿?|那次|那回|的?时候|来钟|多?钟|左右|前后|上下|的?样子|光景|这样|多|吧|呢|啊|呀|哈|嘛|的|了)*"
_BEGINS = r"(?:就?开始的?)?"
_ALONE_BEFORE = re.compile(rf"(?:^|{_EDGE}){_BEFORE}$")
_ALONE_AFTER = re.compile(rf"{_AFTER}{_BEGINS}(?:吧|呢|啊)?(?:$|{_EDGE})")
_TOGETHER = re.compile(rf"(?:{_AFTER}{_BEGINS}{_EDGE}*{_BEFORE}|{_EDGE})$")
"""What joins two times to one saying: 昨天的事，大概下午三点."""
_OFTEN = re.compile(r"(?:每天|天天|每晚|夜夜|一到|经常|总是?|老是?|平时|有时候?|每次)的?$")
_SINCE = re.compile(r"就?(?:开始|起(?!来))")
_NEAR = 14
"""So many characters may stand between the two."""
_REACH = 24
"""So many characters before a time are looked at."""
_FRESH = timedelta(days=3)
"""What began longer ago at a clock time is told by its day: 11月14号开始的，夜里两点 is when it comes again."""
_LATEST = 30
"""The sixth hour of the next day, in the hours of this one."""
_SLACK = 2
"""So many hours may a clock be off its part of day: 早上五点."""


def told_together(text: str, found: Sequence[Point], now: datetime) -> list[Point]:
    """``found`` with each day and clock that tell one moment made one point.

    They do when one follows the other closely with no third time between, the clock can be in the part of day that was
    said, and one of the two stands in a clause that says nothing else.

    Args:
        text: The masked text.
        found: The points of it, in order.
        now: Wall-clock time of the city; what is yet to come did not happen.
    """
    joined: list[Point] = []
    for point in found:
        if joined and (one := _one(text, joined[-1], point, now)) is not None:
            joined[-1] = one
        else:
            joined.append(point)
    return joined


def _one(text: str, first: Point, second: Point, now: datetime) -> Point | None:
    if first.day is not None and first.day == second.day:
        same = first.hour is None and first.part in (None, second.part) and not _SINCE.match(text, first.end)
        near = _alone(text, first) and second.start - first.end <= _NEAR
        return replace(second, start=first.start) if same and near else None  # 昨天，也就是星期天下午四点
    day, at = (first, second) if first.day is not None else (second, first)
    if day.day is None or day.hour is not None or at.day is not None or at.hour is None:
        return None
    if not (_alone(text, first) or _alone(text, second)) or _OFTEN.search(
        text, max(0, at.start - _REACH), at.start
    ):
        return None
    if second.start - first.end > _NEAR:
        return None
    since = day.day < now.date() and bool(_SINCE.match(text, day.end) or _SINCE.match(text, at.end))
    if since and (first is at or now.date() - day.day > _FRESH):
        return None  # 凌晨四点就开始叫，11月18号开始的: it comes again
    hours = (at.hour,) if at.low_high is None else at.low_high
    fit = [hour for hour in (_hour_of(said, at.part, day.part) for said in hours) if hour is not None]
    if len(fit) < len(hours) or _begins(day.day, fit[0], at.minute, now.date()) > now.replace(tzinfo=None):
        return None
    between = text[first.end : second.start]
    start, end = (first.start, second.end) if _TOGETHER.fullmatch(between) else (at.start, at.end)
    return replace(
        at,
        start=start,
        end=end,
        day=day.day,
        part=at.part or day.part,
        hour=fit[0],
        low_high=(fit[0], fit[-1]) if at.low_high is not None else None,
        since=since,
    )


def _alone(text: str, point: Point) -> bool:
    """Whether the clause of ``point`` says nothing else."""
    return bool(
        _ALONE_BEFORE.search(text, max(0, point.start - _REACH), point.start)
        and _ALONE_AFTER.match(text, min(point.end, len(text)))
    )


def _hour_of(hour: int, part: str | None, day_part: str | None) -> int | None:
    """``hour`` as an hour of the day with ``day_part``; None when it cannot be in it: 今天早上, 下午三点."""
    if day_part is None:
        return hour
    if part is None:
        return hour_in(hour, day_part)
    low, high = PARTS[day_part]
    if high <= 6 and hour >= 24:  # 今天凌晨 is the night that 夜里两点 speaks of
        hour -= 24
    last = _LATEST if low >= 18 else high + _SLACK
    return hour if low - _SLACK <= hour <= last else None


def _begins(day: date, hour: int, minute: int, today: date) -> datetime:
    """The moment; the small hours of today's night are behind us."""
    hour -= 24 if day == today and hour >= 24 else 0
    return datetime.combine(day, time()) + timedelta(hours=hour, minutes=minute)
