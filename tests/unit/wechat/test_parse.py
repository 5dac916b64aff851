"""What each message and event of WeChat means."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.messages import Incoming
from channels.wechat.parse import parse
from channels.wechat.refusal import Refused

BASE = {"ToUserName": "gh_suda", "FromUserName": "o-1", "CreateTime": "1795600000"}


def incoming(**elements: Any) -> Incoming:
    parsed = parse({**BASE, "MsgId": "77", **elements})
    assert isinstance(parsed.incoming, Incoming)
    return parsed.incoming


def test_a_text_is_its_words() -> None:
    said = incoming(MsgType="text", Content="暖气不热")
    assert (said.text, said.address, said.held, said.opens) == ("暖气不热", "o-1", True, "message")
    assert said.sent_at.timestamp() == 1795600000


def test_a_click_on_a_choice_is_the_same_text_with_or_without_the_menu_s_id() -> None:
    assert incoming(MsgType="text", Content="确认", bizmsgmenuid="1").payload == {"menu": "1"}
    assert incoming(MsgType="text", Content="确认").payload == {}


def test_an_empty_text_is_kept() -> None:
    assert incoming(MsgType="text", Content=None).text == ""


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("image", "photo"), ("voice", "voice"), ("video", "video"), ("shortvideo", "video")],
)
def test_media_are_named_not_fetched(kind: str, expected: str) -> None:
    said = incoming(MsgType=kind, MediaId="m-1", Format="amr")
    assert said.payload["media"][0] | {"format": ""} == {"kind": expected, "media_id": "m-1", "format": ""}


def test_what_wechat_heard_in_a_voice_note_is_its_text() -> None:
    assert incoming(MsgType="voice", MediaId="m", Format="amr", Recognition="楼下太吵").text == "楼下太吵"


def test_a_shared_place_has_degrees_of_its_own_system_and_words() -> None:
    said = incoming(MsgType="location", Location_X="39.98", Location_Y="116.48", Scale="15", Label="望京街")
    place = {"latitude": 39.98, "longitude": 116.48, "system": "gcj02", "label": "望京街"}
    assert said.payload == {"location": place}


@pytest.mark.parametrize("x", ["", "north", "95", "nan", "inf"])
def test_a_place_off_the_globe_is_none(x: str) -> None:
    assert incoming(MsgType="location", Location_X=x, Location_Y="116").payload == {}


def test_a_link_is_its_words_and_address() -> None:
    said = incoming(MsgType="link", Title="通知", Description="停水", Url="https://example.org/a")
    assert said.text == "通知\n停水\nhttps://example.org/a"


def event(**elements: Any) -> Incoming:
    parsed = parse({**BASE, "MsgType": "event", **elements})
    assert isinstance(parsed.incoming, Incoming)
    return parsed.incoming


def test_a_follow_is_a_greeting_that_opens_the_short_window() -> None:
    said = event(Event="subscribe", EventKey="")
    assert (said.text, said.opens, said.payload) == ("你好", "event", {"event": "subscribe"})


def test_a_scanned_code_keeps_its_scene_and_a_link_code_is_said() -> None:
    assert event(Event="subscribe", EventKey="qrscene_gate7").payload["scene"] == "gate7"
    assert event(Event="SCAN", EventKey="link_12345678").text == "接续码 12345678"


def test_a_menu_entry_says_what_it_stands_for() -> None:
    assert event(Event="CLICK", EventKey="say:查进度").text == "查进度"
    assert event(Event="CLICK", EventKey="V1001").text == "你好"


def test_the_same_event_twice_has_one_id_and_another_has_its_own() -> None:
    one = event(Event="CLICK", EventKey="say:查进度").external_id
    assert event(Event="CLICK", EventKey="say:查进度").external_id == one
    assert event(Event="SCAN", EventKey="1").external_id != one


def test_one_sender_s_ids_are_not_another_s() -> None:
    mine = incoming(MsgType="text", Content="a")
    theirs = incoming(MsgType="text", Content="a", FromUserName="o-2")
    assert mine.external_id != theirs.external_id


@pytest.mark.parametrize(
    ("elements", "expected"),
    [
        ({"MsgType": "event", "Event": "unsubscribe"}, "left"),
        ({"MsgType": "event", "Event": "VIEW", "EventKey": "https://example.org"}, "ignored"),
        ({"MsgType": "event", "Event": "TEMPLATESENDJOBFINISH"}, "ignored"),
        ({"MsgType": "event", "Event": "LOCATION", "Latitude": "1"}, "ignored"),
        ({"MsgType": "event"}, "ignored"),
        ({"MsgType": "miniprogrampage"}, "not_readable"),
        ({"MsgType": "sticker"}, "not_readable"),
    ],
)
def test_what_is_nobody_s_words(elements: dict[str, str], expected: str) -> None:
    assert parse({**BASE, "MsgId": "7", **elements}).incoming == expected


@pytest.mark.parametrize(
    "change",
    [
        {"FromUserName": ""},
        {"FromUserName": "o" * 200},
        {"ToUserName": None},
        {"CreateTime": "soon"},
        {"CreateTime": "9" * 11},
        {"MsgId": "x"},
        {"MsgId": ["1", "2"]},
        {"MsgType": {"a": "b"}},
    ],
)
def test_what_every_message_has_must_be_there(change: dict[str, Any]) -> None:
    with pytest.raises(Refused) as caught:
        parse({**BASE, "MsgType": "text", "Content": "x", "MsgId": "7", **change})
    assert caught.value.code == "no_message"


NAMES = st.sampled_from(
    [
        "FromUserName",
        "ToUserName",
        "CreateTime",
        "MsgType",
        "MsgId",
        "Content",
        "Event",
        "EventKey",
        "MediaId",
        "Format",
        "Recognition",
        "Location_X",
        "Location_Y",
        "Label",
        "Title",
        "Url",
        "bizmsgmenuid",
    ]
)
KINDS = st.sampled_from(
    ["text", "event", "voice", "image", "location", "link", "video", "CLICK", "SCAN", "subscribe"]
)
VALUES = st.one_of(st.text(max_size=60), KINDS, st.none(), st.lists(st.text(max_size=5), max_size=2))


@given(st.dictionaries(NAMES, VALUES, max_size=12))
def test_whatever_the_elements_it_is_a_message_or_a_refusal(elements: dict[str, Any]) -> None:
    try:
        parsed = parse({**BASE, **elements})
    except Refused:
        return
    assert parsed.openid
