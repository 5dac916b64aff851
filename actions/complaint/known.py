"""The same matter already reported: what is known is told with the read-back, and the citizen adds, follows or files anew."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from actions.complaint.assembling import assembled
from actions.complaint.draft import Draft
from actions.complaint.utterance import Utterance
from actions.complaint.wording import due_in_words
from actions.turn import Turn
from bot.cases import Alike, find_alike
from bot.clock import in_city
from bot.identity import present_citizen
from bot.understanding import Understanding

Course = Literal["add", "follow", "anew"]

_ADD = re.compile(
    r"^(那就?|就|好的?|嗯|行|对|是的?|请|帮我|给我|[，, ])*(补充|加到|加进|补到|补进|追加|合到|并到|并进|加在|补在|添到|添进|一起办|算在|归到)"
)
_FOLLOW = re.compile(
    r"跟进|跟着|关注|一起(办|跟|反映|等)?|并(到|进|案|单|在)|合并|算我一个|我也(跟|要|算)|加我|追踪|\+1"
)
_ANEW = re.compile(
    r"(另外?|单独|重新|再|分开|新)(立|登|报|开|建|起)|另立|不(跟|并|合|补)|各(登|报)|新(登记|工单)"
)


async def look_for_known(turn: Turn, draft: Draft, understood: Understanding) -> tuple[Draft, Alike | None]:
    """The open case nearly the same as the draft, once a draft; in danger there is no time for it."""
    if draft.asked_alike or draft.dangers or draft.issues:
        return draft, None
    case, _ = await assembled(turn, draft, understood)
    services = turn.services
    async with services.database.session() as session:
        citizen = await present_citizen(session, services.vault, turn.citizen_id)
        alike = (
            None
            if citizen is None
            else await find_alike(session, case, citizen, turn.at, vault=services.vault)
        )
    draft = replace(draft, asked_alike=True)
    if alike is None:
        return draft, None
    return replace(draft, alike=alike.number, alike_own=alike.own), alike


@dataclass(frozen=True, slots=True)
class Known:
    """What may be told of a known case: when, who holds it, until when; of another's neither number nor person."""

    number: str
    day: str
    holder: str
    until: str


def known_in_words(alike: Alike) -> Known:
    """A known case for the read-back."""
    filed = in_city(alike.created_at)
    return Known(
        number=alike.number if alike.own else "",
        day=f"{filed.month}月{filed.day}日",
        holder=alike.holder or "负责的单位",
        until=f"，预计{due_in_words(alike.due_at)}办完" if alike.due_at is not None else "",
    )


def course_of(draft: Draft, utterance: Utterance) -> Course | None:
    """What the citizen wants done about the known case; None when the words are about something else."""
    text = utterance.text
    if draft.alike is None or len(text) > 20:
        return None
    if _ANEW.search(text) or utterance.means("file_new"):
        return "anew"
    if draft.alike_own and (_ADD.search(text) or _FOLLOW.search(text)):
        return "add"
    if not draft.alike_own and (_FOLLOW.search(text) or _ADD.search(text)):
        return "follow"
    return None
