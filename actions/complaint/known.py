"""The same matter already reported: what is known is told with the read-back, and the citizen adds, follows or files anew."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from actions.complaint.draft import Draft
from actions.complaint.utterance import Utterance, plainly_yes
from actions.complaint.wording import due_in_words
from actions.turn import Turn
from bot.cases import Alike, CaseDraft, find_alike
from bot.cases.alike import ONCE
from bot.clock import in_city
from bot.identity import present_citizen
from bot.understanding import Understanding

LONGEST = 20
"""Characters of words that can be nothing but a choice."""
Course = Literal["add", "follow", "anew"]

_LEAD = r"(?:那就?|就|好的?|嗯|行|对|是的?|请|帮我|给我|麻烦|我|也|想|要|[，, ]){0,6}"
_END = r"(?:一下|吧|呗|了|就行|谢谢|[。！! ])*"
_ADD = re.compile(
    rf"(?:对|嗯|就)*补充(?:这个|这些|这点|这一?句)就?(?:行|好|可以)?|{_LEAD}(?:补充|追加|(?:加|补|合|并|添|归|写)(?:充)?(?:到|进|在)|算在|一起办)(?:到|进)?(?:原来|之前|那个?|上次|一起|同一个?)?(?:的)?(?:工单|单子|里|里面|那个|一起)?(?:里|里面)?去?{_END}"
)
_FOLLOW = re.compile(
    rf"{_LEAD}(?:一起)?(?:跟进|跟着|关注|追踪|(?:合并|并案|并单|并到一起|并在一起)|一起(?:办|跟|反映|等)|算我一个|加我一个|跟|\+1){_END}"
)
_ANEW = re.compile(
    rf"{_LEAD}(?:还是)?(?:另外?(?:新)?|单独|重新|再|分开|新)(?:立|登记|登|报|开|建|起)(?:一个|一件|个|一单)?(?:新的)?(?:工单|案)?{_END}|{_LEAD}(?:不跟|不并|不合并|不补充|各登各的){_END}"
)
_APART = re.compile(
    rf"{_LEAD}(?:不|别|不要|不用|甭)(?:给我|跟|和)?(?:[那原之上]\S{{0,5}})?(?:并|合|归|掺|混)(?:到|在|进)?(?:一块儿?|一起|原来|之前|那|上次)?\S{{0,6}}{_END}"
)
_SAME = re.compile(r"(?:对|嗯|就|还)*是(?:同|那|这)?一?(?:件|回|个|码)(?:事儿?)?")
_CLAUSES = re.compile(r"[，,。！!\s]+")


async def look_for_known(turn: Turn, draft: Draft, understood: Understanding) -> tuple[Draft, Alike | None]:
    """The open case nearly the same as the draft, once a draft; in danger there is no time for it."""
    if draft.asked_alike or draft.dangers or draft.issues:
        return draft, None
    case = _sketch(draft, understood)
    if case.kind in ONCE or draft.place is None or case.category is None:
        return replace(draft, asked_alike=True, alike=None), None
    services = turn.services
    async with services.database.session() as session:
        citizen = await present_citizen(session, services.vault, turn.citizen_id)
        alike = (
            None
            if citizen is None
            else await find_alike(session, case, citizen, turn.at, vault=services.vault)
        )
    draft = replace(draft, asked_alike=True, alike=None)
    if alike is None or (alike.own and draft.anonymous):
        # Anonymous words never go into a case that knows who its citizen is.
        return draft, None
    return replace(draft, alike=alike.number, alike_own=alike.own), alike


def _sketch(draft: Draft, understood: Understanding) -> CaseDraft:
    """As much of the case as tells whether another is the same; who would lead is not asked for that."""
    place = draft.place
    return CaseDraft(
        kind=draft.kind or understood.kind,
        title="",
        content=draft.content,
        channel="",
        category=understood.category,
        place_text=place.text if place is not None else None,
        district=place.district if place is not None else None,
        street=place.street if place is not None else None,
        community=place.community if place is not None else None,
    )


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
    if draft.alike is None or len(text) > LONGEST:
        return None
    if says_anew(text):
        return "anew"
    if _ADD.fullmatch(text) or _FOLLOW.fullmatch(text):
        return "add" if draft.alike_own else "follow"
    if says_same(text):
        return "add" if draft.alike_own else "follow"
    return None


def says_anew(text: str) -> bool:
    """Whether words want a case of its own and say nothing else: 新报一件，不并到原来那件里."""
    clauses = [clause for clause in _CLAUSES.split(text) if clause]
    apart = [clause for clause in clauses if _ANEW.fullmatch(clause) or _APART.fullmatch(clause)]
    return bool(apart) and len(apart) == len(clauses)


def says_same(text: str) -> bool:
    """Whether words say that a matter belongs to the one known and nothing else: 对，就是同一件，补充进去，确认."""
    if len(text) > LONGEST:
        return False
    clauses = [clause for clause in _CLAUSES.split(text) if clause]
    rest = [clause for clause in clauses if not (_ADD.fullmatch(clause) or _SAME.fullmatch(clause))]
    return len(rest) < len(clauses) and all(map(plainly_yes, rest))
