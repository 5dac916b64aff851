"""How fast we send."""

from __future__ import annotations

import asyncio
import time

import pytest

from bot.errors import RateLimited
from channels.telegram.pace import PATIENT, Pace


async def test_one_chat_waits_its_second_and_another_does_not() -> None:
    pace, began = Pace(100), time.monotonic()
    await pace.turn("a")
    await pace.turn("b")
    assert time.monotonic() - began < 0.5
    await pace.turn("a")
    assert time.monotonic() - began >= 0.95


async def test_the_whole_is_spread_evenly() -> None:
    pace, began = Pace(20), time.monotonic()
    for number in range(11):
        await pace.turn(str(number))
    assert 0.45 <= time.monotonic() - began < 2


async def test_a_chat_that_is_held_is_refused_with_its_time_and_others_are_not() -> None:
    pace = Pace(100)
    pace.hold("a", 30)
    with pytest.raises(RateLimited) as refused:
        await pace.turn("a")
    assert refused.value.after == pytest.approx(30, abs=1)
    await pace.turn("b")


async def test_few_wait_here_and_the_others_come_back_in_a_row() -> None:
    pace = Pace(2)
    await pace.turn("first")
    waiting = [asyncio.create_task(pace.turn(str(number))) for number in range(PATIENT)]
    await asyncio.sleep(0)
    after = []
    for number in range(6):
        with pytest.raises(RateLimited) as refused:
            await pace.turn(f"late {number}")
        after.append(refused.value.after or 0)
    assert after == sorted(after)
    assert after[0] >= 1
    assert after[-1] == pytest.approx(3, abs=0.3)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
