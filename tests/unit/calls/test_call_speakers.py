"""Who speaks in a call, and what is taken for the caller's words."""

from __future__ import annotations

import pytest

from bot.calls.model import Segment
from bot.calls.speakers import assign, is_operators, words_of_caller
from tests.support.calls import said


def on(channel: int, text: str, start: float = 0.0, confidence: float = 0.9) -> Segment:
    return Segment(f"{channel}:{start}", "unknown", start, start + 3, text, confidence, channel=channel)


@pytest.mark.parametrize(
    "text",
    [
        "您好，12345热线，请问有什么可以帮您？",
        "你好，北京12345，工号3077为您服务。",
        "请问您贵姓？",
        "请问您的具体地址是哪里？",
        "您方便留一下联系电话吗？",
        "您的联系电话是多少？",
        "好的，我帮您登记一下。",
        "您的诉求已经为您记录，",
        "承办单位会在三天之内跟您联系。",
        "请问还有什么问题需要反映吗？",
        "感谢您的来电，请稍后对我的服务进行评价。",
        "请您稍等。",
    ],
)
def test_operators_sentences_are_known(text: str) -> None:
    assert is_operators(text)


@pytest.mark.parametrize(
    "text",
    [
        "你好，我要反映一下，我们村口的路灯坏了。",
        "我打12345热线三次了都没人管。",
        "请问你们什么时候来处理？",
        "请问这个事归谁管？",
        "我不方便留电话。",
        "我没什么诉求，就是想让他们别吵了。",
        "问题已经提交上去了，请尽快处理。",
        "希望相关部门会重视。",
        "还有什么办法吗？",
        "请你们先派人来看看。",
        "他们说帮我们登记了，一直没消息。",
        "工号我没记住。",
        "物业的联系电话我没有。",
    ],
)
def test_citizens_sentences_are_not_taken_for_an_operators(text: str) -> None:
    assert not is_operators(text)


def test_who_greets_is_the_operator() -> None:
    segments, mixed = assign([on(0, "您好，12345热线，请问有什么可以帮您？"), on(1, "暖气不热。", 4)], None)
    assert ([one.speaker for one in segments], mixed) == (["operator", "caller"], False)


def test_who_asks_is_the_operator_where_the_greeting_is_not_recorded() -> None:
    told = [on(0, "暖气不热。"), on(1, "请问您的具体地址是哪里？", 40), on(0, "望京西园。", 44)]
    segments, mixed = assign(told, None)
    assert ([one.speaker for one in segments], mixed) == (["caller", "operator", "caller"], False)


def test_what_is_told_goes_before_what_is_heard() -> None:
    segments, _ = assign([on(0, "请问您贵姓？"), on(1, "暖气不热。")], 0)
    assert [one.speaker for one in segments] == ["caller", "operator"]
    told = [said("请问您贵姓？", 1), on(1, "喂")]
    assert assign(told, 1)[0][0].speaker == "caller"


def test_two_channels_that_sound_alike_are_mixed_and_so_is_one() -> None:
    for told in ([on(0, "喂。"), on(1, "喂。")], [on(0, "喂。")]):
        segments, mixed = assign(told, None)
        assert ({one.speaker for one in segments}, mixed) == ({"unknown"}, True)


def test_one_channel_that_is_known_to_be_the_callers_is_the_callers() -> None:
    segments, mixed = assign([on(0, "暖气不热。")], 0)
    assert (segments[0].speaker, mixed) == ("caller", False)


def test_words_are_in_the_order_of_time_and_only_the_callers_sure_ones() -> None:
    told = [
        said("三号楼", 9),
        said("请问您在哪里？", 6, speaker="operator"),
        said("暖气不热。", 1),
        said("谢谢观看", 12, confidence=0.2),
        said("  ", 15),
        said("不好意思", 18, confidence=None),
    ]
    assert words_of_caller(told) == "暖气不热。三号楼。不好意思。"


def test_of_mixed_speakers_operators_sentences_are_left_out() -> None:
    told = [on(0, "您好，12345热线，请问有什么可以帮您？你好，暖气不热。好的，请问您的具体地址是哪里？")]
    assert words_of_caller(told) == "你好，暖气不热。"
    joined = [on(0, "您好12345有什么可以帮您我家望京西园三号楼的暖气从昨天晚上开始就不热")]
    assert words_of_caller(joined) == "我家望京西园三号楼的暖气从昨天晚上开始就不热。"
    answered = [on(0, "请问您的具体地址是哪里，望京西园三号楼。")]
    assert words_of_caller(answered) == "望京西园三号楼。"
