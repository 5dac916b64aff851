"""A danger that may have been spoken of where nothing was heard surely: advised at once and asked about, never filed unasked."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from typing import Literal

from actions.anytime.person import alert, is_with_person
from actions.carried.voice import heard
from actions.complaint.draft import Draft, load
from actions.complaint.opening import EMERGENCY_CALL, find_danger
from actions.complaint.reading import take_stated
from actions.complaint.utterance import says_no, says_yes, utterance_of
from actions.complaint.wording import chinese, shorten
from actions.talk import Guessed
from actions.turn import Turn
from bot.messages import Button
from bot.understanding import Emergency

SHOWN = 40
_CONFIRMS_CASE = re.compile(r"确认|登记|提交|上报")
"""Words of a yes to the read-back, not to a question beside it."""
_AGAIN = re.compile(r"[，。,.！!\s]+")


async def ask_whether(turn: Turn) -> None:
    """Advise on a danger that an unclear stretch may tell, and ask whether it is so; once a message."""
    spoken = heard(turn)
    if spoken is None or not spoken.unclear or is_asked(turn) or await find_danger(turn) is not None:
        return
    known = load(turn.tracker.get_slot("draft")).dangers
    for one in spoken.unclear:
        found = await _danger_in(turn, one.guess)
        if found is None or found.id in known:
            continue
        turn.say(
            "utter_heard_danger",
            buttons=(Button("是的", "是的"), Button("不是", "不是")),
            words=shorten(_AGAIN.sub("，", one.guess).strip("，"), SHOWN),
            advice=chinese(found.advice),
            call=chinese(found.call or EMERGENCY_CALL),
        )
        if not await is_with_person(turn):  # else the clerk asks
            turn.remember(replace(turn.talk, guessed=Guessed(one.guess, turn.inbox_id)))
        return


def is_asked(turn: Turn) -> bool:
    """Whether this turn asks it, so that it asks nothing else."""
    return turn.talk.guessed is not None and turn.talk.guessed.inbox_id == turn.inbox_id


def answer(turn: Turn) -> Literal["yes", "no"] | None:
    """What the message says to the question of the message before; None when that asked nothing or this says something else."""
    guessed, utterance = turn.talk.guessed, utterance_of(turn)
    if guessed is None or guessed.inbox_id == turn.inbox_id:
        return None
    if says_yes(utterance) and not _CONFIRMS_CASE.search(turn.text):
        return "yes"
    return "no" if says_no(utterance) else None


def forget(turn: Turn) -> None:
    """What was asked in an earlier message is no question any more."""
    if turn.talk.guessed is not None and not is_asked(turn):
        turn.remember(replace(turn.talk, guessed=None))


async def take(turn: Turn, draft: Draft) -> Draft:
    """The danger is real: its words are the citizen's now, and the desk sees it at once."""
    words = turn.talk.guessed.words if turn.talk.guessed is not None else ""
    said = replace(turn, text=words, intent="", intent_confidence=0.0)
    found = await _danger_in(turn, words)
    draft, _ = take_stated(draft, utterance_of(said))
    draft = replace(draft, matter=(*draft.matter, words), read_to=turn.inbox_id, deciding=None)
    if found is not None:
        turn.say("utter_heard_danger_yes", call=chinese(found.call or EMERGENCY_CALL))
        draft = replace(draft, dangers=(*draft.dangers, found.id))
        await alert(said, draft)
    return draft


async def _danger_in(turn: Turn, guess: str) -> Emergency | None:
    """Also by its likeness to dangers: 闻到一股煤七味. Of 53 stretches of other speech that noise had garbled none was like one."""
    return await asyncio.to_thread(turn.services.understander.find_emergency, guess)
