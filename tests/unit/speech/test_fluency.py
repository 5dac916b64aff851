"""Of readings that sound alike the one that is made of words is meant."""

from __future__ import annotations

import math
from typing import Any, cast

import pytest

from bot.speech.fluency import fluency
from bot.speech.search import _Reading


@pytest.mark.parametrize(
    ("words", "sounds"),
    [
        ("这两个内因指标", "这两个内言直标"),
        ("老人小孩都没水喝", "老言小孩都没水喝"),
        ("一直推来推去不解决", "一直推来推续不解决"),
        ("居民最大购买力", "居民最大购卖力"),
        ("三号楼的暖气不热", "三号楼的暖汽不热"),
    ],
)
def test_words_are_more_fluent_than_characters_of_the_same_sound(words: str, sounds: str) -> None:
    assert fluency(words) > fluency(sounds)


def test_length_and_marks_count_for_nothing() -> None:
    once = fluency("小区的路灯坏了")
    assert math.isclose(fluency("小区的路灯坏了，小区的路灯坏了。"), 2 * once)
    assert abs(once) / 7 < 2
    assert fluency("，。？") == fluency("") == 0


def test_a_number_is_neither_better_nor_worse_than_none() -> None:
    told = fluency("村里调解两次没成")
    assert fluency("村里调解两次没成，一三九零零零四零零一八") == told
    assert fluency("一百二十八") == 0


def test_a_reading_is_worth_its_sound_and_its_words() -> None:
    vocabulary = cast(
        "Any", type("Words", (), {"text": staticmethod(lambda tokens: {1: "指标", 2: "直标"}[tokens[0]])})
    )
    words, sounds = _Reading((1,), -2.0), _Reading((2,), -2.0)
    assert words.worth(vocabulary) > sounds.worth(vocabulary)
    far_likelier = _Reading((2,), 10.0)
    assert far_likelier.worth(vocabulary) > words.worth(vocabulary)
