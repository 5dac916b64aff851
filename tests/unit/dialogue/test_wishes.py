"""Wishes that have nothing to do with the open question, and words that only sound like one."""

from __future__ import annotations

from datetime import datetime

import pytest

from actions.anytime.service import service_question
from actions.anytime.wishes import BACK_TO, switch_in, wants_back, wants_repeat, wish_of
from actions.complaint.steering import aside_of
from actions.complaint.utterance import Utterance, ends_in_yes, plainly_yes, says_yes
from actions.offers import choice_of
from bot.clock import CITY

AT = datetime(2026, 11, 23, 15, tzinfo=CITY)


def said(text: str, intent: str = "inform", confidence: float = 0.3) -> Utterance:
    return Utterance(text, AT, intent, confidence)


@pytest.mark.parametrize(
    "text", ["删除我的信息", "把我的资料都清掉", "我的聊天记录给我删了", "注销我的账号", "清空我的所有数据"]
)
def test_erasure_is_asked_for(text: str) -> None:
    assert wish_of(said(text)) == "erase"


@pytest.mark.parametrize(
    "text",
    ["物业把监控记录删了", "银行不给我注销账户信息", "把我的手机号从单子里删掉", "公司不肯删除我的信息"],
)
def test_a_matter_about_data_is_no_erasure(text: str) -> None:
    assert wish_of(said(text)) != "erase"


@pytest.mark.parametrize("text", ["你们会保存我的信息多久", "我的电话会不会泄露", "聊天记录谁能看"])
def test_what_is_kept_is_a_question(text: str) -> None:
    assert wish_of(said(text, "erase_data", 0.8)) == "privacy"


@pytest.mark.parametrize("text", ["我想换到微信上接着说", "给我个接续码", "在手机上继续行吗"])
def test_going_on_elsewhere(text: str) -> None:
    assert wish_of(said(text)) == "elsewhere"


def test_eight_digits_are_a_code_only_with_nothing_open_and_when_no_date() -> None:
    assert wish_of(said("1234 5678")) == "link"
    assert wish_of(said("88881234"), in_form=True) is None
    assert wish_of(said("20261120")) is None
    assert wish_of(said("接续码 1234 5678"), in_form=True) == "link"
    assert wish_of(said("13900000001")) is None


@pytest.mark.parametrize(
    "text", ["已经有人来收了", "有人堵着门", "没人接电话", "换人民币", "来人啊楼上打起来了"]
)
def test_people_in_a_matter_are_no_call_for_a_person(text: str) -> None:
    assert wish_of(said(text)) != "human"


@pytest.mark.parametrize(
    "text",
    [
        "还是登记吧",
        "唉不行，我爱人眼睛看不见，还是登记吧",
        "回到刚才那件",
        "接着说快递柜那个",
        "别取消",
        "我改主意了",
        "算了遛狗那个不报了，还是回到刚才牛奶那件",
    ],
)
def test_back_to_what_was_set_aside(text: str) -> None:
    assert wants_back(said(text))


@pytest.mark.parametrize(
    "text", ["取消", "还是算了吧", "电话还是那个", "地址还是刚才那个", "不登记了", "回到家发现门锁坏了"]
)
def test_what_only_sounds_like_going_back(text: str) -> None:
    assert not wants_back(
        said(text, "resume_talk" if text == "取消" else "inform", 0.9 if text == "取消" else 0.3)
    )


def test_back_may_come_with_a_number() -> None:
    assert BACK_TO.search("回到刚才洗衣店那件吧，我电话13900000333")


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("先说另一件", ""),
        ("先说另一件吧，楼门口有人私装地锁", "楼门口有人私装地锁"),
        ("先不说这个，还有个别的事，自来水发黄", "还有个别的事，自来水发黄"),
        ("换个事说", ""),
        ("路灯坏了还有井盖也没了", None),
    ],
)
def test_another_matter_is_announced(text: str, rest: str | None) -> None:
    assert switch_in(text) == rest


@pytest.mark.parametrize("text", ["再说一遍", "没看清", "你刚问的啥来着"])
def test_the_last_words_again(text: str) -> None:
    assert wants_repeat(said(text))


@pytest.mark.parametrize(
    ("text", "response"),
    [
        ("你是真人还是机器啊", "utter_service_robot"),
        ("登记要花钱吗", "utter_service_free"),
        ("你们这个反映了几天能有答复啊", "utter_service_time"),
        ("会不会告诉摊主是我说的", "utter_service_secret"),
        ("登完了归谁管，街道还是交通队？", "utter_service_who"),
        ("隔壁装修晚上十点还在施工，这个归谁管啊？", None),
        ("物业费要不要交钱才能装电表的事拖了一年", None),
    ],
)
def test_questions_about_the_service(text: str, response: str | None) -> None:
    assert service_question(text) == response


@pytest.mark.parametrize("text", ["先按你念的报上去，确认", "对对就这样确认", "中 确认", "没别的了，提交吧"])
def test_a_yes_at_the_end_is_a_yes(text: str) -> None:
    assert ends_in_yes(text)


@pytest.mark.parametrize("text", ["电话不对，改了再确认", "先不确认", "确认是啥意思啊", "地址写错了，确认"])
def test_a_yes_with_a_but_is_none(text: str) -> None:
    assert not ends_in_yes(text)


@pytest.mark.parametrize(
    "text",
    [
        "这个楼道电线裸露安全吗",
        "工地挖的坑留着多久才填",
        "他拿手机继续拍我",
        "邻居在手机上接着骂我",
        "删了灯的事，我要说的是水管爆了",
    ],
)
def test_a_matter_is_no_wish(text: str) -> None:
    assert wish_of(said(text, "erase_data", 0.7)) is None


@pytest.mark.parametrize(
    "text", ["嗯" * 2000, "好" * 500 + "你们说话算话吗", "等一下" + "我说" * 300, "选第" * 500]
)
def test_repeated_words_cost_nothing(text: str) -> None:
    """Each of these once hung the process: patterns with choices inside choices."""
    assert not plainly_yes(text)
    assert aside_of(said(text), "place") is None
    assert choice_of(text, ["一", "二"]) is None


@pytest.mark.parametrize("text", ["对了油烟也写上吧", "没淹，就是滴答", "可以吧？", "差不多"])
def test_a_near_yes_files_nothing(text: str) -> None:
    assert not says_yes(said(text, "affirm", 0.95))
    assert not ends_in_yes(text)
