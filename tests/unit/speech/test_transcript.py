"""A transcript's text, its confidence, and its way through the process that hears and the one that asks."""

import json

import pytest

from bot.speech.client import read_transcript
from bot.speech.recogniser import chinese_marks
from bot.speech.transcript import NO_SPEECH, Change, Segment, Transcript, joined

HEARD = Transcript(
    (
        Segment(0.5, 3.5, "我要投诉烧烤摊", 0.8, changes=(Change(2, 4, "童素", "投诉", "word"),)),
        Segment(5.0, 6.0, "每天很吵。", 0.4, channel=1),
    ),
    7.25,
)


def test_stretches_are_parted_by_a_mark() -> None:
    assert HEARD.text == "我要投诉烧烤摊，每天很吵。"
    assert joined(["", "路灯坏了。", "", "很黑"]) == "路灯坏了。很黑"
    assert joined([]) == ""


def test_confidence_is_weighed_by_length() -> None:
    assert HEARD.confidence == pytest.approx(0.7)
    assert Transcript((), 3.0, NO_SPEECH).confidence == 0.0


def test_it_is_the_same_after_the_way_between_the_processes() -> None:
    sent = json.loads(json.dumps(HEARD.as_json()))
    assert read_transcript(sent) == HEARD
    assert read_transcript(Transcript((), 3.0, NO_SPEECH).as_json()).rejected == NO_SPEECH


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("你好,我要反映,路灯坏了", "你好，我要反映，路灯坏了"),
        ("真的吗? 在12:30,花了1,000元", "真的吗？在12:30，花了1,000元"),
        ("3号楼,5单元", "3号楼，5单元"),
    ],
)
def test_marks_are_chinese(written: str, shown: str) -> None:
    assert chinese_marks(written) == shown
