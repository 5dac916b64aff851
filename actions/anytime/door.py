"""The door every utterance passes before it is read as an answer or a matter: a pending yes, wishes at any time."""

from __future__ import annotations

import re
from typing import Literal

from actions.anytime import elsewhere, filed, person, privacy
from actions.anytime.wishes import wish_of
from actions.complaint.draft import Draft
from actions.complaint.utterance import Utterance, ends_in_yes, says_no, says_yes, utterance_of
from actions.talk import Pending
from actions.turn import Turn

Passed = Literal["open", "said", "asked", "ended"]
"""What came of it: ``open`` - nothing, read on; ``said`` - answered, the open question stands; ``asked`` - a question of its
own was put; ``ended`` - answered, and whatever was under way is over."""

SHORT_YES = 20
"""Characters from which words are no plain yes to something that cannot be taken back."""
_LEAD = r"(?:对|是的?|嗯|好的?|行|那|就|我|都|全|[，, ]){0,6}"
_YES: dict[str, re.Pattern[str]] = {
    "erase": re.compile(
        rf"{_LEAD}(?:确认|确定)?(?:删除?|删了|删掉|都删|就这样)(?:吧|呗|了|掉)?[ ，,]*(?:不用登记了|谢谢)?[。！! ]*"
    ),
    "withdraw": re.compile(rf"{_LEAD}(?:确认|确定)?(?:撤|撤回|撤销|撤了|撤掉|取消)(?:吧|呗|了)?[。！! ]*"),
    "link": re.compile(
        rf"{_LEAD}(?:确认|确定)?(?:接续|接上|是我(?:自己)?(?:要)?的?|我自己(?:要)?的?)(?:吧|呗|了)?[。！! ]*"
    ),
}
_FILES = re.compile(r"登记|提交|报|修|派|快|对了|核对|看过|信息|以上|好了|吧$")
"""Words of a yes that belongs to a case that is to be filed, not to an erasure or a withdrawal."""
LONGEST_NO = 40
_KEEPS = re.compile(r"(?:那|就|还是|先)?(?:不|别)(?:删|撤|取消)了?|留着吧")
"""A plain wish to leave things as they are: 啊会连这些一起删啊，那不删了，留着吧."""
_NOT = re.compile(r"(不|别|先不|没)(要|用|是)?(删|撤|取消|接|我)|算了|再想想|我想一下")


async def pass_door(turn: Turn, draft: Draft, *, in_form: bool = False) -> Passed:
    """Handle what has nothing to do with the open question.

    Danger is looked for by the caller before this, also while a clerk speaks.
    """
    if turn.pending is not None:
        taken = await _take_pending(turn, turn.pending)
        if taken != "open":
            return taken
    wish = wish_of(utterance_of(turn), in_form=in_form)
    if wish == "erase":
        privacy.ask_erasure(turn)
        return "asked"
    if wish == "link":
        elsewhere.ask_link(turn)
        return "asked"
    if wish == "privacy":
        privacy.say_privacy(turn)
        return "said"
    if wish == "elsewhere":
        await elsewhere.give_code(turn)
        return "said"
    if wish == "human":
        await person.call_person(turn, draft)
        return "said"
    return await _after_a_wish(turn, wish)


async def _after_a_wish(turn: Turn, wish: str | None) -> Passed:
    """Words that mean something only while a wish is being fulfilled: an erasure ordered, a person waited for."""
    if wish == "keep" and await privacy.keep_after_all(turn):
        return "said"
    if wish == "waiting" and turn.talk.handover:
        turn.say("utter_person_waiting")
        return "said"
    if wish == "no_human" and turn.talk.handover and await person.give_up_person(turn):
        return "open" if ends_in_yes(turn.text) else "said"
    return "open"


async def _take_pending(turn: Turn, pending: Pending) -> Passed:
    """Carry out what the last turn asked to confirm, when this turn says so and nothing else."""
    if pending.what == "amend":
        return "said" if await filed.take_new_value(turn, pending) else "open"
    utterance = utterance_of(turn)
    if _refuses(utterance):
        if pending.what == "erase":
            turn.say("utter_erase_kept")
        elif pending.what == "withdraw":
            turn.say("utter_withdraw_kept", number=pending.number)
        else:
            turn.say("utter_link_not_done")
        return "said"
    plainly = len(turn.text) <= SHORT_YES and _YES[pending.what].fullmatch(turn.text) is not None
    if not plainly and (not says_yes(utterance) or _FILES.search(turn.text)):
        return "open"
    if pending.what == "erase":
        await privacy.order(turn)
        return "ended"
    if pending.what == "withdraw":
        await filed.withdraw_case(turn, pending.number)
        return "said"
    return "ended" if await elsewhere.use_code(turn, pending.number) == "linked" else "said"


def _refuses(utterance: Utterance) -> bool:
    text = utterance.text
    if len(text) <= LONGEST_NO and _KEEPS.search(text):
        return True
    return len(text) <= SHORT_YES and (says_no(utterance) or bool(_NOT.search(text)))
