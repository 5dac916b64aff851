"""What was offered with an answer (filing it, a choice of articles) and is taken up with the next words."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from typing import Any

from rasa_sdk.events import FollowupAction, SlotSet

from actions.complaint.draft import Draft, dump
from actions.complaint.reading import take_stated
from actions.complaint.steering import asks
from actions.complaint.telling import tells_more
from actions.complaint.utterance import only_fields, says_no, says_yes, tells_trouble, utterance_of
from actions.consult import look_up, say_answer
from actions.guard import Events
from actions.turn import Turn
from bot.understanding.contact import find_contact
from bot.understanding.place import find_place

_CHOICE = re.compile(r"(?:选|第|我选|选第)*\s*([1-5一二三四五])\s*(?:个|项|条|号)?[。.!！]?")
LONGEST_CHOICE = 12
LONGEST_FIELDS = 40
_FILES_IT = re.compile(
    r"^(对|是的?|好的?|行|嗯|那|就|我|要|想|帮我|给我|请|啊|[，, ])*(登记|投诉|反映|举报)(一下|他们?|它|这个|这事)?(吧|啊|了|[。！! ])*$"
)
_GOES_ON = re.compile(r"接着(说|登记)?|继续(说|登记)?|等不(了|及)那?|不等了|(老)?半天|先|那|噢|哦|吧")
"""What may stand beside a place that takes up an offer: 接着说吧，丰台区…."""


async def take_offer(turn: Turn, offer: dict[str, Any]) -> Events | None:
    """Events for a plain yes, no or choice of what was offered; None when something else was said."""
    utterance = utterance_of(turn)
    if (chosen := choice_of(turn.text, offer.get("choices", []))) is not None:
        return [SlotSet("offer", await say_answer(turn, await look_up(turn, chosen)))]
    if (draft := draft_of_offer(turn, offer)) is not None:
        return [SlotSet("offer", None), SlotSet("draft", dump(draft)), FollowupAction("complaint_form")]
    if not offer.get("quiet") and (says_no(utterance) or utterance.means("cancel")):
        turn.say("utter_declined")
        return [SlotSet("offer", None)]
    return None


def draft_of_offer(turn: Turn, offer: dict[str, Any]) -> Draft | None:
    """The offered matter as a draft, when the citizen takes it up: by a word of filing, a yes, or a place to it."""
    utterance = utterance_of(turn)
    files = bool(_FILES_IT.match(turn.text)) or (says_yes(utterance) and not offer.get("quiet"))
    if not files and not goes_on(turn.text, turn.at):
        return None
    asked = replace(utterance, text=offer["file"])
    draft, _ = take_stated(Draft(), asked)
    draft, _ = take_stated(draft, utterance)
    more = (turn.text,) if not files and tells_more(turn.text, turn.at) else ()
    return replace(draft, matter=(asked.text, *more), kind=offer.get("kind", "咨询"), read_to=turn.inbox_id)


def goes_on(text: str, at: datetime) -> bool:
    """Whether ``text`` answers what filing the offered matter will ask: a place, a time or a number, and no trouble or question of its own."""
    if only_fields(_GOES_ON.sub("", text), at):
        return True
    if len(text) > LONGEST_FIELDS or tells_trouble(text) or asks(text):
        return False
    place = find_place(text)
    return find_contact(text) is not None or (place is not None and bool(place.district))


def choice_of(text: str, choices: list[str]) -> str | None:
    """The choice that "2", "选2", "第二个" or the words themselves name."""
    if text in choices:
        return text
    match = _CHOICE.fullmatch(text) if len(text) <= LONGEST_CHOICE else None
    if match is None:
        return None
    number = "一二三四五".find(match[1]) if match[1] in "一二三四五" else int(match[1]) - 1
    return choices[number] if 0 <= number < len(choices) else None
