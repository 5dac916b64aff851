"""How alike characters sound, and how likely they are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bot.speech.repair.language import Domain
from bot.speech.repair.sounds import MERGED, OTHER, ROUGH, SAME, Sounds, merge

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


def test_what_was_said_often_is_likely_and_chances_are_chances() -> None:
    domain = Domain(["楼上漏水没人管", "楼下漏水没人管", "楼道漏水没人修"] * 4)
    usual = domain.logs(domain.encode("楼上漏水没人管"))
    odd = domain.logs(domain.encode("楼上漏睡没人管"))
    assert usual.sum() > odd.sum() + 5
    assert (usual <= 1e-6).all()
    history = domain.encode("上漏水")
    following = np.unique(domain.encode("楼上漏水没人管下道修\n"))
    key = int(history[0]) << 39 | int(history[1]) << 26 | int(history[2]) << 13
    assert float(np.exp(domain.chances(key | following)).sum()) == pytest.approx(1.0, abs=0.05)
