"""Free text with no question open: is it a matter to file, something to answer, or neither?"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import Any, Literal

from rasa_sdk.events import FollowupAction, SlotSet

from actions.complaint.reading import SURE
from actions.complaint.steering import asks
from actions.consult import look_up, say_answer
from actions.guard import Events, GuardedAction
from actions.progress import mentions_number, say_progress
from actions.turn import Turn
from bot.knowledge import Answer
from bot.understanding import Understanding

Course = Literal[
    "complaint", "opener", "question", "question_opener", "progress", "off_topic", "unclear", "nothing"
]

_OPENER = re.compile(
    r"^(你好|您好|喂|师傅|同志|老师|那个|嗯|[，,。 ])*(我|俺)?(们)?(现在)?(要|想|来|得)?(跟|和|向|给)?(你们|您)?"
    r"(反映|反应|投诉|举报|登记|报修|说|提|求助)(一下|一个|个|点|件|几个)?(问题|情况|事儿?|事情|诉求|建议|意见|投诉)?(吧|啊|呀|了|[，,。！!. ])*$"
    r"|^(我)?(有|遇到|碰到)(一?(个|件|些|点))?(问题|事儿?|情况|麻烦)(要|想)?(反映|投诉|说|跟你们说|和你们反映)?(一下)?[。！!. ]*$"
)
_QUESTION_OPENER = re.compile(
    r"^(你好|您好|请问|[，,。 ])*(我)?(想|要)?(咨询|问|打听|了解|请教)(一下|下|个|点|一个|些)?(政策|问题|事儿?|事情|情况)?(可以吗|行吗|吗|啊|呀|吧|[，,。？?！!. ])*$"
)
_WORDS = re.compile(r"[0-9A-Za-z\u4e00-\u9fff]")

MATTER = 0.30
"""Category confidence from which free text is taken for a matter of the city's."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to do with an opening and what was found out on the way."""

    course: Course
    understanding: Understanding | None = None
    answer: Answer | None = None


async def judge(turn: Turn) -> Verdict:
    """Decide what an opening is; danger before everything."""
    text = turn.text
    if not text:
        return Verdict("nothing")
    if not _WORDS.search(text):
        return Verdict("unclear")
    understander = turn.services.understander
    if understander.find_emergency(text) is not None:
        return Verdict("complaint", await _understand(turn))
    if mentions_number(text):
        return Verdict("progress")
    if _OPENER.match(text):
        return Verdict("opener")
    if _QUESTION_OPENER.match(text):
        return Verdict("question_opener")
    if turn.intent == "out_of_scope" and turn.intent_confidence >= SURE:
        return Verdict("off_topic")
    understood = await _understand(turn)
    said = bool(understood.place or understood.occurred or understood.contact)
    sounds_asking = understood.kind == "咨询" or (turn.intent == "ask_question" and asks(text))
    if sounds_asking and not (said and turn.intent == "report_problem"):
        answer = await look_up(turn, text)
        if answer.article_id is not None or understood.kind == "咨询" or not said:
            return Verdict("question", understood, answer)
    if (
        said
        or (understood.confidence or 0.0) >= MATTER
        or (turn.intent == "report_problem" and turn.intent_confidence >= SURE)
    ):
        return Verdict("complaint", understood)
    answer = await look_up(turn, text)
    if answer.article_id is not None:
        return Verdict("question", understood, answer)
    return Verdict("unclear", understood)


async def _understand(turn: Turn) -> Understanding:
    return await asyncio.to_thread(turn.services.understander.understand, turn.text, at=turn.at)


SIMPLE: dict[Course, str] = {
    "question_opener": "utter_what_to_know",
    "off_topic": "utter_out_of_scope",
    "unclear": "utter_not_understood",
    "nothing": "utter_nothing_said",
}
"""Courses that end with one sentence."""


async def follow(turn: Turn, verdict: Verdict) -> dict[str, Any] | None:
    """Carry out a verdict that opens no form.

    Returns:
        The offer to remember, or None.
    """
    if verdict.course == "progress":
        await say_progress(turn)
    elif verdict.course == "question" and verdict.answer is not None:
        return await say_answer(turn, verdict.answer)
    else:
        turn.say(SIMPLE[verdict.course])
    return None


class TriageMessage(GuardedAction):
    """Looks at free text before it is taken for anything."""

    def name(self) -> str:
        """The name in ``domain.yml``."""
        return "action_triage_message"

    async def act(self, turn: Turn) -> Events:
        """Answer, or pass on to the form."""
        verdict = await judge(turn)
        if verdict.course in {"complaint", "opener"}:
            return [FollowupAction("complaint_form")]
        return [SlotSet("offer", await follow(turn, verdict))]
