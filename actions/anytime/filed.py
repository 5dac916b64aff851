"""A case that was filed already: put right, added to, or withdrawn, in the very talk it was filed in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from actions.anytime.adding import adds_more, leaves_a_number, says_open, wants_to_join, what_is_added
from actions.carried.files import add_to_filed, join
from actions.complaint.assembling import assembled
from actions.complaint.correcting import correct_filed, corrects
from actions.complaint.draft import Draft, File, Question
from actions.complaint.privacy import with_contact, without_contact
from actions.complaint.rewording import BUT_NOT, NOT_BUT
from actions.complaint.utterance import (
    Utterance,
    only_fields,
    says_no,
    utterance_of,
    wants_anonymity,
    wants_confidence,
)
from actions.complaint.wording import place_in_words, read_back
from actions.progress import mentions_number
from actions.talk import AMENDABLE, Filed, Pending, Talk
from actions.turn import Turn
from bot.cases import Amended, add_words, amend_case, withdraw
from bot.errors import CaseNotFound, InvalidTransition
from bot.identity import present_citizen
from bot.messages import Button
from bot.understanding import find_time
from bot.understanding.contact import find_contact

_WITHDRAW = re.compile(
    r"(撤销|撤回|撤掉|撤了|取消|作废|不要了).{0,6}(工单|单子|登记|投诉|诉求|举报|案子|那个单|这个单)|(工单|单子|诉求|投诉|案子|登记的(那个|事)).{0,6}(撤|取消|作废|不要了|不用(办|处理)了)"
    r"|^(算了|那|我|就|还是|改主意了|[，, ]){0,4}(不(投诉|反映|举报|报|追究|办)了|不用(再)?(处理|办|管|查|修|来)了|撤单|撤诉|(帮我|给我)?(撤|取消|撤销|撤回)(了|吧|掉)*)(吧|谢谢|已经好了|已经修好了|[，,。！! ])*$"
)
_KEEP = re.compile(r"(别|不|没)(要)?(撤|取消)|不是(要)?(撤|取消)")
_ADDS_FIELD = re.compile(r"(忘|漏)(了|记)?说.{0,4}[，,。 ]+(是|在|电话|地址|时间|门牌|具体)")
"""A field that was left out is put in; anything else that is added stands with the words of the matter."""
_FIELDS: tuple[tuple[Question, re.Pattern[str]], ...] = (
    ("contact", re.compile(r"电话|手机|号码|联系方式")),
    ("place", re.compile(r"地址|地点|位置|门牌|楼号|小区名")),
    ("occurred", re.compile(r"时间|日期|日子|几号")),
    ("description", re.compile(r"内容|描述|事情|写的")),
)
_TAKES_PHONE_OUT = re.compile(
    r"(把)?(我的?|留的|登记的|单子(里|上)的?|刚才(留|说)的)?(手机号?码?|电话号?码?|号码|联系方式)(从.{0,8}(里|上))?(给我)?(删|去掉|拿掉|抹掉|清掉)|(删掉?|去掉|拿掉|抹掉)(单子里的?|我的?|我留的)(手机号?|电话|号码|联系方式)|(我的?|把)(手机号?|电话)(不留了|别留了)"
)
_THAT_ONE = re.compile(r"(刚才|刚刚|上一|前面|之前|头一|第一|先头)|(那|这)(件|个|条|单)|忘(了)?说")
_FIRST_ONE = re.compile(r"(回到|说回|还有|关于)?(第一|头一|上一|前一|刚才登记的?那|已经登记的?那)(件|个|单)")
_TALK_ABOUT = re.compile(r"[\u4e00-\u9fff]{2}")
_SLIP = re.compile(
    r"(写|说|记|打|念|报|发|填|搞|弄|选|听)错|(整|弄|搞|写|记|说|留|打|念|报)(差|岔|串|反)|才对|口误|手滑|更正|纠正|有误|改一下|改下|改成|改为|换成"
)
_FIELD_WRONG = re.compile(r"错|不对|改|换|更正|应该是|应是|应为|不是")
_ORDINAL = re.compile(r"(?:第(?=[一二三四五])|(?=头一))(?P<which>[一二三四五头])一?(?:件|个|条|单)")
_NEVER_MIND = re.compile(r"不用(改)?了|算了|不改了|没事")
RIGHT_AFTER = timedelta(minutes=10)
"""How long a bare number or time belongs to the case just filed."""
SHORT_WISH = 20
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
    text = turn.text
    filed = pick(turn.talk, text, turn.at)
    if filed is None or len(text) > LONGEST or mentions_number(text):
        return False
    if during is not None and not _means_filed(text, filed, during):
        return False
    utterance = utterance_of(turn)
    if during is None and len(text) <= SHORT_WISH and (wants_anonymity(text) or wants_confidence(text)):
        return await _hide(turn, filed)
    if _TAKES_PHONE_OUT.search(text):
        amended = await _amend(turn, filed, without_contact(filed.draft), quiet=True)
        turn.say("utter_contact_removed", number=filed.number)
        return amended
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
    left_open, adds = says_open(text), adds_more(text)
    says_wrong = not adds and _puts_right(text, filed)
    if not says_wrong and not adds:
        return await _left_out(turn, filed, utterance)
    if says_wrong or left_open or _ADDS_FIELD.search(text):
        changed = correct_filed(filed.draft, utterance)
        if changed is not None and changed != filed.draft:
            return await _amend(turn, filed, changed)
    if adds:
        added = replace(filed.draft, matter=(*filed.draft.matter, what_is_added(text)))
        return await _amend(turn, filed, added)
    for question, pattern in _FIELDS:
        if pattern.search(text):
            turn.say("utter_amend_what", what=_NAMES[question])
            turn.remember(replace(turn.talk, pending=Pending("amend", filed.number, question)))
            return True
    return False


def pick(talk: Talk, text: str, at: datetime) -> Filed | None:
    """The case of the talk that the words are about: by its place in the order, by words that only it has, else the newest."""
    recent = [one for one in talk.filed if at - one.at <= AMENDABLE]
    if len(recent) <= 1:
        return recent[0] if recent else None
    if (ordinal := _ORDINAL.search(text)) is not None:
        index = "一二三四五".find(ordinal["which"]) if ordinal["which"] != "头" else 0
        return recent[min(max(index, 0), len(recent) - 1)]
    shared = [len(_pairs(text) & _pairs(one.draft.content + one.draft.title)) for one in recent]
    return recent[max(range(len(recent)), key=lambda index: (shared[index], index))]


def _puts_right(text: str, filed: Filed) -> bool:
    """Whether words with nothing open put a filed case right, and do not tell a matter of their own.

    "不是一天两天了" and "标准不对" correct nothing; a slip that is owned up to, a field that is named, or words of the case do.
    """
    if _SLIP.search(text) or (_THAT_ONE.search(text) and corrects(text)):
        return True
    if any(pattern.search(text) for _, pattern in _FIELDS) and _FIELD_WRONG.search(text):
        return True
    match = NOT_BUT.search(text) or BUT_NOT.search(text)
    said = f"{filed.draft.content}{place_in_words(filed.draft.place) if filed.draft.place else ''}{filed.draft.phone or ''}"
    return match is not None and match["wrong"] in said


async def _left_out(turn: Turn, filed: Filed, utterance: Utterance) -> bool:
    """A number or a time told by itself right after filing fills what the case lacks; 还是留个电话 does at any time."""
    late = find_contact(utterance.text) if leaves_a_number(utterance.text) else None
    if late is not None and filed.draft.phone is None and not filed.draft.anonymous:
        return await _amend(turn, filed, with_contact(filed.draft, late))
    if turn.at - filed.at > RIGHT_AFTER or not only_fields(utterance.text, utterance.at):
        return False
    draft = filed.draft
    contact = find_contact(utterance.text)
    if contact is not None and draft.phone is None and not draft.anonymous:
        return await _amend(turn, filed, with_contact(draft, contact))
    occurred = find_time(utterance.text, utterance.at)
    if occurred is not None and draft.occurred is None and contact is None:
        return await _amend(turn, filed, replace(draft, occurred=occurred))
    return False


async def _hide(turn: Turn, filed: Filed) -> bool:
    """A wish to stay unknown after filing: what is filed under a name can be hidden from the unit, not made nameless."""
    if filed.draft.anonymous:
        return False
    amended = await _amend(turn, filed, replace(filed.draft, confidential=True), quiet=True)
    turn.say("utter_hidden_after_filing", number=filed.number)
    return amended


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
    utterance = utterance_of(turn)
    if says_no(utterance) or _NEVER_MIND.search(turn.text):
        turn.say("utter_fine")
        return True
    changed = correct_filed(filed.draft, utterance, only=pending.field)
    if changed is None or changed == filed.draft:
        return False
    return await _amend(turn, filed, changed)


async def _amend(turn: Turn, filed: Filed, changed: Draft, *, quiet: bool = False) -> bool:
    """Write the corrected draft over the case and say what it holds now."""
    services = turn.services
    case, _ = await assembled(turn, changed)
    try:
        async with services.database.session() as session, session.begin():
            citizen = await present_citizen(session, services.vault, turn.citizen_id)
            amended: Amended = await amend_case(
                session,
                filed.number,
                citizen,
                case,
                turn.at,
                vault=services.vault,
                words=turn.text,
                key=turn.key,
            )
    except (CaseNotFound, InvalidTransition):
        turn.say("utter_amend_closed", number=filed.number)
        return True
    turn.remember(turn.talk.file(replace(filed, draft=changed)))
    if quiet:
        return True
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
            await withdraw(
                session, number, citizen, turn.at, vault=services.vault, words=turn.text, key=turn.key
            )
    except (CaseNotFound, InvalidTransition):
        turn.say("utter_amend_closed", number=number)
        return
    filed = tuple(one for one in turn.talk.filed if one.number != number)
    withdrawn = next((one for one in turn.talk.filed if one.number == number), None)
    talk = replace(turn.talk, filed=filed)
    turn.remember(talk.shelve(withdrawn.draft, "cancelled") if withdrawn is not None else talk)
    turn.say("utter_withdrawn", number=number)


def joins_filed(turn: Turn, during: Draft) -> Filed | None:
    """The filed case that a complaint under way is said to belong to: 不用新开，补充到原来那件里; None when none is meant."""
    if not during.matter or len(turn.text) > LONGEST or not wants_to_join(turn.text):
        return None
    return pick(turn.talk, f"{during.content}{turn.text}", turn.at)


async def add_to_case(turn: Turn, number: str, words: str, *, files: Sequence[File] = ()) -> bool:
    """Add words, and what was sent with them, to an open case of the citizen's.

    Returns:
        Whether it was still open.
    """
    services = turn.services
    known = next((one for one in turn.talk.filed if one.number == number), None)
    if known is not None:
        if files:
            await add_to_filed(turn, known, files)
        return await _amend(turn, known, replace(known.draft, matter=(*known.draft.matter, words)))
    try:
        async with services.database.session() as session, session.begin():
            citizen = await present_citizen(session, services.vault, turn.citizen_id)
            await add_words(
                session, number, citizen, turn.at, vault=services.vault, words=words, key=turn.key
            )
            if citizen is not None:
                await join(session, turn, number, citizen, files)
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
