"""Going on in another channel: a one-time code is given in one and typed in the other."""

from __future__ import annotations

from dataclasses import replace

from actions.talk import Pending
from actions.turn import Turn
from bot.custody import use_link_code
from bot.errors import DialogueError
from bot.identity import CitizenRef, present_citizen
from bot.identity.linking import new_link_code, parse_link_code
from bot.messages import Button

_OUTCOMES = {
    "linked": "utter_link_done",
    "own": "utter_link_own",
    "wrong": "utter_link_wrong",
    "expired": "utter_link_expired",
    "too_many": "utter_link_too_many",
}


async def give_code(turn: Turn) -> None:
    """A code for the citizen to type elsewhere."""
    async with turn.services.database.session() as session, session.begin():
        citizen = await _citizen(turn, session)
        code = await new_link_code(session, turn.services.vault, citizen, turn.at)
    turn.say("utter_link_code", code=code.code)


def ask_link(turn: Turn) -> None:
    """Say what a typed code does before it does it: who talks a citizen into typing one would get their cases."""
    turn.say("utter_link_sure", buttons=(Button("是我要的，接上", "确认接续"), Button("不是", "不接了")))
    turn.remember(replace(turn.talk, pending=Pending("link", parse_link_code(turn.text) or "")))


async def use_code(turn: Turn, typed: str) -> str:
    """Take a code; from the next message on the citizen is the one who was given it.

    Returns:
        What came of it: linked, own, wrong, expired or too_many.
    """
    async with turn.services.database.session() as session, session.begin():
        citizen = await _citizen(turn, session)
        outcome = await use_link_code(session, turn.services.vault, typed, citizen, turn.channel, turn.at)
    turn.say(_OUTCOMES[outcome])
    return outcome


async def _citizen(turn: Turn, session: object) -> CitizenRef:
    citizen = await present_citizen(session, turn.services.vault, turn.citizen_id)  # type: ignore[arg-type]
    if citizen is None:
        raise DialogueError("The citizen was forgotten during the turn.")
    return citizen
