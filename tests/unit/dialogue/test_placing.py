"""More of the place told while something else is asked, and names that no list has as answers to "where?"."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from actions.complaint.draft import Draft, Question
from actions.complaint.placing import finer_place, is_spot
from actions.complaint.reading import read_answer
from actions.complaint.utterance import Utterance
from bot.clock import CITY
from bot.understanding.place import answer_place, merge_places

AT = datetime(2026, 11, 23, 15, 0, tzinfo=CITY)


def knowing(*turns: str) -> Draft:
    """A draft that knows the place of these answers."""
    place = None
    for turn in turns:
        place = merge_places(place, answer_place(turn))
    return Draft(matter=("暖气不热",), place=place)


def answered(draft: Draft, question: Question, text: str) -> Draft:
    return read_answer(draft, question, Utterance(text, AT)).draft


def test_a_place_in_three_answers_is_no_part_of_the_matter() -> None:
    draft = Draft(matter=("暖气不热",))
    for question, text in (
        ("place", "翠屿名邸"),
        ("place", "朝阳的 东坝地区"),
        ("occurred", "四号楼三单元五零二"),
    ):
        draft = answered(draft, question, text)  # type: ignore[arg-type]
    assert draft.place is not None
    assert (draft.place.district, draft.place.street) == ("朝阳区", "东坝地区")
    assert draft.place.text == "翠屿名邸四号楼三单元五零二"
    assert draft.matter == ("暖气不热",)


@pytest.mark.parametrize(
    "house", ["二号楼 一零零三", "二号楼一零零三", "2号楼1003", "2号楼，1003室", "就是2号楼1003"]
)
def test_a_house_with_its_room_told_at_another_question(house: str) -> None:
    place = finer_place(knowing("西三旗街道沁春华邸"), house)
    assert place is not None
    assert (place.text or "").startswith("西三旗街道沁春华邸")
    assert place.text != "西三旗街道沁春华邸"
    assert ("一零零三" in (place.text or "")) or "1003" in (place.text or "")


@pytest.mark.parametrize("name", ["翠屿名邸", "御景澜山", "就是橡树澜湾", "枫林逸景5号楼"])
def test_an_estate_told_at_another_question(name: str) -> None:
    place = finer_place(knowing("朝阳区东坝地区"), name)
    assert place is not None
    assert name.removeprefix("就是") in (place.text or "")
    assert place.street == "东坝地区"


@pytest.mark.parametrize(
    "said",
    [
        "昨天晚上",
        "就这",
        "没有",
        "匿名",
        "王建国",
        "不想留",
        "13800003101",
        "上周六开始的",
        "拖桌子 拍球",
        "没着 就是怕着",
        "物业不管",
        "烦死了",
    ],
)
def test_what_tells_no_place_at_another_question(said: str) -> None:
    assert finer_place(knowing("朝阳区东坝地区"), said) is None
    assert finer_place(knowing("朝阳区东坝地区翠屿名邸"), said) is None


@pytest.mark.parametrize("said", ["翠屿名邸", "四号楼三单元五零二", "2号楼1003", "云栖澜庭7号楼"])
def test_a_name_or_a_house_is_a_spot(said: str) -> None:
    assert is_spot(said)


@pytest.mark.parametrize(
    "said",
    [
        "石景山金顶街，模式口西里北区东门口",
        "海淀区清河嘉园，东区2号楼楼下那个垃圾点",
        "怀柔区怀北镇河防口村，村南边那条河",
        "平谷区夏各庄镇仁义园小区北门外马路上",
        "朝阳区呼家楼金台里小区花园里头",
        "大兴区魏善庄镇，村委会西边那条小道",
        "1102，2单元，7号楼，云栖澜庭，长阳镇，房山",
        "密雲區溪翁莊鎮，鎮政府旁邊那個家屬院9號樓",
        "右安门内大街和白纸坊西街路口，东北角",
    ],
)
def test_a_whole_address_is_a_spot(said: str) -> None:
    assert is_spot(said)
    draft = answered(Draft(matter=("路灯不亮",)), "place", said)
    assert draft.matter == ("路灯不亮",)


@pytest.mark.parametrize(
    "said",
    [
        "西城区新风街2号院，墙皮都掉下来了",
        "望京西园3号楼，楼道灯坏了",
        "海淀区清河嘉园，门口总有人卖烤串",
        "就在5号楼，而且井盖也丢了一个",
        "朝阳区望京西园，孩子摔了一跤",
        "大兴区魏善庄镇，村里天天烧秸秆",
    ],
)
def test_an_address_with_more_of_the_matter_is_no_spot(said: str) -> None:
    assert not is_spot(said)


@pytest.mark.parametrize("said", ["不知道", "王建国", "昨天晚上", "物业不管", "停水了"])
def test_what_is_no_spot(said: str) -> None:
    assert not is_spot(said)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("昌平区南邵镇，景和雅墅，15号楼前", "景和雅墅，15号楼前"),
        ("通州区台湖镇，澜岸新筑", "澜岸新筑"),
        ("丰台区看丹街道，御景澜山", "御景澜山"),
        ("1102，2单元，7号楼，云栖澜庭，长阳镇，房山", "云栖澜庭7号楼2单元1102"),
        ("海淀区清河嘉园，东区2号楼楼下那个垃圾点", "清河嘉园，东区2号楼楼下那个垃圾点"),
        ("密云区果园街道，檀溪小筑，12号楼楼下", "檀溪小筑，12号楼楼下"),
    ],
)
def test_an_answer_that_tells_only_where_fills_the_place(answer: str, words: str) -> None:
    draft = answered(Draft(matter=("路灯不亮",)), "place", answer)
    assert draft.place is not None
    assert words in (draft.place.text or "")


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("是五号楼", "劲松五区五号楼"),
        ("不对，是五号楼", "劲松五区五号楼"),
        ("不是三号楼，是五号楼", "劲松五区五号楼"),
        ("错了，5号楼", "劲松五区5号楼"),
        ("说错了，是六区三号楼", "劲松六区三号楼"),
    ],
)
def test_a_house_put_right_at_the_read_back_takes_the_place_of_the_first(said: str, words: str) -> None:
    draft = replace(
        knowing("朝阳区劲松五区三号楼"), occurred_unknown=True, phone_declined=True, correcting=True
    )
    draft = answered(draft, "confirmed", said)
    assert draft.place is not None
    assert draft.place.text == words
