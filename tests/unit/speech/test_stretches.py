"""Spans of speech become stretches for the model."""

from bot.speech.voice import AROUND, GAP, LONGEST, RATE, Stretch, stretches


def at(seconds: float) -> int:
    return int(seconds * RATE)


def test_speech_with_short_pauses_is_one_stretch_with_a_little_around_it() -> None:
    found = stretches([(at(1), at(2)), (at(2.5), at(4))], at(10))
    assert found == [Stretch(at(1 - AROUND), at(4 + AROUND), at(2.5))]


def test_a_long_silence_parts_and_the_ends_of_the_recording_are_kept() -> None:
    found = stretches([(0, at(2)), (at(2 + GAP + 0.1), at(9.9))], at(10))
    assert [(one.start, one.end) for one in found] == [
        (0, at(2 + AROUND)),
        (at(2 + GAP + 0.1 - AROUND), at(10)),
    ]


def test_no_stretch_is_longer_than_the_model_hears() -> None:
    spans = [(at(number * 10), at(number * 10 + 9.5)) for number in range(30)]
    found = stretches(spans, at(300))
    assert max(one.end - one.start for one in found) <= at(LONGEST) + 1
    assert sum(one.voiced for one in found) == sum(end - start for start, end in spans)


def test_no_sound_belongs_to_two_stretches() -> None:
    found = stretches([(at(1), at(20)), (at(20.4), at(40)), (at(40), at(60))], at(60))
    assert [(one.start, one.end) for one in found] == [
        (at(0.5), at(20.2)),
        (at(20.2), at(40)),
        (at(40), at(60)),
    ]


def test_silence_has_none() -> None:
    assert stretches([], at(5)) == []
