"""Until when: the city's limits, by the day they took effect, in calendar or working days."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from bot.cases.clocks import load_clocks
from bot.clock import CITY
from bot.errors import ContentError
from bot.settings import PROJECT

HEAD = "urgency,dispatch_hours,handle_hours,counting,effective_from\n"


def at(day: int, hour: int = 15, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=CITY)


@pytest.mark.parametrize(
    ("urgency", "dispatch", "handle"),
    [
        ("S0", at(23, 16), at(23, 17)),
        ("S1", at(23, 17), at(24)),
        ("S2", at(24), at(30)),
        ("S3", at(24), at(8, month=12)),
    ],
)
def test_the_limits_that_ship(urgency: str, dispatch: datetime, handle: datetime) -> None:
    clocks = load_clocks(PROJECT / "content")
    assert clocks.dispatch_due(urgency, at(23)) == dispatch
    assert clocks.handle_due(urgency, at(23)) == handle


def test_a_new_limit_counts_from_its_day(tmp_path: Path) -> None:
    (tmp_path / "clocks.csv").write_text(
        HEAD + "S2,24,168,calendar,2026-01-01\nS2,12,120,calendar,2026-12-01\n", encoding="utf-8"
    )
    clocks = load_clocks(tmp_path)
    assert clocks.handle_due("S2", at(30)) == at(7, month=12)
    assert clocks.handle_due("S2", at(1, month=12)) == at(6, month=12)
    with pytest.raises(ContentError, match="S1"):
        clocks.dispatch_due("S1", at(23))


def test_working_days_skip_weekends_and_holidays_but_not_worked_weekends(tmp_path: Path) -> None:
    (tmp_path / "clocks.csv").write_text(HEAD + "S2,24,72,working,2026-01-01\n", encoding="utf-8")
    assert load_clocks(tmp_path).handle_due("S2", at(26)) == at(1, month=12)
    (tmp_path / "calendar").mkdir()
    (tmp_path / "calendar" / "workdays.csv").write_text(
        "date,works\n2026-11-27,0\n2026-11-28,1\n2026-11-30,0\n", encoding="utf-8"
    )
    assert load_clocks(tmp_path).handle_due("S2", at(26)) == at(2, month=12)


@pytest.mark.parametrize(
    "row",
    ["S2,soon,168,calendar,2026-01-01", "S2,24,168,lunar,2026-01-01", "S2,24,168,calendar,2026-13-01", "S2"],
)
def test_a_wrong_row_is_named(tmp_path: Path, row: str) -> None:
    (tmp_path / "clocks.csv").write_text(HEAD + row + "\n", encoding="utf-8")
    with pytest.raises(ContentError, match="line 2"):
        load_clocks(tmp_path)


def test_missing_limits_are_named(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"clocks\.csv"):
        load_clocks(tmp_path)


@pytest.mark.parametrize(
    ("accepted", "due"),
    [
        ((2026, 2, 13), (2026, 2, 24)),  # Friday; 14 February is worked, then Spring Festival until the 23rd
        ((2026, 9, 30), (2026, 10, 9)),
        ((2026, 10, 9), (2026, 10, 12)),  # Saturday the 10th is worked
        ((2026, 4, 3), (2026, 4, 8)),
    ],
)
def test_the_calendar_that_ships_knows_the_holidays_of_2026(
    tmp_path: Path, accepted: tuple[int, int, int], due: tuple[int, int, int]
) -> None:
    (tmp_path / "clocks.csv").write_text(HEAD + "S2,24,48,working,2026-01-01\n", encoding="utf-8")
    (tmp_path / "calendar").symlink_to(PROJECT / "content" / "calendar")
    handled = load_clocks(tmp_path).handle_due("S2", datetime(*accepted, 10, tzinfo=CITY))
    assert handled == datetime(*due, 10, tzinfo=CITY)
