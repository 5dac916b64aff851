"""Until when a case must be dispatched and handled: limits a city sets, with the day they take effect.

``content/clocks.csv``: ``urgency, dispatch_hours, handle_hours, counting, effective_from``. Counting ``calendar`` counts
every hour; ``working`` counts days of 24 hours that are workdays. ``content/calendar/workdays.csv`` (``date, works``)
names the days that differ from the week: holidays 0, worked weekends 1.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from bot.clock import in_city
from bot.errors import ContentError
from bot.settings import get_settings

T = TypeVar("T")
_SATURDAY = 5
_IN_HOURS = 24
"""Up to a day people count in hours."""


@dataclass(frozen=True, slots=True)
class Limit:
    """The limits of one class of urgency from one day on."""

    urgency: str
    dispatch: timedelta
    handle: timedelta
    working_days: bool
    effective_from: date

    @property
    def said(self) -> str:
        """The time to handle as a citizen is told it: ``2小时``, ``7天``, ``15个工作日``."""
        hours = self.handle / timedelta(hours=1)
        if hours <= _IN_HOURS:
            return f"{hours:g}小时"
        return f"{hours / 24:g}{'个工作日' if self.working_days else '天'}"


@dataclass(frozen=True, slots=True)
class Clocks:
    """All limits and the days that differ from the week."""

    limits: tuple[Limit, ...]
    exceptions: tuple[tuple[date, bool], ...] = ()

    def dispatch_due(self, urgency: str, accepted_at: datetime) -> datetime:
        """Until when a case accepted then must reach a unit."""
        limit = self.limit(urgency, accepted_at)
        return accepted_at + limit.dispatch

    def handle_due(self, urgency: str, dispatched_at: datetime) -> datetime:
        """Until when a unit that got the case then must have handled it."""
        limit = self.limit(urgency, dispatched_at)
        if not limit.working_days:
            return dispatched_at + limit.handle
        return self._add_working(dispatched_at, limit.handle)

    def limit(self, urgency: str, at: datetime) -> Limit:
        """The limits of a class that hold on the day of ``at``.

        Raises:
            ContentError: there are none for it.
        """
        today = in_city(at).date()
        valid = [limit for limit in self.limits if limit.urgency == urgency and limit.effective_from <= today]
        if not valid:
            raise ContentError(
                f"content/clocks.csv has no limits for urgency {urgency!r} on {today}: add a row."
            )
        return max(valid, key=lambda limit: limit.effective_from)

    def is_workday(self, day: date) -> bool:
        """Whether people work on a day: Monday to Friday, but for the days that the calendar names."""
        return dict(self.exceptions).get(day, day.weekday() < _SATURDAY)

    def _add_working(self, start: datetime, length: timedelta) -> datetime:
        moment = in_city(start)
        days, rest = divmod(length, timedelta(days=1))
        while days > 0:
            moment += timedelta(days=1)
            days -= self.is_workday(moment.date())
        moment += rest
        while not self.is_workday(moment.date()):
            moment += timedelta(days=1)
        return moment


def load_clocks(content_dir: Path) -> Clocks:
    """The clocks of a content folder.

    Raises:
        ContentError: The limits are missing, or a row is wrong; says which and how it must look.
    """
    limits = _read(content_dir / "clocks.csv", _limit)
    days = content_dir / "calendar" / "workdays.csv"
    return Clocks(tuple(limits), tuple(_read(days, _day)) if days.exists() else ())


def _limit(row: dict[str, str]) -> Limit:
    return Limit(
        row["urgency"],
        timedelta(hours=float(row["dispatch_hours"])),
        timedelta(hours=float(row["handle_hours"])),
        {"calendar": False, "working": True}[row["counting"]],
        date.fromisoformat(row["effective_from"]),
    )


def _day(row: dict[str, str]) -> tuple[date, bool]:
    return date.fromisoformat(row["date"]), {"0": False, "1": True}[row["works"]]


def _read(path: Path, convert: Callable[[dict[str, str]], T]) -> list[T]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError) as error:
        raise ContentError(f"{path} cannot be read: put the file there as UTF-8.") from error
    converted = []
    for line, row in enumerate(rows, start=2):
        try:
            converted.append(convert(row))
        except (KeyError, TypeError, ValueError) as error:
            raise ContentError(
                f"{path}, line {line} is wrong ({error}): compare it with bot/clocks.py."
            ) from error
    return converted


@lru_cache(maxsize=1)
def default_clocks() -> Clocks:
    """The clocks of this installation, read once a process."""
    return load_clocks(get_settings().content_dir)
