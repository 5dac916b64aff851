"""A spoken place or number that may have been misheard is asked about by itself, and only it is asked for again."""

from __future__ import annotations

import re
from dataclasses import replace

from actions.carried.voice import heard, wrong_number
from actions.complaint.asking import HEARD, next_ask
from actions.complaint.correcting import corrected
from actions.complaint.draft import Draft, Question, load
from actions.complaint.privacy import answered_contact, with_contact
from actions.complaint.utterance import (
    Utterance,
    beside_yes,
    says_no,
    says_unknown,
    says_yes,
    tells_trouble,
)
from actions.turn import Turn
from bot.understanding.identifiers import spoken_to_digits
from bot.understanding.place import Place, answer_place, find_place, merge_places

MOST = 2
"""So often a field is asked about; then the read-back has to do."""
_DENIES = re.compile(
    r"^(?:嗯|哦|噢|啊|哎呀?|那个|[，,。 ])*(?:(?:不对|不是|错了?|(?:你们?)?(?:没听[对清]|听[错岔]了?|记错了?))(?:的|了|啊|吧)*(?:[，,。！! ]+|$))+"
)
_CLAUSES = re.compile(r"[，,。；;！!]+")
_DISTRICT = re.compile(r"[\u4e00-\u9fff]{2,3}区")


def note(turn: Turn, draft: Draft) -> Draft:
    """The draft with what this turn's spoken words leave in doubt, and without doubts about words that are gone."""
    draft = _without_misheard(draft)
    doubts = {field: words for field, words in draft.doubts.items() if words in _value(draft, field)}
    doubts |= _fresh(turn, draft)
    if "place" in doubts:
        draft = _with_district_said(turn, draft)
    if draft.phone is None and (bad := wrong_number(turn)) is not None:
        draft = replace(draft, misheard={**draft.misheard, "contact": bad})
    return draft if doubts == draft.doubts else replace(draft, doubts=doubts)


def asked(draft: Draft, question: Question) -> Draft:
    """The draft once ``question`` was put: what is asked too often is left to the read-back."""
    return draft if not is_asked(draft, question) else replace(draft, doubted=(*draft.doubted, question))


def is_asked(draft: Draft, question: Question) -> bool:
    """Whether ``question``, which is open, asks if something was heard right."""
    return question in draft.doubts and next_ask(draft).response == HEARD.get(question)


def take_answer(
    turn: Turn, draft: Draft, question: Question, utterance: Utterance
) -> tuple[Draft, bool] | None:
    """The answer to 我听到的是…，对吗？, when that was asked.

    Returns:
        The draft, and whether all of the answer was used; None when it was not asked. An answer to something else leaves the doubt open
        as long as it may be asked about again.
    """
    if not is_asked(draft, question):
        return None
    wrong, rest = draft.doubts[question], _DENIES.sub("", utterance.text)
    settled = replace(draft, doubts={name: words for name, words in draft.doubts.items() if name != question})
    if says_yes(utterance) or says_unknown(
        utterance
    ):  # who does not know better reads it once more before it is filed
        return settled, True
    if says_no(utterance) or not rest:
        turn.say(f"utter_voice_no_{question}")
        return _forget(settled, question, wrong), True
    said = replace(utterance, text=(beside_yes(rest) or rest) if question == "place" else rest)
    if rest == utterance.text and _is_same(draft, question, said.text):
        return settled, True
    if (better := _better(settled, question, wrong, said)) is not None:
        # The matter says the right words where it said the wrong ones; what else is told beside them is added to it.
        more = tuple(clause for clause in _CLAUSES.split(rest) if tells_trouble(clause))
        misheard = {**draft.misheard, question: _as_said(draft, question, wrong)}
        kept = replace(better, matter=(*draft.matter, *more), issues=draft.issues, misheard=misheard)
        return kept, True
    if rest != utterance.text:
        turn.say(f"utter_voice_no_{question}")
        return _forget(settled, question, wrong), True
    return (settled if draft.doubted.count(question) >= MOST else draft), False


def _is_same(draft: Draft, question: Question, text: str) -> bool:
    """Whether words name the very number or place that was heard, or part of it: 是望京西园."""
    if question == "contact":
        contact = answered_contact(text)
        return contact is not None and contact.phone == draft.phone
    place = answer_place(text)
    return place is not None and bool(place.text) and str(place.text) in _value(draft, "place")


def _better(draft: Draft, question: Question, wrong: str, utterance: Utterance) -> Draft | None:
    """The draft with what is said instead: another place altogether, or a house beside what is known; None when it says no such thing."""
    if question == "contact":
        if (contact := answered_contact(utterance.text)) is not None:
            return with_contact(draft, contact)
        utterance = replace(utterance, text=spoken_to_digits(utterance.text))
    elif (anew := _placed_anew(_forget(draft, question, wrong), utterance)) is not None:
        return anew
    found = corrected(draft, utterance, says_wrong=True)
    changed = (
        found is not None and question in found[1] and _value(found[0], question) != _value(draft, question)
    )
    return found[0] if found is not None and changed else None


def _placed_anew(draft: Draft, utterance: Utterance) -> Draft | None:
    """The draft with a place that the words name by more than a house: 是草园胡同二十号, which could be a day anywhere but here."""
    found = corrected(draft, utterance, says_wrong=True)
    if found is not None and "place" in found[1] and _is_named(found[0].place):
        return found[0]
    place = answer_place(utterance.text)
    return replace(draft, place=merge_places(draft.place, place)) if _is_named(place) else None


def _is_named(place: Place | None) -> bool:
    return place is not None and bool(place.community or place.road or place.street)


def _as_said(draft: Draft, question: Question, wrong: str) -> str:
    """The wrong words as the matter has them, of a place with the district and street before it."""
    place = draft.place if question == "place" else None
    if place is None:
        return wrong
    areas = (f"{place.district or ''}{place.street or ''}", place.district or "", place.street or "")
    return next((f"{area}{wrong}" for area in areas if area and f"{area}{wrong}" in draft.content), wrong)


def _fresh(turn: Turn, draft: Draft) -> dict[str, str]:
    """Doubts about what was taken from this turn's words."""
    spoken = heard(turn)
    if spoken is None or not spoken.doubtful:
        return {}
    before, found = load(turn.tracker.get_slot("draft")), dict[str, str]()
    place = find_place(spoken.words) or answer_place(spoken.words)
    taken = draft.place is not None and draft.place != before.place and draft.doubted.count("place") < MOST
    if taken and place is not None and spoken.doubts(*place.span):
        words = place.text or spoken.words[slice(*place.span)]
        if words in _value(draft, "place"):
            found["place"] = words
    contact = answered_contact(spoken.words)
    taken = draft.phone is not None and draft.phone != before.phone and draft.doubted.count("contact") < MOST
    if taken and contact is not None and contact.phone == draft.phone and spoken.doubts(*contact.span):
        found["contact"] = contact.phone
    return found


def _with_district_said(turn: Turn, draft: Draft) -> Draft:
    """The draft whose district counts as said when it was said before, and a finer name only agrees with it."""
    before, place = load(turn.tracker.get_slot("draft")).place, draft.place
    if (
        before is None
        or place is None
        or before.district_source != "said"
        or before.district != place.district
    ):
        return draft
    return replace(draft, place=replace(place, district_source="said"))


def _value(draft: Draft, field: str) -> str:
    """A field as it is known, in words."""
    if field == "contact":
        return draft.phone or ""
    place = draft.place
    return "" if place is None else f"{place.district or ''}{place.street or ''}{place.text or ''}"


def _forget(draft: Draft, question: Question, words: str) -> Draft:
    """The draft without what was misheard; of a place a district that other words said stays."""
    failed = {name: times for name, times in draft.failed.items() if name != question}
    misheard = {**draft.misheard, question: _as_said(draft, question, words)}
    draft = replace(draft, misheard=misheard, failed=failed, alike=None, asked_alike=False)
    if question == "contact":
        return replace(draft, phone=None)
    place = draft.place
    stays = place is not None and place.district is not None and place.district_source == "said"
    if place is None or not stays or (place.district or "").removesuffix("区") in words:
        return replace(draft, place=None, place_settled=False)
    area = Place(
        None, place.span, district=place.district, precision="area", district_source=place.district_source
    )
    return replace(draft, place=area, place_settled=False)


def _without_misheard(draft: Draft) -> Draft:
    """The draft whose matter says the right words where it said the misheard ones, once they are known."""
    for field, wrong in draft.misheard.items():
        if field == "contact":
            known, right = bool(draft.phone) or draft.phone_declined or draft.anonymous, draft.phone or ""
        else:
            known = draft.place_settled or bool(draft.place and draft.place.text)
            right = _place_instead(draft, wrong)
        if known:
            matter = tuple(part.replace(wrong, right) for part in draft.matter)
            issues = tuple(replace(issue, text=issue.text.replace(wrong, right)) for issue in draft.issues)
            rest = {name: words for name, words in draft.misheard.items() if name != field}
            draft = replace(draft, matter=matter, issues=issues, misheard=rest)
    return draft


def _place_instead(draft: Draft, wrong: str) -> str:
    """What the matter is to say where it said the wrong place: with its district, if that was said there, too."""
    place = draft.place
    if place is None or not place.text:
        return "" if place is None else f"{place.district or ''}{place.street or ''}"
    district = place.district or ""
    return place.text if district in place.text or not _DISTRICT.match(wrong) else f"{district}{place.text}"
