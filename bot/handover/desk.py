"""When people sit at the desk: ``content/calendar/desk_hours.csv`` on the city's calendar of workdays and holidays.

Columns ``day, from, until``. ``day`` is ``workday`` or ``restday``, or a weekday (``monday`` … ``sunday``) whose own rows go
before those two; on days that ``workdays.csv`` names, ``workday`` and ``restday`` go first. Times are ``HH:MM`` in the city,
``until`` at most ``24:00``; several rows of one day are several stretches; a day without rows is closed.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path

from bot.clock import CITY, in_city
from bot.clocks import Clocks, load_clocks
from bot.errors import ContentError
from bot.settings import get_settings

FILE = Path("calendar") / "desk_hours.csv"
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAYS = ("workday", "restday", *WEEKDAYS)
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)|24:00")
_FAR = 400
"""Days looked ahead: longer than any run of holidays."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Hours of one kind of day, as time since its midnight; ``until`` is no longer open."""

    day: str
    start: timedelta
    until: timedelta


@dataclass(frozen=True, slots=True)
class DeskHours:
    """The hours of the desk.

    Attributes:
        stretches: At least one.
        clocks: Knows workdays.
    """

    stretches: tuple[Stretch, ...]
    clocks: Clocks

    def is_open(self, at: datetime) -> bool:
        """Whether somebody sits at the desk at a moment (aware)."""
        local = in_city(at)
        since_midnight = local.replace(tzinfo=None) - datetime.combine(local.date(), time())
        return any(one.start <= since_midnight < one.until for one in self._of(local.date()))

    def next_opening(self, at: datetime) -> datetime:
        """``at`` itself when the desk is open, else when it opens next; in the city's time.

        Raises:
            ContentError: It never does.
        """
        local = in_city(at)
        if self.is_open(at):
            return local
        for ahead in range(_FAR):
            day = local.date() + timedelta(days=ahead)
            midnight = datetime.combine(day, time(), CITY)
            for one in self._of(day):
                if (opening := midnight + one.start) > local:
                    return opening
        raise ContentError(f"content/{FILE} opens the desk on no day to come: add a row for workday.")

    def _of(self, day: date) -> list[Stretch]:
        """The stretches of a day, earliest first."""
        kind = "workday" if self.clocks.is_workday(day) else "restday"
        names = [WEEKDAYS[day.weekday()], kind]
        if day in dict(self.clocks.exceptions):
            names.reverse()
        for name in names:
            if found := [one for one in self.stretches if one.day == name]:
                return sorted(found, key=lambda one: one.start)
        return []


def load_desk_hours(content_dir: Path) -> DeskHours:
    """The desk's hours of a content folder.

    Raises:
        ContentError: The file is missing or wrong; says which line and how it must look.
    """
    path = content_dir / FILE
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ContentError(
            f"{path} cannot be read: put the file there as UTF-8, with the columns day,from,until."
        ) from error
    stretches = [_stretch(path, line, row) for line, row in enumerate(rows, start=2)]
    if not stretches:
        raise ContentError(f"{path} has no rows: add one such as workday,08:30,20:00.")
    _refuse_overlaps(path, stretches)
    return DeskHours(tuple(stretches), load_clocks(content_dir))


def _stretch(path: Path, line: int, row: dict[str, str | None]) -> Stretch:
    day = (row.get("day") or "").strip()
    if day not in DAYS:
        raise ContentError(f"{path}, line {line}: day is {day!r}; write one of {', '.join(DAYS)}.")
    start, until = _since_midnight(path, line, row, "from"), _since_midnight(path, line, row, "until")
    if start >= until:
        raise ContentError(f"{path}, line {line}: from must be before until; split a night into two rows.")
    return Stretch(day, start, until)


def _since_midnight(path: Path, line: int, row: dict[str, str | None], column: str) -> timedelta:
    said = (row.get(column) or "").strip()
    if not _TIME.fullmatch(said):
        raise ContentError(f"{path}, line {line}: {column} is {said!r}; write a time such as 08:30.")
    hours, _, minutes = said.partition(":")
    return timedelta(hours=int(hours), minutes=int(minutes))


def _refuse_overlaps(path: Path, stretches: Sequence[Stretch]) -> None:
    for number, one in enumerate(stretches):
        for line, other in enumerate(stretches[:number], start=2):
            if one.day == other.day and one.start < other.until and other.start < one.until:
                raise ContentError(
                    f"{path}, line {number + 2}: overlaps line {line}; join the two or move one."
                )


@lru_cache(maxsize=1)
def desk_hours() -> DeskHours:
    """The desk's hours of this installation, read once a process."""
    return load_desk_hours(get_settings().content_dir)
