"""Choosing from what was offered, and telling talk of progress from talk of a matter."""

from __future__ import annotations

import pytest

from actions.offers import choice_of
from actions.progress import asks_progress, mentions_number, speaks_of_progress

CHOICES = ["养鸽子有什么规定", "养犬怎么办证"]


@pytest.mark.parametrize("text", ["1", "第一个", "选1", "1.", "第1个", "养鸽子有什么规定"])
def test_the_first_choice_in_many_words(text: str) -> None:
    assert choice_of(text, CHOICES) == CHOICES[0]


@pytest.mark.parametrize("text", ["3", "第五个", "13900000001", "一楼", "都不是", ""])
def test_what_is_no_choice(text: str) -> None:
    assert choice_of(text, CHOICES) is None


@pytest.mark.parametrize(
    "text",
    [
        "查一下我的工单进度",
        "帮我看看我那个单子办到哪了",
        "上次反映的事有结果了吗",
        "催一下我的工单，都三天了",
        "我的诉求办得怎么样",
    ],
)
def test_asking_for_progress(text: str) -> None:
    assert asks_progress(text)


@pytest.mark.parametrize(
    "text", ["楼上装修进行到半夜", "物业一直不处理垃圾", "孩子查出过敏是食堂的饭有问题", "电梯坏了三天没人管"]
)
def test_a_matter_is_no_question_for_progress(text: str) -> None:
    assert not asks_progress(text)


def test_words_of_progress() -> None:
    assert speaks_of_progress("有动静了没")
    assert not speaks_of_progress("密云果园街道每年四五月杨絮跟下雪似的")


def test_a_mistyped_number_is_still_a_number() -> None:
    assert mentions_number("SD-1234-ABCDE到哪了")
    assert not mentions_number("海淀区中关村大街12号")
