"""A location that was shared, and where a photo says it was taken: read in words, and the citizen has the last word."""

from __future__ import annotations

from dataclasses import replace

import structlog

from actions.complaint.asking import place_is_enough
from actions.complaint.draft import Draft, Question
from actions.complaint.utterance import Utterance, says_no, says_yes
from actions.complaint.wording import place_in_words
from actions.talk import AMENDABLE, Located
from actions.turn import Turn
from bot.errors import ContentError
from bot.places import Boundaries, SharedPlace, load_boundaries, read_shared, resolve_shared
from bot.understanding.place import Place, find_place, merge_places

log = structlog.get_logger(__name__)


def located(turn: Turn) -> Located | None:
    """The location that the message shares, and what it tells."""
    shared = read_shared(turn.payload)
    return None if shared is None else Located(shared, resolve_shared(shared, boundaries_of(turn)), turn.at)


def boundaries_of(turn: Turn) -> Boundaries:
    """The city's boundaries; none when there are none or they cannot be read, which is no reason to lose a location."""
    try:
        return load_boundaries(turn.services.settings.content_dir)
    except ContentError as error:
        log.warning("boundaries.unreadable", error=str(error))
        return Boundaries()


def take_location(turn: Turn, draft: Draft, question: Question, found: Located) -> Draft:
    """A location shared while a question is open: it answers where, or makes a known place exact."""
    draft = replace(draft, shared=found.shared, suggested=None)
    known, place = draft.place, found.place
    if place is None:
        if place_is_enough(draft):
            turn.say("utter_place_shared_point")
        return draft
    other = known is None or (place.district is not None and place.district != known.district)
    if question != "place" and place_is_enough(draft) and not other and not draft.correcting:
        turn.say("utter_place_shared_point")
        return draft
    place = place if other else merge_places(known, place)
    turn.say("utter_place_shared", place=place_in_words(place) if place is not None else "")
    return replace(draft, place=place, correcting=False, alike=None, asked_alike=False)


def keep_location(turn: Turn, found: Located) -> None:
    """A location shared with nothing open is for the next matter."""
    turn.remember(replace(turn.talk, located=found))
    if found.place is None:
        turn.say("utter_place_shared_point")
    else:
        turn.say("utter_place_shared", place=place_in_words(found.place))


def with_location(turn: Turn, draft: Draft) -> Draft:
    """The draft with the location that waited for it. What was said of the place refines it, and another district was meant instead."""
    waiting = turn.talk.located
    if waiting is None or not draft.matter:
        return draft
    turn.remember(replace(turn.talk, located=None))
    if draft.shared is not None or turn.at - waiting.at > AMENDABLE:
        return draft
    said, place = draft.place, waiting.place
    if said is not None and place is not None and said.district not in (None, place.district):
        return draft
    return replace(draft, shared=waiting.shared, place=merge_places(place, said))


def suggestion(turn: Turn, told: dict[str, object] | None) -> Place | None:
    """Where a photo says it was taken, when a street is known: to ask for a yes to a district is a question that helps nobody."""
    shared: SharedPlace | None = read_shared({"location": told}) if told else None
    place = None if shared is None else resolve_shared(shared, boundaries_of(turn))
    return place if place is not None and place.street else None


def take_suggestion(draft: Draft, utterance: Utterance) -> Draft | None:
    """The answer to 照片上带有拍摄位置，是在…吗; None when it is something else than yes or no."""
    if says_yes(utterance):
        return replace(draft, place=merge_places(draft.suggested, draft.place), suggested=None)
    return replace(draft, suggested=None) if says_no(utterance) else None


def put_right(draft: Draft, changed: Draft, text: str) -> Draft:
    """The corrected draft without the pin's place, when that was what was wrong: 不对，是望京西园四区3号楼 says nothing finer of it.

    Args:
        draft: Before the correction.
        changed: After it.
        text: The words of the correction.
    """
    pinned = draft.shared is not None and draft.place is not None and draft.place.text
    if not pinned or draft.shared is None or str(pinned) not in draft.shared.label:
        return changed
    place = find_place(text)
    if changed.place == draft.place or place is None or not (place.community or place.road):
        return changed
    if place.district is None and draft.place is not None:
        place = replace(place, district=draft.place.district, district_source=draft.place.district_source)
    return replace(changed, place=place, shared=None)
