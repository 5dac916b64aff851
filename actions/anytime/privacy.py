"""What is kept of a citizen, in plain words, and how it is deleted on their wish (domain: privacy)."""

from __future__ import annotations

from dataclasses import replace

from actions.talk import Pending
from actions.turn import Turn
from bot.identity.erasure import cancel_erasure, order_erasure
from bot.messages import Button

DAYS_A_YEAR = 365


def say_privacy(turn: Turn) -> None:
    """What is kept, for how long, who sees it."""
    turn.say("utter_privacy", kept=kept_in_words(turn.services.settings.retention_days))


def kept_in_words(days: int) -> str:
    """A number of days as people say it: 3年, 90天."""
    years, rest = divmod(days, DAYS_A_YEAR)
    return f"{years}年" if years and not rest else f"{days}天"


def ask_erasure(turn: Turn) -> None:
    """Say what deleting means and wait for a plain yes."""
    turn.say("utter_erase_sure", buttons=(Button("确认删除", "确认删除"), Button("先不删", "先不删")))
    turn.remember(replace(turn.talk, pending=Pending("erase")))


async def keep_after_all(turn: Turn) -> bool:
    """Take the order back while it is not carried out.

    Returns:
        Whether there was one.
    """
    async with turn.services.database.session() as session, session.begin():
        kept = await cancel_erasure(session, turn.citizen_id)
    if kept:
        turn.say("utter_erase_kept")
    return kept


async def order(turn: Turn) -> None:
    """Order the erasure; it is carried out shortly after the goodbye is read."""
    async with turn.services.database.session() as session, session.begin():
        await order_erasure(session, turn.citizen_id, turn.at)
    turn.say("utter_erase_ordered")
