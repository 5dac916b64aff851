"""A case that was filed already: put right, added to, or withdrawn, in the very talk it was filed in."""

from __future__ import annotations

import re
from dataclasses import replace

from actions.complaint.assembling import assembled
from actions.complaint.correcting import correct_filed, corrects
from actions.complaint.draft import Draft, Question
from actions.complaint.utterance import Utterance, utterance_of
from actions.complaint.wording import read_back
from actions.progress import mentions_number
from actions.talk import Filed, Pending
from actions.turn import Turn
from bot.cases import Amended, add_words, amend_case, withdraw
from bot.errors import CaseNotFound, InvalidTransition
from bot.identity import present_citizen
from bot.messages import Button

_WITHDRAW = re.compile(
    r"(撤销|撤回|撤掉|撤了|撤诉|取消|作废|不要了).{0,8}(工单|单子|登记|投诉|诉求|举报|案子|它|那个|那件|吧|了|$)|(工单|单子|诉求|投诉).{0,6}(撤|取消|作废|不要了)"
    r"|不(用|要|想|必)(再)?(处理|办|管|查|投诉|反映|登记|追究)(了|啦)|^(那|我)?不(投诉|反映|举报|报|办)了"
)
_KEEP = re.compile(r"(别|不|没)(要)?(撤|取消)|不是(要)?(撤|取消)")
_ADDS = re.compile(
    r"^(那个?|哦|噢|对了|嗯|再|还要|我|想|[，, ])*(补充|补一(句|点|条)|加一(句|条|点)|漏说|漏了|忘(了)?(说|讲|提)|还忘|再说一(句|点))"
)
_ADDS_FIELD = re.compile(r"(忘|漏)(了|记)?说.{0,4}[，,。 ]+(是|在|电话|地址|时间|门牌|具体)")
"""A field that was left out is put in; anything else that is added stands with the words of the matter."""
_FIELDS: tuple[tuple[Question, re.Pattern[str]], ...] = (
    ("contact", re.compile(r"电话|手机|号码|联系方式")),
    ("place", re.compile(r"地址|地点|位置|门牌|楼号|小区名")),
    ("occurred", re.compile(r"时间|日期|日子|几号")),
    ("description", re.compile(r"内容|描述|事情|写的")),
)
_TAKES_PHONE_OUT = re.compile(
    r"(删|去掉|拿掉|抹掉|清掉|撤掉|别留|不留|不要).{0,8}(电话|手机|号码|联系方式)|(电话|手机|号码).{0,14}(删|去掉|拿掉|抹掉|清掉|别留|不留)"
)
_THAT_ONE = re.compile(r"(刚才|刚刚|上一|前面|之前|头一|第一|先头)|(那|这)(件|个|条|单)|忘(了)?说")
_FIRST_ONE = re.compile(r"(回到|说回|还有|关于)?(第一|头一|上一|前一|刚才登记的?那|已经登记的?那)(件|个|单)")
_TALK_ABOUT = re.compile(r"[\u4e00-\u9fff]{2}")
LONGEST = 60
"""Characters of a correction; a longer message tells a matter."""


async def take_for_filed(turn: Turn, *, during: Draft | None = None) -> bool:
    """Read the utterance as being about a case filed before.

    Args:
        turn: The turn.
        during: The complaint under way, if one is: then only words that plainly mean the other one count.

    Returns:
        Whether it was; then it was done or asked about.
    """
    filed = turn.talk.last_filed(turn.at)
    text = turn.text
    if filed is None or len(text) > LONGEST or mentions_number(text):
        return False
    if during is not None and not _means_filed(text, filed, during):
        return False
    utterance = utterance_of(turn)
    if _TAKES_PHONE_OUT.search(text):
        return await _amend(turn, filed, replace(filed.draft, phone=None, phone_declined=True))
    if _WITHDRAW.search(text) and not _KEEP.search(text) and during is None:
        turn.say(
            "utter_withdraw_sure",
            number=filed.number,
            buttons=(Button("撤回", "确认撤回"), Button("不撤", "不撤了")),
        )
        turn.remember(replace(turn.talk, pending=Pending("withdraw", filed.number)))
        return True
    return await _put_right(turn, filed, utterance)


async def _put_right(turn: Turn, filed: Filed, utterance: Utterance) -> bool:
    text = utterance.text
    says_wrong = corrects(text) or "不是" in text or utterance.means("correct_answer")
    adds = bool(_ADDS.match(text)) or "忘了说" in text or "忘说" in text
    says_wrong = says_wrong and not adds
    if not says_wrong and not adds:
        return False
    if says_wrong or _ADDS_FIELD.search(text):
        changed = correct_filed(filed.draft, utterance)
        if changed is not None and changed != filed.draft:
            return await _amend(turn, filed, changed)
    if adds:
        words = _ADDS.sub("", text).strip("：:，,。 ") or text
        return await _amend(turn, filed, replace(filed.draft, matter=(*filed.draft.matter, words)))
    for question, pattern in _FIELDS:
        if pattern.search(text):
            turn.say("utter_amend_what", what=_NAMES[question])
            turn.remember(replace(turn.talk, pending=Pending("amend", filed.number, question)))
            return True
    return False


_NAMES: dict[Question, str] = {
    "contact": "电话",
    "place": "地点",
    "occurred": "时间",
    "description": "内容",
    "confirmed": "内容",
}


async def take_new_value(turn: Turn, pending: Pending) -> bool:
    """The value that was asked for after "地址改一下"; False when the words hold none."""
    filed = next((one for one in turn.talk.filed if one.number == pending.number), None)
    if filed is None:
        return False
    changed = correct_filed(filed.draft, utterance_of(turn), only=pending.field)
    if changed is None or changed == filed.draft:
        return False
    return await _amend(turn, filed, changed)


async def _amend(turn: Turn, filed: Filed, changed: Draft) -> bool:
    """Write the corrected draft over the case and say what it holds now."""
    services = turn.services
    case, _ = await assembled(turn, changed)
    try:
        async with services.database.session() as session, session.begin():
            citizen = await present_citizen(session, services.vault, turn.citizen_id)
            amended: Amended = await amend_case(
                session, filed.number, citizen, case, turn.at, vault=services.vault, words=turn.text
            )
    except (CaseNotFound, InvalidTransition):
        turn.say("utter_amend_closed", number=filed.number)
        return True
    turn.remember(turn.talk.file(replace(filed, draft=changed)))
    if not amended.fields:
        turn.say("utter_amend_nothing", number=filed.number)
    else:
        turn.say("utter_amended", number=filed.number, summary=read_back(changed))
        if amended.moved:
            turn.say("utter_amend_moved", holder=amended.view.holder or "")
    return True


async def withdraw_case(turn: Turn, number: str) -> None:
    """Withdraw a case for good, as its citizen confirmed."""
    services = turn.services
    try:
        async with services.database.session() as session, session.begin():
            citizen = await present_citizen(session, services.vault, turn.citizen_id)
            await withdraw(session, number, citizen, turn.at, vault=services.vault, words=turn.text)
    except (CaseNotFound, InvalidTransition):
        turn.say("utter_amend_closed", number=number)
        return
    filed = tuple(one for one in turn.talk.filed if one.number != number)
    withdrawn = next((one for one in turn.talk.filed if one.number == number), None)
    talk = replace(turn.talk, filed=filed)
    turn.remember(talk.shelve(withdrawn.draft, "cancelled") if withdrawn is not None else talk)
    turn.say("utter_withdrawn", number=number)


async def add_to_case(turn: Turn, number: str, words: str) -> bool:
    """Add words to an open case of the citizen's.

    Returns:
        Whether it was still open.
    """
    services = turn.services
    known = next((one for one in turn.talk.filed if one.number == number), None)
    if known is not None:
        return await _amend(turn, known, replace(known.draft, matter=(*known.draft.matter, words)))
    try:
        async with services.database.session() as session, session.begin():
            citizen = await present_citizen(session, services.vault, turn.citizen_id)
            await add_words(session, number, citizen, turn.at, vault=services.vault, words=words)
    except (CaseNotFound, InvalidTransition):
        return False
    turn.say("utter_added_to_case", number=number)
    return True


def _means_filed(text: str, filed: Filed, during: Draft) -> bool:
    """Whether words during another complaint are about the filed one: 刚才那个, or a word that only it has."""
    if _FIRST_ONE.search(text) and corrects(text):
        return True
    if not _THAT_ONE.search(text):
        return False
    then, now = filed.draft.content, during.content
    theirs = {pair for pair in _pairs(text) if pair in then and pair not in now}
    ours = {pair for pair in _pairs(text) if pair in now and pair not in then}
    return len(theirs) > len(ours)


def _pairs(text: str) -> set[str]:
    return {
        text[start : start + 2]
        for start in range(len(text) - 1)
        if _TALK_ABOUT.match(text[start : start + 2])
    }
