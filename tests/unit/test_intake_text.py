"""What of a citizen's text reaches the engine."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import now
from bot.intake.sealed import open_incoming, seal_incoming
from bot.intake.text import clean
from bot.messages import Incoming

KEY = bytes(32)


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("路灯坏了", "路灯坏了"),
        ("", ""),
        ("  \n", "  \n"),
        ("🙂🙂", "🙂🙂"),
        ("<b>路灯</b><script>alert(1)</script>", "<b>路灯</b><script>alert(1)</script>"),
        ("/restart{}", "/restart{}"),
        ("路\x00灯\x1b[31m坏了\x7f", "路灯[31m坏了"),
        ("坏了\ud83d", "坏了"),
        ("一\t二\r\n三", "一\t二\r\n三"),
    ],
)
def test_only_what_breaks_tools_is_taken_out(said: str, read: str) -> None:
    assert clean(said, 2000) == read


def test_no_more_than_the_limit_is_read() -> None:
    assert clean("很" * 10_000, 2000) == "很" * 2000


@given(st.text(alphabet=st.characters(), max_size=300))
def test_whatever_is_said_can_be_read_and_is_kept_as_it_was(said: str) -> None:
    assert clean(said, 200).encode() is not None
    incoming = Incoming("web", "a", "1", said, now(), {"note": said})
    assert open_incoming(KEY, seal_incoming(KEY, incoming)) == (said, {"note": said})


def test_a_lone_surrogate_is_kept_as_it_was() -> None:
    incoming = Incoming("web", "a", "1", "坏了\ud83d", now())
    assert open_incoming(KEY, seal_incoming(KEY, incoming)) == ("坏了\ud83d", {})
