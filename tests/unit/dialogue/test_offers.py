"""What takes up an offer to file, and what is asked and what told."""

from __future__ import annotations

from datetime import datetime

import pytest

from actions.complaint.steering import asks
from actions.offers import goes_on
from bot.clock import CITY

AT = datetime(2026, 11, 23, 15, tzinfo=CITY)


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("房山区长阳镇云栖澜庭7号楼", True),
        ("延庆区永宁镇 嗯 就是 古城雅筑 十排三号", True),
        ("昨天晚上", True),
        ("接着说吧，丰台区方庄街道", True),
        ("丰台区方庄街道的路灯坏了", False),
        ("丰台区哪里能办居住证", False),
        ("谢谢", False),
    ],
)
def test_an_answer_to_what_filing_would_ask_takes_it_up(text: str, taken: bool) -> None:
    assert goes_on(text, AT) is taken


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("厨房顶上往下滴水，拿盆接着呢", False),
        ("水还往外冒呢", False),
        ("到现在没修呢", False),
        ("供暖费呢", True),
        ("在哪儿办呢", True),
        ("这可怎么办呢", True),
        ("暖气不热，闺女让我给你们打，我说打什么打，她说你打一个，我这才打过来，你给记上吧", False),
        ("我家房子空了一年没人住，物业还让我先把供暖费交了，请问这种情况能退吗，我在外地", True),
    ],
)
def test_what_is_asked_and_what_is_told(text: str, asked: bool) -> None:
    assert asks(text) is asked
