"""What a message leaves open: place, time, contact, and the facts that decide who is responsible."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from bot.catalogue import Catalogue, Rule
from bot.understanding.contact import Contact
from bot.understanding.emergency import Emergency
from bot.understanding.place import Place
from bot.understanding.time_value import Occurred

ASK_AT_MOST = 2
"""Clarifying questions worth asking at once; the catalogue lists them by weight."""

_PLACE_SLOTS = {"exact_place"}
_DANGER_SLOTS = {"first_aid"}
_NEVER_FOR = {"咨询": {"case_no"}, "表扬": set[str]()}


def find_missing(
    catalogue: Catalogue,
    *,
    text: str,
    kind: str,
    category: str | None,
    place: Place | None,
    occurred: Occurred | None,
    contact: Contact | None,
    on: date,
    emergency: Emergency | None = None,
    answers: Mapping[str, str] | None = None,
) -> tuple[str, ...]:
    """Ids of what is worth asking, in the order to ask: location, district, street, time, contact, then facts.

    A consultation needs none of them except the number of the case it asks about. ``answers`` (slot -> words) were asked for
    already, ``on`` is the day whose rules count.
    """
    rule = catalogue.rule_for(category, on) if category else None
    facts = [
        slot
        for slot in _facts(catalogue, rule, text, category, place)
        if answers is None or slot not in answers
    ]
    if kind in _NEVER_FOR:
        return tuple(slot for slot in facts if slot in _NEVER_FOR[kind])
    missing = []
    if place is None or place.precision == "vague" or (place.precision == "area" and place.text is None):
        missing.append("location")
    if place is None or place.district is None:
        missing.append("district")
    if place is None or place.street is None:
        missing.append("street")
    if occurred is None:
        missing.append("time")
    if contact is None:
        missing.append("contact")
    if "location" in missing:
        facts = [slot for slot in facts if slot not in _PLACE_SLOTS]  # it would ask the same twice
    if emergency is None:
        facts = [slot for slot in facts if slot not in _DANGER_SLOTS]
    return (*missing, *facts[:ASK_AT_MOST])


def _facts(
    catalogue: Catalogue, rule: Rule | None, text: str, category: str | None, place: Place | None
) -> list[str]:
    if rule is None:
        return []
    told = {fact.slot for fact in catalogue.facts if fact.holds_for(category) and fact.pattern.search(text)}
    specific = place is not None and place.precision == "specific"
    open_slots = []
    for slot in rule.clarify:
        if slot in told or (slot in _PLACE_SLOTS and specific):
            continue
        if slot == "prop_name" and place is not None and place.community:
            continue
        open_slots.append(slot)
    return open_slots
