"""What is an aside and what is an answer."""

from __future__ import annotations

from datetime import datetime

import pytest

from actions.anytime.wishes import wish_of
from actions.complaint.steering import aside_of
from actions.complaint.utterance import Utterance, only_fields, says_no, says_unknown, says_yes
from bot.clock import CITY

AT = datetime(2026, 11, 23, 15, tzinfo=CITY)


def said(text: str, intent: str = "", confidence: float = 0.9) -> Utterance:
    return Utterance(text, AT, intent, confidence)


@pytest.mark.parametrize(
    "text", ["确认", "对", "对的", "嗯嗯", "好的，登记", "没错，提交吧", "OK", "是的没问题", "行！"]
)
def test_plain_yes(text: str) -> None:
    assert says_yes(said(text))


@pytest.mark.parametrize(
    "text", ["对面楼太吵", "好几天了", "是5号楼", "不对", "行人过不去", "登记的地址不对"]
)
def test_no_yes_inside_other_words(text: str) -> None:
    assert not says_yes(said(text))


@pytest.mark.parametrize("text", ["不对", "有地方不对", "不是的", "错了", "地址不对", "要修改"])
def test_plain_no(text: str) -> None:
    assert says_no(said(text))


@pytest.mark.parametrize("text", ["不是3号楼，是5号楼", "不知道", "不留电话"])
def test_no_no_inside_other_words(text: str) -> None:
    assert not says_no(said(text))


@pytest.mark.parametrize("text", ["记不清了", "我也不知道", "说不准", "地点说不清楚"])
def test_unknown(text: str) -> None:
    assert says_unknown(said(text))


def test_unknown_needs_to_be_the_whole_answer() -> None:
    assert not says_unknown(said("不知道是谁半夜在楼下烧东西，烟都飘到我家里来了，呛得睡不着"))


@pytest.mark.parametrize("text", ["取消", "算了", "算了，不投诉了", "不登记了吧", "当我没说"])
def test_cancel_needs_no_intent(text: str) -> None:
    assert aside_of(said(text, "inform", 0.3), "place") == "cancel"


def test_reckoning_is_no_cancelling() -> None:
    assert aside_of(said("我算了一下，多收了三百块", "inform", 0.3), "occurred") is None


@pytest.mark.parametrize(
    "text", ["转人工", "我要找真人", "换个接线员", "给我整个活人说话", "有人工吗", "能转人工吗"]
)
def test_person_needs_no_intent(text: str) -> None:
    assert wish_of(said(text, "inform", 0.3)) == "human"


def test_question_in_form_of_a_question() -> None:
    assert aside_of(said("供暖标准是多少度", "ask_question"), "place") == "question"
    assert aside_of(said("海淀区学院路", "ask_question"), "place") is None


def test_odd_sounding_place_is_still_an_answer() -> None:
    assert aside_of(said("王八坟路口", "insult", 0.8), "place") is None


def test_unsure_intent_does_not_steer() -> None:
    assert aside_of(said("三里屯", "request_human", 0.4), "place") is None


def test_long_text_is_no_steering() -> None:
    assert (
        aside_of(
            said("你们查进度的电话打了三次都没人接，这就是我要投诉的事情", "check_progress", 0.9),
            "description",
        )
        is None
    )


@pytest.mark.parametrize(
    "text", ["可以了快点办", "好的谢谢", "行了行了快点", "是的，麻烦快点处理", "👍", "對", "没问题，辛苦了"]
)
def test_yes_with_manners_is_still_yes(text: str) -> None:
    assert says_yes(said(text, "inform", 0.3))
    assert aside_of(said(text, "thank"), "confirmed") is None


@pytest.mark.parametrize("text", ["好的，但是电话不对", "可以快点改一下地址吗", "行不行啊"])
def test_yes_with_a_but_is_no_yes(text: str) -> None:
    assert not says_yes(said(text, "inform", 0.3))


@pytest.mark.parametrize("text", ["等等", "再等等，我问问我老伴", "稍等一下"])
def test_waiting_is_respected(text: str) -> None:
    assert aside_of(said(text), "confirmed") == "wait"


@pytest.mark.parametrize(
    "text", ["朝阳区劲松五区", "13900000001", "昨天", "我要匿名", "我的手机号是13900000001"]
)
def test_a_field_alone_is_no_matter(text: str) -> None:
    assert only_fields(text, AT)


@pytest.mark.parametrize(
    "text", ["停水", "停电了", "暖气不热", "朝阳区劲松五区停水", "昨天楼道灯坏了", "井盖"]
)
def test_a_matter_is_more_than_a_field(text: str) -> None:
    assert not only_fields(text, AT)
