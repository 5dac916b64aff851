"""How deep an update may be, judged before it is read as JSON."""

import pytest

from channels.telegram.parse import DEEPEST, Unreadable, read_json


def nested(depth: int) -> bytes:
    return b'{"a":' * depth + b"1" + b"}" * depth


def test_an_update_may_be_as_deep_as_allowed_and_no_deeper() -> None:
    assert read_json(nested(DEEPEST))
    with pytest.raises(Unreadable, match="too deep"):
        read_json(nested(DEEPEST + 1))


@pytest.mark.parametrize("words", [r"[{" * 200, r"\"[" * 200, r"\\", r"\\\"" + "[" * 200])
def test_brackets_in_what_a_citizen_wrote_are_words(words: str) -> None:
    assert "text" in read_json(b'{"text":"' + words.encode() + b'"}')


@pytest.mark.parametrize("body", [b'{"a":"' + b'\\"' * 30_000, b'"' * 60_001, b'{"a":"\\'])
def test_a_string_that_never_ends_is_no_json(body: bytes) -> None:
    with pytest.raises(Unreadable, match="no JSON"):
        read_json(body)
