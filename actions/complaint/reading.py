"""Reading one utterance in the light of the question that was open: pure, no wording, no storage."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from actions.complaint.asking import PLACE_TRIES
from actions.complaint.draft import Draft, Question
from actions.complaint.utterance import (
    Utterance,
    has_words,
    is_privacy_only,
    only_fields,
    says_no,
    says_unknown,
    says_yes,
    tells_matter,
    wants_anonymity,
    wants_confidence,
)
from bot.understanding import Occurred, answer_time, find_time
from bot.understanding.contact import Contact, find_contact, find_contact_problem
from bot.understanding.place import answer_place, find_place, merge_places
from bot.understanding.redaction import redact

_CORRECTS = re.compile(r"(不是|不对|错了|写错|说错|记错|改成|改为|改一下|更正|应该是|应为|换成|改到)")
_DECLINES = re.compile(
    r"(不留|不要留|别留|不想留|不方便留|不愿意?留|没有?(电话|手机)|不给|不提供|不用联系|跳过|不想说|不方便说|保留隐私)"
)
_NOT_BUT = re.compile(
    r"不是(?P<wrong>[^，,。]{1,12})[，, ]*(?:而)?(?:应该)?是(?P<right>[^，,。]{1,20})[。！!吧啊]*$"
)
_ADDS = re.compile(
    r"^(对|嗯|是的?|好的?)?[，, ]*(再)?(补充|加)(一下|一条|一点|个)?[：:，, ]*|^(还有|另外)(就是)?[，, ]*"
)
_ROUGH = re.compile(r"几|些|阵|最近|近来|前段|半天")
_EXACT = 5
"""Strength of a time that names its day."""
DETAIL = 3
"""Characters from which an answer that fills nothing is kept as part of the matter."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one utterance did to a draft.

    Attributes:
        draft: The draft after it.
        settled: The fields it filled or changed, by question.
        corrected: It replaced something said before.
        added: It added to the matter.
        confirmed: The citizen confirmed the read-back.
        rejected: The citizen said something is wrong without saying what.
        problem: Why an answer could not be used, in the citizen's language, such as 号码少一位.
    """

    draft: Draft
    settled: frozenset[Question] = field(default_factory=frozenset)
    corrected: bool = False
    added: bool = False
    confirmed: bool = False
    rejected: bool = False
    problem: str = ""

    @property
    def anything(self) -> bool:
        """Whether the utterance was of any use to the form."""
        return bool(
            self.settled or self.corrected or self.added or self.confirmed or self.rejected or self.problem
        )


def corrects(text: str) -> bool:
    """Whether the words say that something is wrong, beyond "not this but that"."""
    return bool(_CORRECTS.search(text.replace("不是", "")))


def declines_contact(text: str) -> bool:
    """Whether the words refuse to leave a number."""
    return bool(_DECLINES.search(text))


def read_answer(draft: Draft, question: Question, utterance: Utterance) -> Reading:
    """Read ``utterance`` as the answer to ``question``; whatever else it says is taken too."""
    reading = _BY_QUESTION[question](draft, utterance)
    if question in {"place", "occurred", "contact"}:
        reading = _take_the_rest(reading, question, utterance)
    return replace(reading, draft=replace(reading.draft, read_to=utterance.inbox_id))


def take_stated(draft: Draft, utterance: Utterance) -> tuple[Draft, frozenset[Question]]:
    """Fill from free text every field that is still empty; what is known stays."""
    text, settled = utterance.text, set[Question]()
    contact = find_contact(text)
    if contact is not None and draft.phone is None:
        draft = _with_contact(draft, contact)
        settled.add("contact")
    occurred = find_time(text, utterance.at)
    if occurred is not None and (draft.occurred is None or _says_better(draft.occurred, occurred)):
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
    return _with_privacy(draft, text), frozenset(settled)


def _read_description(draft: Draft, utterance: Utterance) -> Reading:
    stated, settled = take_stated(draft, utterance)
    return Reading(replace(stated, matter=(*stated.matter, utterance.text)), settled | {"description"})


def _read_place(draft: Draft, utterance: Utterance) -> Reading:
    place = None if tells_matter(utterance) else answer_place(utterance.text)
    if place is not None and (place.district or place.precision != "vague" or draft.place is None):
        return Reading(replace(draft, place=merge_places(draft.place, place)), frozenset({"place"}))
    if says_unknown(utterance) or utterance.means("refuse_answer"):
        return Reading(replace(draft, place_settled=True), frozenset({"place"}))
    if draft.failures("place") >= PLACE_TRIES - 1:
        return Reading(
            replace(draft, place_settled=True, matter=(*draft.matter, f"地点：{utterance.text}")),
            frozenset({"place"}),
        )
    return Reading(draft)


def _read_occurred(draft: Draft, utterance: Utterance) -> Reading:
    answer = answer_time(utterance.text, utterance.at)
    if answer.occurred is not None:
        return Reading(replace(draft, occurred=answer.occurred), frozenset({"occurred"}))
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
    contact = find_contact(text)
    if contact is not None:
        return Reading(_with_privacy(_with_contact(draft, contact), text), frozenset({"contact"}))
    if problem := find_contact_problem(text):
        return Reading(draft, problem=problem)
    if wants_anonymity(text) or utterance.means("stay_anonymous"):
        return Reading(_anonymous(draft), frozenset({"contact"}))
    if wants_confidence(text) or utterance.means("stay_confidential"):
        return Reading(replace(draft, confidential=True), added=True)
    if _DECLINES.search(text) or utterance.means("refuse_answer"):
        return Reading(replace(draft, phone_declined=True), frozenset({"contact"}))
    if says_unknown(utterance) or draft.failures("contact") >= 1:
        return Reading(replace(draft, phone_declined=True), frozenset({"contact"}))
    return Reading(draft)


def _read_confirmation(draft: Draft, utterance: Utterance) -> Reading:
    if says_yes(utterance):
        return Reading(draft, confirmed=True)
    if says_no(utterance):
        return Reading(replace(draft, correcting=True), rejected=True)
    corrected = _correct(replace(draft, correcting=False), utterance, says_wrong=draft.correcting)
    if corrected is not None:
        return corrected
    draft = replace(draft, correcting=False)
    detail = _ADDS.sub("", utterance.text).strip()
    if len(detail) >= 2:
        return Reading(replace(draft, matter=(*draft.matter, detail)), added=True)
    return Reading(draft)


def _correct(draft: Draft, utterance: Utterance, *, says_wrong: bool = False) -> Reading | None:
    """A read-back answered with something better: replace exactly the fields it speaks of."""
    text, settled = utterance.text, set[Question]()
    says_wrong = says_wrong or bool(_CORRECTS.search(text))
    changed = _swap(draft, text)
    contact = find_contact(text)
    if contact is not None:
        changed = _with_contact(replace(changed, anonymous=False, phone_declined=False), contact)
        settled.add("contact")
    elif wants_anonymity(text):
        changed = _anonymous(changed)
        settled.add("contact")
    elif _DECLINES.search(text):
        changed = replace(changed, phone=None, phone_declined=True)
        settled.add("contact")
    if _ADDS.match(text) and not says_wrong:
        return Reading(changed, frozenset(settled), corrected=True) if settled else None
    place = find_place(text) or (answer_place(text) if says_wrong else None)
    if place is not None and (
        says_wrong or place.precision == "specific" or "地址" in text or "地点" in text
    ):
        changed = replace(changed, place=merge_places(changed.place, place), place_settled=False)
        settled.add("place")
    swapped = _NOT_BUT.search(text)
    occurred = find_time(swapped["right"] if swapped is not None else text, utterance.at)
    if occurred is not None and (place is None or says_wrong):
        changed = replace(changed, occurred=occurred)
        settled.add("occurred")
    changed = _with_privacy(changed, text)
    if settled or changed != draft:
        return Reading(changed, frozenset(settled), corrected=True)
    return None


def _swap(draft: Draft, text: str) -> Draft:
    """After "不是停水，是停电" the wrong words give way to the right ones wherever they stand in the matter."""
    match = _NOT_BUT.search(text)
    if match is None or match["wrong"] not in draft.content:
        return draft
    return replace(draft, matter=tuple(part.replace(match["wrong"], match["right"]) for part in draft.matter))


def _take_the_rest(reading: Reading, question: Question, utterance: Utterance) -> Reading:
    """After the asked field, the others the same words fill: "望京西园3号楼，昨天晚上，电话138…"."""
    draft, settled = take_stated(reading.draft, utterance)
    fresh = settled - reading.settled - ({question} if reading.settled else frozenset())
    if fresh:
        reading = replace(reading, draft=draft, settled=reading.settled | fresh)
    if reading.anything:
        return reading
    if _CORRECTS.search(utterance.text):
        return _correct(reading.draft, utterance) or reading
    if only_fields(utterance.text, utterance.at):
        return _say_again(reading, utterance)
    if len(utterance.text) >= DETAIL and has_words(utterance.text) and not is_privacy_only(utterance.text):
        # No place, no time, no number: then it is more of the matter, and nothing said is lost.
        return replace(
            reading, draft=replace(reading.draft, matter=(*reading.draft.matter, utterance.text)), added=True
        )
    return reading


def _say_again(reading: Reading, utterance: Utterance) -> Reading:
    """A place or time that was known already and is said again: the later words are the better ones."""
    draft, settled = reading.draft, set[Question]()
    if (occurred := find_time(utterance.text, utterance.at)) is not None:
        draft = replace(draft, occurred=occurred, occurred_unknown=False)
        settled.add("occurred")
    if (place := find_place(utterance.text)) is not None:
        draft = replace(draft, place=merge_places(draft.place, place))
        settled.add("place")
    return replace(reading, draft=draft, settled=reading.settled | settled)


def _says_better(known: Occurred, said: Occurred) -> bool:
    """Whether a day that is named takes the place of a rough count that was said before: 好几天, then 从11月20号开始."""
    return bool(_ROUGH.search(known.text)) and said.strength >= _EXACT and not _ROUGH.search(said.text)


def _with_contact(draft: Draft, contact: Contact) -> Draft:
    return replace(draft, phone=contact.phone, name=contact.name or draft.name, phone_declined=False)


def _with_privacy(draft: Draft, text: str) -> Draft:
    if wants_anonymity(text):
        # Who says "anonymous" and leaves a number in one breath wants to be called but not named.
        return replace(draft, confidential=True) if find_contact(text) else _anonymous(draft)
    if wants_confidence(text):
        return replace(draft, confidential=True)
    return draft


def _anonymous(draft: Draft) -> Draft:
    """No identity at all: what was said of it before is dropped, also from the citizen's own sentences."""
    return replace(
        draft,
        anonymous=True,
        phone=None,
        name=None,
        matter=tuple(redact(part) for part in draft.matter),
        answers={slot: redact(words) for slot, words in draft.answers.items()},
    )


_BY_QUESTION: dict[Question, Callable[[Draft, Utterance], Reading]] = {
    "description": _read_description,
    "place": _read_place,
    "occurred": _read_occurred,
    "contact": _read_contact,
    "confirmed": _read_confirmation,
}
