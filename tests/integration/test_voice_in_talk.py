"""What a citizen hears of their own voice note: read back, or asked for once more, then in writing or by a person."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from actions.carried import voice
from actions.complaint.draft import Draft
from actions.complaint.form import ValidateComplaintForm
from actions.triage import TriageMessage
from bot.identity import find_or_create
from bot.storage import Database
from tests.support.carried_talk import AT, WORDING, Talk, in_form, sent, services_of
from tests.unit.attachments import pictures as make

TYPE = WORDING["utter_voice_type"][0]["text"]


@pytest.fixture
async def talk(database: Database, tmp_path: Path) -> Talk:
    services = services_of(database, tmp_path)
    async with database.session() as session, session.begin():
        citizen = await find_or_create(session, services.vault, "letter", "甲", AT)
    return Talk(services, citizen)


def unheard(why: str) -> dict[str, Any]:
    return {"words": "", "partly": False, "rejected": why}


async def note(talk: Talk, speech: dict[str, Any] | None = None) -> list[str]:
    """A voice note in the form, answered."""
    turn = talk.turn("", await sent(talk, make.AMR, "voice"), speech=speech)
    return await talk.does(ValidateComplaintForm, turn)


@pytest.mark.parametrize(
    ("why", "words"),
    [("no_speech", "没听到说话声"), ("unclear", "没听清"), ("broken", "打不开"), ("too_long", "打不开")],
)
async def test_a_note_without_words_is_asked_for_once_more_and_then_in_writing(
    talk: Talk, why: str, words: str
) -> None:
    in_form(talk, Draft(matter=("路灯不亮",)), "place")
    first, second = await note(talk, unheard(why)), await note(talk, unheard(why))
    assert words in first[0]
    assert "再" in first[0]
    assert second[0] == TYPE
    assert "转人工" in second[0]
    assert [file.kind for file in talk.draft.files] == ["voice", "voice"], "both are kept"


async def test_words_that_were_heard_end_the_count(talk: Talk) -> None:
    in_form(talk, Draft(matter=("路灯不亮",)), "contact")
    await note(talk, unheard("unclear"))
    spoken = {"words": "一三九零零零零零零零一", "partly": False, "rejected": None}
    turn = talk.turn(spoken["words"], await sent(talk, make.AMR, "voice"), speech=spoken)
    said = await talk.does(ValidateComplaintForm, turn)
    assert said[0] == f"我听到的是：“{spoken['words']}”"
    assert not any("语音收到了" in line for line in said)
    assert "没听清" in (await note(talk, unheard("unclear")))[0]


async def test_what_was_heard_is_read_back_once_a_turn_and_before_anything_else(talk: Talk) -> None:
    spoken = {"words": "小区门口的路灯不亮了。", "partly": True, "rejected": None}
    turn = talk.turn(spoken["words"], speech=spoken)
    voice.read_back(turn)
    (said,) = talk.ends(turn)
    assert said.startswith("我听到的是：“小区门口的路灯不亮了”。")
    assert "没听清" in said
    talk.events.append({"event": "bot", "text": said})
    again = talk.again()
    voice.read_back(again)
    assert talk.ends(again) == []


async def test_a_long_note_is_read_back_by_its_beginning(talk: Talk) -> None:
    spoken = {"words": "路灯不亮" * 100, "partly": False, "rejected": None}
    turn = talk.turn(spoken["words"], speech=spoken)
    voice.read_back(turn)
    (said,) = talk.ends(turn)
    assert len(said) < 230
    assert "……" in said


async def test_while_a_clerk_has_the_word_nothing_is_read_back(talk: Talk) -> None:
    turn = talk.turn("路灯不亮", speech={"words": "路灯不亮", "partly": False, "rejected": None})
    turn.remember(replace(turn.talk, handover=True))
    voice.read_back(turn)
    assert talk.ends(turn) == []


async def test_where_nobody_hears_the_citizen_is_asked_to_type(talk: Talk) -> None:
    said = await talk.does(TriageMessage, talk.turn("", await sent(talk, make.AMR, "voice")))
    assert said[0] == WORDING["utter_voice_kept"][0]["text"]
