"""Reading what is said at the read-back: a yes and what stands beside it, a no, something better, more of the matter."""

from __future__ import annotations

import re
from dataclasses import replace

from actions.complaint.correcting import ADDS, CORRECTS, corrected
from actions.complaint.draft import Draft, Question
from actions.complaint.placing import is_spot
from actions.complaint.privacy import without_contact
from actions.complaint.result import Reading, with_matter
from actions.complaint.telling import tells_more
from actions.complaint.utterance import (
    Utterance,
    beside_yes,
    ends_in_yes,
    says_again_and_yes,
    says_no,
    says_yes,
    tells_trouble,
    wants_anonymity,
)
from bot.understanding.names import find_name

_LEAVES_OUT = re.compile(
    r"(把)?(我的?)?(电话|手机号?|号码|名字|姓名)(给我)?(去掉|去了|删掉|删了|拿掉|抹掉|不要写|别写|不用写|不写)|(不用|别|不要|去掉|删掉|不想)(写|留|记|填)?(我的?)?(电话|手机号?|号码|名字|姓名)"
)
_HOUSE = re.compile(r"[\d一二三四五六七八九十](?:号|楼|栋|单元|层|室|门)")
DETAIL = 3
"""Characters from which an answer that fills nothing is kept as part of the matter."""


def read_confirmation(draft: Draft, utterance: Utterance) -> Reading:
    """What an utterance at the read-back does: confirm, put right, add."""
    if says_yes(utterance):
        return Reading(draft, confirmed=True)
    if says_again_and_yes(utterance.text, _known_words(draft)):
        return Reading(draft, confirmed=True)
    if ends_in_yes(utterance.text):
        return _confirmed_among(draft, beside_yes(utterance.text), utterance)
    return _read_change(draft, utterance)


def _known_words(draft: Draft) -> str:
    """The fields as they were told, to see what is said once more."""
    place, occurred = draft.place, draft.occurred
    told = (place.district, place.street, place.text) if place is not None else ()
    return " ".join((*(one or "" for one in told), occurred.text if occurred else "", draft.phone or ""))


def _read_change(draft: Draft, utterance: Utterance) -> Reading:
    """What is said at the read-back beside a yes: a no, something better, more of the matter."""
    if says_no(utterance):
        return Reading(replace(draft, correcting=True), rejected=True)
    if (field := _field_named(utterance.text)) is not None:
        return Reading(_without(draft, field), frozenset({field}), corrected=True)
    corrected = correct(replace(draft, correcting=False), utterance, says_wrong=draft.correcting)
    more = tells_more(utterance.text, utterance.at)
    if corrected is not None:
        adds = more and not draft.correcting and not CORRECTS.search(utterance.text)
        if corrected.settled == {"contact"} and not tells_trouble(utterance.text):
            adds = False  # 这号停机了，换一个，139…: all of it is about the number
        return with_matter(corrected, utterance.text) if adds else corrected
    was_correcting, draft = draft.correcting, replace(draft, correcting=False)
    if (name := find_name(utterance.text)) is not None and not more:
        return Reading(replace(draft, name=name), frozenset({"contact"}), corrected=True)
    detail = ADDS.sub("", utterance.text).strip()
    if more or ADDS.match(utterance.text) or (was_correcting and len(detail) >= DETAIL):
        return Reading(replace(draft, matter=(*draft.matter, detail)), added=True)
    return Reading(draft)


def _confirmed_among(draft: Draft, rest: str, utterance: Utterance) -> Reading:
    """A confirmation with ``rest`` beside it: what that changes is read back once more (确认，不留电话), what it tells is kept."""
    if rest:
        house = is_spot(rest) and _HOUSE.search(rest) is not None
        beside = _read_change(
            replace(draft, correcting=draft.correcting or house), replace(utterance, text=rest, intent="")
        )
        if beside.corrected and beside.draft != replace(draft, correcting=False):
            return beside
    told = (rest,) if tells_more(rest, utterance.at) else ()
    return Reading(replace(draft, matter=(*draft.matter, *told)), confirmed=True)


def _field_named(text: str) -> Question | None:
    """The field that is to be left out: 把电话去掉, 不用写我名字; who wants to be anonymous says more than that."""
    return "contact" if not wants_anonymity(text) and _LEAVES_OUT.search(text) else None


def _without(draft: Draft, field: Question) -> Draft:
    """The draft without a number or name, also where they stand in the citizen's sentences."""
    if field != "contact":
        return draft
    return without_contact(draft)


def correct(draft: Draft, utterance: Utterance, *, says_wrong: bool = False) -> Reading | None:
    """A read-back answered with something better: replace exactly the fields it speaks of."""
    found = corrected(draft, utterance, says_wrong=says_wrong)
    return None if found is None else Reading(found[0], found[1], corrected=True)
