"""The door every utterance passes before it is read as an answer or a matter: silence, pending yes, wishes at any time."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Literal

from actions.anytime import elsewhere, filed, person, privacy
from actions.anytime.wishes import wish_of
from actions.complaint.draft import Draft
from actions.complaint.utterance import ends_in_yes, says_no, says_yes, utterance_of
from actions.talk import Pending
from actions.turn import Turn

Passed = Literal["open", "said", "asked", "ended", "silent"]
"""What came of it: ``open`` - nothing, read on; ``said`` - answered, the open question stands; ``asked`` - a question of its
own was put; ``ended`` - answered, and whatever was under way is over; ``silent`` - a clerk speaks."""

_ERASE_YES = re.compile(
    r"确认删除|删(了|除|掉)?(吧|呗|了)|^(对|是的?|嗯|好的?|确认|确定|可以|同意|行|就这样|嗯?就这样)"
)
_WITHDRAW_YES = re.compile(
    r"确认?撤回|撤(了|回|销|掉)?(吧|呗|了)?[。！!]*$|^(对|是的?|嗯|好的?|确认|确定|可以|行)"
)
_NOT = re.compile(r"(不|别|先不|没)(要|用)?(删|撤|取消)|算了|再想想")


async def pass_door(turn: Turn, draft: Draft, *, number_asked: bool = False) -> Passed:
    """Handle what has nothing to do with the open question.

    Danger is looked for by the caller before this, also while a clerk speaks.
    """
    if (pending := turn.talk.pending) is not None:
        turn.remember(replace(turn.talk, pending=None))
        taken = await _take_pending(turn, pending)
        if taken != "open":
            return taken
    wish = wish_of(utterance_of(turn), number_asked=number_asked)
    if wish is None:
        return "open"
    if wish == "erase":
        privacy.ask_erasure(turn)
        return "asked"
    if wish == "privacy":
        privacy.say_privacy(turn)
        return "said"
    if wish == "elsewhere":
        await elsewhere.give_code(turn)
        return "said"
    if wish == "link":
        return "ended" if await elsewhere.use_code(turn) == "linked" else "said"
    if wish == "human":
        await person.call_person(turn, draft)
        return "said"
    if wish == "no_human" and turn.talk.handover and await person.give_up_person(turn):
        return "open" if ends_in_yes(turn.text.replace("不等了", "")) else "said"
    return "open"


async def _take_pending(turn: Turn, pending: Pending) -> Passed:
    """Carry out what the last turn asked to confirm, when this turn says so."""
    utterance = utterance_of(turn)
    text = utterance.text
    if pending.what == "amend":
        return "said" if await filed.take_new_value(turn, pending) else "open"
    yes = says_yes(utterance)
    if pending.what == "erase":
        if _NOT.search(text) or says_no(utterance):
            turn.say("utter_erase_kept")
            return "said"
        if yes or _ERASE_YES.search(text):
            await privacy.order(turn)
            return "ended"
    if pending.what == "withdraw":
        if _NOT.search(text) or says_no(utterance):
            turn.say("utter_withdraw_kept", number=pending.number)
            return "said"
        if yes or _WITHDRAW_YES.search(text):
            await filed.withdraw_case(turn, pending.number)
            return "said"
    return "open"
