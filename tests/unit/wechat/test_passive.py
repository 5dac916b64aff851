"""The one text that answers WeChat's own request."""

from __future__ import annotations

from wechatpy import parse_message

from bot.connector.rendering import utf8_size
from bot.messages import Button, Reply
from channels.wechat.envelope import parse_xml
from channels.wechat.passive import TEXT_LIMIT, cut, fitting, fitting_or_first, joined, text_reply
from channels.wechat.sender import fitting as together
from channels.wechat.sender import messages_of
from channels.wechat.templates import values_of

LONG = "投诉" * 300


def test_several_replies_are_one_text_with_numbered_choices() -> None:
    replies = [Reply("记下了。"), Reply("对吗？", (Button("确认", "确认"), Button("修改", "有地方不对")))]
    assert joined(replies) == "记下了。\n\n对吗？\n1. 确认\n2. 修改（回复数字即可）"
    assert fitting(replies) == 2


def test_what_is_too_long_together_goes_as_far_as_it_fits() -> None:
    replies = [Reply(LONG), Reply("短"), Reply(LONG)]
    assert utf8_size(LONG) < TEXT_LIMIT < utf8_size(joined(replies))
    assert fitting(replies) == 2
    assert fitting([Reply(LONG * 2)]) == 0
    assert fitting_or_first([Reply(LONG * 2)]) == 1


def test_where_nothing_can_follow_a_long_text_is_cut_and_says_so() -> None:
    assert cut("短") == "短"
    shortened = cut(LONG * 2)
    assert utf8_size(shortened) <= TEXT_LIMIT
    assert "内容较长" in shortened


def test_the_answer_is_a_text_from_the_account_to_the_citizen() -> None:
    xml = text_reply("o-1", "gh_suda", "a ]]> <b> & 你好")
    elements = parse_xml(xml.encode())
    assert (elements["ToUserName"], elements["FromUserName"], elements["MsgType"]) == (
        "o-1",
        "gh_suda",
        "text",
    )
    assert elements["Content"] == "a ]]> <b> & 你好"
    assert parse_message(xml).type == "text"


def test_customer_service_messages_carry_choices_as_a_menu_and_long_texts_in_parts() -> None:
    choices = (Button("确认", "确认"),)
    assert messages_of([Reply("一"), Reply("二", choices)]) == [("一\n\n二", choices)]
    parts = messages_of([Reply(LONG * 2, choices)])
    assert len(parts) > 1
    assert all(utf8_size(text) <= TEXT_LIMIT for text, _ in parts)
    assert [buttons for _, buttons in parts] == [()] * (len(parts) - 1) + [choices]


def test_when_the_budget_is_short_as_many_go_together_as_one_message_carries() -> None:
    assert len(together([Reply("一"), Reply("二"), Reply("三")])) == 3
    assert len(together([Reply(LONG), Reply(LONG)])) == 1


def test_values_of_a_template_are_within_wechat_s_limits() -> None:
    values = values_of({"number": "SD-1", "title": "很长" * 20, "holder": None})
    assert values["character_string1"] == {"value": "SD-1"}
    assert len(values["thing2"]["value"]) == 20
    assert values["thing3"]["value"] == "市民热线"
