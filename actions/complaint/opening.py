"""The first words of a matter: danger first, then everything they tell, then a word that shows they were heard."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from actions.anytime.person import alert
from actions.anytime.wishes import wants_human
from actions.complaint.correcting import corrects
from actions.complaint.draft import Draft
from actions.complaint.earlier import with_caller, with_earlier, with_known_contact, with_known_estate
from actions.complaint.feelings import acknowledgement
from actions.complaint.reading import take_stated
from actions.complaint.receipt import count_in_words
from actions.complaint.several import issues_of, listed
from actions.complaint.utterance import only_fields, utterance_of
from actions.complaint.wording import chinese, shorten
from actions.once import OncePerTurn
from actions.progress import asks_progress
from actions.turn import Turn
from bot.understanding import Emergency, Understanding, find_time

if TYPE_CHECKING:
    from actions.triage import Verdict

EMERGENCY_CALL = "110、119、120"
"""Where the catalogue names no number of its own."""

ACKNOWLEDGED = {"表扬": "utter_acknowledge_praise", "建议": "utter_acknowledge_suggestion"}
"""Kinds that are no trouble and not answered as one."""

TITLE_SURE = 0.6
"""Category confidence from which the bot repeats what it understood the matter to be."""

LONG = 90
"""Characters from which an opening is summed up in one sentence."""
GIST = 36
"""Characters of that sentence."""


SHORT_CORRECTION = 24
LEAST_BESIDE = 4
_CLAUSES = re.compile(r"[，,。！!；;…\s（）()]+")
_OF_THE_CASE = re.compile(
    r"匿名|保密|(?:别|不|去|删|留|给)[^，。]{0,3}(?:电话|手机|号码)|(?:电话|手机|号码)[^，。]{0,3}(?:别|不|去|删|留)|(?:别|不)取消|还是(?:要|得)?(?:投诉|登记|报|反映)"
)
_VALUE = re.compile(r"[\d一二三四五六七八九十]+(?:号|楼|栋|单元|层|室|区|门|点|月)|\d{4}|[东南西北]门")


async def open_matter(turn: Turn, draft: Draft, verdict: Verdict) -> Draft:
    """The draft with all that the opening tells; says what to do in danger, else that it was heard."""
    draft = await warn(turn, describe(draft, turn, verdict))
    draft, _ = with_earlier(draft, turn.text, turn.talk)
    draft = with_caller(draft, turn.payload)
    draft = with_known_contact(with_known_estate(draft, turn.talk), turn.talk, turn.at)
    understood = verdict.understanding
    if draft.dangers:
        await alert(turn, draft)
    if draft.issues:
        turn.say("utter_several", count=count_in_words(len(draft.issues)), issues=listed(draft.issues))
    if draft.dangers or draft.issues:
        return draft
    if draft.kind in ACKNOWLEDGED:
        turn.say(ACKNOWLEDGED[draft.kind])
        return draft
    feeling = acknowledgement(turn.text)
    if feeling is not None:
        turn.say(feeling)
    if understood is not None and len(turn.text) >= LONG:
        gist = turn.services.understander.gist(turn.text, understood)
        turn.say("utter_summed_up", gist=shorten(gist, GIST))
    elif understood is not None and speakable(understood):
        turn.say("utter_note_matter", matter=draft.title)
    elif feeling is None:
        turn.say("utter_acknowledge_hard")
    return draft


def describe(draft: Draft, turn: Turn, verdict: Verdict) -> Draft:
    """Take the matter and everything else the opening says."""
    stated, _ = take_stated(draft, utterance_of(turn))
    understood = verdict.understanding
    if understood is not None and len(turn.text) >= LONG:
        # In a long story the time beside the matter is the one that counts: 住了三十年…打前儿个就不热了.
        beside = find_time(turn.services.understander.gist(turn.text, understood), turn.at)
        weaker = (
            beside is not None and stated.occurred is not None and beside.strength < stated.occurred.strength
        )
        stated = stated if beside is None or weaker else replace(stated, occurred=beside)
    return replace(
        stated,
        matter=(*stated.matter, turn.text),
        kind=understood.kind if understood is not None else None,
        title=understood.category_path.split(">")[-1]
        if understood is not None and understood.category_path
        else "",
        issues=issues_of(understood) if understood is not None and not draft.matter else (),
        read_to=turn.inbox_id,
    )


def speakable(understood: Understanding) -> bool:
    """Whether the category is sure enough, and of a kind, to be said to the citizen."""
    return (understood.confidence or 0.0) >= TITLE_SURE and not (understood.category or "99").startswith("99")


async def _find_danger(turn: Turn) -> Emergency | None:
    """The danger the turn's words report, off the event loop: what sounds suspicious costs a sentence vector.

    Who plainly asks for a person is not heard for more than the words of a pattern: 给我整个活人说话.
    """
    # A bare place, time or number is like many things and tells of none: 刚才. Nor does a house put right: 不对，是8号楼.
    find = turn.services.understander.find_emergency
    fields = only_fields(turn.text, turn.at) or _is_correction(turn.text)
    rest = _beside_the_case(turn.text)
    found = await asyncio.to_thread(find, turn.text, by_likeness=not fields and rest == turn.text)
    if found is None and rest != turn.text and len(rest) >= LEAST_BESIDE:
        found = await asyncio.to_thread(find, rest)
    if found is not None and not found.foreseen and wants_human(utterance_of(turn)):
        return None
    return found


find_danger = OncePerTurn(_find_danger)


def _beside_the_case(text: str) -> str:
    """``text`` without the clauses that are about the case itself: how it is going, who may know of it, whether it is filed at all.

    To a likeness 头一个现在到谁手里了, 别留电话，我匿名 and 哎别取消 sound of harm.
    """
    clauses = [clause for clause in _CLAUSES.split(text) if clause]
    kept = [clause for clause in clauses if not (asks_progress(clause) or _OF_THE_CASE.search(clause))]
    return text if len(kept) == len(clauses) else "，".join(kept)


def _is_correction(text: str) -> bool:
    """Whether ``text`` owns up to a slip and names a house, a number or the like instead: 不对不对，是8号楼，我嘴快了."""
    return len(text) <= SHORT_CORRECTION and corrects(text) and _VALUE.search(text) is not None


async def warn(turn: Turn, draft: Draft) -> Draft:
    """Danger first: advice and the number to call, once for each danger, whatever the form was asking.

    Who is in one danger speaks of it on and on; only words that name another one bring other advice.
    """
    emergency = await find_danger(turn)
    if emergency is None or emergency.id in draft.dangers or (draft.dangers and not emergency.foreseen):
        return draft
    turn.say(
        "utter_emergency", advice=chinese(emergency.advice), call=chinese(emergency.call or EMERGENCY_CALL)
    )
    return replace(draft, dangers=(*draft.dangers, emergency.id))
