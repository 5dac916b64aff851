"""What is looked at before words with nothing open are taken for a matter: silence, wishes, what was set aside or filed."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from actions.anytime.door import pass_door
from actions.anytime.filed import pick, take_for_filed
from actions.anytime.person import is_with_person
from actions.anytime.wishes import wants_back, wants_repeat
from actions.carried import guessed
from actions.carried.taking import (
    carries,
    keep_quietly,
    speaks_for_itself,
    take_to_filed,
    take_unasked,
    take_with_words,
)
from actions.complaint.draft import Draft
from actions.complaint.opening import find_danger, warn
from actions.complaint.returning import summary_of
from actions.complaint.utterance import utterance_of
from actions.turn import Turn


async def before_matter(turn: Turn) -> Draft | Literal["handled", "open"]:
    """Handle what is no new matter.

    Returns:
        A draft to go on with, ``handled`` when everything was said (or is left to a clerk), else ``open``.
    """
    if turn.was_looked_at():
        return "open"
    with_person = await is_with_person(turn)
    if with_person:
        keep_quietly(turn)
    elif carries(turn) and (not turn.text or (turn.talk.filed and speaks_for_itself(turn))):
        return await take_unasked(turn) or "handled"
    elif carries(turn):
        take_with_words(turn)
    if await find_danger(turn) is not None and not with_person:
        return "open"
    if with_person:
        await warn(turn, Draft())
        return "handled"
    if (answer := guessed.answer(turn)) == "yes":
        return await guessed.take(turn, Draft())
    if answer == "no":
        turn.say("utter_heard_danger_no")
        return "handled"
    if await pass_door(turn, Draft()) != "open":
        return "handled"
    utterance = utterance_of(turn)
    if wants_back(utterance) and not turn.tracker.get_slot("offer"):
        talk, shelved = turn.talk.take_back()
        if shelved is not None:
            turn.remember(talk)
            turn.say("utter_taken_up_again", matter=summary_of(shelved))
            return replace(shelved, deciding=None, offered=(), read_to=turn.inbox_id)
    if wants_repeat(utterance) and turn.say_again():
        return "handled"
    if not await take_for_filed(turn):
        return "open"
    about = pick(turn.talk, turn.text, turn.at)
    if about is not None:
        await take_to_filed(turn, about.number)
    return "handled"
