"""A citizen who comes back after silence: the talk goes on with a summary, or a choice after days; restart is always possible."""

from __future__ import annotations

from datetime import timedelta

from actions.anytime.wishes import only_goes_on, wants_back
from actions.complaint.asking import known_area
from actions.complaint.draft import Draft
from actions.complaint.utterance import Utterance, says_yes
from actions.complaint.wording import shorten
from actions.turn import Turn

AWAY = timedelta(minutes=45)
"""Silence after which the bot says where the talk stood."""
LONG_AWAY = timedelta(days=2)
"""Silence after which it asks whether the old matter is still the one."""
SHOWN = 40

HOUR, DAY = 3600, 86400


def away_in_words(gap: timedelta) -> str:
    """A silence as people say it: 3天前, 2个小时前."""
    seconds = gap.total_seconds()
    if seconds >= DAY:
        return f"{round(seconds / DAY)}天前"
    return f"{max(1, round(seconds / HOUR))}个小时前" if seconds >= HOUR else "刚才"


def summary_of(draft: Draft) -> str:
    """The complaint under way in one line."""
    area = known_area(draft)
    told = shorten(draft.matter_told, SHOWN)
    return f"{told}（{area}）" if area and area not in told else told


def was_away(turn: Turn, draft: Draft) -> timedelta | None:
    """How long the citizen was silent in the middle of a complaint; None when not long."""
    gap = turn.since_last
    return gap if gap is not None and gap >= AWAY and draft.matter else None


def welcome_back(turn: Turn, draft: Draft, gap: timedelta) -> None:
    """Say where the talk stood before the answer is taken."""
    turn.say("utter_welcome_back", ago=away_in_words(gap), matter=summary_of(draft))


def goes_on(utterance: Utterance) -> bool:
    """Whether the old matter is to be gone on with: 接着登记, or a yes to the offer."""
    return says_yes(utterance) or wants_back(utterance) or only_goes_on(utterance.text)
