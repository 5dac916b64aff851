"""A danger that comes up while a matter is under way: a matter of its own that goes first, one that is over, or none at all."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace

import structlog

from actions.anytime.person import stand_down
from actions.anytime.wishes import switch_in
from actions.complaint.draft import Draft
from actions.complaint.earlier import place_there
from actions.complaint.opening import find_danger, open_matter
from actions.complaint.putting import ask
from actions.complaint.reading import take_stated
from actions.complaint.returning import summary_of
from actions.complaint.telling import is_over
from actions.complaint.utterance import utterance_of
from actions.guard import Events
from actions.triage import judge
from actions.turn import Turn
from bot.understanding import Emergency
from bot.understanding.place import find_place

log = structlog.get_logger(__name__)

KNOWN = 0.4
"""Confidence from which it is known what the matter under way is about."""
BESIDE = 0.2
"""Confidence from which a second leaf may be what it is about, too."""
NOTHING = "99"
_PAIR = re.compile(r"[\u4e00-\u9fff]{2}")
SHORT_DENIAL = 36
_DANGER = (
    r"着火|起火|火灾|失火|漏气|泄漏|泄露|漏煤气|煤气泄漏|困人|被困|困(?:在|着|住)|塌|触电|漏电|打架|打人|动手|跳楼|自杀|轻生|寻短见|想不开"
    r"|急病|中毒|晕倒|走丢|走失|落水|溺水|爆炸|危险|险情|紧急|急事|警情|报警的事|出人命"
)
_DENIES = re.compile(
    rf"(?<!是)(?:不是|没有?|并没有?|不算|谈不上|不属于)(?:什么|啥|真的?|谁|人|要|有人|说|在)?(?:{_DANGER})(?!.{{0,6}}(?:吗|么|怎么))"
)
_MISTAKEN = re.compile(
    r"(?:误会|误解|理解错|弄错|搞错|看错|闻错|听错|想多|判断错)(?:我|了|啦|意思)|没那么危险|我?说的是(?:以前|之前|去年|前年|过去|电影|小说|游戏)"
)
_FIRST = re.compile(
    r"先(?:说|报|讲|管|办|弄|处理)(?:这|那)(?:个|件|事|头)|(?:等会儿?|待会儿?|回头|一会儿?|之后)再(?:接着|继续)?(?:说|报|弄)"
)
"""What says that the danger comes first and the rest goes on later."""
_COMMON = frozenset("我你他她它您们的了是在有不一这那个就都也还到说要里上下没")
_STILL = re.compile(r"但是?|不过|可是|现在(?!没)|又|越来越|快来|赶紧|救")


async def other_danger(turn: Turn, draft: Draft) -> Emergency | None:
    """The danger of this turn when it is another matter than the one under way: 路灯不亮…哎呀楼道里有煤气味.

    A lift that stands still may turn out to hold somebody, a quarrel may come to blows: what a danger may come out of is said by the
    catalogue (``grows_from``). Only where it is known what the matter is about, and that is nothing of the kind, the danger is its own.
    """
    if not draft.matter or draft.dangers or draft.issues:
        return None
    found = await find_danger(turn)
    if found is None:
        return None
    if switch_in(turn.text) is not None or _FIRST.search(turn.text):
        return found
    if _words(turn.text) & _words(draft.matter_told):
        return None  # 厨房那个管道没人修…现在厨房一股煤气味
    try:
        apart = await asyncio.to_thread(_is_apart, turn, draft, found)
    except Exception:  # the advice is said whatever becomes of this
        log.exception("danger.not_told_apart", inbox_id=turn.inbox_id)
        return None
    return found if apart else None


def _is_apart(turn: Turn, draft: Draft, found: Emergency) -> bool:
    """Whether the matter under way is known to be none that the danger may come out of; costs a sentence vector."""
    understander = turn.services.understander
    danger = next((one for one in understander.catalogue.dangers if one.id == found.id), None)
    if danger is None or not danger.grows_from:
        return False
    ranked = understander.rank(draft.matter_told)
    likely = [one.code for one in ranked if one.score >= BESIDE]
    known = bool(ranked) and ranked[0].score >= KNOWN and not ranked[0].code.startswith(NOTHING)
    return known and not any(code.startswith(danger.grows_from) for code in likely)


def _words(text: str) -> set[str]:
    """Pairs of characters that name something."""
    pairs = {text[start : start + 2] for start in range(len(text) - 1)}
    return {pair for pair in pairs if _PAIR.fullmatch(pair) and not _COMMON & set(pair)}


async def danger_first(turn: Turn, draft: Draft) -> Events:
    """Set the matter under way aside and take the danger: advice at once, place and number as far as they were told."""
    said = find_place(turn.text)
    known = draft.place
    elsewhere = said is not None and bool(said.district)
    fresh = Draft(
        place=None if elsewhere or known is None else place_there(known, said, turn.text),
        phone=draft.phone,
        name=draft.name,
        phone_declined=draft.phone_declined,
        anonymous=draft.anonymous,
        confidential=draft.confidential,
    )
    turn.remember(turn.talk.shelve(draft, "interrupted"))
    opened = await open_matter(turn, fresh, await judge(turn))
    turn.say("utter_set_aside", matter=summary_of(draft))
    return await ask(turn, opened)


async def end_of_danger(turn: Turn, draft: Draft) -> Events | None:
    """What is said when the danger told before is over (人已经出来了) or was none (不是着火，就是烧叶子); None when neither is said.

    Both are kept for whoever handles the case; what else the words tell (a number, a place) is taken.
    """
    if not draft.dangers:
        return None
    denied = denies_danger(turn.text) and all(_can_be_denied(turn, one) for one in draft.dangers)
    if not denied and not is_over(turn.text):
        return None
    taken, _ = take_stated(draft, utterance_of(turn))
    taken = replace(taken, matter=(*taken.matter, turn.text), read_to=turn.inbox_id)
    if denied:
        turn.say("utter_danger_denied")
        await _no_danger(turn)
        return await ask(turn, replace(taken, dangers=(), no_danger=True))
    turn.say("utter_danger_over")
    return await ask(turn, taken)


def denies_danger(text: str) -> bool:
    """Whether words say that there is no danger: 不是着火, 没有人被困, 您误会了."""
    if len(text) > SHORT_DENIAL or _STILL.search(text):
        return False
    return bool(_DENIES.search(text) or _MISTAKEN.search(text))


def _can_be_denied(turn: Turn, danger_id: str) -> bool:
    """Whether a denial is believed: of a thing (fire, gas, a lift), never of what people do or suffer, for who is threatened or gives up denies it, too."""
    catalogue = turn.services.understander.catalogue
    danger = next((one for one in catalogue.dangers if one.id == danger_id), None)
    return danger is not None and bool(danger.grows_from)


async def _no_danger(turn: Turn) -> None:
    """The desk need not look any more; should that fail, the talk goes on all the same."""
    try:
        await stand_down(turn)
    except Exception:
        log.exception("danger.not_stood_down", inbox_id=turn.inbox_id)
