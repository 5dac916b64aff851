"""A person: the handover to the desk, what goes on while the citizen waits, and the bot's silence while a clerk speaks."""

from __future__ import annotations

from dataclasses import replace

import structlog

from actions.complaint.draft import Draft
from actions.complaint.wording import place_in_words, shorten, time_in_words
from actions.turn import Turn
from bot.clock import in_city
from bot.errors import DialogueError
from bot.handover import Reason, open_handover, open_handover_of, withdraw_handover
from bot.handover.desk import desk_hours
from bot.identity import present_citizen

log = structlog.get_logger(__name__)

TRANSCRIPT = 40
"""Lines of the talk that a clerk is given."""
SUMMARY = 60


async def is_with_person(turn: Turn) -> bool:
    """Whether a clerk has taken the talk over and the bot is to be silent; a query only where a person was asked for."""
    if not turn.talk.handover:
        return False
    async with turn.services.database.session() as session:
        state = await open_handover_of(session, turn.citizen_id)
    if state is None:
        turn.remember(replace(turn.talk, handover=False, alerted=False))
        return False
    return state.state == "taken"


async def call_person(turn: Turn, draft: Draft, *, reason: Reason = "asked") -> None:
    """Put the talk into the desk's queue and say what happens; the citizen may go on meanwhile."""
    await _open(turn, draft, "danger" if draft.dangers else reason)
    turn.remember(replace(turn.talk, handover=True, alerted=False))
    desk = desk_hours()
    if desk.is_open(turn.at):
        turn.say("utter_person_called")
    else:
        opening = in_city(desk.next_opening(turn.at))
        turn.say(
            "utter_person_closed",
            opening=f"{opening.month}月{opening.day}日{opening.hour}点"
            + (f"{opening.minute:02d}分" if opening.minute else ""),
        )


async def _open(turn: Turn, draft: Draft, reason: Reason) -> None:
    services = turn.services
    async with services.database.session() as session, session.begin():
        citizen = await present_citizen(session, services.vault, turn.citizen_id)
        if citizen is None:
            raise DialogueError("The citizen was forgotten during the turn.")
        await open_handover(
            session,
            citizen,
            channel=turn.channel,
            reason=reason,
            summary=summary_of(draft, turn.text),
            fields=fields_of(draft),
            transcript=transcript_of(turn),
            danger=bool(draft.dangers),
            at=turn.at,
        )


async def alert(turn: Turn, draft: Draft) -> None:
    """Put a danger on top of the desk's queue at once: a citizen in danger may never come to the end of the form.

    It is taken back when the case is filed; the bot goes on by itself unless a clerk takes over. Should it fail, the advice
    is said all the same.
    """
    try:
        await _open(turn, draft, "danger")
    except Exception:
        log.exception("danger.not_alerted", inbox_id=turn.inbox_id)
        return
    turn.remember(replace(turn.talk, handover=True, alerted=turn.talk.alerted or not turn.talk.handover))


async def stand_down(turn: Turn) -> None:
    """The danger was filed as a case: the desk need not look, unless a clerk has the talk or the citizen asked for one."""
    if not turn.talk.alerted:
        return
    async with turn.services.database.session() as session, session.begin():
        state = await open_handover_of(session, turn.citizen_id)
        if state is not None and state.state == "waiting":
            await withdraw_handover(session, turn.citizen_id, turn.at)
        taken = state is not None and state.state != "waiting"
    turn.remember(replace(turn.talk, handover=taken, alerted=False))


async def give_up_person(turn: Turn) -> bool:
    """The citizen does not want to wait any longer.

    Returns:
        Whether anybody was being waited for.
    """
    async with turn.services.database.session() as session, session.begin():
        waited = await withdraw_handover(session, turn.citizen_id, turn.at)
    turn.remember(replace(turn.talk, handover=False))
    if waited:
        turn.say("utter_person_not_needed")
    return waited


def summary_of(draft: Draft, said: str) -> str:
    """The talk in one line, for the queue."""
    if not draft.matter:
        return shorten(said, SUMMARY)
    return shorten(f"{draft.title}：{draft.content}" if draft.title else draft.content, SUMMARY)


def fields_of(draft: Draft) -> dict[str, str]:
    """What is filled so far, by the names a clerk knows."""
    fields = {
        "事情": draft.content,
        "类型": draft.kind or "",
        "地点": place_in_words(draft.place) if draft.place is not None else "",
        "时间": time_in_words(draft.occurred) if draft.occurred is not None else "",
        "电话": draft.phone or "",
        "姓名": draft.name or "",
        "身份": "匿名" if draft.anonymous else "保密" if draft.confidential else "",
    }
    return {name: value for name, value in fields.items() if value}


def transcript_of(turn: Turn) -> list[tuple[str, str]]:
    """The last lines of the talk as (citizen or bot, words), oldest first."""
    lines = [
        ("citizen" if event["event"] == "user" else "bot", str(event.get("text") or ""))
        for event in turn.tracker.events or ()
        if event.get("event") in {"user", "bot"}
    ]
    return [line for line in lines if line[1]][-TRANSCRIPT:]
