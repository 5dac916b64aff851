"""A hotline call as drafts of cases: what its caller said, understood as a message is, each matter with what is missing of it."""

from __future__ import annotations

from dataclasses import replace

from actions.complaint.assembling import assemble
from actions.complaint.draft import Draft as ComplaintDraft
from actions.complaint.several import draft_of_issue, issues_of
from actions.complaint.wording import place_in_words
from actions.services import Services
from bot.calls.model import CHANNEL, Alarm, Draft, Part, PartTold, Told
from bot.understanding import Understanding, answer_place, answer_time, find_place, find_time, merge_places
from bot.understanding.place import Place

_PLACE = ("location", "district", "street")


def draft_call(services: Services, told: Told) -> Draft:
    """What cases a call's words would be.

    The same reading, category and decision as in a talk; nothing is asked and nothing is filed. CPU time of a message for each matter, so
    not for an event loop.

    Args:
        services: The models.
        told: The words, or the matters as a clerk wants them.
    """
    whole = services.understander.understand(told.words, at=told.at) if told.words else None
    drafts = [_as_told(services, part, told, whole) for part in told.parts] or _as_heard(told, whole)
    if len(drafts) > 1:
        drafts = [_with_own_danger(services, draft) for draft in drafts]
    parts = tuple(_part(services, draft, told) for draft in drafts)
    advice = None if whole is None or not any(part.case.emergency for part in parts) else whole.advice
    return Draft(parts, advice)


def alarm_in(services: Services, words: str) -> Alarm | None:
    """The danger that a caller's words tell of. Up to 30 ms of CPU time, so not for an event loop."""
    if not services.understander.may_be_danger(words):
        return None
    found = services.understander.find_emergency(words)
    return None if found is None else Alarm(found.name, f"请立即拨打 {found.call}。{found.advice}。")


def _as_heard(told: Told, whole: Understanding | None) -> list[ComplaintDraft]:
    """The matters that are in the words."""
    if whole is None:
        return []
    draft = replace(
        _common(told, whole),
        matter=(told.words,),
        kind=whole.kind,
        place=whole.place,
        occurred=whole.occurred,
        dangers=_dangers(whole),
        issues=issues_of(whole),
    )
    return [draft_of_issue(draft, index) for index in range(len(draft.issues))] or [replace(draft, issues=())]


def _as_told(services: Services, part: PartTold, told: Told, whole: Understanding | None) -> ComplaintDraft:
    """A matter as a clerk wrote it.

    The place is what they wrote, with what the words tell of the area. A time that is none stays in words, a category that is none is judged.
    """
    place: Place | None = None
    if part.place.strip():
        place = _place_told(part.place.strip())
        around = find_place(part.content)
        if around is not None and place.district is None:
            place = merge_places(around, place)
    occurred, untold = None, tuple[str, ...]()
    if when := part.occurred.strip():
        occurred = find_time(when, told.at) or answer_time(when, told.at).occurred
        untold = () if occurred is not None else (f"时间：{when}",)
    return replace(
        _common(told, whole),
        matter=(part.content, *untold),
        place=place,
        occurred=occurred,
        category=part.category if part.category in services.understander.catalogue.categories else None,
        dangers=() if whole is None else _dangers(whole),
    )


def _place_told(words: str) -> Place:
    """What a clerk wrote as the place, with what can be read in it; all of it is kept."""
    found = find_place(words) or answer_place(words)
    if found is None:
        return Place(text=words, span=(0, len(words)), precision="vague")
    return found if found.text is None else replace(found, text=words, span=(0, len(words)))


def _common(told: Told, whole: Understanding | None) -> ComplaintDraft:
    """Who speaks, and what they want kept of it."""
    contact = whole.contact if whole is not None else None
    anonymous = told.anonymous or (not told.parts and whole is not None and whole.anonymous)
    phone = told.phone if told.parts or contact is None else contact.phone or told.phone
    return ComplaintDraft(
        phone=None if anonymous else phone,
        name=None if anonymous else told.name,
        anonymous=anonymous,
        confidential=told.confidential or (not told.parts and whole is not None and whole.confidential),
    )


def _dangers(whole: Understanding) -> tuple[str, ...]:
    return () if whole.emergency is None else (whole.emergency.id,)


def _with_own_danger(services: Services, draft: ComplaintDraft) -> ComplaintDraft:
    """Of several matters a danger is only that one's which tells of it."""
    own = draft.dangers and services.understander.find_emergency(draft.content) is not None
    return draft if own else replace(draft, dangers=())


def _part(services: Services, draft: ComplaintDraft, told: Told) -> Part:
    words = draft.content if draft.place is None else f"{draft.content}。地点：{place_in_words(draft.place)}"
    understood = services.understander.understand(
        words, at=told.at, matter=draft.matter_told, answers=draft.answers, category=draft.category
    )
    case = assemble(draft, replace(understood, text=draft.content), services.dispatcher, CHANNEL, told.at)
    return Part(
        case=case,
        missing=_missing(draft, understood),
        reasons=tuple(case.decision.get("evidence") or ()),
        occurred=draft.occurred.text if draft.occurred is not None else None,
        candidates=tuple((one.code, one.path, round(one.score, 3)) for one in understood.candidates),
    )


def _missing(draft: ComplaintDraft, understood: Understanding) -> tuple[str, ...]:
    """What is open, as :mod:`bot.understanding.missing` names it, of what the draft holds and not of its words alone."""
    place = draft.place
    held = {
        "location": place is not None and place.text is not None and place.precision != "vague",
        "district": place is not None and place.district is not None,
        "street": place is not None and place.street is not None,
        "time": draft.occurred is not None,
        "contact": draft.phone is not None or draft.anonymous,
    }
    if not any(name in understood.missing for name in held):
        return tuple(name for name in understood.missing)
    facts = tuple(name for name in understood.missing if name not in held)
    return (*(name for name, there in held.items() if not there), *facts)
