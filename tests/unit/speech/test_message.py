"""What of a transcript is the citizen's message: what is sure, where something else was said, what of it is in doubt."""

from __future__ import annotations

from typing import Any

from bot.attachments.spoken import Spoken, Unclear
from bot.speech.message import CERTAIN, SURE, spoken_in
from bot.speech.transcript import NO_SPEECH, UNCLEAR, Change, Segment, Transcript

LOW, MIDDLE, HIGH = SURE - 0.01, (SURE + CERTAIN) / 2, CERTAIN


def heard(*stretches: tuple[Any, ...], rejected: str | None = None) -> Spoken:
    segments = [
        Segment(at, at + 1.0, text, confidence, changes=tuple(changes))
        for at, (text, confidence, *changes) in enumerate(stretches)
    ]
    return spoken_in(Transcript(tuple(segments), float(len(segments)), rejected))


def test_what_is_sure_is_taken_and_every_unclear_stretch_is_pointed_at() -> None:
    found = heard(
        ("喂你", LOW),
        ("小区门口的路灯，坏了三天了。", HIGH),
        ("在望金溪", LOW),
        ("没人修", HIGH),
        ("电话一三", LOW),
    )
    assert found.words == "小区门口的路灯，坏了三天了。没人修"
    assert found.unclear == (
        Unclear("", "喂你"),
        Unclear("坏了三天了", "在望金溪"),
        Unclear("没人修", "电话一三"),
    )
    assert found.doubtful == ()


def test_a_stretch_of_little_confidence_is_in_doubt_as_a_whole() -> None:
    found = heard(("路灯坏了", HIGH), ("在望京西园。", MIDDLE), ("在望京西园", HIGH))
    assert found.words == "路灯坏了，在望京西园。在望京西园"
    assert [found.words[start:end] for start, end in found.doubtful] == ["在望京西园。"]
    assert found.doubts(7, 9)
    assert not found.doubts(0, 5)
    assert not found.doubts(11, 16)


def test_what_was_put_right_is_in_doubt_and_digits_for_digits_are_not() -> None:
    place = Change(1, 5, "望金溪园", "望京西园", "place")
    number = Change(5, 6, "三", "3", "digits")
    found = heard(("路灯坏了", HIGH), ("在望京西园3号楼", HIGH, place, number))
    assert [found.words[start:end] for start, end in found.doubtful] == ["望京西园"]


def test_without_a_sure_stretch_there_are_no_words_and_the_guesses_stay_guesses() -> None:
    assert heard(("着火了", LOW)) == Spoken("", (Unclear("", "着火了"),), rejected=UNCLEAR)
    assert heard(rejected=NO_SPEECH) == Spoken("", rejected=NO_SPEECH)
    assert heard(rejected="broken") == Spoken("", rejected="broken")
