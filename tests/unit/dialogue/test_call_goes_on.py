"""What was told in a call that goes on here: the number that called is known, and the talk goes on now."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions.complaint.draft import Draft
from actions.complaint.earlier import with_caller
from actions.turn import Turn

CALLED = {"call": {"caller": "13900010001"}}
ID = "8a2b4f3e-94e9-4e3c-8f0c-2f0d3c7e5a11"


@pytest.mark.parametrize(
    ("draft", "phone"),
    [
        (Draft(), "13900010001"),
        (Draft(phone="13900010002"), "13900010002"),
        (Draft(anonymous=True), None),
        (Draft(phone_declined=True), None),
    ],
)
def test_the_number_that_called_is_the_contact_unless_the_words_say_otherwise(
    draft: Draft, phone: str | None
) -> None:
    assert with_caller(draft, CALLED).phone == phone


@pytest.mark.parametrize("payload", [{}, {"call": None}, {"call": {"caller": None}}])
def test_where_it_is_not_known_it_is_asked_for(payload: dict[str, Any]) -> None:
    assert with_caller(Draft(), payload).phone is None


def turn(*messages: dict[str, Any]) -> Turn:
    """A turn on the last of these messages."""
    said = [{"event": "user", "text": "好", "metadata": {"inbox_id": 1, **one}} for one in messages]
    tracker = SimpleNamespace(
        latest_message={"text": "好", "metadata": said[-1]["metadata"], "intent": {}},
        events=said,
        sender_id=ID,
        get_slot=lambda _name: None,
    )
    return Turn.of(cast("Any", None), CollectingDispatcher(), cast("Any", tracker))


def test_the_call_was_in_the_morning_and_nobody_was_away_since() -> None:
    call = {
        "sent_at": "2026-11-23T09:00:00+08:00",
        "call": {"continued_at": "2026-11-23T15:00:00+08:00"},
    }
    answer = turn(call, {"sent_at": "2026-11-23T15:01:00+08:00"})
    assert answer.since_last == timedelta(minutes=1)
    assert turn({"sent_at": "2026-11-23T14:58:00+08:00"}, call).since_last == timedelta(minutes=2)
    assert turn(call).since_last is None
