"""Who is waited for comes before the next stretch of what nobody waits for."""

from __future__ import annotations

import threading
import time

import pytest

from bot.speech.turns import LATER, WAITED_FOR, ModelTurns


def test_the_urgent_come_first_and_equals_in_the_order_they_came() -> None:
    turns, order = ModelTurns(), []
    holding, go = threading.Event(), threading.Event()

    def hold() -> None:
        with turns.turn(LATER):
            holding.set()
            go.wait(5)

    def take(name: str, urgency: int) -> None:
        with turns.turn(urgency):
            order.append(name)

    first = threading.Thread(target=hold)
    first.start()
    holding.wait(5)
    waiting = []
    for name, urgency in (("recording", LATER), ("note 1", WAITED_FOR), ("note 2", WAITED_FOR)):
        waiting.append(threading.Thread(target=take, args=(name, urgency)))
        waiting[-1].start()
        _until(lambda: len(turns._waiting) == len(waiting))
    go.set()
    for thread in (first, *waiting):
        thread.join(5)
    assert order == ["note 1", "note 2", "recording"]


def test_a_turn_that_fails_is_given_on() -> None:
    turns = ModelTurns()
    with pytest.raises(RuntimeError), turns.turn(LATER):
        raise RuntimeError
    with turns.turn(WAITED_FOR):
        pass


def _until(true: object) -> None:
    for _ in range(500):
        if true():  # type: ignore[operator]
            return
        time.sleep(0.01)
    raise AssertionError("did not come about")
