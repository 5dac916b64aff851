"""What the form does with a reading: a few words on what it did, the next question, or the end of the form."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rasa_sdk.events import SlotSet

from actions.complaint.asking import place_is_enough
from actions.complaint.deciding import CATEGORY, has_nothing_to_say, says_none_of_them, take_decision
from actions.complaint.draft import Draft, Question, dump
from actions.complaint.earlier import with_known_estate
from actions.complaint.putting import ask, remember
from actions.complaint.result import Reading
from actions.complaint.utterance import Utterance, says_unknown
from actions.guard import Events
from actions.turn import Turn


async def respond(turn: Turn, question: Question, reading: Reading) -> Events:
    """Acknowledge in a few words what the answer did, then ask the next thing."""
    if not reading.anything and question == "confirmed":
        turn.say("utter_not_caught")
    draft = with_known_estate(reading.draft, turn.talk)
    if reading.corrected or reading.added:
        draft = replace(draft, alike=None, asked_alike=False)
    if reading.rejected:
        turn.say("utter_what_to_correct")
        return remember(draft, "confirmed")
    if reading.problem:
        turn.say("utter_question_contact_again", problem=reading.problem)
        return remember(draft.fail("contact"), "contact")
    if reading.corrected:
        turn.say("utter_corrected")
    elif reading.added and (question == "confirmed" or not draft.confidential):
        turn.say("utter_added")
    elif "contact" in reading.settled and draft.anonymous:
        turn.say("utter_anonymous_noted")
    elif "contact" in reading.settled and draft.phone_declined:
        turn.say("utter_no_phone_noted")
    if not reading.settled and not reading.corrected and question != "confirmed":
        draft = draft.fail(question)
    elif question == "place" and not place_is_enough(draft):
        draft = draft.fail("place")
    return await ask(turn, settle(draft))


def settle(draft: Draft) -> Draft:
    """Stop asking for a place once a district is known and one finer question brought nothing more."""
    if draft.place is not None and draft.place.district and draft.failures("place") >= 2:
        return replace(draft, place_settled=True)
    return draft


def decide(turn: Turn, draft: Draft, utterance: Utterance) -> Draft | None:
    """Take the answer to what was put with the read-back; None when the utterance is something else."""
    taken = take_decision(draft, utterance, turn.services.understander.catalogue)
    if taken is not None:
        turn.say("utter_decided")
        return taken
    if draft.deciding is None:
        return None
    if draft.deciding == CATEGORY and says_none_of_them(utterance.text):
        turn.say("utter_none_of_them")
        return replace(draft, deciding=None)
    if says_unknown(utterance) or has_nothing_to_say(utterance.text):
        turn.say("utter_unknown_noted")
        return replace(draft, deciding=None)
    return None


def close(draft: Draft, *, confirmed: bool, offer: dict[str, Any] | None = None) -> Events:
    """Events that end the form; only a confirmed draft is kept, for filing."""
    return [
        SlotSet("draft", dump(draft) if confirmed else None),
        SlotSet("offer", offer),
        SlotSet("confirmed", confirmed),
        SlotSet("requested_slot", None),
    ]
