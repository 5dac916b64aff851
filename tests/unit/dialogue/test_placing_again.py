"""The known estate or road named again with more of it: the house is not lost, whatever question is open."""

from __future__ import annotations

from datetime import datetime

import pytest

from actions.complaint.draft import Draft, Question
from actions.complaint.placing import finer_place
from actions.complaint.reading import read_answer
from actions.complaint.utterance import Utterance
from bot.clock import CITY
from bot.understanding.place import answer_place, find_place, merge_places

AT = datetime(2026, 11, 23, 15, 0, tzinfo=CITY)
QUESTIONS: tuple[Question, ...] = ("place", "occurred", "contact", "confirmed")


def telling(text: str) -> Draft:
    """A draft whose place the first words told."""
    return Draft(matter=(text,), place=find_place(text))


def text_of(draft: Draft) -> str:
    assert draft.place is not None
    return draft.place.text or ""


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize(
    ("first", "again", "words"),
    [
        ("俺是密云果园西里的，暖气片子冰凉", "果园西里9号楼4单元301，俺就住这儿", "果园西里9号楼4单元301"),
        ("旧宫新苑南区底商的卷帘门半夜响", "大兴旧宫，旧宫新苑南区11号楼下头", "旧宫新苑南区11号楼下头"),
        ("旧宫新苑南区，底商的卷帘门半夜响", "旧宫新苑南区11号楼底商那个", "旧宫新苑南区11号楼底商"),
        ("朝阳区望京西园四区停水了", "就是望京西园四区407楼2单元", "望京西园四区407楼2单元"),
        ("朝阳区望京西园四区停水了", "望京西园四区，407楼，2单元", "407楼"),
        ("昌平区东小口镇天通中苑没暖气", "天通中苑26号楼", "天通中苑26号楼"),
        ("东城区光明路路灯不亮", "光明路12号门口", "光明路12号门口"),
        ("丰台区角门东里有人扰民", "丰台角门东里6号楼", "角门东里6号楼"),
    ],
)
def test_a_house_behind_the_known_name_is_kept_at_any_question(
    question: Question, first: str, again: str, words: str
) -> None:
    draft = read_answer(telling(first), question, Utterance(again, AT)).draft
    assert words in text_of(draft)
    assert draft.place is not None
    assert draft.place.district == telling(first).place.district  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("first", "again", "words"),
    [
        ("望京西园四区停水了", "望京西园四区407楼也没暖气", "望京西园四区"),
        ("望京西园四区407楼停水了", "望京西园四区", "望京西园四区407楼"),
        ("望京西园四区407楼停水了", "朝阳区望京西园四区", "望京西园四区407楼"),
        ("望京西园四区407楼2单元停水了", "望京西园四区407楼的", "望京西园四区407楼2单元"),
        ("望京西园四区407楼停水了", "物业说望京西园三区405楼不停", "望京西园四区407楼"),
    ],
)
def test_what_is_known_is_not_lost(first: str, again: str, words: str) -> None:
    draft = read_answer(telling(first), "contact", Utterance(again, AT)).draft
    assert text_of(draft) == words


@pytest.mark.parametrize(
    ("known", "said", "words"),
    [
        ("果园西里9号楼", "果园西里4单元301", "果园西里9号楼4单元301"),
        ("果园西里9号楼", "果园西里10号楼", "果园西里10号楼"),
        ("果园西里9号楼", "密云区果园街道果园西里小区", "果园西里9号楼"),
        ("果园西里", "果园东里3号楼", "果园东里3号楼"),
        ("东城区光明路12号", "东城区光明路", "光明路12号"),
        ("望京西园四区3号楼", "朝阳区望京西园四区", "望京西园四区3号楼"),
    ],
)
def test_the_same_name_told_again(known: str, said: str, words: str) -> None:
    merged = merge_places(answer_place(known), answer_place(said))
    assert merged is not None
    assert merged.text == words


@pytest.mark.parametrize("house", ["5-2-301", "就是5-2-301", "12-1003"])
def test_a_house_in_short_numbers(house: str) -> None:
    place = finer_place(telling("丰台区角门东里没暖气"), house)
    assert place is not None
    assert place.text == f"角门东里{house.removeprefix('就是')}"


@pytest.mark.parametrize("said", ["11-23", "010-8888", "3-5个人", "2026-11-23"])
def test_what_is_no_house(said: str) -> None:
    assert finer_place(telling("丰台区角门东里没暖气"), said) is None


@pytest.mark.parametrize(
    ("spot", "words"),
    [
        ("就在小区北门口", "望京西园四区北门口"),
        ("北门外", "望京西园四区北门外"),
        ("地下车库", "望京西园四区地下车库"),
        ("快递柜旁边", "望京西园四区快递柜旁边"),
        ("407楼和408楼中间", "望京西园四区407楼和408楼中间"),
        ("407楼底下", "望京西园四区407楼底下"),
        ("我们小区东门那儿", "望京西园四区东门"),
    ],
)
@pytest.mark.parametrize("question", ["occurred", "contact"])
def test_a_spot_of_the_known_estate(question: Question, spot: str, words: str) -> None:
    draft = read_answer(telling("望京西园四区路灯不亮"), question, Utterance(spot, AT)).draft
    assert text_of(draft) == words
    assert len(draft.matter) == 1


@pytest.mark.parametrize(
    "said",
    [
        "小区",
        "我们小区",
        "在家",
        "门口有人",
        "保安",
        "北门坏了",
        "昨天",
        "不留",
        "楼上",
        "路灯",
        "物业",
    ],
)
def test_what_is_no_spot_of_the_known_estate(said: str) -> None:
    draft = read_answer(telling("望京西园四区停水了"), "contact", Utterance(said, AT)).draft
    assert text_of(draft) == "望京西园四区"


@pytest.mark.parametrize(
    ("first", "question", "said", "words"),
    [
        ("密云果园西里没暖气", "contact", "9号楼4单元301 13800004115", "果园西里9号楼4单元301"),
        ("密云果园西里没暖气", "contact", "住9号楼", "果园西里9号楼"),
        ("密云果园西里没暖气", "contact", "我家是9号楼4单元301的", "果园西里9号楼4单元301"),
        ("密云果园西里没暖气", "occurred", "昨天晚上，9号楼4单元", "果园西里9号楼4单元"),
        ("密云果园西里没暖气", "confirmed", "对，9号楼4单元", "果园西里9号楼4单元"),
        ("朝阳区常营井盖丢了", "contact", "鑫兆佳园北区门口那个", "常营鑫兆佳园北区门口"),
        ("朝阳区井盖丢了", "contact", "在金地仰山", "金地仰山"),
        ("天通苑北地铁站黑车", "contact", "B口出来往右", "天通苑北地铁站B口出来往右"),
    ],
)
def test_more_of_the_place_beside_another_answer(
    first: str, question: Question, said: str, words: str
) -> None:
    draft = read_answer(telling(first), question, Utterance(said, AT)).draft
    assert text_of(draft) == words
    assert draft.matter == (first,)


@pytest.mark.parametrize(
    "said",
    [
        "王建国",
        "昨天晚上",
        "匿名",
        "不想留",
        "烦死了",
        "没有",
        "物业不管",
        "就这",
        "13800003101",
        "没着 就是怕着",
    ],
)
def test_what_tells_no_place_while_only_the_district_is_known(said: str) -> None:
    assert finer_place(telling("朝阳区路灯不亮"), said) is None


@pytest.mark.parametrize("later", ["朝阳区常营", "我闺女在上海，我不会弄", "公司总部在上海"])
def test_an_area_or_whereabouts_told_later_take_nothing_away(later: str) -> None:
    draft = read_answer(telling("常营鑫兆佳园小区物业乱涨停车费"), "contact", Utterance(later, AT)).draft
    assert text_of(draft) == "常营鑫兆佳园小区"
    assert draft.place is not None
    assert (draft.place.district, draft.place.elsewhere) == ("朝阳区", False)
