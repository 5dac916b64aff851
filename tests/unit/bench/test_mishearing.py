"""The simulated recogniser that the repair is judged with."""

from __future__ import annotations

from pathlib import Path

from bench.mishearing import Mishearing
from bench.repairing import judged, judged_right
from bot.speech.repair import Repairer
from bot.understanding.sounds import OTHER, Sounds

CONTENT = Path(__file__).resolve().parents[3] / "content"
SYLLABLES = CONTENT / "speech" / "syllables.tsv"
SAID = "我家住在回龙观街道三号楼，楼上装修从早上6点吵到晚上10点，找物业找了3次都不管，电话13900000201。" * 20


def test_the_same_seed_mishears_the_same() -> None:
    assert Mishearing(SYLLABLES, 1).hear(SAID) == Mishearing(SYLLABLES, 1).hear(SAID)
    assert Mishearing(SYLLABLES, 1).hear(SAID) != Mishearing(SYLLABLES, 2).hear(SAID)


def test_what_is_misheard_sounds_alike_and_marks_and_digits_stay() -> None:
    heard, sounds = Mishearing(SYLLABLES, 1).hear(SAID), Sounds(SYLLABLES)
    assert len(heard) == len(SAID)
    wrong = [(one, other) for one, other in zip(SAID, heard, strict=True) if one != other]
    assert 0.02 < len(wrong) / len(SAID) < 0.2
    assert all("\u4e00" <= one <= "\u9fff" for one, _ in wrong)
    assert sum(sounds.grade(one, other) == OTHER for one, other in wrong) < 0.2 * len(wrong)


def test_names_go_wrong_more_often() -> None:
    plain, named = Mishearing(SYLLABLES, 1), Mishearing(SYLLABLES, 1)
    said = "我家住在回龙观街道"
    right = sum("回龙观" in plain.hear(said) for _ in range(60))
    assert sum("回龙观" in named.hear(said, ["回龙观"]) for _ in range(60)) < right - 15


def test_a_repair_is_judged_by_what_was_said() -> None:
    repairer = Repairer.load(CONTENT)
    better = judged(repairer, "我要投诉，我住在回龙观街道", "我要头诉，我住在回笼观街道", ["回龙观街道"])
    assert (better.wrong_heard, better.wrong_repaired) == (2, 0)
    assert (better.names_heard, better.names_repaired) == (0, 1)
    spoilt = judged_right(repairer, ["我住在回笼观街道"])
    assert (spoilt.spoilt, spoilt.spoilt_places, spoilt.right_characters) == (1, 1, 8)
