"""Putting the next question, and the read-back with what is worth deciding or already known."""

from __future__ import annotations

from rasa_sdk.events import SlotSet

from actions.carried import doubts, guessed, voice
from actions.carried.taking import collect
from actions.complaint.asking import next_ask
from actions.complaint.deciding import CATEGORY, Deciding, decide_next, understand_draft
from actions.complaint.draft import Draft, Question, dump
from actions.complaint.known import known_in_words, look_for_known
from actions.complaint.receipt import count_in_words
from actions.complaint.wording import chinese, read_back
from actions.guard import Events
from actions.turn import Turn
from bot.cases import Alike
from bot.messages import Button


async def ask(turn: Turn, draft: Draft) -> Events:
    """Put the next question and remember which; the read-back also asks what is worth deciding."""
    draft = doubts.note(turn, collect(turn, draft))
    following = next_ask(draft)
    if guessed.is_asked(turn) and following.question != "confirmed":
        return remember(draft, following.question)  # whether there is danger is question enough
    if following.question in {"occurred", "contact"} and turn.talk.filed:
        # Who tells the same matter again is told so before any more is asked.
        known = await _known_mine(turn, draft)
        if known is not None:
            return remember(known, "confirmed")
    if following.question == "confirmed":
        draft = await _read_back(turn, draft)
    elif (again := voice.question_again(turn, following.question)) is not None:
        turn.say(again)
    elif following.question == "contact" and (problem := voice.number_problem(turn)) is not None:
        turn.say("utter_question_contact_again", problem=problem)
    elif following.known:
        turn.say(following.response, known=following.known)
    else:
        turn.say(following.response)
    return remember(doubts.asked(draft, following.question), following.question)


async def _known_mine(turn: Turn, draft: Draft) -> Draft | None:
    """Say that the citizen's own open case tells the same matter; None when none does."""
    if draft.asked_alike or draft.dangers or draft.issues or draft.place is None:
        return None
    looked, alike = await look_for_known(turn, draft, await understand_draft(turn, draft))
    if alike is None or not alike.own:
        return None  # another's case is told with the read-back
    _say_known(turn, looked, alike)
    return looked


def _say_known(turn: Turn, draft: Draft, alike: Alike) -> None:
    known = known_in_words(alike)
    turn.say(
        "utter_read_back_mine" if alike.own else "utter_read_back_known",
        summary=read_back(draft),
        number=known.number,
        day=known.day,
        holder=known.holder,
        until=known.until,
    )


async def _read_back(turn: Turn, draft: Draft) -> Draft:
    if draft.issues:
        turn.say("utter_read_back_several", summary=read_back(draft), count=count_in_words(len(draft.issues)))
        return draft
    if draft.dangers:
        turn.say("utter_read_back_danger", summary=read_back(draft))
        return draft
    understood = await understand_draft(turn, draft)
    draft, alike = await look_for_known(turn, draft, understood)
    if alike is not None:
        _say_known(turn, draft, alike)
        return draft
    draft, deciding = decide_next(turn.services.understander.catalogue, draft, understood)
    if deciding is None:
        turn.say("utter_read_back", summary=read_back(draft))
    else:
        _say_deciding(turn, draft, deciding)
    return draft


def _say_deciding(turn: Turn, draft: Draft, deciding: Deciding) -> None:
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
