"""One answer in the light of one question: what it fills, what it corrects, what it leaves."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from actions.complaint.asking import next_ask
from actions.complaint.draft import Draft, Question, dump, load
from actions.complaint.reading import read_answer, take_stated
from actions.complaint.result import Reading
from actions.complaint.utterance import Utterance
from actions.complaint.wording import place_in_words, read_back
from bot.clock import CITY
from bot.understanding.place import find_place

AT = datetime(2026, 11, 23, 15, tzinfo=CITY)


def said(text: str, intent: str = "inform", confidence: float = 0.9) -> Utterance:
    return Utterance(text, AT, intent, confidence, inbox_id=7)


def opened(text: str) -> Draft:
    draft, _ = take_stated(Draft(), said(text))
    return replace(draft, matter=(text,), kind="投诉")


def answer(draft: Draft, question: Question, text: str, intent: str = "inform") -> Reading:
    return read_answer(draft, question, said(text, intent))


FULL = "房山区长阳镇兴华园3号楼垃圾从上周五就没人清运，我电话13900000007"


def test_a_full_opening_leaves_only_the_confirmation() -> None:
    draft = opened(FULL)
    assert draft.phone == "13900000007"
    assert draft.place is not None
    assert (draft.place.district, draft.place.street) == ("房山区", "长阳镇")
    assert draft.occurred is not None
    assert draft.occurred.start == "2026-11-20"
    assert next_ask(draft).question == "confirmed"


def test_an_empty_draft_asks_what_then_where_then_when_then_contact() -> None:
    draft = Draft()
    asked = []
    for text in ["楼道灯坏了没人修", "朝阳区望京街道南湖西园5号楼", "大概十天了", "13900000002"]:
        question = next_ask(draft).question
        asked.append(question)
        reading = answer(draft, question, text)
        draft = replace(reading.draft, kind="投诉")
    assert asked == ["description", "place", "occurred", "contact"]
    assert next_ask(draft).question == "confirmed"


def test_one_answer_may_fill_three_fields() -> None:
    reading = answer(
        opened("楼道灯坏了没人修"), "place", "朝阳区望京街道南湖西园5号楼，大概十天了，电话13900000002"
    )
    assert {"place", "occurred", "contact"} <= reading.settled
    assert next_ask(reading.draft).question == "confirmed"


def test_a_district_alone_is_asked_finer_and_not_thrown_away() -> None:
    reading = answer(opened("楼道灯坏了没人修"), "place", "朝阳区望京街道")
    ask = next_ask(reading.draft)
    assert ask.response == "utter_question_place_finer"
    assert ask.known == "朝阳区望京街道"
    finer = answer(reading.draft, "place", "南湖西园5号楼")
    assert finer.draft.place is not None
    assert (finer.draft.place.district, finer.draft.place.street) == ("朝阳区", "望京街道")
    assert "南湖西园5号楼" in (finer.draft.place.text or "")


@pytest.mark.parametrize("text", ["地点说不清楚", "我也说不好在哪"])
def test_an_unknown_place_is_not_asked_for_ever(text: str) -> None:
    reading = answer(opened("公交司机骂人"), "place", text, "dont_know")
    assert reading.draft.place_settled
    assert next_ask(reading.draft).question != "place"


@pytest.mark.parametrize("text", ["记不清了", "忘了", "说不准哪天"])
def test_an_unknown_time_is_taken(text: str) -> None:
    reading = answer(opened("朝阳区望京街道南湖西园5号楼楼道灯坏了"), "occurred", text, "dont_know")
    assert reading.draft.occurred_unknown


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("昨天晚上十一点", "2026-11-22T23:00:00+08:00"),
        ("上周三开始", "2026-11-18"),
        ("前天下午", "2026-11-21T12:00:00+08:00"),
    ],
)
def test_times_count_from_when_they_were_said(text: str, start: str) -> None:
    reading = answer(opened("朝阳区望京街道南湖西园5号楼楼道灯坏了"), "occurred", text)
    assert reading.draft.occurred is not None
    assert reading.draft.occurred.start == start


def test_a_number_one_digit_short_is_named_as_that() -> None:
    reading = answer(opened(FULL[:-18]), "contact", "1390000007")
    assert reading.problem
    assert reading.draft.phone is None


@pytest.mark.parametrize("text", ["不留电话", "不方便留", "电话就不留了"])
def test_leaving_no_number_is_respected(text: str) -> None:
    reading = answer(opened(FULL[:-18]), "contact", text, "refuse_answer")
    assert reading.draft.phone_declined
    assert next_ask(reading.draft).question == "confirmed"


def test_anonymous_drops_identity() -> None:
    reading = answer(opened(FULL), "confirmed", "我要匿名")
    assert reading.draft.anonymous
    assert reading.draft.phone is None


def test_not_anonymous_asks_for_the_number_again() -> None:
    reading = answer(opened(FULL[:-18]), "contact", "不用匿名", "deny")
    assert not reading.draft.anonymous
    assert next_ask(reading.draft).question == "contact"


def test_number_and_anonymous_in_one_breath_is_confidential() -> None:
    draft = opened("匿名举报楼下饭馆后厨脏，别说是我，电话13900000008")
    assert draft.phone == "13900000008"
    assert draft.confidential
    assert not draft.anonymous


def test_confidential_is_noted_and_the_number_still_asked() -> None:
    reading = answer(opened(FULL[:-18]), "contact", "请给我保密", "stay_confidential")
    assert reading.draft.confidential
    assert next_ask(reading.draft).response == "utter_question_contact_confidential"


@pytest.mark.parametrize("text", ["不是3号楼，是5号楼", "楼号错了，应该是5号楼"])
def test_a_wrong_building_is_replaced_and_the_rest_kept(text: str) -> None:
    place = answer(opened(FULL), "confirmed", text).draft.place
    assert place is not None
    assert "5号楼" in (place.text or "")
    assert "3号楼" not in (place.text or "")
    assert (place.district, place.street) == ("房山区", "长阳镇")


def test_a_wrong_number_is_replaced() -> None:
    reading = answer(opened(FULL), "confirmed", "电话写错了，是13900000009")
    assert reading.draft.phone == "13900000009"
    assert reading.draft.place == opened(FULL).place


def test_a_wrong_time_is_replaced() -> None:
    reading = answer(opened(FULL), "confirmed", "时间不对，是前天开始的")
    assert reading.draft.occurred is not None
    assert reading.draft.occurred.start == "2026-11-21"


def test_a_detail_at_the_read_back_is_added() -> None:
    reading = answer(opened(FULL), "confirmed", "补充一下，家里有坐轮椅的老人")
    assert reading.added
    assert "家里有坐轮椅的老人" in reading.draft.content


@pytest.mark.parametrize("text", ["确认", "对", "没问题"])
def test_yes_confirms(text: str) -> None:
    assert answer(opened(FULL), "confirmed", text, "affirm").confirmed


def test_no_without_more_asks_what_is_wrong() -> None:
    assert answer(opened(FULL), "confirmed", "有地方不对", "inform").rejected


def test_a_draft_survives_its_slot() -> None:
    draft = replace(opened(FULL), dangers=("EM03",)).fail("place")
    assert load(dump(draft)) == draft


def test_suggestions_are_not_asked_since_when() -> None:
    draft = replace(opened("建议朝阳区望京街道南湖西园门口加个红绿灯"), kind="建议")
    assert next_ask(draft).question == "contact"


def test_elsewhere_is_told_apart() -> None:
    ask = next_ask(opened("上海浦东新区张江镇路灯坏了"))
    assert ask.response == "utter_question_place_elsewhere"


@pytest.mark.parametrize("text", ["上个月开始", "从2019年起", "9月份", "一直都这样", "每天晚上"])
def test_a_time_of_any_precision_can_be_read_back(text: str) -> None:
    reading = answer(opened("朝阳区望京街道南湖西园5号楼楼道灯坏了"), "occurred", text)
    assert reading.draft.occurred is not None
    assert reading.draft.occurred.text in read_back(reading.draft)


def test_a_town_is_not_said_twice() -> None:
    place = opened("大兴区黄村镇兴华园3号楼垃圾没人清运").place
    assert place is not None
    assert place_in_words(place) == "大兴区黄村镇兴华园3号楼"


@pytest.mark.parametrize("text", ["是8号楼", "8号楼", "应该是8号楼"])
def test_what_is_said_after_no_is_the_correction(text: str) -> None:
    rejected = answer(opened(FULL), "confirmed", "有地方不对").draft
    corrected = answer(rejected, "confirmed", text)
    assert corrected.draft.place is not None
    assert "8号楼" in (corrected.draft.place.text or "")
    assert "3号楼" not in (corrected.draft.place.text or "")
    assert not corrected.draft.correcting


def test_a_time_said_again_is_no_part_of_the_matter() -> None:
    reading = answer(opened(FULL[:-18]), "contact", "从上周四开始的")
    assert reading.draft.occurred is not None
    assert reading.draft.occurred.start == "2026-11-19"
    assert "上周四" not in reading.draft.content


def test_a_place_said_while_the_number_is_asked_is_taken() -> None:
    draft = replace(opened("物业不给开暖气怎么办"), kind="咨询")
    place = answer(draft, "contact", "大兴区黄村镇金惠园二里").draft.place
    assert place is not None
    assert place.district == "大兴区"


def test_a_named_day_takes_the_place_of_a_rough_count() -> None:
    draft = opened("楼道的灯坏了好几天没人修")
    assert draft.occurred is not None
    reading = answer(draft, "place", "朝阳区望京街道南湖西园5号楼2单元，从11月20号开始的")
    assert reading.draft.occurred is not None
    assert reading.draft.occurred.start == "2026-11-20"
    again = answer(reading.draft, "contact", "13900000201，好几天了")
    assert again.draft.occurred is not None
    assert again.draft.occurred.start == "2026-11-20"


def test_a_statement_that_the_engine_takes_for_yes_confirms_nothing() -> None:
    reading = answer(opened(FULL), "confirmed", "是快递公司的货占着便道", "affirm")
    assert not reading.confirmed
    assert "快递公司" in reading.draft.content


def test_anonymity_takes_the_name_out_of_answers_too() -> None:
    draft = replace(opened(FULL), answers={"heat_provider": "我叫王建国，打13900000001"})
    reading = answer(draft, "confirmed", "我要匿名", "stay_anonymous")
    assert "13900000001" not in reading.draft.content


@pytest.mark.parametrize(
    ("first", "later", "building"),
    [
        ("石景山区八角北里4号楼电梯坏了", "等会儿，我说错了，4号楼是我闺女家，我住的是6号楼", "6号楼"),
        ("朝阳区育慧西里5号楼栏杆坏了", "抱歉，问了我先生，还是3号楼没错", "3号楼"),
        ("朝阳区松榆里7号楼2单元401没人应", "我刚跑下去看了眼门牌，402，是402不是401", "402"),
    ],
)
def test_a_house_put_right_at_the_read_back(first: str, later: str, building: str) -> None:
    reading = answer(replace(opened(first), phone="13900000001"), "confirmed", later)
    assert reading.corrected
    assert reading.draft.place is not None
    assert (reading.draft.place.point or "").endswith(building)


def test_a_district_put_right_tells_the_street_too() -> None:
    draft = opened("西城区和平里七区12号楼堆满共享单车")
    reading = answer(draft, "occurred", "哎哟看我这脑子，和平里是东城区的，不是西城区。堆了得有半个月了")
    assert reading.draft.place is not None
    assert (reading.draft.place.district, reading.draft.place.street) == ("东城区", "和平里街道")


def test_a_time_taken_back_in_the_same_breath() -> None:
    reading = answer(opened("垃圾没人收"), "occurred", "前天起的吧……不对，大前天，星期五，我记着呢")
    assert reading.draft.occurred is not None
    assert (reading.draft.occurred.start or "").startswith("2026-11-20")


def test_another_number_is_no_part_of_the_matter() -> None:
    draft = replace(opened("朝阳区团结湖街道修车铺占了人行道"), phone="13900078001")
    reading = answer(draft, "confirmed", "这号好像停机了，换一个，13900078002")
    assert reading.draft.phone == "13900078002"
    assert "停机" not in reading.draft.content


def test_a_since_when_beats_a_time_of_day() -> None:
    draft = replace(opened("楼上大半夜拍篮球"), place=find_place("东城区天坛街道金鱼池西区2号楼"))
    reading = answer(draft, "contact", "打10月初就没消停过")
    assert reading.draft.occurred is not None
    assert (reading.draft.occurred.start or "").startswith("2026-10-01")


@pytest.mark.parametrize(
    "text",
    ["确认吧，我要匿名", "确认，不留电话", "匿名，确认", "三号楼，确认", "确认，我叫王小明", "大前天，确认"],
)
def test_a_confirmation_that_changes_something_is_read_back_again(text: str) -> None:
    draft = replace(opened("朝阳区望京街道望京西园5号楼昨天停水"), phone="13900000001")
    reading = answer(draft, "confirmed", text)
    assert not reading.confirmed
    assert reading.draft != draft


def test_what_is_told_beside_a_confirmation_is_kept() -> None:
    draft = replace(opened("朝阳区望京街道望京西园5号楼昨天停水"), phone="13900000001")
    reading = answer(draft, "confirmed", "确认，是我邻居家装修弄的")
    assert reading.confirmed or reading.added
    assert "邻居家装修" in reading.draft.content


def test_a_matter_named_in_its_confirmation_is_confirmed() -> None:
    draft = replace(opened("平谷区滨河街道金谷园小区2号楼停水了"), phone="13900000001")
    assert answer(draft, "confirmed", "对，停水这个确认").confirmed
