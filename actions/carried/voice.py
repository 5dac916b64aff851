"""Voice notes: what was heard is read back, and what was not is asked for once more, then in writing or by a person."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from actions.anytime.person import is_with_person
from actions.complaint.draft import Question
from actions.turn import Turn
from bot.attachments.spoken import Spoken, Unclear
from bot.understanding import find_time
from bot.understanding.contact import find_contact_problem
from bot.understanding.identifiers import find_identifiers
from bot.understanding.normalise import normalise

_WHY = {"no_speech": "utter_voice_silent", "unclear": "utter_voice_unclear"}
LONGEST_SHOWN = 200
"""Characters of what was heard that are read back: a citizen knows what they said, and looks whether it is right."""
POINTED_AT = 2
"""Unclear stretches that are pointed at one by one."""
_AGAIN: dict[Question, str] = {
    "place": "utter_voice_again_place",
    "occurred": "utter_voice_again_occurred",
    "contact": "utter_voice_again_contact",
}
_PLACE = re.compile(r"[区街巷镇乡村园苑院栋]|路(?![灯上过口]|面)|路口|楼(?![上下道]|梯)|胡同")
_NUMBER = re.compile(r"[\d零〇一二三四五六七八九幺](?:[，,\s]?[\d零〇一二三四五六七八九幺]){4}")


def heard(turn: Turn) -> Spoken | None:
    """What the worker heard in the message's voice notes; None when there are none or nobody hears here."""
    found = turn.payload.get("speech")
    return Spoken.from_json(found) if isinstance(found, dict) and found else None


def was_heard(turn: Turn) -> bool:
    """Whether the message's words were spoken."""
    spoken = heard(turn)
    return spoken is not None and bool(spoken.words)


async def read_back(turn: Turn) -> None:
    """Say first of all what was heard, once a turn, before whatever is made of it; not while a clerk has the word."""
    spoken = heard(turn)
    if spoken is None or not spoken.words or _spoke_already(turn) or await is_with_person(turn):
        return
    words = spoken.words
    shown = words if len(words) <= LONGEST_SHOWN else f"{words[:LONGEST_SHOWN]}……"
    if spoken.unclear:
        turn.say("utter_heard_partly", words=shown.rstrip("。，"), where=_where(spoken.unclear))
    else:
        turn.say("utter_heard", words=shown.rstrip("。，"))
    turn.remember(replace(turn.talk, unheard=0))


def question_again(turn: Turn, question: Question) -> str | None:
    """How to put ``question`` when an unclear stretch of this very message seems to have answered it; None: as ever."""
    spoken = heard(turn)
    if spoken is None or not spoken.words:
        return None
    return _AGAIN.get(question) if any(_tells(turn, question, one.guess) for one in spoken.unclear) else None


def number_problem(turn: Turn) -> str | None:
    """What is wrong with the number that was spoken in this message (少一位), in words that fit behind 这个号码; None when nothing is."""
    return find_contact_problem(turn.text) if was_heard(turn) else None


def wrong_number(turn: Turn) -> str | None:
    """The words of a number that was spoken in this message and has too few or too many digits for a phone; None when there is none."""
    if number_problem(turn) is None:
        return None
    said = normalise(turn.text)
    runs = (number for number in find_identifiers(said.text) if number.kind in {"digits", "masked"})
    return next((said.quote(run.start, run.end) for run in runs if run.digits.startswith("1")), None)


def say_unheard(turn: Turn) -> None:
    """Say why a voice note gave no words; at the second in a row ask for them in writing, or offer a person."""
    spoken = heard(turn)
    if spoken is None:
        turn.say("utter_voice_kept")
        return
    times = turn.talk.unheard + 1
    turn.remember(replace(turn.talk, unheard=times))
    if times > 1:
        turn.say("utter_voice_type")
    else:
        turn.say(_WHY.get(str(spoken.rejected), "utter_voice_broken"))


def _where(unclear: Sequence[Unclear]) -> str:
    """Where in the talk nothing was sure, in words: “路灯不亮”后面那一句."""
    places = list(dict.fromkeys(f"“{one.after}”后面那一句" if one.after else "开头那一句" for one in unclear))
    return (
        "和".join(places) if len(places) <= POINTED_AT else f"有{'三四五六七八九'[min(len(places), 9) - 3]}处"
    )


def _tells(turn: Turn, question: Question, guess: str) -> bool:
    """Whether a guess looks like an answer to a question, whatever it says."""
    if question == "place":
        return _PLACE.search(guess) is not None and _NUMBER.search(guess) is None
    if question == "contact":
        return _NUMBER.search(guess) is not None
    return question == "occurred" and find_time(guess, turn.at) is not None


def _spoke_already(turn: Turn) -> bool:
    """Whether an action before this one has spoken in this turn."""
    for event in reversed(turn.tracker.events or []):
        if event.get("event") == "user":
            return False
        if event.get("event") == "bot":
            return True
    return False
