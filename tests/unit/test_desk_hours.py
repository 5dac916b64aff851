"""When the desk is open, on workdays, rest days, holidays and worked weekends."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from bot.clock import CITY
from bot.errors import ContentError
from bot.handover import DeskHours, load_desk_hours
from bot.settings import PROJECT

CLOCKS = "urgency,dispatch_hours,handle_hours,counting,effective_from\nS1,2,24,calendar,2024-01-01\n"
DAYS = "date,works,why\n2026-10-01,0,holiday\n2026-10-02,0,holiday\n2026-10-10,1,worked Saturday\n"


def at(said: str) -> datetime:
    return datetime.strptime(said, "%Y-%m-%d %H:%M").replace(tzinfo=CITY)


def hours(folder: Path, rows: str) -> DeskHours:
    (folder / "calendar").mkdir(exist_ok=True)
    (folder / "clocks.csv").write_text(CLOCKS)
    (folder / "calendar" / "workdays.csv").write_text(DAYS)
    (folder / "calendar" / "desk_hours.csv").write_text(f"day,from,until\n{rows}")
    return load_desk_hours(folder)


@pytest.mark.parametrize(
    ("moment", "is_open", "opening"),
    [
        ("2026-11-23 08:29", False, "2026-11-23 08:30"),
        ("2026-11-23 08:30", True, "2026-11-23 08:30"),
        ("2026-11-23 19:59", True, "2026-11-23 19:59"),
        ("2026-11-23 20:00", False, "2026-11-24 08:30"),
        ("2026-11-27 23:00", False, "2026-11-28 09:00"),
        ("2026-11-28 16:59", True, "2026-11-28 16:59"),
        ("2026-11-28 17:00", False, "2026-11-29 09:00"),
        ("2026-11-29 18:00", False, "2026-11-30 08:30"),
    ],
)
def test_the_hours_that_come_with_the_project(moment: str, is_open: bool, opening: str) -> None:
    desk = load_desk_hours(PROJECT / "content")
    assert desk.is_open(at(moment)) is is_open
    assert desk.next_opening(at(moment)) == at(opening)


def test_holidays_and_worked_weekends_are_as_the_calendar_says(tmp_path: Path) -> None:
    desk = hours(tmp_path, "workday,08:30,20:00\nrestday,09:00,17:00\n")
    assert not desk.is_open(at("2026-10-01 18:00"))  # a Thursday, but a holiday
    assert desk.is_open(at("2026-10-10 18:00"))  # a Saturday that is worked


def test_days_without_rows_are_closed_and_breaks_are_breaks(tmp_path: Path) -> None:
    desk = hours(tmp_path, "workday,13:30,18:00\nworkday,09:00,12:00\n")
    assert desk.next_opening(at("2026-09-30 12:10")) == at("2026-09-30 13:30")
    assert desk.next_opening(at("2026-09-30 18:00")) == at("2026-10-05 09:00")


def test_a_weekdays_own_rows_go_first_save_on_days_the_calendar_names(tmp_path: Path) -> None:
    desk = hours(tmp_path, "workday,08:30,20:00\nthursday,08:30,12:00\nrestday,09:00,17:00\n")
    assert not desk.is_open(at("2026-11-26 13:00"))
    assert desk.is_open(at("2026-10-01 13:00"))


def test_a_desk_around_the_clock(tmp_path: Path) -> None:
    desk = hours(tmp_path, "workday,00:00,24:00\nrestday,00:00,24:00\n")
    assert desk.is_open(at("2026-11-28 00:00"))
    assert desk.is_open(at("2026-11-28 23:59"))


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ("", "has no rows"),
        ("workday,08:30,20:00\nfeiertag,09:00,17:00\n", r"line 3: day is 'feiertag'; write one of workday"),
        ("workday,8.30,20:00\n", r"line 2: from is '8.30'; write a time such as 08:30"),
        ("workday,08:30\n", "line 2: until is ''"),
        ("workday,20:00,08:30\n", "line 2: from must be before until"),
        ("workday,08:30,12:00\nworkday,11:00,20:00\n", "line 3: overlaps line 2"),
    ],
)
def test_a_wrong_file_says_which_line_and_what_to_do(tmp_path: Path, rows: str, says: str) -> None:
    with pytest.raises(ContentError, match=says):
        hours(tmp_path, rows)


def test_a_missing_file_says_what_to_put_there(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"desk_hours\.csv cannot be read: put the file there"):
        load_desk_hours(tmp_path)


def test_a_desk_of_weekends_opens_on_the_next_one(tmp_path: Path) -> None:
    desk = hours(tmp_path, "restday,09:00,17:00\n")
    assert desk.next_opening(at("2026-11-23 10:00")) == at("2026-11-28 09:00")
