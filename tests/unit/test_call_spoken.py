"""What a call's caller said, as the dialogue reads it."""

from dataclasses import replace

from bot.calls.speakers import words_of_caller
from bot.calls.spoken import spoken_of
from tests.support.calls import said

MATTER = said("望京西园三号楼暖气不热", 8)
HEARD = replace(said("家里只有十二度", 14, confidence=0.6), channel=1)
MURMUR = replace(said("嗯嗯那个", 20, confidence=0.2), channel=1)
GREETING = said("您好，有什么可以帮您", 0, speaker="operator", confidence=0.3)


def test_the_words_are_those_a_draft_is_made_of() -> None:
    segments = [HEARD, MURMUR, GREETING, MATTER]
    assert (
        spoken_of(segments).words == words_of_caller(segments) == "望京西园三号楼暖气不热。家里只有十二度。"
    )


def test_only_what_we_heard_ourselves_is_doubted() -> None:
    """Another engine's confidence is on a scale of its own."""
    spoken = spoken_of([MATTER, HEARD])
    assert [spoken.words[slice(*span)] for span in spoken.doubtful] == ["家里只有十二度。"]
    assert spoken_of([MATTER, replace(HEARD, channel=None)]).doubtful == ()


def test_what_was_not_clear_is_pointed_at_by_what_was_said_before_it() -> None:
    (unclear,) = spoken_of([GREETING, MATTER, HEARD, MURMUR]).unclear
    assert (unclear.after, unclear.guess) == ("家里只有十二度", "嗯嗯那个")
    (first,) = spoken_of([MURMUR]).unclear
    assert first.after == ""


def test_operators_are_neither_heard_nor_pointed_at() -> None:
    unknown = replace(GREETING, speaker="unknown", channel=0)
    assert spoken_of([GREETING, unknown]).unclear == ()
    assert spoken_of([]).words == ""
