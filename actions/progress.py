"""How a case is going, by its number or for the citizen's own cases."""

from __future__ import annotations

import re

from actions.complaint.wording import due_in_words
from actions.turn import Turn
from bot.cases import CaseView, cases_of, find_case, find_number, parse_tracking_code
from bot.errors import CaseNotFound
from bot.identity import present_citizen

_PROGRESS = re.compile(
    r"进度|进展|工单|单子|单号|诉求|投诉|反映|登记|举报|办到|办得|办了|办完|处理|结果|答复|回复|回音|催|动静|消息|信儿|下文|状态|谁在|派给"
)

_ASKS_PROGRESS = re.compile(
    r"(查|看|问|催).{0,8}(工单|进度|进展)|(工单|单子|诉求).{0,6}(进度|进展|到哪|办得|办了|怎么样)|办到哪|(之前|以前|上次|上回|上礼拜|上周|前(几)?天|上个?月|昨天|那天)?我?.{0,6}(报|反映|投诉|登记|说)(过)?的.{0,14}(怎么样|咋样|啥情况|有没有(结果|进展|消息)|到哪|处理(了|好)?(吗|没)|解决(了)?(吗|没)|有(结果|消息|下文)(了)?(吗|没))|有(没有)?(结果|进展|下文)了?(吗|没)"
)

SHOWN = 3
"""Cases listed at once, the newest first."""


def mentions_number(text: str) -> bool:
    """Whether ``text`` holds something that can only be a case number or a tracking code, right or mistyped."""
    return find_number(text) is not None or parse_tracking_code(text) is not None


def asks_progress(text: str) -> bool:
    """Whether ``text`` plainly asks how a case is going, however long it is."""
    return bool(_ASKS_PROGRESS.search(text))


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
    turn.say("utter_progress", cases="\n".join(in_words(case) for case in cases[:SHOWN]))


def in_words(case: CaseView) -> str:
    """One case in one or two short sentences: what, who holds it, until when."""
    sentence = f"{case.case_number}（{case.title}）：{case.state_in_words}"
    if case.holder:
        sentence += f"，现在由{case.holder}负责"
    if case.due_at is not None and case.is_open:
        sentence += f"，{due_in_words(case.due_at)}答复您"
    return sentence + "。"
