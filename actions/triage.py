"""What is said with no question open: small talk, a matter to file, something to answer, or neither.

Everything but a plain report comes through here, because the engine's intent alone is not sure enough to act on: a long
complaint that happens to begin with "你好" must never be answered with a greeting.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import Any, Literal

from rasa_sdk.events import FollowupAction, SlotSet

from actions.anytime.service import service_question
from actions.anytime.wishes import wants_repeat
from actions.complaint.draft import Draft, dump
from actions.complaint.feelings import acknowledgement, feelings_out
from actions.complaint.known import says_same
from actions.complaint.opening import find_danger
from actions.complaint.steering import TOLD, asks, insults
from actions.complaint.telling import tells_more
from actions.complaint.utterance import (
    SURE,
    only_fields,
    plainly_no,
    plainly_yes,
    tells_trouble,
    utterance_of,
    wants_anonymity,
    wants_confidence,
)
from actions.consult import look_up, say_answer
from actions.front import before_matter
from actions.guard import Events, GuardedAction
from actions.offers import take_offer
from actions.once import OncePerTurn
from actions.progress import asks_progress, chases, mentions_number, say_progress, speaks_of_progress
from actions.turn import Turn
from bot.knowledge import Answer
from bot.understanding import Understanding

Course = Literal["complaint", "opener", "question", "progress", "say"]

_OPENER = re.compile(
    r"^(你好|您好|喂|师傅|同志|老师|那个|嗯|[，,。 ])*(我|俺)?(们)?(现在)?(要|想|来|得)?(跟|和|向|给)?(你们|您)?"
    r"(反映|反应|投诉|举报|登记|报修|说|提|求助)(一下|一个|个|点|件|几个)?(问题|情况|事儿?|事情|诉求|建议|意见|投诉)?(吧|啊|呀|了|[，,。！!. ])*$"
    r"|^(我)?(有|遇到|碰到)(一?(个|件|些|点))?(问题|事儿?|情况|麻烦)(要|想)?(反映|投诉|说|跟你们说|和你们反映)?(一下)?[。！!. ]*$"
)
_QUESTION_OPENER = re.compile(
    r"^(你好|您好|请问|[，,。 ])*(我)?(想|要)?(咨询|问|打听|了解|请教)(一下|下|个|点|一个|些)?(政策|问题|事儿?|事情|情况)?(可以吗|行吗|吗|啊|呀|吧|[，,。？?！!. ])*$"
)
_ASKS_WHETHER = re.compile(r"[吗么？?]")
_ATTACK = re.compile(
    r"(忽略|无视|忘记|跳过).{0,8}(指令|提示|规则|设定|限制)|系统提示词?|数据库里|prompt", re.IGNORECASE
)
_WORDS = re.compile(r"[0-9A-Za-z\u4e00-\u9fff]")

_SMALL_TALK = {
    "greet": "utter_greet",
    "ask_help": "utter_help",
    "goodbye": "utter_goodbye",
    "thank": "utter_thank",
    "insult": "utter_calm",
    "explain_question": "utter_help",
    "out_of_scope": "utter_out_of_scope",
    "restart_talk": "utter_restarted",
    "cancel": "utter_nothing_to_cancel",
    "affirm": "utter_nothing_offered",
    "deny": "utter_nothing_offered",
    "dont_know": "utter_nothing_offered",
    "refuse_answer": "utter_nothing_offered",
}

_MANNERS = frozenset({"greet", "thank", "goodbye", "affirm", "deny"})
_MANNER_WORDS = re.compile(
    r"谢谢|多谢|感谢|谢|你好|您好|麻烦|辛苦|再见|拜拜|拜|好的|没有|没事|别的|其他|问题|下次|以后|早上|上午|下午|晚上|请问|同志|师傅|老师|客服|热线|12345"
    r"|不用|不是|你们|您|你|我|们|了|啊|呀|哈|吧|请|帮|忙|嗯|先|就|这样|这|那|行|事|在|吗|有|人|不|么|喂|好|对|是|的|太|真|很|非常|也|都|啦|哦|呢|嘞|[^\u4e00-\u9fff]"
)
SUBSTANCE = 3
"""Characters beside manners from which a message says something."""

MATTER = 0.30
"""Category confidence from which free text is taken for a matter of the city's."""

HINT = 0.15
"""The same where the engine is sure that something is being reported."""
_RHETORICAL = re.compile(
    r"你们(是|都|也|到底)?.{0,4}(聋|瞎|死|吃干饭|干什么吃|睡着)|管不管|(有没有|还有)人管|没人管|还让不让|受得了|讲不讲理|凭(什么|啥)(啊|呀|呢|[！!？?。]|$)|他妈|妈的|tmd|王八"
)
"""What asks nothing, whatever its form."""
_JUST_ASKS = re.compile(r"问(一)?(下|句|问|声)|请问|咨询|打听|请教|想知道|想了解")

_HAPPENED = re.compile(r"了(?=[，,。！!；; ]|$)|没(?:处|地儿?|法|人|有)|老是|总是|天天|一直|又")
PLAIN = 0.6
LONGEST_FEELING = 24
"""Characters up to which words may tell of a feeling only."""
LONGEST_SMALL_TALK = 7
"""Characters from which small talk is looked at twice; the look costs a sentence vector."""
NOTHING = "99"
PROGRESS_LEAF = "160401"
"""The leaf of questions for progress: what is like it is answered, not filed."""
LONG = 12
"""Characters from which text with some sense in it is taken for a matter rather than sent back."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to do with an opening, and what was found out on the way.

    Attributes:
        course: What it is.
        say: The response of the course ``say``.
        understanding: Of a matter.
        answer: To a question.
    """

    course: Course
    say: str = ""
    understanding: Understanding | None = None
    answer: Answer | None = None


async def _judge(turn: Turn) -> Verdict:
    """Decide what an opening is; danger before everything."""
    text, utterance = turn.text, utterance_of(turn)
    if not text:
        return Verdict("say", "utter_nothing_said")
    if not _WORDS.search(text):
        return Verdict("say", "utter_not_understood")
    if await find_danger(turn) is not None:
        return Verdict("complaint", understanding=await _understand(turn))
    if _ATTACK.search(text):
        return Verdict("say", "utter_out_of_scope")
    if mentions_number(text):
        return Verdict("progress")
    if (service := service_question(text)) is not None:
        return Verdict("say", service)
    if len(text) <= LONGEST_FEELING and insults(text) and not tells_trouble(text):
        return Verdict("say", "utter_calm")
    feels = turn.intent != "insult" and "你们" not in text and acknowledgement(text) is not None
    if feels and len(text) <= LONGEST_FEELING and not tells_more(feelings_out(text), turn.at):
        return Verdict("opener")
    if _OPENER.match(text) or only_fields(text, turn.at):
        return Verdict("opener")
    if _QUESTION_OPENER.match(text):
        return Verdict("say", "utter_what_to_know")
    if turn.talk.filed and chases(text):
        return Verdict("progress")
    if asks_progress(text) or (utterance.means("check_progress") and speaks_of_progress(text)):
        return Verdict("progress")
    if turn.talk.filed and (plainly_yes(text) or plainly_no(text) or says_same(text)):
        return Verdict("say", "utter_fine")
    if plainly_yes(text) or plainly_no(text):
        return Verdict("say", "utter_nothing_offered")
    small_talk = utterance.means(*_SMALL_TALK) and not more_than_manners(text, turn.intent)
    if small_talk and len(text) < LONGEST_SMALL_TALK:
        return Verdict("say", _SMALL_TALK[turn.intent])
    verdict = await _judge_matter(turn)
    matter = verdict.understanding
    if small_talk and not (verdict.course == "complaint" and matter is not None and is_plain(matter)):
        return Verdict("say", _SMALL_TALK[turn.intent])
    return verdict


def _says_how_it_is(text: str) -> bool:
    """Whether ``text`` tells of something that happened instead of asking: 老年餐桌停了，我们几个没处吃饭去."""
    return not asks(text) and not _JUST_ASKS.search(text) and _HAPPENED.search(text) is not None


judge = OncePerTurn(_judge)


def is_plain(understood: Understanding) -> bool:
    """Whether words that resemble small talk or steering are plainly a matter all the same: 算了我跟你说吧，公交站牌倒了."""
    return (understood.confidence or 0.0) >= PLAIN and not (understood.category or NOTHING).startswith(
        NOTHING
    )


def more_than_manners(text: str, intent: str) -> bool:
    """Whether a greeting or thanks carries something else: "谢谢你，我家没暖气"."""
    return intent in _MANNERS and len(_MANNER_WORDS.sub("", text)) >= SUBSTANCE


async def _judge_matter(turn: Turn) -> Verdict:
    """Tell a matter from a question by what the words hold; in doubt the citizen decides, and nothing is lost."""
    text = turn.text
    understood = await _understand(turn)
    tells = bool(
        understood.contact or understood.occurred or (understood.place and understood.place.district)
    )
    likely = understood.confidence or 0.0
    reported = (
        turn.intent == "report_problem"
        and turn.intent_confidence >= SURE
        and likely >= HINT
        and not _JUST_ASKS.search(text)
    )
    if (
        likely >= MATTER
        and (wants_confidence(text) or wants_anonymity(text))
        and not _ASKS_WHETHER.search(text)
    ):
        reported = True  # nobody hides from a question: 我想说公司不给加班费 能保密不
    rhetorical = bool(_RHETORICAL.search(text)) and likely >= HINT
    told = tells_trouble(text) and not asks(text)
    consults = understood.kind == "咨询" and not (told and len(text) > TOLD)
    asking = (consults or (asks(text) and not reported)) and not rhetorical
    if asking and understood.contact is None:
        answer = await look_up(turn, text)
        if answer.article_id is not None or (
            understood.kind == "咨询" and not tells and not _says_how_it_is(text)
        ):
            return Verdict("question", understanding=understood, answer=answer)
    if understood.category == PROGRESS_LEAF and likely >= MATTER and not understood.place:
        return Verdict("progress")
    if tells or reported or (len(text) > 1 and likely >= (HINT if told else MATTER)):
        return Verdict("complaint", understanding=understood)
    if turn.intent == "check_progress" and speaks_of_progress(text):
        return Verdict("progress")
    if turn.intent == "out_of_scope":
        return Verdict("say", "utter_out_of_scope")
    if len(text) >= LONG:
        return Verdict("say", "utter_maybe_file", understanding=understood)
    return Verdict("say", "utter_not_understood")


async def _understand(turn: Turn) -> Understanding:
    return await asyncio.to_thread(turn.services.understander.understand, turn.text, at=turn.at)


async def follow(turn: Turn, verdict: Verdict) -> dict[str, Any] | None:
    """Carry out a verdict that opens no form.

    Returns:
        The offer to remember, or None.
    """
    understood = verdict.understanding
    if verdict.course == "progress":
        await say_progress(turn)
        return None
    if verdict.answer is not None:
        return await say_answer(
            turn, verdict.answer, kind=understood.kind if understood is not None else "咨询"
        )
    turn.say(verdict.say)
    return {"file": turn.text, "kind": understood.kind} if understood is not None else None


class TriageMessage(GuardedAction):
    """Looks at what is said before it is taken for anything."""

    def name(self) -> str:
        """The name in ``domain.yml``."""
        return "action_triage_message"

    async def act(self, turn: Turn) -> Events:
        """Take up an offer, answer, or pass on to the form."""
        front = await before_matter(turn)
        if isinstance(front, Draft):
            return [SlotSet("offer", None), SlotSet("draft", dump(front)), FollowupAction("complaint_form")]
        if front == "handled":  # said again, an offer still stands
            return [] if wants_repeat(utterance_of(turn)) else [SlotSet("offer", None)]
        offer = turn.tracker.get_slot("offer")
        if offer and (answered := await take_offer(turn, offer)) is not None:
            return answered
        verdict = await judge(turn)
        if verdict.course in {"complaint", "opener"}:
            return [FollowupAction("complaint_form")]
        return [SlotSet("offer", await follow(turn, verdict))]
