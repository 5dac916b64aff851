"""Reading one utterance in the light of the question that was open: pure, no wording, no storage."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from actions.complaint.asking import PLACE_TRIES
from actions.complaint.confirming import correct, read_confirmation
from actions.complaint.correcting import CORRECTS, DECLINES, DENIED
from actions.complaint.draft import Draft, Question
from actions.complaint.placing import finer_place, is_spot
from actions.complaint.privacy import (
    answered_contact,
    make_anonymous,
    with_contact,
    with_privacy,
)
from actions.complaint.result import Reading, with_matter
from actions.complaint.telling import tells_more
from actions.complaint.timing import (
    better_time,
    came_again,
    in_two_breaths,
    named_day,
    only_a_time,
    put_right,
    said_again,
    tells_no_day,
)
from actions.complaint.utterance import (
    Utterance,
    is_privacy_only,
    only_fields,
    says_unknown,
    says_yes,
    tells_matter,
    wants_anonymity,
    wants_confidence,
)
from bot.understanding import answer_time, find_time
from bot.understanding.contact import find_contact, find_contact_problem
from bot.understanding.place import answer_place, find_place, merge_places

_KEEPS_NUMBER = re.compile(
    r"(不|别|没法|不想|不愿意?|不方便)(留|给|告诉|说)(你|您|你们)?(电话|手机|号码|联系方式)|(电话|手机|号码|联系方式)(也|就|我)?(不|别|没法|不想|不愿意?|不方便)(留|给|告诉|说)"
)
MIDDLE: frozenset[Question] = frozenset({"place", "occurred", "contact"})
"""Questions with a field of their own, between the matter and the read-back."""
CONTACT_TRIES = 3
"""So often the number is asked before none has to do."""


def read_answer(draft: Draft, question: Question, utterance: Utterance) -> Reading:
    """Read ``utterance`` as the answer to ``question``; whatever else it says is taken too."""
    if question in MIDDLE and (better := _correct_earlier(draft, question, utterance)) is not None:
        return replace(better, draft=replace(better.draft, read_to=utterance.inbox_id))
    reading = _BY_QUESTION[question](draft, utterance)
    if question in MIDDLE:
        reading = _take_the_rest(reading, question, utterance)
    return replace(reading, draft=replace(reading.draft, read_to=utterance.inbox_id))


def take_stated(draft: Draft, utterance: Utterance) -> tuple[Draft, frozenset[Question]]:
    """Fill from free text every field that is still empty; what is known stays."""
    text, settled = utterance.text, set[Question]()
    contact = find_contact(text)
    if contact is not None and draft.phone is None:
        draft = with_contact(draft, contact)
        settled.add("contact")
    occurred = came_again(draft.matter, utterance) or find_time(DENIED.sub("", text) or text, utterance.at)
    if occurred is not None and tells_no_day(occurred):
        occurred = None  # since when is still to be asked
    if occurred is not None and draft.occurred is not None:
        occurred = better_time(draft.occurred, occurred, utterance)
    if occurred is not None:
        draft = replace(draft, occurred=occurred, occurred_unknown=False)
        settled.add("occurred")
    known = draft.place
    vague = known is None or not known.district or known.precision != "specific"
    if (
        vague
        and (place := find_place(text)) is not None
        and (place.district or place.precision == "specific")
    ):
        draft = replace(draft, place=merge_places(draft.place, place))
        settled.add("place")
    elif (finer := finer_place(draft, text)) is not None:
        draft = replace(draft, place=finer)
        settled.add("place")
    if _KEEPS_NUMBER.search(text) and draft.phone is None and contact is None:
        draft = replace(draft, phone_declined=True)
        settled.add("contact")
    return with_privacy(draft, text), frozenset(settled)


def _correct_earlier(draft: Draft, question: Question, utterance: Utterance) -> Reading | None:
    """Something told before put right while another question is open: 楼号打错了，是22号楼."""
    if not CORRECTS.search(utterance.text):
        return None
    better = correct(draft, utterance)
    if better is None or better.draft == draft:
        return None
    known = {"place": draft.place, "occurred": draft.occurred, "contact": draft.phone}
    if better.settled == {question} and known[question] is None:
        return None  # the open question's own first answer, whatever words it came with
    if (
        not better.settled & {"place", "contact"}
        and tells_more(CORRECTS.sub("", utterance.text), utterance.at)
        and better.draft.matter == draft.matter
    ):
        return with_matter(better, utterance.text)  # 我说反话呢！隔壁工地夜里两点还打桩
    return better


def _read_description(draft: Draft, utterance: Utterance) -> Reading:
    stated, settled = take_stated(draft, utterance)
    return Reading(replace(stated, matter=(*stated.matter, utterance.text)), settled | {"description"})


def _read_place(draft: Draft, utterance: Utterance) -> Reading:
    place = None if tells_matter(utterance) or only_a_time(utterance) else answer_place(utterance.text)
    if place is not None and (place.district or place.precision != "vague" or draft.place is None):
        return Reading(replace(draft, place=merge_places(draft.place, place)), frozenset({"place"}))
    if says_unknown(utterance) or utterance.means("refuse_answer"):
        return Reading(replace(draft, place_settled=True), frozenset({"place"}))
    if draft.place is not None and says_yes(utterance):
        return Reading(replace(draft, place_settled=True), frozenset({"place"}))
    if draft.failures("place") >= PLACE_TRIES - 1 and says_yes(utterance):
        return Reading(replace(draft, place_settled=True), frozenset({"place"}))
    if draft.failures("place") >= PLACE_TRIES - 1 and only_fields(utterance.text, utterance.at):
        return Reading(replace(draft, place_settled=True))
    if draft.failures("place") >= PLACE_TRIES - 1:
        return Reading(
            replace(draft, place_settled=True, matter=(*draft.matter, f"地点：{utterance.text}")),
            frozenset({"place"}),
        )
    return Reading(draft)


def _read_occurred(draft: Draft, utterance: Utterance) -> Reading:
    answer = answer_time(utterance.text, utterance.at)
    if answer.occurred is not None:
        occurred = put_right(utterance) or named_day(answer.occurred, utterance) or answer.occurred
        return Reading(replace(draft, occurred=occurred), frozenset({"occurred"}))
    if (
        answer.unknown
        or says_unknown(utterance)
        or utterance.means("refuse_answer", "deny")
        or draft.failures("occurred") >= 1
    ):
        return Reading(replace(draft, occurred_unknown=True), frozenset({"occurred"}))
    return Reading(draft)


def _read_contact(draft: Draft, utterance: Utterance) -> Reading:
    text = utterance.text
    contact = answered_contact(text)
    if contact is not None:
        return Reading(with_privacy(with_contact(draft, contact), text), frozenset({"contact"}))
    if problem := find_contact_problem(text):
        return Reading(draft, problem=problem)
    if draft.dangers and says_yes(utterance):
        # Who is in danger and says yes to "leave a number or just confirm" has confirmed.
        return Reading(replace(draft, phone_declined=True), frozenset({"contact"}), confirmed=True)
    if wants_anonymity(text) or utterance.means("stay_anonymous"):
        return Reading(make_anonymous(draft), frozenset({"contact"}))
    if wants_confidence(text) or utterance.means("stay_confidential"):
        return Reading(replace(draft, confidential=True), added=True)
    if DECLINES.search(text) or utterance.means("refuse_answer"):
        return Reading(replace(draft, phone_declined=True), frozenset({"contact"}))
    if draft.failures("contact") >= CONTACT_TRIES - 1:
        return Reading(replace(draft, phone_declined=True), frozenset({"contact"}))
    return Reading(draft)


def _take_the_rest(reading: Reading, question: Question, utterance: Utterance) -> Reading:
    """After the asked field, the others the same words fill: "望京西园3号楼，昨天晚上，电话138…"."""
    draft, settled = take_stated(reading.draft, utterance)
    fresh = settled - reading.settled - ({question} if reading.settled else frozenset())
    if fresh:
        reading = replace(reading, draft=draft, settled=reading.settled | fresh)
    if reading.anything:
        # A place or a time came with more of the matter: "就在5号楼，而且井盖也丢了一个".
        more = tells_more(utterance.text, utterance.at) and not is_spot(utterance.text)
        return with_matter(reading, utterance.text) if more else reading
    if CORRECTS.search(utterance.text):
        return correct(reading.draft, utterance) or reading
    if only_fields(utterance.text, utterance.at):
        return _say_again(reading, utterance)
    if tells_more(utterance.text, utterance.at) and not is_privacy_only(utterance.text):
        # No place, no time, no number: then it is more of the matter, and nothing said is lost.
        return replace(
            reading, draft=replace(reading.draft, matter=(*reading.draft.matter, utterance.text)), added=True
        )
    return reading


def _say_again(reading: Reading, utterance: Utterance) -> Reading:
    """A place or time that was known already and is said again: the later words are the better ones."""
    draft, settled = reading.draft, set[Question]()
    occurred = find_time(utterance.text, utterance.at)
    if occurred is not None and draft.occurred is not None:
        occurred = in_two_breaths(draft.occurred, utterance) or occurred
    if occurred is not None:
        if said_again(draft.occurred, occurred):
            draft = replace(draft, occurred=occurred, occurred_unknown=False)
        settled.add("occurred")
    if (place := find_place(utterance.text)) is not None:
        draft = replace(draft, place=merge_places(draft.place, place))
        settled.add("place")
    return replace(reading, draft=draft, settled=reading.settled | settled)


_BY_QUESTION: dict[Question, Callable[[Draft, Utterance], Reading]] = {
    "description": _read_description,
    "place": _read_place,
    "occurred": _read_occurred,
    "contact": _read_contact,
    "confirmed": read_confirmation,
}
