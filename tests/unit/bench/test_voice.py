"""What ``python -m bench.voice`` counts as an answer, and what it makes of many."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bench.stand_ins import Line
from bench.voice import Answered, _answer_in, _figures, _signs, _Talker
from bot.intake.wording import STILL_HEARING

AT = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)


def line(second: float, text: str, *, by_citizen: bool = False) -> Line:
    return Line(AT + timedelta(seconds=second), by_citizen, text)


def test_that_it_is_still_being_heard_is_no_answer() -> None:
    said, notice, reply = (
        line(0, "[语音]", by_citizen=True),
        line(30, STILL_HEARING.text),
        line(33, "我听到的是：“路灯不亮了”。"),
    )
    assert _answer_in([said]) is None
    assert _answer_in([said, notice]) is None
    assert _answer_in([said, notice, reply]) == (said, reply)


def test_the_figures_are_of_what_was_answered() -> None:
    answered = [*(Answered(float(n), None, "") for n in range(20, 0, -1)), None]
    assert _figures(answered) == {"count": 20, "median_s": 10.5, "p95_s": 20.0, "worst_s": 20.0}
    assert _figures([None]) == {"count": 0}
    assert _signs(answered) == {"signs": 0}
    seen = [Answered(5.0, 3.01, ""), Answered(2.0, None, ""), Answered(6.0, 2.9, "")]
    assert _signs(seen) == {"signs": 2, "first_sign_s": [2.9, 3.01]}


def test_who_writes_begins_another_matter_when_one_was_filed() -> None:
    talker = _Talker("a", 3)
    first = talker.next_words("")
    assert talker.next_words("在什么地方？") != first
    again = [talker.next_words("登记好了，编号 SD-1234-ABCDE") for _ in range(20)]
    assert len(set(again)) > 1
