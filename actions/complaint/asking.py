"""What a draft still lacks and which sentence asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from actions.complaint.draft import Draft, Question
from actions.complaint.wording import place_in_words

TIMELESS = frozenset({"咨询", "建议", "表扬"})
"""Kinds for which "since when" would be an odd question."""

PLACELESS = frozenset({"咨询"})
"""Kinds that a unit can answer without a place."""

ANYWHERE = frozenset({"建议", "表扬"})
"""Kinds for which a district is place enough."""

PLACE_TRIES = 3
"""So often the place is asked before the citizen's own words have to do."""


HEARD: dict[Question, str] = {
    "place": "utter_question_place_heard",
    "contact": "utter_question_contact_heard",
}
"""How it is asked whether a spoken field was heard right."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One question to put: which slot, and the response that words it."""

    question: Question
    response: str
    known: str = ""


def place_is_enough(draft: Draft) -> bool:
    """Whether a unit could find the place: a district and something finer, or all the citizen can say."""
    if draft.place_settled or draft.kind in PLACELESS:
        return True
    place = draft.place
    if place is None or place.elsewhere or not place.district:
        return False
    named = bool(place.street and (place.community or place.road))  # "润泽佳苑底商那家店" can be found
    return place.precision == "specific" or named or draft.kind in ANYWHERE


def next_ask(draft: Draft) -> Ask:
    """The next question in the order what, where, when, contact, confirm; never one already answered."""
    if not draft.matter:
        times = draft.failures("description")
        suffix = "" if times == 0 else "_again" if times == 1 else "_person"
        return Ask("description", f"utter_question_description{suffix}")
    if not place_is_enough(draft):
        return _ask_place(draft)
    if (heard := _ask_heard(draft, "place")) is not None:
        return heard
    if (
        draft.occurred is None
        and not draft.occurred_unknown
        and draft.kind not in TIMELESS
        and not draft.dangers
    ):
        again = draft.failures("occurred") > 0
        return Ask("occurred", "utter_question_occurred_again" if again else "utter_question_occurred")
    if draft.phone is None and not draft.phone_declined and not draft.anonymous:
        return Ask("contact", _contact_question(draft))
    return _ask_heard(draft, "contact") or Ask("confirmed", "utter_read_back")


def _ask_heard(draft: Draft, question: Literal["place", "contact"]) -> Ask | None:
    """Whether what was heard is right, where that is in doubt; in danger the read-back has to do."""
    if question not in draft.doubts or draft.dangers:
        return None
    if question == "contact":
        return Ask("contact", HEARD["contact"], known=draft.phone or "")
    return Ask("place", HEARD["place"], known="" if draft.place is None else place_in_words(draft.place))


def _contact_question(draft: Draft) -> str:
    if draft.dangers:
        return "utter_question_contact_danger"
    return "utter_question_contact_confidential" if draft.confidential else "utter_question_contact"


def _ask_place(draft: Draft) -> Ask:
    place, times = draft.place, draft.failures("place")
    if draft.suggested is not None and (place is None or not (place.district or place.elsewhere)):
        known = f"{draft.suggested.district or ''}{draft.suggested.street or ''}"
        return Ask("place", "utter_question_place_photo", known=known or draft.suggested.text or "")
    if times >= PLACE_TRIES - 1:
        return Ask("place", "utter_question_place_person")
    if place is None and draft.shared is not None and times == 0:
        return Ask("place", "utter_question_place_shared")
    if place is None or not (place.district or place.elsewhere or place.precision == "specific"):
        return Ask("place", "utter_question_place" if times == 0 else "utter_question_place_again")
    if place.elsewhere:
        return Ask("place", "utter_question_place_elsewhere", known=place.text or "")
    if not place.district:
        return Ask("place", "utter_question_place_district", known=place.text or "")
    return Ask("place", "utter_question_place_finer", known=known_area(draft))


def known_area(draft: Draft) -> str:
    """The area known so far in words, such as 朝阳区望京街道."""
    place = draft.place
    if place is None:
        return ""
    return "".join(part for part in (place.district, place.street) if part) or (place.text or "")
