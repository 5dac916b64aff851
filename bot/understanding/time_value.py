"""What a time expression means: the value, and the arithmetic on days that leads to it."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from bot.clock import CITY

TimeType = Literal["instant", "date", "interval", "since", "recurring"]
Precision = Literal["now", "minute", "part-of-day", "day", "month", "coarse", "rule"]

SETTLES = 7
"""Strength of a time that is said to be the one of several: the first (头一回是11月2号), or the one after a repair."""
CHOSEN = 9
"""Strength of a time that the citizen chose among several: 就按今天早上这回算."""
ASIDE = 0
"""Strength of a time of something beside the matter: 我妈昨天差点摔着, 昨天打过电话; any other told later is better."""


@dataclass(frozen=True, slots=True)
class Occurred:
    """When something happened, as said.

    Attributes:
        text: The words it came from.
        span: Where they stand in the text, half open.
        type: A point (``instant``), a whole day or month (``date``), from-to (``interval``), from then till now
            (``since``) or again and again (``recurring``).
        start: ISO 8601, only as exact as was said: ``2026-11-22T18:00:00+08:00``, ``2026-11-22``, ``2026-11``, ``2026``.
        end: As ``start``; None when it is open or a point.
        ongoing: Whether it still goes on.
        precision: What ``start`` is exact to; ``coarse`` is an estimate.
        rule: For ``recurring``: ``DAILY 19:00-21:30``, ``WEEKEND``, ``YEARLY 04-05``, ``DAILY 夜间``.
        strength: How surely this tells the time of the matter: 9 a choice among several, 7 the first
            of several, 5 a date, 1 a mere 现在, 0 the time of something beside the matter.
    """

    text: str
    span: tuple[int, int]
    type: TimeType
    start: str | None
    end: str | None
    ongoing: bool
    precision: Precision
    rule: str | None
    strength: int = 3

    def as_json(self) -> dict[str, str | bool | None]:
        """The object ``occurred`` of ``suda understand``."""
        return {
            "text": self.text,
            "type": self.type,
            "start": self.start,
            "end": self.end,
            "ongoing": self.ongoing,
            "precision": self.precision,
            "rule": self.rule,
        }


@dataclass(frozen=True, slots=True)
class Value:
    """The meaning of an expression, without the words."""

    type: TimeType
    start: str | None = None
    end: str | None = None
    ongoing: bool = False
    precision: Precision = "day"
    rule: str | None = None


def moment(day: date, hour: int = 0, minute: int = 0) -> str:
    """ISO text of a wall-clock time; hour 24 and above runs into the next day."""
    at = datetime.combine(day, time(), CITY) + timedelta(hours=hour, minutes=minute)
    return at.isoformat(timespec="seconds")


def instant(day: date, hour: int, minute: int = 0) -> Value:
    """A point known to the minute."""
    return Value("instant", moment(day, hour, minute), precision="minute")


def whole_day(day: date) -> Value:
    """One day."""
    return Value("date", day.isoformat(), day.isoformat())


def whole_month(year: int, month: int) -> Value:
    """One month."""
    name = f"{year:04d}-{month:02d}"
    return Value("date", name, name, precision="month")


def days(first: date, last: date) -> Value:
    """From one day to another, both included."""
    return Value("interval", first.isoformat(), last.isoformat())


def since_day(day: date) -> Value:
    """From a day till now."""
    return Value("since", day.isoformat(), ongoing=True)


def since_moment(day: date, hour: int, minute: int = 0) -> Value:
    """From a clock time till now."""
    return Value("since", moment(day, hour, minute), ongoing=True, precision="minute")


def since_about(start: str | None) -> Value:
    """From about a month or year till now."""
    return Value("since", start, ongoing=True, precision="coarse")


def now(at: datetime) -> Value:
    """Just now: the moment of speaking."""
    return Value("instant", at.isoformat(timespec="seconds"), ongoing=True, precision="now")


def again(rule: str, start: str | None = None) -> Value:
    """Again and again by a rule."""
    return Value("recurring", start, ongoing=True, precision="rule", rule=rule)


def back_months(day: date, months: int) -> date:
    """The same day so many months earlier; the last of the month where there is no such day."""
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def last_of_month(year: int, month: int) -> date:
    """The last day of a month."""
    return date(year, month, calendar.monthrange(year, month)[1])


def year_of(month: int, day: int, today: date) -> int:
    """The year of a month and day said without one: the latest that is not after today."""
    return today.year if (month, day) <= (today.month, today.day) else today.year - 1
