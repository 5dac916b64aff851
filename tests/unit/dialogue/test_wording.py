"""Moments and places as people say them."""

from __future__ import annotations

from datetime import datetime

import pytest

from actions.complaint.wording import due_in_words
from bot.clock import CITY


@pytest.mark.parametrize(
    ("due", "words"),
    [
        (datetime(2026, 11, 24, 15, tzinfo=CITY), "11月24日15点前"),
        (datetime(2026, 11, 24, 15, 30, tzinfo=CITY), "11月24日15点半前"),
        (datetime(2026, 11, 24, 5, 3, tzinfo=CITY), "11月24日5点半前"),
        (datetime(2026, 11, 24, 5, 31, 20, tzinfo=CITY), "11月24日6点前"),
        (datetime(2026, 11, 24, 23, 40, tzinfo=CITY), "11月25日0点前"),
    ],
)
def test_a_promise_is_never_sooner_than_the_clock(due: datetime, words: str) -> None:
    assert due_in_words(due) == words
