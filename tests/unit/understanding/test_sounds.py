"""How alike characters sound, and the names that are found by it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.understanding.place.by_sound import NamesBySound
from bot.understanding.sounds import MERGED, OTHER, ROUGH, SAME, Sounds, merge

CONTENT = Path(__file__).resolve().parents[3] / "content"


@pytest.fixture(scope="module")
def sounds() -> Sounds:
    return Sounds(CONTENT / "speech" / "syllables.tsv")


@pytest.mark.parametrize(
    ("heard", "meant", "grade"),
    [
        ("装", "桩", SAME),
        ("长", "涨", SAME),
        ("汤", "摊", MERGED),
        ("水", "睡", SAME),
        ("四", "是", MERGED),
        ("那", "拉", MERGED),
        ("冷", "了", ROUGH),
        ("凶", "修", ROUGH),
        ("中", "庄", ROUGH),
        ("火", "漷", SAME),
        ("中", "红", OTHER),
        ("A", "啊", OTHER),
    ],
)
def test_grades(sounds: Sounds, heard: str, meant: str, grade: int) -> None:
    assert sounds.grade(heard, meant) == sounds.grade(meant, heard) == grade


@pytest.mark.parametrize(
    ("syllable", "merged"), [("zhang", "zan"), ("neng", "len"), ("hua", "fa"), ("hong", "hon")]
)
def test_merging(syllable: str, merged: str) -> None:
    assert merge(syllable) == merged


def test_a_span_with_many_readings_has_few_keys(sounds: Sounds) -> None:
    keys = sounds.keys("长行重得着了还都")
    assert 1 <= len(keys) <= 4
    assert {len(key) for key in keys} == {8}


def test_names_are_found_by_their_sound_and_by_one_rough_syllable(sounds: Sounds) -> None:
    names = NamesBySound(sounds, ["回龙观", "和平里", "大兴", "永定路"])

    def found(text: str) -> set[str]:
        return {name for _, _, same in names.all(text) for name in same}

    assert found("我住回笼观") == {"回龙观"}
    assert found("在和评理上班") == {"和平里"}
    assert found("有定路") == {"永定路"}, "one syllable is only roughly alike"
    assert found("有电路") == set(), "two are"
    assert found("大修") == set(), "of two syllables both must be right"
    assert list(names.all("大星")) == [(0, 2, ("大兴",))]


def test_names_of_one_sound_are_found_together_and_the_longest_at_each_place(sounds: Sounds) -> None:
    names = NamesBySound(sounds, ["兴化社区", "兴华社区", "兴化"], every_reading=False)
    assert list(names.longest("在兴画社区")) == [(1, 5, ("兴化社区", "兴华社区"))]


def test_only_the_commonest_reading_counts_where_no_other_is_wanted(sounds: Sounds) -> None:
    assert list(NamesBySound(sounds, ["长安"], every_reading=False).longest("常安")) == []
    assert [found for *_, found in NamesBySound(sounds, ["长安"]).all("常安")] == [("长安",)]
