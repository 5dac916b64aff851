"""How a case is going, by its number or for the citizen's own cases."""

from __future__ import annotations

import re
from datetime import datetime

from actions.complaint.wording import due_in_words
from actions.turn import Turn
from bot.cases import CaseView, add_words, cases_of, find_case, find_number, parse_tracking_code
from bot.errors import CaseNotFound
from bot.identity import CitizenRef, present_citizen

_PROGRESS = re.compile(
    r"进度|进展|工单|单子|单号|诉求|投诉|反映|登记|举报|办到|办得|办了|办完|处理|结果|答复|回复|回音|催|动静|消息|信儿|下文|状态|谁在|派给"
)

_ASKS_PROGRESS = re.compile(
    r"(?:现在|目前)?(?:到|在|归|转到?)(?:了)?谁(?:手里|手上|那儿|那里|管了)|谁(?:在|给)(?:办|处理|管)(?:着)?(?:呢|了)?[？?]?$|(查|看)(一)?(下|看)?.{0,6}到(了)?哪(一?步|儿|了)|到(了)?哪一?步|(查|看|问|催).{0,8}(工单|进度|进展)|(工单|单子|诉求).{0,6}(进度|进展|到哪|办得|办了|怎么样)|办到哪|(之前|以前|上次|上回|上礼拜|上周|前(几)?天|上个?月|昨天|那天)?我?.{0,6}(报|反映|投诉|登记|说)(过)?的.{0,14}(怎么样|咋样|啥情况|(有没有|有)(个)?(结果|进展|消息|信儿|动静|下文|着落)(没有|了吗|没|吗)?|到哪|处理(了|好)?(吗|没)|解决(了)?(吗|没)|有(结果|消息|下文)(了)?(吗|没))|有(没有)?(结果|进展|下文)了?(吗|没)"
    r"|(报|反映|投诉|登记)过.{0,20}(查|看|问|催).{0,8}(怎么样|咋样|到哪|进展|办得)|(报|反映|投诉|登记)过.{0,16}(怎么样|咋样|啥情况|什么情况|到哪(了|一步))"
)

_URGES = re.compile(
    r"催|怎么还(没|不)|(还|都|到现在|至今|一直)(是)?没(有)?(人|动静|消息|信儿|结果|来|修|处理|解决|联系|回复)|到底(管不管|有没有人管|什么时候)|没人(来|管|联系我|修|处理)|还没(好|修好|弄好|处理|解决|办)|多久才|急死"
)
_ASKS_NUMBER = re.compile(
    r"(我的)?(工单号|单号|编号)(是)?(多少|啥|什么|几)?(来着|呢|啊|发(给)?我|告诉我|再说)?[？?吗]*$|(把|再)(给我)?(发)?(工单号|单号|编号)"
)
LONGEST_CHASE = 24

SHOWN = 3
"""Cases listed at once, the newest first."""


def mentions_number(text: str) -> bool:
    """Whether ``text`` holds something that can only be a case number or a tracking code, right or mistyped."""
    return find_number(text) is not None or parse_tracking_code(text) is not None


def asks_progress(text: str) -> bool:
    """Whether ``text`` plainly asks how a case is going, however long it is."""
    return bool(_ASKS_PROGRESS.search(text))


def chases(text: str) -> bool:
    """Whether ``text``, said by somebody who has a case, asks after it or presses for it: 怎么还没人来, 工单号是多少."""
    return len(text) <= LONGEST_CHASE and bool(_URGES.search(text) or _ASKS_NUMBER.search(text))


def urges(text: str) -> bool:
    """Whether ``text`` presses for a case to be dealt with."""
    return bool(_URGES.search(text))


def speaks_of_progress(text: str) -> bool:
    """Whether ``text`` has a word that a question about a case would have."""
    return bool(_PROGRESS.search(text))


async def say_progress(turn: Turn) -> None:
    """Tell how the named case, or the citizen's latest ones, stand."""
    number = parse_tracking_code(turn.text)
    if number is None and (found := find_number(turn.text)) is not None:
        number = found.number
        if number is None:
            turn.say("utter_progress_bad_number")
            return
    async with turn.services.database.session() as session:
        owner = await present_citizen(session, turn.services.vault, turn.citizen_id)
        try:
            cases = (
                await cases_of(session, owner)
                if number is None
                else [await find_case(session, number, owner)]
            )
        except CaseNotFound:
            turn.say("utter_progress_not_found")
            return
    if not cases:
        turn.say("utter_progress_none")
        return
    turn.say("utter_progress", cases="\n".join(in_words(case, turn.at) for case in cases[:SHOWN]))
    if urges(turn.text) and cases[0].is_open:
        await _urge(turn, cases[0], owner)


async def _urge(turn: Turn, case: CaseView, owner: CitizenRef | None) -> None:
    """Put what was said to press for a case with the case, where its unit sees it."""
    services = turn.services
    async with services.database.session() as session, session.begin():
        await add_words(
            session,
            case.case_number,
            owner,
            turn.at,
            vault=services.vault,
            words=f"催办：{turn.text}",
            key=turn.key,
        )
    turn.say("utter_urged")


def in_words(case: CaseView, at: datetime) -> str:
    """One case in one or two short sentences: what, who holds it, until when."""
    sentence = f"{case.case_number}（{case.title}）：{case.state_in_words}"
    if case.holder:
        sentence += f"，现在由{case.holder}负责"
    if case.due_at is not None and case.is_open:
        due = due_in_words(case.due_at)
        sentence += f"，原定{due}答复，已经超时" if case.due_at < at else f"，{due}答复您"
    return sentence + "。"
