"""Words that count roughly ("好几天") are no question; words that ask for a count are."""

from __future__ import annotations

import pytest

from bot.understanding.kind import kind_by_words
from bot.understanding.kind_words import may_be


@pytest.mark.parametrize(
    "text",
    [
        "楼道的灯坏了好几天没人修",
        "电梯坏了好几天",
        "这几天家里老停电",
        "垃圾堆了十几天",
        "前几天楼上漏水把我家泡了",
    ],
)
def test_a_rough_count_is_no_question(text: str) -> None:
    assert kind_by_words(text) != "咨询"
    assert not may_be("咨询", text)


@pytest.mark.parametrize("text", ["供暖几号开始", "产假有几天", "几岁能办老年卡"])
def test_asking_for_a_count_is_one(text: str) -> None:
    assert may_be("咨询", text)
