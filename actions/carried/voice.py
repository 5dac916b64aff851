"""Voice notes: what was heard is read back, and what was not is asked for once more, then in writing or by a person."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from actions.turn import Turn

_WHY = {"no_speech": "utter_voice_silent", "unclear": "utter_voice_unclear"}
LONGEST_SHOWN = 200
"""Characters of what was heard that are read back: a citizen knows what they said, and looks whether it is right."""


def heard(turn: Turn) -> dict[str, Any]:
    """What the worker heard in the message's voice notes; empty when there are none or nobody hears here."""
    found = turn.payload.get("speech")
    return found if isinstance(found, dict) else {}


def was_heard(turn: Turn) -> bool:
    """Whether the message's words were spoken."""
    return bool(heard(turn).get("words"))


def read_back(turn: Turn) -> None:
    """Say first of all what was heard, once a turn, before whatever is made of it; not while a clerk has the word."""
    if not was_heard(turn) or turn.talk.handover or _spoke_already(turn):
        return
    words = str(heard(turn)["words"])
    shown = words if len(words) <= LONGEST_SHOWN else f"{words[:LONGEST_SHOWN]}……"
    turn.say("utter_heard_partly" if heard(turn).get("partly") else "utter_heard", words=shown.rstrip("。，"))
    turn.remember(replace(turn.talk, unheard=0))


def say_unheard(turn: Turn) -> None:
    """Say why a voice note gave no words; at the second in a row ask for them in writing, or offer a person."""
    if not heard(turn):
        turn.say("utter_voice_kept")
        return
    times = turn.talk.unheard + 1
    turn.remember(replace(turn.talk, unheard=times))
    if times > 1:
        turn.say("utter_voice_type")
    else:
        turn.say(_WHY.get(str(heard(turn).get("rejected")), "utter_voice_broken"))


def _spoke_already(turn: Turn) -> bool:
    """Whether an action before this one has spoken in this turn."""
    for event in reversed(turn.tracker.events or []):
        if event.get("event") == "user":
            return False
        if event.get("event") == "bot":
            return True
    return False
