"""What was heard, on its way to the dialogue; several notes of one message as one."""

import json

from bot.attachments.spoken import Spoken, Unclear, together

FIRST = Spoken("路灯坏了", (Unclear("", "喂"),), ((0, 2),))
SECOND = Spoken("在望京西园", (Unclear("望京西园", "三号"),), ((1, 5),))


def test_it_is_the_same_after_the_way_to_the_dialogue() -> None:
    for one in (FIRST, Spoken("", rejected="unclear")):
        assert Spoken.from_json(json.loads(json.dumps(one.as_json()))) == one


def test_what_an_older_worker_wrote_is_still_read() -> None:
    assert Spoken.from_json({"words": "路灯坏了", "partly": True, "rejected": None}) == Spoken("路灯坏了")


def test_several_notes_are_one_message_and_what_is_doubtful_stays_in_its_place() -> None:
    both = together([FIRST, Spoken("", rejected="no_speech"), SECOND])
    assert both.words == "路灯坏了，在望京西园"
    assert [both.words[start:end] for start, end in both.doubtful] == ["路灯", "望京西园"]
    assert (both.unclear, both.rejected) == ((*FIRST.unclear, *SECOND.unclear), None)
    assert (
        together([Spoken("", rejected="no_speech"), Spoken("", rejected="unclear")]).rejected == "no_speech"
    )
