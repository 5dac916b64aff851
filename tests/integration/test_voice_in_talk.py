"""What a citizen hears of their own voice note: read back, asked about where it is in doubt, or asked for once more."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from actions.carried import doubts, guessed, voice
from actions.complaint.draft import Draft
from actions.complaint.form import ValidateComplaintForm
from actions.complaint.putting import ask
from actions.talk import Guessed
from actions.triage import TriageMessage
from bot.attachments.spoken import Spoken, Unclear
from bot.catalogue.files import load_catalogue
from bot.handover import open_handover, open_handover_of, take_handover
from bot.identity import find_or_create
from bot.settings import PROJECT
from bot.storage import Database
from bot.understanding.emergency import EmergencyFinder
from bot.understanding.normalise import normalise
from bot.understanding.place import answer_place
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
    return Spoken("", rejected=why).as_json()


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
    spoken = Spoken("一三九零零零零零零零一").as_json()
    turn = talk.turn(spoken["words"], await sent(talk, make.AMR, "voice"), speech=spoken)
    said = await talk.does(ValidateComplaintForm, turn)
    assert said[0] == f"我听到的是：“{spoken['words']}”"
    assert not any("语音收到了" in line for line in said)
    assert "没听清" in (await note(talk, unheard("unclear")))[0]


async def test_what_was_heard_is_read_back_once_a_turn_and_before_anything_else(talk: Talk) -> None:
    spoken = Spoken("小区门口的路灯不亮了。", (Unclear("路灯不亮了", "在望"),)).as_json()
    turn = talk.turn(spoken["words"], speech=spoken)
    await voice.read_back(turn)
    (said,) = talk.ends(turn)
    assert said.startswith("我听到的是：“小区门口的路灯不亮了”。“路灯不亮了”后面那一句没听清")
    talk.events.append({"event": "bot", "text": said})
    again = talk.again()
    await voice.read_back(again)
    assert talk.ends(again) == []


async def test_a_long_note_is_read_back_by_its_beginning(talk: Talk) -> None:
    spoken = Spoken("路灯不亮" * 100).as_json()
    turn = talk.turn(spoken["words"], speech=spoken)
    await voice.read_back(turn)
    (said,) = talk.ends(turn)
    assert len(said) < 230
    assert "……" in said


async def test_while_a_clerk_has_the_word_nothing_is_read_back_and_while_one_is_waited_for_it_is(
    talk: Talk,
) -> None:
    async def hears() -> list[str]:
        turn = talk.turn("路灯不亮", speech=Spoken("路灯不亮").as_json())
        turn.remember(replace(turn.talk, handover=True))
        await voice.read_back(turn)
        return talk.ends(turn)

    async with talk.services.database.session() as session, session.begin():
        waiting = await open_handover(
            session,
            talk.citizen,
            channel="letter",
            reason="asked",
            summary="",
            fields={},
            transcript=[],
            danger=False,
            at=AT,
        )
    assert await hears() == ["我听到的是：“路灯不亮”"]
    async with talk.services.database.session() as session, session.begin():
        await take_handover(session, waiting.id, "c7", AT)
    assert await hears() == []


async def test_where_nobody_hears_the_citizen_is_asked_to_type(talk: Talk) -> None:
    said = await talk.does(TriageMessage, talk.turn("", await sent(talk, make.AMR, "voice")))
    assert said[0] == WORDING["utter_voice_kept"][0]["text"]


# --- something more was said that is not clear ------------------------------------------------


async def says(talk: Talk, words: str, *doubtful: str, unclear: tuple[Unclear, ...] = ()) -> list[str]:
    """A voice note with words, answered by the form."""
    spans = tuple((words.index(part), words.index(part) + len(part)) for part in doubtful)
    turn = talk.turn(words, speech=Spoken(words, unclear, spans).as_json())
    return await talk.does(ValidateComplaintForm, turn)


@pytest.mark.parametrize(
    ("unclear", "where"),
    [
        ((Unclear("", "喂"),), "开头那一句没听清"),
        ((Unclear("西园", "喂"), Unclear("西园", "哎")), "“西园”后面那一句没听清"),
        ((Unclear("", "喂"), Unclear("西园", "哎")), "开头那一句和“西园”后面那一句没听清"),
        ((Unclear("", "喂"), Unclear("西园", "哎"), Unclear("三号楼", "哎")), "有三处没听清"),
    ],
)
async def test_what_was_not_clear_is_named_by_its_place_in_the_talk(
    talk: Talk, unclear: tuple[Unclear, ...], where: str
) -> None:
    turn = talk.turn("在望京西园", speech=Spoken("在望京西园", unclear).as_json())
    await voice.read_back(turn)
    (said,) = talk.ends(turn)
    assert where in said


@pytest.mark.parametrize(
    ("known", "question", "guess", "asked"),
    [
        (Draft(matter=("路灯不亮",)), "description", "在朝旺区望金溪园三号楼", "utter_voice_again_place"),
        (Draft(matter=("路灯不亮",)), "description", "你们快点来", "utter_question_place"),
        (Draft(matter=("路灯不亮",)), "description", "楼上路灯十号坏的", "utter_question_place"),
        (
            Draft(matter=("路灯不亮",), place=answer_place("朝阳区望京西园"), occurred_unknown=True),
            "contact",
            "一三九零零零零",
            "utter_voice_again_contact",
        ),
    ],
)
async def test_the_missing_field_is_asked_for_as_something_that_was_said_and_not_heard(
    talk: Talk, known: Draft, question: str, guess: str, asked: str
) -> None:
    in_form(talk, known, question)
    turn = talk.turn("嗯", speech=Spoken("嗯", (Unclear("嗯", guess),)).as_json())
    await ask(turn, known)
    assert talk.ends(turn) == [WORDING[asked][0]["text"]]


# --- a place or a number that may have been misheard ------------------------------------------

KNOWN = Draft(matter=("朝阳区望京西园三号楼路灯不亮",), kind="投诉", occurred_unknown=True)
PLACE = "地点我听到的是：朝阳区东湖街道望京西园三号楼，对吗？"


async def test_a_place_in_doubt_is_asked_about_and_a_spoken_yes_settles_it(talk: Talk) -> None:
    in_form(talk, replace(KNOWN, matter=("路灯不亮",)), "place")
    said = await says(talk, "在望京西园三号楼。", "望京西园")
    assert said[-1].startswith(PLACE)
    assert talk.slots["requested_slot"] == "place"
    said = await says(talk, "嗯，对的。")
    assert said[-1] == WORDING["utter_question_contact"][0]["text"]
    assert talk.draft.doubts == {}
    assert talk.draft.place is not None
    assert talk.draft.place.text == "望京西园三号楼"


async def test_a_place_that_was_heard_well_is_not_asked_about(talk: Talk) -> None:
    in_form(talk, replace(KNOWN, matter=("路灯不亮",)), "place")
    said = await says(talk, "路灯不亮，在望京西园三号楼。", "路灯")
    assert said[-1] == WORDING["utter_question_contact"][0]["text"]


@pytest.mark.parametrize("no", ["不对。", "不是，不是。", "嗯，不对，你听错了。", "不是这个地址。"])
async def test_a_no_asks_for_the_place_alone_and_the_right_one_takes_its_place_everywhere(
    talk: Talk, no: str
) -> None:
    in_form(talk, KNOWN, "place")
    await says(talk, "朝阳区望京西园三号楼。", "望京西园")
    said = await says(talk, no)
    assert said[1:] == [
        WORDING["utter_voice_no_place"][0]["text"],
        WORDING["utter_question_place_finer"][0]["text"].format(known="朝阳区"),
    ]
    said = await says(talk, "在望京东园五号楼。")
    assert said[-1] == WORDING["utter_question_contact"][0]["text"]
    assert talk.draft.place is not None
    assert (talk.draft.place.district, talk.draft.place.text) == ("朝阳区", "望京东园五号楼")
    assert talk.draft.matter == ("朝阳区望京东园五号楼路灯不亮",), "nothing misheard is filed"


@pytest.mark.parametrize(
    ("answer", "place", "matter"),
    [
        ("不对，是望京东园五号楼。", "望京东园五号楼", "朝阳区望京东园五号楼路灯不亮"),
        ("望京东园五号楼。", "望京东园五号楼", "朝阳区望京东园五号楼路灯不亮"),
        ("不对，是四号楼。", "望京西园四号楼", "朝阳区望京西园四号楼路灯不亮"),
        ("不对，是草园胡同二十号。", "草园胡同二十号", "朝阳区草园胡同二十号路灯不亮"),
        ("对，二单元。", "望京西园三号楼二单元", "朝阳区望京西园三号楼二单元路灯不亮"),
        ("嗯，是望京西园。", "望京西园三号楼", "朝阳区望京西园三号楼路灯不亮"),
        ("对，就是这个地址。", "望京西园三号楼", "朝阳区望京西园三号楼路灯不亮"),
    ],
)
async def test_what_is_said_instead_of_yes_or_no_is_taken(
    talk: Talk, answer: str, place: str, matter: str
) -> None:
    in_form(talk, KNOWN, "place")
    await says(talk, "朝阳区望京西园三号楼。", "望京西园")
    said = await says(talk, answer)
    assert said[-1] == WORDING["utter_question_contact"][0]["text"]
    assert talk.draft.place is not None
    assert talk.draft.occurred is None
    assert (talk.draft.place.text, talk.draft.matter) == (place, (matter,))


async def test_a_misheard_place_that_nobody_knows_better_leaves_the_words_of_the_case(talk: Talk) -> None:
    in_form(talk, KNOWN, "place")
    await says(talk, "朝阳区望京西园三号楼。", "望京西园")
    await says(talk, "不对。")
    await says(talk, "说不清")
    assert talk.draft.place_settled
    assert talk.draft.matter == ("朝阳区路灯不亮",)


async def test_an_answer_to_something_else_leaves_the_doubt_open_but_not_for_ever(talk: Talk) -> None:
    in_form(talk, KNOWN, "place")
    await says(talk, "朝阳区望京西园三号楼。", "望京西园")
    assert (await says(talk, "哎你们什么时候来啊"))[-1].startswith(PLACE)
    assert not (await says(talk, "哎你们什么时候来啊"))[-1].startswith(PLACE)


async def test_a_right_place_that_is_in_doubt_again_is_asked_about_once_more(talk: Talk) -> None:
    in_form(talk, KNOWN, "place")
    await says(talk, "朝阳区望京西园三号楼。", "望京西园")
    said = await says(talk, "不对，是望京东园三号楼。", "望京东园三号楼")
    assert "朝阳区望京东园三号楼，对吗？" in said[-1]
    said = await says(talk, "不对，是望京东园四号楼。", "望京东园四号楼")
    assert said[-1] == WORDING["utter_question_contact"][0]["text"], "the read-back has to do from here"


async def test_a_number_in_doubt_is_asked_about_and_only_it_is_asked_for_again(talk: Talk) -> None:
    known = replace(KNOWN, place=answer_place("朝阳区望京西园三号楼"))
    in_form(talk, known, "contact")
    said = await says(talk, "一三九零零零零零零零一。", "一三九零零零零零零零一")
    assert said[-1].startswith("电话我听到的是：13900000001，对吗？")
    said = await says(talk, "不对。")
    assert said[1:] == [
        WORDING["utter_voice_no_contact"][0]["text"],
        WORDING["utter_question_contact"][0]["text"],
    ]
    assert talk.draft.phone is None
    said = await says(talk, "一三九，七个零，二。", "七个零")
    assert said[-1].startswith("电话我听到的是：13900000002，对吗？")


@pytest.mark.parametrize(
    ("number", "wrong"), [("1390000001", "少一位"), ("一三九零零零零零零零零一", "多一位")]
)
async def test_a_spoken_number_of_a_wrong_length_is_asked_again_and_never_filed(
    talk: Talk, number: str, wrong: str
) -> None:
    known = replace(KNOWN, matter=(f"路灯不亮，电话{number}",), place=answer_place("朝阳区望京西园"))
    turn = talk.turn(known.matter[0], speech=Spoken(known.matter[0]).as_json())
    for event in await ask(turn, known):
        talk.slots[event["name"]] = event["value"]
    assert wrong in talk.ends(turn)[-1]
    assert talk.draft.phone is None
    for answer, filed in (
        ({"phone": "13900000001"}, "路灯不亮，电话13900000001"),
        ({"phone_declined": True}, "路灯不亮，电话"),
    ):
        assert doubts.note(talk.turn("好"), replace(talk.draft, **answer)).matter == (filed,)
    in_form(talk, known, "contact")
    assert wrong in (await says(talk, f"{number}。"))[-1]


# --- a danger where nothing is sure -----------------------------------------------------------


@pytest.fixture
def listening(talk: Talk) -> Talk:
    """A talk in which the catalogue's own dangers are heard."""
    catalogue = load_catalogue(PROJECT / "content")
    patterns = EmergencyFinder(catalogue.dangers)
    understander = SimpleNamespace(
        find_emergency=lambda text, **_: patterns.find(normalise(text).text),
        catalogue=catalogue,
        rank=lambda _text: (),
    )
    talk.services = replace(talk.services, understander=cast("Any", understander))
    return talk


def guessed_at(guess: str, words: str = "") -> dict[str, Any]:
    return Spoken(words, (Unclear("", guess),), rejected=None if words else "unclear").as_json()


async def test_a_danger_in_an_unclear_stretch_is_advised_on_and_asked_about_and_nothing_is_taken_of_it(
    listening: Talk,
) -> None:
    in_form(listening, Draft(matter=("路灯不亮",)), "place")
    said = await note(listening, guessed_at("我家煤气泄漏了"))
    (asked,) = said
    assert asked.startswith("⚠️ 我好像听到“我家煤气泄漏了”，是这样吗？")
    assert "96777" in asked
    assert listening.draft.matter == ("路灯不亮",)
    assert listening.draft.dangers == ()


@pytest.mark.parametrize(
    ("yes", "taken"), [("嗯，是的。", True), ("不是，不是。", False), ("在望京西园", False)]
)
async def test_only_a_yes_makes_words_of_it(listening: Talk, yes: str, *, taken: bool) -> None:
    in_form(listening, Draft(matter=("路灯不亮",)), "place")
    await note(listening, guessed_at("我家煤气泄漏了"))
    said = await says(listening, yes)
    assert (listening.draft.matter == ("路灯不亮", "我家煤气泄漏了")) is taken
    assert bool(listening.draft.dangers) is taken
    assert (WORDING["utter_heard_danger_no"][0]["text"] in said) is yes.startswith("不")
    if taken:
        async with listening.services.database.session() as session:
            waiting = await open_handover_of(session, listening.citizen.id)
        assert waiting is not None, "the desk sees it at once"
    await says(listening, "是的。")
    assert (listening.draft.matter == ("路灯不亮", "我家煤气泄漏了")) is taken, (
        "a later yes is to something else"
    )


async def test_a_confirmation_of_the_read_back_is_no_yes_to_the_danger(listening: Talk) -> None:
    turn = listening.turn("确认。")
    turn.remember(replace(turn.talk, guessed=Guessed("着火了", turn.inbox_id - 1)))
    assert guessed.answer(turn) is None


async def test_a_danger_in_the_sure_part_is_advised_on_at_once_and_not_asked_about(listening: Talk) -> None:
    in_form(listening, Draft(matter=("路灯不亮",)), "place")
    words = "我家煤气泄漏了"
    turn = listening.turn(words, speech=guessed_at("楼下着火了", words))
    said = await listening.does(ValidateComplaintForm, turn)
    assert any(line.startswith("⚠️ 先顾安全") for line in said)
    assert not any("我好像听到" in line for line in said)


async def test_with_nothing_open_the_danger_is_asked_about_and_a_no_ends_it(listening: Talk) -> None:
    turn = listening.turn("", await sent(listening, make.AMR, "voice"), speech=guessed_at("楼下着火了"))
    said = await listening.does(TriageMessage, turn)
    assert [line[:5] for line in said] == ["⚠️ 我好"]
    said = await listening.does(TriageMessage, listening.turn("不是。"))
    assert said == [WORDING["utter_heard_danger_no"][0]["text"]]
