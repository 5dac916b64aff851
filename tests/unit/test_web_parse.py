"""What a posted body may be."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.web.parse import ChatRequest, clean, parse_chat
from channels.web.refusal import Refused
from channels.web.sender import external_id, message_id_of


def body(**fields: Any) -> bytes:
    return json.dumps(fields).encode()


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "empty_body"),
        (b" \n ", "empty_body"),
        (b"{", "not_json"),
        (b"\xff\xfe\x00", "not_json"),
        (b"[" * 60_000, "not_json"),
        (b'"text"', "not_object"),
        (b"null", "not_object"),
        (b"{}", "bad_text"),
        (body(text=None), "bad_text"),
        (body(text=12), "bad_text"),
        (body(text=["a"]), "bad_text"),
        (body(text="a", message_id=""), "bad_message_id"),
        (body(text="a", message_id="a b"), "bad_message_id"),
        (body(text="a", message_id="x" * 129), "bad_message_id"),
        (body(text="a", message_id=7), "bad_message_id"),
        (body(text="a", sender_id=""), "bad_sender_id"),
        (body(text="a", sender_id="a\nb"), "bad_sender_id"),
        (body(text="a", sender_id="\ud800"), "bad_sender_id"),
        (body(text="a", sent_at="yesterday"), "bad_sent_at"),
        (body(text="a", sent_at="2026-11-23T15:00:00"), "bad_sent_at"),
        (body(text="a", sent_at="0001-01-01T00:00:00+14:00"), "bad_sent_at"),
        (body(text="a", sent_at=1700000000), "bad_sent_at"),
    ],
)
def test_refuses_with_the_reason(raw: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_chat(raw)
    assert refused.value.code == code


def test_reads_every_field() -> None:
    chat = parse_chat(
        body(
            text="路灯坏了",
            message_id="a.b:c_d-1",
            sender_id="测试 1",
            sent_at="2026-11-23T15:00:00+08:00",
            more=1,
        )
    )
    assert chat == ChatRequest("路灯坏了", "a.b:c_d-1", "测试 1", datetime(2026, 11, 23, 7, tzinfo=UTC))


def test_empty_text_is_for_the_dialogue_to_answer() -> None:
    assert parse_chat(body(text="")).text == ""


def test_what_cannot_be_stored_is_replaced_and_the_rest_stays() -> None:
    assert parse_chat(b'{"text": "a\\u0000b\\ud83d\\ude00\\ud800c"}').text == "ab\U0001f600\ufffdc"


@given(st.text(st.characters()))
def test_cleaned_text_can_be_stored(text: str) -> None:
    assert b"\x00" not in clean(text).encode("utf-8")


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    try:
        chat = parse_chat(raw)
    except Refused:
        return
    assert isinstance(chat.text, str)


def test_the_same_message_id_of_two_senders_is_two_messages() -> None:
    assert external_id("c:one", "m1") != external_id("c:two", "m1")
    assert external_id("c:x", "m1") != external_id("k:x", "m1")
    assert message_id_of(external_id("c:one", "a:b")) == "a:b"
    assert "one" not in external_id("c:one", "m1")
