"""What call centres send, in every form that it comes in, and in forms that it should not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.voice.parse import LONGEST_CALL, id_of_content, read_call, read_message
from channels.voice.refusal import Refused

AT = datetime(2026, 11, 26, 1, 30, tzinfo=UTC)
SAID = {"call_id": "c-1", "text": "暖气不热", "start": 4, "end": 7.5, "speaker": "caller"}


def message(**changes: Any) -> Any:
    return read_message(orjson.dumps(SAID | changes), at=AT)


@pytest.mark.parametrize(
    ("changes", "final"),
    [
        ({}, True),
        ({"type": "segment"}, True),
        ({"final": False}, False),
        ({"type": "partial"}, False),
        ({"type": "final"}, True),
        ({"partial": True}, False),
        ({"partial": False}, True),
    ],
)
def test_partial_and_final_are_said_in_many_ways(changes: dict[str, Any], final: bool) -> None:
    assert message(**changes).segment.final is final


@pytest.mark.parametrize(
    ("spoken", "speaker"),
    [
        ("市民", "caller"),
        ("Customer", "caller"),
        ("坐席", "operator"),
        ("agent", "operator"),
        ("unknown", "unknown"),
    ],
)
def test_speakers_have_many_names(spoken: str, speaker: str) -> None:
    assert message(speaker=spoken).segment.speaker == speaker


def test_a_stretch_is_named_by_its_id_or_else_by_speaker_and_start() -> None:
    assert message(segment_id="17").segment.key == message(segment_id=17, start=5).segment.key == "id:17"
    assert message().segment.key == message(end=9).segment.key != message(start=4.5).segment.key
    assert message(segment_id="两个 字").segment.key != message(segment_id="两个字").segment.key
    assert message(segment_id="两个 字").segment.key == message(segment_id="两个 字", start=5).segment.key
    assert message(segment_id=[]).segment.key == message(segment_id="").segment.key == message().segment.key


@pytest.mark.parametrize(
    ("number", "known"),
    [
        ("13900010001", "13900010001"),
        ("+86 139-0001-0001", "13900010001"),
        ("0086 10 6552 3456", "1065523456"),
        (13900010001, "13900010001"),
        (" 86 13900010001", "13900010001"),  # the plus of a query is a space
        ("8613900010001", "13900010001"),
        ("anonymous", None),
        ("", None),
        ("13900010001; DROP TABLE", None),
        ("１３９００", None),
        (True, None),
        ([], None),
    ],
)
def test_a_number_is_its_digits_and_anything_else_is_not_known(number: Any, known: str | None) -> None:
    assert read_call({"call_id": "c", "caller": number}, source="live", at=AT).caller == known


def test_moments_without_a_zone_are_the_citys() -> None:
    call = read_call({"call_id": "c", "started_at": "2026-11-26T09:30:00"}, source="live", at=AT)
    assert call.started_at == AT
    assert call.started_at.utcoffset() == timedelta(hours=8)
    assert read_call({"call_id": "c"}, source="live", at=AT).started_at == AT
    lost = {"call_id": "c", "started_at": "2026-11-26T01:30:00 00:00"}  # of a query, where a plus is a space
    assert read_call(lost, source="live", at=AT).started_at == AT


@pytest.mark.parametrize("moment", ["gestern", 5, "0001-01-01T00:00:00", "9999-12-31T23:59:59"])
def test_a_moment_that_is_none_is_refused(moment: Any) -> None:
    with pytest.raises(Refused, match="bad_started_at"):
        read_call({"call_id": "c", "started_at": moment}, source="live", at=AT)


@pytest.mark.parametrize("start", [float("inf"), -0.1, LONGEST_CALL + 1, True, "4", None])
def test_times_that_are_none_are_refused(start: Any) -> None:
    with pytest.raises(Refused):
        message(start=start)


def test_text_that_breaks_tools_is_made_harmless() -> None:
    raw = b'{"call_id": "c", "text": "a\\u0000b", "start": 0}'
    said = read_message(raw, at=AT).segment
    assert said is not None
    assert said.text == "ab"


def test_the_same_recording_is_the_same_call() -> None:
    assert id_of_content(b"one") == id_of_content(b"one") != id_of_content(b"two")


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False)
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
names = st.sampled_from(
    [
        "type",
        "call_id",
        "caller",
        "started_at",
        "caller_channel",
        "speaker",
        "start",
        "end",
        "text",
        "final",
        "partial",
        "confidence",
        "segment_id",
    ]
)


def read_or_refused(raw: bytes | str) -> str:
    """``read``, or the code of the refusal; any other error is one of ours."""
    try:
        said = read_message(raw, at=AT)
    except Refused as refused:
        return refused.code
    if said.segment is not None and not 0 <= said.segment.start <= said.segment.until:
        return "impossible"
    return "read"


@given(st.dictionaries(names, json_values) | json_values)
def test_any_json_is_a_message_or_refused(body: Any) -> None:
    assert read_or_refused(orjson.dumps(body)).startswith(("read", "bad_"))


@given(st.dictionaries(names, json_values))
def test_what_is_nearly_right_is_a_message_or_refused(changes: dict[str, Any]) -> None:
    assert read_or_refused(orjson.dumps(SAID | changes)).startswith(("read", "bad_"))


@given(st.binary(max_size=200) | st.text(max_size=200))
def test_anything_else_is_refused(raw: bytes | str) -> None:
    assert read_or_refused(raw).startswith(("read", "bad_"))
