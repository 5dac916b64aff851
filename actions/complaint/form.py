"""The complaint form: takes what was said, answers asides, asks the one next thing, ends in a case or not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rasa_sdk.events import SlotSet

from actions.complaint.asides import answer_aside
from actions.complaint.asking import next_ask, place_is_enough
from actions.complaint.deciding import (
    CATEGORY,
    Deciding,
    decide_next,
    has_nothing_to_say,
    keep_as_answer,
    put_again,
    says_none_of_them,
    take_decision,
)
from actions.complaint.draft import Draft, Question, dump, load
from actions.complaint.reading import Reading, read_answer, take_stated
from actions.complaint.steering import aside_of
from actions.complaint.utterance import Utterance, says_unknown, utterance_of
from actions.complaint.wording import chinese, read_back
from actions.guard import Events, GuardedAction
from actions.triage import Verdict, draft_of_offer, find_danger, follow, judge
from actions.turn import Turn
from bot.messages import Button
from bot.understanding import Understanding

EMERGENCY_CALL = "110、119、120"
"""Where the catalogue names no number of its own."""

ACKNOWLEDGED = {"表扬": "utter_acknowledge_praise", "建议": "utter_acknowledge_suggestion"}
"""Kinds that are no trouble and not answered as one."""

TITLE_SURE = 0.6
"""Category confidence from which the bot repeats what it understood the matter to be."""


class ValidateComplaintForm(GuardedAction):
    """Called by Rasa once a turn while the form is open, and when it opens.

    It always names the next slot itself, so that Rasa's form only carries the state.
    """

    def name(self) -> str:
        """The name in ``domain.yml``."""
        return "validate_complaint_form"

    async def act(self, turn: Turn) -> Events:
        """Read the utterance, speak, and say which slot is asked now."""
        draft = load(turn.tracker.get_slot("draft"))
        question: Question | None = turn.tracker.get_slot("requested_slot")
        if draft.read_to >= turn.inbox_id:
            return await ask(turn, put_again(draft))
        if question is None:
            return await self._open(turn, draft)
        return await self._go_on(turn, draft, question)

    def after_failure(self, turn: Turn) -> Events:
        """Keep the question open: the draft is written back as it was."""
        slots = turn.tracker.slots
        if slots.get("requested_slot") is None:
            return [SlotSet("confirmed", False), SlotSet("requested_slot", None)]
        return [SlotSet("draft", slots.get("draft")), SlotSet("requested_slot", slots.get("requested_slot"))]

    async def _open(self, turn: Turn, draft: Draft) -> Events:
        """The first utterance: it may hold the whole case, or turn out to be something else."""
        offer = turn.tracker.get_slot("offer")
        if offer and not draft.matter and (offered := draft_of_offer(turn, offer)) is not None:
            return [SlotSet("offer", None), *await ask(turn, offered)]
        verdict = await judge(turn)
        if verdict.course == "opener":
            stated, _ = take_stated(draft, utterance_of(turn))
            return await ask(turn, replace(stated, read_to=turn.inbox_id))
        if verdict.course != "complaint":
            return close(Draft(), confirmed=False, offer=await follow(turn, verdict))
        draft = await warn(turn, describe(draft, turn, verdict))
        if not draft.dangers:
            understood = verdict.understanding
            if draft.kind in ACKNOWLEDGED:
                turn.say(ACKNOWLEDGED[draft.kind])
            elif understood is not None and speakable(understood):
                turn.say("utter_note_matter", matter=draft.title)
            else:
                turn.say("utter_acknowledge_hard")
        return await ask(turn, draft)

    async def _go_on(self, turn: Turn, draft: Draft, question: Question) -> Events:
        """An utterance while ``question`` is open."""
        utterance = utterance_of(turn)
        before = draft.dangers
        draft = await warn(turn, draft)
        aside = None if draft.dangers != before else aside_of(utterance, question)
        if aside == "cancel":
            turn.say("utter_cancelled")
            return close(draft, confirmed=False)
        if aside == "restart":
            turn.say("utter_restarted")
            return remember(Draft(read_to=turn.inbox_id), "description")
        if aside is not None and await answer_aside(turn, aside, question, deciding=bool(draft.deciding)):
            return await ask(turn, replace(put_again(draft), read_to=turn.inbox_id))
        if question == "description":
            return await self._open(turn, draft)
        if question == "confirmed" and (decided := decide(turn, draft, utterance)) is not None:
            return await ask(turn, replace(decided, read_to=turn.inbox_id))
        reading = read_answer(draft, question, utterance)
        if reading.confirmed:
            return close(reading.draft, confirmed=True)
        if reading.added and question == "confirmed":
            # What no rule knows as an answer is one all the same: a person will read it.
            reading = replace(reading, draft=keep_as_answer(draft, reading.draft, utterance.text))
        return await respond(turn, question, reading)


def describe(draft: Draft, turn: Turn, verdict: Verdict) -> Draft:
    """Take the matter and everything else the opening says."""
    stated, _ = take_stated(draft, utterance_of(turn))
    understood = verdict.understanding
    return replace(
        stated,
        matter=(*stated.matter, turn.text),
        kind=understood.kind if understood is not None else None,
        title=understood.category_path.split(">")[-1]
        if understood is not None and understood.category_path
        else "",
        read_to=turn.inbox_id,
    )


def speakable(understood: Understanding) -> bool:
    """Whether the category is sure enough, and of a kind, to be said to the citizen."""
    return (understood.confidence or 0.0) >= TITLE_SURE and not (understood.category or "99").startswith("99")


async def warn(turn: Turn, draft: Draft) -> Draft:
    """Danger first: advice and the number to call, once for each danger, whatever the form was asking."""
    emergency = await find_danger(turn)
    if emergency is None or emergency.id in draft.dangers:
        return draft
    turn.say(
        "utter_emergency", advice=chinese(emergency.advice), call=chinese(emergency.call or EMERGENCY_CALL)
    )
    return replace(draft, dangers=(*draft.dangers, emergency.id))


async def respond(turn: Turn, question: Question, reading: Reading) -> Events:
    """Acknowledge in a few words what the answer did, then ask the next thing."""
    draft = reading.draft
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


async def ask(turn: Turn, draft: Draft) -> Events:
    """Put the next question and remember which; the read-back also asks what is worth deciding."""
    following = next_ask(draft)
    if following.question == "confirmed":
        draft, deciding = await decide_next(turn, draft)
        if deciding is None:
            turn.say(following.response, summary=read_back(draft))
        else:
            say_deciding(turn, draft, deciding)
    elif following.known:
        turn.say(following.response, known=following.known)
    else:
        turn.say(following.response)
    return remember(draft, following.question)


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


def say_deciding(turn: Turn, draft: Draft, deciding: Deciding) -> None:
    """The read-back with the one question more, its answers and the way past it as buttons."""
    turn.say(
        "utter_read_back_choice" if deciding.slot == CATEGORY else "utter_read_back_fact",
        buttons=(*deciding.buttons, Button("确认", "确认")),
        summary=read_back(draft),
        question=chinese(deciding.question),
    )


def remember(draft: Draft, question: Question) -> Events:
    """Events that keep the draft and the open question."""
    return [SlotSet("draft", dump(draft)), SlotSet("confirmed", None), SlotSet("requested_slot", question)]


def close(draft: Draft, *, confirmed: bool, offer: dict[str, Any] | None = None) -> Events:
    """Events that end the form; only a confirmed draft is kept, for filing."""
    return [
        SlotSet("draft", dump(draft) if confirmed else None),
        SlotSet("offer", offer),
        SlotSet("confirmed", confirmed),
        SlotSet("requested_slot", None),
    ]
