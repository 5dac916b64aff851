"""Updates that are forged, broken or odd; the usual ones are in tests/integration/test_telegram.py."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.telegram.parse import BODY_LIMIT, Elsewhere, Said, Unreadable, parse_update, read_json

NOW = datetime(2026, 11, 26, 8, tzinfo=UTC)
SECONDS = int(NOW.timestamp())


def update(**content: Any) -> dict[str, Any]:
    message = {
        "message_id": 1,
        "from": {"id": 7, "is_bot": False, "first_name": "张"},
        "chat": {"id": 7, "type": "private"},
        "date": SECONDS,
        **content,
    }
    return {"update_id": 9, "message": message}


def said(raw: dict[str, Any]) -> Said:
    found = parse_update(raw, "1", NOW)
    assert isinstance(found, Said)
    return found


def test_a_text_is_itself_with_the_platforms_id_and_time() -> None:
    incoming = said(update(text=" 小区停水了\n")).incoming
    assert (incoming.address, incoming.external_id, incoming.text) == (
        "7",
        f"1:9:{SECONDS}",
        " 小区停水了\n",
    )
    assert incoming.sent_at == NOW


def test_a_number_that_telegram_draws_anew_after_a_quiet_week_is_another_message() -> None:
    first, later = (said(update(text="a", date=SECONDS + days * 86_400)).incoming for days in (0, 30))
    assert first.external_id != later.external_id
    assert said(update(text="a", date=SECONDS)).incoming.external_id == first.external_id


@pytest.mark.parametrize("seconds", [0, -5, 2**31, SECONDS + 3 * 86_400])
def test_a_time_that_cannot_be_is_ours(seconds: int) -> None:
    assert said(update(text="a", date=seconds)).incoming.sent_at == NOW


@pytest.mark.parametrize(
    "raw",
    [
        update(pinned_message={"message_id": 1, "date": 1, "chat": {"id": 7, "type": "private"}}),
        update(message_auto_delete_timer_changed={"message_auto_delete_time": 86_400}),
        {**update(text="a"), "message": {**update(text="a")["message"], "from": {"id": 1, "is_bot": True, "first_name": "b"}}},
        {"update_id": 3, "poll": {}},
        {"update_id": 3},
    ],
)  # fmt: skip
def test_what_nobody_said_is_nothing(raw: dict[str, Any]) -> None:
    try:
        assert parse_update(raw, "1", NOW) is None
    except Unreadable:
        assert "poll" in raw


def test_a_sticker_is_its_sign_and_a_thing_without_words_is_an_empty_text() -> None:
    sticker = {"file_id": "s", "file_unique_id": "u", "type": "regular", "width": 1, "height": 1, "is_animated": False, "is_video": False, "emoji": "👍"}  # fmt: skip
    assert said(update(sticker=sticker)).incoming.text == "👍"
    assert said(update(dice={"emoji": "🎲", "value": 3})).incoming.text == ""


def test_photos_sent_together_share_their_album() -> None:
    photo = [{"file_id": "p", "file_unique_id": "u", "width": 9, "height": 9}]
    payload = said(update(photo=photo, media_group_id="77")).incoming.payload
    assert payload["album"] == "77"
    assert payload["media"][0]["size"] == 0


def test_a_button_without_its_message_is_no_message() -> None:
    raw = {"update_id": 3, "callback_query": {"id": "q", "from": {"id": 7, "is_bot": False, "first_name": "a"}, "chat_instance": "1", "data": "=a"}}  # fmt: skip
    assert not isinstance(parse_update(raw, "1", NOW), Said)


def test_groups_are_elsewhere() -> None:
    assert isinstance(
        parse_update(update(text="a", chat={"id": -5, "type": "group", "title": "群"}), "1", NOW), Elsewhere
    )


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"update_id": "x", "message": {}},
        {"update_id": 1, "message": 7},
        {"update_id": 1, "message": {"message_id": 1}},
        update(date="never"),
        update(location={"latitude": "north"}),
        update(photo=[{}]),
        {"update_id": 1, "callback_query": {"id": 1}},
    ],
)
def test_what_is_not_as_documented_is_refused_in_one_way(raw: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        parse_update(raw, "1", NOW)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
        ["message_id", "from", "chat", "id", "type", "date", "text", "photo", "location", "contact", "venue", "is_bot"]
    ), inner, max_size=6),
    max_leaves=12,
)  # fmt: skip


@given(st.sampled_from(["message", "edited_message", "callback_query"]), _JSON)
def test_no_update_breaks_anything(kind: str, content: Any) -> None:
    try:
        parse_update({"update_id": 1, kind: content}, "1", NOW)
    except Unreadable:
        return


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"7", b'"a"', b"\xff", b"[" * 40 + b"]" * 40, b'{"a":' * 2000]
)
def test_a_body_that_is_no_object_is_refused(body: bytes) -> None:
    with pytest.raises(Unreadable):
        read_json(body)


def test_depth_counts_brackets_and_not_words() -> None:
    body = orjson.dumps({"text": "[{" * 500 + '"' + "\\"})
    assert read_json(body)["text"].startswith("[{")


def test_half_a_character_is_a_character() -> None:
    raw = read_json(json.dumps(update(text="停水\ud83d")).encode())
    assert said(raw).incoming.text == "停水\ud83d"


def test_a_body_over_the_limit_is_refused_and_the_longest_message_is_not() -> None:
    long = update(text="路" * 4096, reply_to_message={**update()["message"], "text": "灯" * 4096})
    assert read_json(json.dumps(long).encode())
    with pytest.raises(Unreadable):
        read_json(b'{"a":"' + b"x" * BODY_LIMIT + b'"}')
