"""What the citizen hears of files and locations, and which case they end up in: the dialogue's actions on a real database."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from actions.carried.files import speaks_of_files
from actions.carried.taking import collect, take_for_question, take_to_filed, take_unasked, take_with_words
from actions.complaint.asking import next_ask
from actions.complaint.draft import Draft, File
from actions.complaint.filing import FileCase
from actions.complaint.form import ValidateComplaintForm
from actions.complaint.utterance import utterance_of
from actions.complaint.wording import read_back
from actions.talk import Filed
from actions.triage import TriageMessage
from actions.turn import Turn
from bot.attachments import MOST, Received, attachments_of_case, content_of, store_of
from bot.cases import CaseDraft, case_record, file_case, find_case, verify_case, withdraw
from bot.identity import find_or_create
from bot.places import Boundaries, SharedPlace, resolve_shared
from bot.storage import Database
from bot.storage.sealing import open_text
from bot.understanding import answer_time
from bot.understanding.place import answer_place
from tests.support.carried_talk import AT, Talk, in_form, sent, services_of
from tests.unit.attachments import pictures as make
from tests.unit.places.test_boundaries import SQUARE, feature

MATTER = Draft(
    matter=("小区门口路灯不亮",),
    kind="投诉",
    title="路灯",
    place=answer_place("朝阳区望京西园四区3号楼"),
    occurred=answer_time("昨天晚上", AT).occurred,
    phone="13900000001",
)
WHERE = {"latitude": 39.5, "longitude": 116.5, "system": "wgs84"}


@pytest.fixture
async def talk(database: Database, tmp_path: Path) -> Talk:
    services = services_of(database, tmp_path)
    async with database.session() as session, session.begin():
        citizen = await find_or_create(session, services.vault, "letter", "甲", AT)
    return Talk(services, citizen)


async def files(talk: Talk, number: str) -> list[str]:
    async with talk.services.database.session() as session:
        return [one.kind for one in await attachments_of_case(session, talk.services.vault, number)]


async def filed_before(talk: Talk, **changes: Any) -> Filed:
    """A case that this talk filed."""
    case = CaseDraft(kind="投诉", title="路灯", content="路灯不亮", channel="letter", **changes)
    async with talk.services.database.session() as session, session.begin():
        one = await file_case(
            session,
            case,
            vault=talk.services.vault,
            inbox_id=900,
            issue=0,
            citizen=talk.citizen,
            at=AT,
        )
    filed = Filed(one.tracking_code or one.case_number, MATTER, AT)
    turn = talk.turn("好")
    turn.remember(turn.talk.file(filed))
    talk.ends(turn)
    return filed


# --- with a question open -------------------------------------------------------------------------------------


async def test_a_photo_in_the_middle_is_acknowledged_and_the_open_question_put_again(talk: Talk) -> None:
    in_form(talk, replace(MATTER, phone=None), "contact")
    turn = talk.turn("", await sent(talk))
    said = await talk.does(ValidateComplaintForm, turn)
    assert said[0] == "照片收到了，会附在这件事里。"
    assert "手机号" in said[1]
    assert len(said) == 2
    assert talk.slots["requested_slot"] == "contact"
    assert [file.kind for file in talk.draft.files] == ["photo"]


async def test_several_photos_one_after_another_get_a_few_words_each(talk: Talk) -> None:
    in_form(talk, replace(MATTER, phone=None), "contact")
    lines = []
    for _ in range(3):
        lines.append(await talk.does(ValidateComplaintForm, talk.turn("", await sent(talk), after=2)))
    assert len(lines[0]) == 2
    assert lines[1:] == [["照片也收到了，一共2个附件。"], ["照片也收到了，一共3个附件。"]]
    assert len(talk.draft.files) == 3
    assert talk.slots["requested_slot"] == "contact"
    later = await talk.does(ValidateComplaintForm, talk.turn("", await sent(talk), after=600))
    assert len(later) == 2  # that one was not sent together with the others


async def test_an_album_in_one_message_is_acknowledged_once(talk: Talk) -> None:
    album = [await sent(talk) for _ in range(3)]
    in_form(talk, replace(MATTER, phone=None), "contact")
    said = await talk.does(ValidateComplaintForm, talk.turn("", *album))
    assert said[0] == "3张照片收到了，会附在这件事里。"


async def test_a_turn_that_is_taken_twice_keeps_a_photo_once(talk: Talk) -> None:
    in_form(talk, replace(MATTER, phone=None), "contact")
    before = dict(talk.slots)
    turn = talk.turn("", await sent(talk))
    first = await talk.does(ValidateComplaintForm, turn)
    talk.slots = before
    assert await talk.does(ValidateComplaintForm, talk.again()) == first
    assert len(talk.draft.files) == 1


async def test_a_caption_is_the_answer(talk: Talk) -> None:
    in_form(talk, replace(MATTER, phone=None), "contact")
    turn = talk.turn("13900000002", await sent(talk))
    draft, quiet = take_for_question(turn, talk.draft, "contact")
    assert talk.ends(turn) == ["照片收到了。"]
    assert not quiet
    assert utterance_of(turn).text == "13900000002"
    assert len(collect(turn, draft).files) == 1


async def test_a_caption_that_speaks_of_the_photo_answers_nothing_and_is_kept(talk: Talk) -> None:
    in_form(talk, replace(MATTER, phone=None), "contact")
    said = await talk.does(ValidateComplaintForm, talk.turn("这张是今天拍的", await sent(talk)))
    assert said[0] == "照片收到了。"
    assert "手机号" in said[1]
    assert talk.draft.matter[-1] == "这张是今天拍的"
    assert talk.draft.occurred == MATTER.occurred
    assert len(talk.draft.files) == 1


@pytest.mark.parametrize("text", ["这张是今天拍的", "如图", "补充两张照片", "现场拍的", "看图吧"])
def test_words_of_what_was_sent(text: str) -> None:
    assert speaks_of_files(text)


@pytest.mark.parametrize(
    "text",
    [
        "楼道灯坏了",
        "在望京西园四区拍的",
        "13900000001",
        "照片没问题，确认",
        "路灯坏了，照片为证",
        "",
        "昨天晚上",
    ],
)
def test_words_that_tell_more_than_what_was_sent(text: str) -> None:
    assert not speaks_of_files(text)


async def test_a_voice_note_is_kept_and_answered_with_a_request_to_type(talk: Talk) -> None:
    in_form(talk, replace(MATTER, phone=None), "contact")
    said = await talk.does(ValidateComplaintForm, talk.turn("", await sent(talk, make.AMR, "voice")))
    assert said[0] == "语音收到了，会一起保存。语音我暂时还听不了，麻烦您打字说一下。"
    assert "手机号" in said[1]
    assert [file.kind for file in talk.draft.files] == ["voice"]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("too_large", "10MB"),
        ("bad_type", "PDF"),
        ("broken", "重新发"),
        ("unsafe", "安全检查"),
        ("gone", "再发一次"),
        ("away", "再发一次"),
        ("something new", "再发一次"),
    ],
)
async def test_a_refused_file_gets_one_sentence_with_the_reason_and_what_to_do(
    talk: Talk, code: str, words: str
) -> None:
    in_form(talk, replace(MATTER, phone=None), "contact")
    said = await talk.does(ValidateComplaintForm, talk.turn("", Received("photo", None, code)))
    assert len(said) == 2
    assert words in said[0]
    assert "手机号" in said[1]
    assert talk.draft.files == ()


async def test_of_a_mixed_message_what_is_kept_and_what_is_not_is_said(talk: Talk) -> None:
    in_form(talk, replace(MATTER, phone=None), "contact")
    refused = [Received("file", None, "bad_type"), Received("photo", None, "too_large")]
    said = await talk.does(ValidateComplaintForm, talk.turn("", await sent(talk), *refused))
    assert [line[:6] for line in said[:3]] == ["这种文件收不", "照片太大了，", "照片收到了，"]


async def test_a_tenth_file_is_not_taken_and_that_is_said(talk: Talk) -> None:
    full = replace(MATTER, phone=None, files=tuple(File(number, "photo") for number in range(1, MOST + 1)))
    in_form(talk, full, "contact")
    said = await talk.does(ValidateComplaintForm, talk.turn("", await sent(talk)))
    assert "最多附9个" in said[0]
    assert len(talk.draft.files) == MOST


async def test_the_read_back_counts_the_files(talk: Talk) -> None:
    draft = replace(MATTER, files=(File(1, "photo"), File(2, "photo"), File(3, "file")))
    assert read_back(draft).endswith("【附件】2张照片和1个文件")
    assert "附件" not in read_back(MATTER)


# --- with nothing open ----------------------------------------------------------------------------------------


async def test_a_photo_first_asks_what_the_matter_is_and_goes_with_the_case(talk: Talk) -> None:
    photo = await sent(talk)
    turn = talk.turn("", photo)
    said = await talk.does(TriageMessage, turn)
    assert said == ["照片收到了。"]
    assert await talk.does(ValidateComplaintForm, talk.again()) == ["您说说遇到了什么事？"]
    assert talk.slots["requested_slot"] == "description"
    turn = talk.turn("路灯不亮")
    assert [file.id for file in collect(turn, MATTER).files] == [photo.id]


async def test_a_photo_that_waited_longer_than_a_day_belongs_to_no_later_matter(talk: Talk) -> None:
    await talk.does(TriageMessage, talk.turn("", await sent(talk)))
    assert collect(talk.turn("路灯不亮", after=25 * 3600), MATTER).files == ()


async def test_a_refused_file_alone_opens_nothing(talk: Talk) -> None:
    said = await talk.does(TriageMessage, talk.turn("", Received("file", None, "bad_type")))
    assert len(said) == 1
    assert "requested_slot" not in talk.slots
    assert talk.slots.get("talk") is None


async def test_a_caption_with_nothing_open_is_read_as_the_message(talk: Talk) -> None:
    turn = talk.turn("楼道灯坏了", await sent(talk))
    take_with_words(turn)
    assert talk.ends(turn) == ["照片收到了。"]
    assert len(collect(turn, MATTER).files) == 1


# --- a case that was filed ------------------------------------------------------------------------------------


async def test_a_photo_after_filing_is_added_to_that_case_with_an_event(talk: Talk) -> None:
    filed = await filed_before(talk)
    turn = talk.turn("", await sent(talk))
    assert await talk.does(TriageMessage, turn) == [f"照片收到了，已经附在工单 {filed.number} 里。"]
    assert await files(talk, filed.number) == ["photo"]
    assert await talk.does(TriageMessage, talk.again()) != []  # taken again: still one, and one event
    assert await files(talk, filed.number) == ["photo"]
    async with talk.services.database.session() as session:
        view = await find_case(session, filed.number, talk.citizen)
        assert [entry.words for entry in view.timeline].count("您补充了情况") == 1
        await verify_case(session, filed.number)
    more = await talk.does(TriageMessage, talk.turn("", await sent(talk, make.PDF, "file"), after=5))
    assert more == ["文件也收到了，一共2个附件。"]


async def test_a_photo_a_day_later_is_for_a_new_matter(talk: Talk) -> None:
    filed = await filed_before(talk)
    assert await talk.does(TriageMessage, talk.turn("", await sent(talk), after=25 * 3600)) == [
        "照片收到了。"
    ]
    assert await files(talk, filed.number) == []


async def test_a_photo_for_a_case_that_was_withdrawn_is_for_a_new_matter(talk: Talk) -> None:
    filed = await filed_before(talk)
    async with talk.services.database.session() as session, session.begin():
        await withdraw(session, filed.number, talk.citizen, AT, vault=talk.services.vault)
    assert await talk.does(TriageMessage, talk.turn("", await sent(talk))) == ["照片收到了。"]
    assert await files(talk, filed.number) == []


async def test_a_photo_with_words_of_it_goes_to_the_filed_case_and_the_words_are_kept(talk: Talk) -> None:
    filed = await filed_before(talk)
    said = await talk.does(TriageMessage, talk.turn("这张是今天拍的，补充一下", await sent(talk)))
    assert said == [f"照片收到了，已经附在工单 {filed.number} 里。"]
    assert await files(talk, filed.number) == ["photo"]
    async with talk.services.database.session() as session, session.begin():
        connection = await session.connection()
        seq, note = (await connection.exec_driver_sql("SELECT seq, sealed FROM case_note")).one()
    words = open_text(talk.citizen.key, note, bound_to=f"{filed.number}/{seq}")
    assert words == "补充了照片：这张是今天拍的，补充一下"


async def test_a_photo_with_words_for_the_filed_case_goes_there(talk: Talk) -> None:
    filed = await filed_before(talk)
    turn = talk.turn("补充一张，这是今天拍的", await sent(talk))
    take_with_words(turn)
    await take_to_filed(turn, filed.number)
    assert await files(talk, filed.number) == ["photo"]
    assert turn.talk.files == ()


async def test_a_photo_for_an_anonymous_case_goes_by_its_code_and_leads_to_nobody(talk: Talk) -> None:
    filed = await filed_before(talk, anonymous=True)
    assert filed.number.startswith("GZ")
    said = await talk.does(TriageMessage, talk.turn("", await sent(talk)))
    assert said == [f"照片收到了，已经附在工单 {filed.number} 里。"]
    assert await files(talk, filed.number) == ["photo"]


# --- filing ---------------------------------------------------------------------------------------------------


@pytest.fixture
def files_cases(monkeypatch: pytest.MonkeyPatch) -> None:
    """The case is assembled without the models."""

    async def assembled(turn: Turn, draft: Draft, _understood: Any = None) -> Any:
        snapshot = {"coordinates": draft.shared.as_json()} if draft.shared else {}
        return (
            CaseDraft(
                kind="投诉",
                title="路灯",
                content=draft.content,
                channel="letter",
                anonymous=draft.anonymous,
                understanding=snapshot,
            ),
            None,
        )

    monkeypatch.setattr("actions.complaint.filing.assembled", assembled)


@pytest.mark.usefixtures("files_cases")
@pytest.mark.parametrize("anonymous", [False, True])
async def test_filing_joins_what_was_sent_and_what_came_with_the_confirmation(
    talk: Talk, anonymous: bool
) -> None:
    first, last = await sent(talk), await sent(talk, make.PDF, "file")
    in_form(talk, replace(MATTER, anonymous=anonymous, files=(File(first.id or 0, "photo"),)), "confirmed")
    turn = talk.turn("确认", last)
    take_for_question(turn, talk.draft, "confirmed")
    talk.ends(turn)
    said = await talk.does(FileCase, talk.again())
    number = load_filed(talk)
    assert number in said[0]
    assert await files(talk, number) == ["photo", "file"]
    await talk.does(FileCase, talk.again())
    assert await files(talk, number) == ["photo", "file"]
    async with talk.services.database.session() as session:
        vault, store = talk.services.vault, store_of(talk.services.settings)
        listed = await attachments_of_case(session, vault, number)
        assert await content_of(session, store, vault, number, listed[1].id) == make.PDF
        assert {one.id for one in listed} & {first.id, last.id} == (
            set() if anonymous else {first.id, last.id}
        )


def load_filed(talk: Talk) -> str:
    number: str = talk.slots["talk"]["filed"][-1]["number"]
    return number


@pytest.mark.usefixtures("files_cases")
async def test_a_store_that_is_away_costs_an_anonymous_case_its_photo_and_not_itself(
    talk: Talk, tmp_path: Path
) -> None:
    photo = await sent(talk)
    broken = replace(talk.services, settings=talk.services.settings.model_copy(update=AWAY))
    talk.services = broken
    in_form(talk, replace(MATTER, anonymous=True, files=(File(photo.id or 0, "photo"),)), "confirmed")
    said = await talk.does(FileCase, talk.turn("确认"))
    assert said[0] == "照片这次没能附上，登记不受影响。麻烦您过一会儿再发一次。"
    assert load_filed(talk) in said[1]
    assert await files(talk, load_filed(talk)) == []


AWAY = {
    "attachments": "s3://bucket",
    "attachments_endpoint": "http://127.0.0.1:9",
    "attachments_key": SecretStr("key"),
    "attachments_secret": SecretStr("secret"),
}


# --- locations ------------------------------------------------------------------------------------------------


async def test_a_location_with_a_label_answers_where_and_is_read_back_in_words(talk: Talk) -> None:
    in_form(talk, replace(MATTER, place=None, occurred=None), "place")
    location = {
        "latitude": 39.99,
        "longitude": 116.48,
        "system": "gcj02",
        "label": "北京市朝阳区望京街10号",
    }
    said = await talk.does(ValidateComplaintForm, talk.turn("", location=location))
    assert said[0] == "位置收到了：朝阳区望京街10号。"
    assert "什么时候" in said[1]
    assert talk.slots["requested_slot"] == "occurred"
    assert talk.draft.shared == SharedPlace(39.99, 116.48, "gcj02", "北京市朝阳区望京街10号")
    assert "【地点】朝阳区望京街10号（附您发来的定位）" in read_back(talk.draft)


async def test_a_point_that_nobody_can_name_is_kept_and_asked_in_words(talk: Talk) -> None:
    in_form(talk, replace(MATTER, place=None, occurred=None), "place")
    border = {"latitude": 39.92, "longitude": 116.43, "system": "wgs84"}  # 朝阳门桥: 东城 or 朝阳
    said = await talk.does(ValidateComplaintForm, talk.turn("", location=border))
    assert said == ["光看定位我还说不出是哪儿。请告诉我是哪个区、哪个小区或哪条路，工作人员好找。"]
    assert talk.slots["requested_slot"] == "place"
    assert talk.draft.shared is not None
    assert "【地点】您发来的定位" in read_back(replace(talk.draft, place_settled=True))


async def test_with_boundaries_a_point_tells_district_and_street(
    talk: Talk, database: Database, tmp_path: Path
) -> None:
    gazetteer = tmp_path / "content" / "gazetteer"
    gazetteer.mkdir(parents=True)
    areas = {"features": [feature([SQUARE], district="朝阳区", street="望京街道")]}
    (gazetteer / "boundaries.geojson").write_text(json.dumps(areas), encoding="utf-8")
    talk.services = services_of(database, tmp_path, tmp_path / "content")
    in_form(talk, replace(MATTER, place=None, occurred=None), "place")
    said = await talk.does(ValidateComplaintForm, talk.turn("", location=WHERE))
    assert said[0] == "位置收到了：朝阳区望京街道。"
    assert "知道是朝阳区望京街道" in said[1]  # an area: one finer question
    assert talk.draft.place is not None
    assert talk.draft.place.district_source == "inferred"

    # And a photo's own place is a suggestion that the citizen answers.
    photo = await sent(talk, make.photo(place=(39.5, 116.5)))
    in_form(talk, replace(MATTER, place=None, occurred=None), "place")
    said = await talk.does(ValidateComplaintForm, talk.turn("", photo))
    assert said == ["照片收到了，会附在这件事里。", "照片上带有拍摄位置，是在朝阳区望京街道吗？"]
    suggested = talk.slots["draft"]
    said = await talk.does(ValidateComplaintForm, talk.turn("不是"))
    assert said == ["这事在哪里？请说区、街道（镇）和小区、路名或门牌。"]
    assert talk.draft.place is None
    talk.slots["draft"] = suggested
    await talk.does(ValidateComplaintForm, talk.turn("是的"))
    assert talk.draft.place is not None
    assert talk.draft.place.street == "望京街道"
    talk.slots["draft"] = suggested
    await talk.does(ValidateComplaintForm, talk.turn("在海淀区中关村大街27号"))
    assert talk.draft.place is not None
    assert talk.draft.place.district == "海淀区"


async def test_a_known_place_is_made_exact_and_not_replaced(talk: Talk) -> None:
    in_form(talk, replace(MATTER, phone=None), "contact")
    location = {"latitude": 39.9963, "longitude": 116.4807, "system": "wgs84", "label": "朝阳区望京西园四区"}
    said = await talk.does(ValidateComplaintForm, talk.turn("", location=location))
    assert said[0] == "位置收到了，会一起记下来。"
    assert "手机号" in said[1]
    assert talk.draft.place == MATTER.place
    assert talk.draft.shared is not None


async def test_a_pin_that_was_wrong_is_put_right_in_words_and_forgotten(talk: Talk) -> None:
    pin = SharedPlace(39.99, 116.48, "gcj02", "北京市朝阳区望京街10号")
    place = resolve_shared(pin, Boundaries())
    in_form(talk, replace(MATTER, place=place, shared=pin, phone=None), "contact")
    await talk.does(ValidateComplaintForm, talk.turn("不对，是朝阳区望京西园四区3号楼"))
    assert talk.draft.shared is None
    assert "【地点】朝阳区望京街道望京西园四区3号楼" in read_back(talk.draft)
    in_form(talk, replace(MATTER, place=place, shared=pin, phone=None), "contact")
    await talk.does(ValidateComplaintForm, talk.turn("不对，是12号"))
    assert talk.draft.shared == pin  # the road was right


async def test_a_location_with_nothing_open_is_for_the_next_matter(talk: Talk) -> None:
    location = {
        "latitude": 39.9837,
        "longitude": 116.3164,
        "system": "wgs84",
        "label": "北京市海淀区中关村大街27号",
    }
    turn = talk.turn("", location=location)
    assert await talk.does(TriageMessage, turn) == ["位置收到了：海淀区中关村大街27号。"]
    assert await talk.does(ValidateComplaintForm, talk.again()) == ["您说说遇到了什么事？"]
    told = collect(talk.turn("路灯不亮"), replace(MATTER, place=None))
    assert told.place is not None
    assert (told.place.district, next_ask(told).question) == ("海淀区", "confirmed")
    # Words that name another district mean another place.
    other = collect(talk.turn("朝阳区的路灯不亮"), MATTER)
    assert (other.place, other.shared) == (MATTER.place, None)


@pytest.mark.usefixtures("files_cases")
async def test_the_point_is_kept_with_the_case_in_its_own_system_and_sealed(talk: Talk) -> None:
    in_form(talk, replace(MATTER, shared=SharedPlace(39.989, 116.481, "gcj02", "望京")), "confirmed")
    await talk.does(FileCase, talk.turn("确认"))
    async with talk.services.database.session() as session, session.begin():
        record = await case_record(session, talk.services.vault, load_filed(talk))
        connection = await session.connection()
        row = (await connection.exec_driver_sql("SELECT to_jsonb(c)::text FROM case_ c")).scalar_one()
    point = {"latitude": 39.989, "longitude": 116.481, "system": "gcj02"}
    assert record.as_json()["coordinates"] == point
    assert "coordinates" not in record.masked().as_json()
    assert "39.989" not in row


async def test_a_clerk_who_speaks_is_not_interrupted_by_acknowledgements(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def yes(_turn: Turn) -> bool:
        return True

    monkeypatch.setattr("actions.complaint.form.is_with_person", yes)
    in_form(talk, replace(MATTER, phone=None), "contact")
    photo = await sent(talk)
    assert await talk.does(ValidateComplaintForm, talk.turn("", photo)) == []
    assert [file.id for file in collect(talk.again(), MATTER).files] == [photo.id]


async def test_nothing_is_asked_of_a_message_that_carries_nothing(talk: Talk) -> None:
    turn = talk.turn("")
    assert await take_unasked(turn) is None
    assert talk.ends(turn) == []
