"""The life of a case: its states and every step between them, in one table (domain: states of a work order).

The state of a case is what its events say: :func:`rebuild` reads it from them alone, and the columns of a case are written
from the same function. What is not in :data:`STEPS` cannot happen.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.errors import InvalidTransition


class CaseState(StrEnum):
    """The states, named as the hotline names them."""

    COLLECTING = "收集中"
    CONFIRMING = "待确认"
    CANCELLED = "已撤销"
    ACCEPTED = "已受理"
    ANSWERED = "直接答复"
    REFUSED = "不予受理"
    MERGED = "已并单"
    TRANSFERRED = "紧急转出"
    QUEUED = "待派单"
    DISPATCHED = "已派单"
    SIGNED = "已签收"
    HANDLING = "办理中"
    RETURN_ASKED = "退单申请"
    INFO_ASKED = "待补充信息"
    ASSIST_CALLED = "吹哨协办"
    EXTENSION_ASKED = "延期申请"
    SUSPENDED = "挂账"
    FED_BACK = "已反馈"
    SURVEYING = "待回访"
    SURVEYED = "已回访"
    SURVEY_MISSED = "回访失败"
    REDO = "重办"
    SUPERVISED = "督办"
    REOPENED = "重开"
    CLOSED = "办结"
    WITHDRAWN = "撤诉"


S = CaseState
FINAL = frozenset({S.CANCELLED, S.REFUSED, S.CLOSED, S.WITHDRAWN})
"""States in which nothing more is owed; only 办结 can be left again (重开)."""
OPEN = frozenset(CaseState) - FINAL
WORKING = frozenset({S.SIGNED, S.HANDLING})

CITIZEN, UNIT, CLERK, SYSTEM = "citizen", "unit", "clerk", "system"
"""Roles of an actor; an actor is written ``role`` or ``role:id``, as in ``unit:D.csgl``."""


@dataclass(frozen=True, slots=True)
class Step:
    """One kind of step.

    Attributes:
        action: Its name in the event log.
        before: States it may start from; empty for the first step of a case.
        after: Where it leads; None means it stays.
        by: Roles that may take it.
        takes: Fields of :class:`CaseProgress` (or other facts) its data must carry.
        stamps: Fields that get the event's moment.
        clears: Fields that become None.
    """

    action: str
    before: frozenset[CaseState]
    after: CaseState | None
    by: frozenset[str]
    takes: tuple[str, ...] = ()
    stamps: tuple[str, ...] = ()
    clears: tuple[str, ...] = ()


def _step(
    action: str,
    before: CaseState | Iterable[CaseState],
    after: CaseState | None,
    by: str,
    *,
    takes: str = "",
    stamps: str = "",
    clears: str = "",
) -> Step:
    sources = frozenset({before}) if isinstance(before, CaseState) else frozenset(before)
    return Step(
        action,
        sources,
        after,
        frozenset(by.split()),
        tuple(takes.split()),
        tuple(stamps.split()),
        tuple(clears.split()),
    )


_UNIT_FIELDS = "lead_unit_id lead_unit due_at"

STEPS: dict[str, Step] = {
    step.action: step
    for step in (
        # --- intake ---
        _step("open", (), S.COLLECTING, "citizen clerk system"),
        _step("read_back", S.COLLECTING, S.CONFIRMING, "system clerk"),
        _step("correct", S.CONFIRMING, S.COLLECTING, "citizen clerk"),
        _step("cancel", (S.COLLECTING, S.CONFIRMING), S.CANCELLED, "citizen clerk", stamps="closed_at"),
        _step("accept", S.CONFIRMING, S.ACCEPTED, "citizen clerk"),
        # --- what becomes of it ---
        _step("answer", S.ACCEPTED, S.ANSWERED, "system clerk", stamps="answered_at"),
        _step("refuse", S.ACCEPTED, S.REFUSED, "system clerk", takes="channel", stamps="closed_at"),
        _step("merge", S.ACCEPTED, S.MERGED, "clerk citizen system", takes="master"),
        # The case that was followed ended without a result: one follower goes its own way, the others follow that one.
        _step("unmerge", S.MERGED, S.QUEUED, "system", takes="dispatch_due_at"),
        _step("remerge", S.MERGED, None, "system", takes="master"),
        _step("transfer", S.ACCEPTED, S.TRANSFERRED, "system clerk", takes="called"),
        _step("queue", (S.ACCEPTED, S.TRANSFERRED), S.QUEUED, "system clerk", takes="dispatch_due_at"),
        # --- dispatch ---
        _step("dispatch", S.QUEUED, S.DISPATCHED, "system clerk", takes=_UNIT_FIELDS, stamps="dispatched_at"),
        _step("sign", S.DISPATCHED, S.SIGNED, "unit clerk", stamps="accepted_at"),
        _step("ask_return", S.DISPATCHED, S.RETURN_ASKED, "unit"),
        _step("reject_return", S.RETURN_ASKED, S.DISPATCHED, "clerk"),
        _step("reassign", S.RETURN_ASKED, S.QUEUED, "clerk", takes="dispatch_due_at", clears=_UNIT_FIELDS),
        _step("fall_back", S.RETURN_ASKED, S.DISPATCHED, "clerk", takes=_UNIT_FIELDS, stamps="dispatched_at"),
        # --- handling ---
        _step("handle", S.SIGNED, S.HANDLING, "unit clerk"),
        _step("ask_citizen", WORKING, S.INFO_ASKED, "unit clerk"),
        _step("call_assist", WORKING, S.ASSIST_CALLED, "unit clerk"),
        _step("ask_extension", WORKING, S.EXTENSION_ASKED, "unit"),
        _step("suspend", WORKING, S.SUSPENDED, "unit clerk"),
        _step("extend", S.EXTENSION_ASKED, S.HANDLING, "clerk", takes="due_at"),
        _step("refuse_extension", S.EXTENSION_ASKED, S.HANDLING, "clerk"),
        _step(
            "resume", (S.INFO_ASKED, S.ASSIST_CALLED, S.SUSPENDED), S.HANDLING, "unit clerk citizen system"
        ),
        _step("feed_back", S.HANDLING, S.FED_BACK, "unit clerk", stamps="answered_at"),
        # --- follow-up ---
        _step("survey", (S.ANSWERED, S.FED_BACK, S.MERGED, S.TRANSFERRED), S.SURVEYING, "system clerk"),
        _step("rate", S.SURVEYING, S.SURVEYED, "citizen clerk"),
        _step("miss_survey", S.SURVEYING, S.SURVEY_MISSED, "system clerk"),
        _step("close", S.SURVEYED, S.CLOSED, "system clerk", stamps="closed_at"),
        _step("close_unrated", S.SURVEY_MISSED, S.CLOSED, "system clerk", stamps="closed_at"),
        _step("redo", S.SURVEYED, S.REDO, "system clerk", takes="due_at", clears="answered_at"),
        _step("supervise", S.SURVEYED, S.SUPERVISED, "system clerk", takes="due_at", clears="answered_at"),
        _step(
            "reopen", S.CLOSED, S.REOPENED, "citizen clerk", takes="due_at", clears="closed_at answered_at"
        ),
        _step("restart", (S.REDO, S.SUPERVISED, S.REOPENED), S.HANDLING, "unit clerk system"),
        # --- at any time ---
        _step("withdraw", OPEN, S.WITHDRAWN, "citizen", stamps="closed_at"),
        _step("add_words", OPEN, None, "citizen clerk"),
        _step("amend", OPEN, None, "citizen clerk", takes="fields"),
        # What the citizen corrected before a unit signed may be another unit's; nobody has to return it first.
        _step(
            "redirect",
            (S.QUEUED, S.DISPATCHED),
            S.DISPATCHED,
            "system clerk",
            takes=_UNIT_FIELDS,
            stamps="dispatched_at",
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Event:
    """One recorded step; ``data`` holds JSON values, moments as ISO text. No personal text anywhere."""

    seq: int
    action: str
    actor: str
    at: datetime
    before: CaseState | None
    after: CaseState
    reason: str | None = None
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CaseProgress:
    """Where a case stands; moments are aware."""

    state: CaseState
    seq: int = 0
    lead_unit_id: str | None = None
    lead_unit: str | None = None
    dispatch_due_at: datetime | None = None
    dispatched_at: datetime | None = None
    due_at: datetime | None = None
    accepted_at: datetime | None = None
    answered_at: datetime | None = None
    closed_at: datetime | None = None


_MOMENTS = frozenset({"dispatch_due_at", "due_at"})
_FROM_DATA = frozenset({"lead_unit_id", "lead_unit"}) | _MOMENTS


def next_event(
    progress: CaseProgress | None,
    action: str,
    actor: str,
    at: datetime,
    *,
    reason: str | None = None,
    data: dict[str, Any] | None = None,
) -> Event:
    """The event for taking a step now; moments in ``data`` are written as ISO text.

    Raises:
        InvalidTransition: There is no such step from here, not by this actor, or it lacks what it must carry.
    """
    step = STEPS.get(action)
    state = None if progress is None else progress.state
    if step is None:
        raise InvalidTransition(f"There is no step {action!r}.")
    if (state is None and step.before) or (state is not None and state not in step.before):
        raise InvalidTransition(f"A case in state {state} does not allow {action!r}.")
    if actor.split(":", 1)[0] not in step.by:
        raise InvalidTransition(f"{action!r} is not for a {actor.split(':', 1)[0]} to do.")
    facts = {
        key: value.isoformat() if isinstance(value, datetime) else value
        for key, value in (data or {}).items()
    }
    if missing := [name for name in step.takes if facts.get(name) is None]:
        raise InvalidTransition(f"{action!r} must carry {', '.join(missing)}.")
    after = step.after or state
    if after is None:  # pragma: no cover - no first step stays where it is
        raise InvalidTransition(f"{action!r} leads nowhere.")
    return Event(0 if progress is None else progress.seq + 1, action, actor, at, state, after, reason, facts)


def apply(progress: CaseProgress | None, event: Event) -> CaseProgress:
    """Where a case stands after an event.

    Raises:
        InvalidTransition: The event does not follow from where the case stands.
    """
    expected = next_event(progress, event.action, event.actor, event.at, reason=event.reason, data=event.data)
    if expected != event:
        raise InvalidTransition(f"Event {event.seq} ({event.action}) does not follow from what came before.")
    step = STEPS[event.action]
    changes: dict[str, Any] = dict.fromkeys(step.clears)
    for name in step.takes:
        if name in _FROM_DATA:
            value = event.data[name]
            changes[name] = datetime.fromisoformat(value) if name in _MOMENTS else value
    changes |= dict.fromkeys(step.stamps, event.at)
    return replace(progress or CaseProgress(event.after), state=event.after, seq=event.seq, **changes)


def rebuild(events: Iterable[Event]) -> CaseProgress:
    """Where a case stands, from its events alone.

    Raises:
        InvalidTransition: There are none, one is missing, or one does not follow from those before.
    """
    progress: CaseProgress | None = None
    for event in events:
        progress = apply(progress, event)
    if progress is None:
        raise InvalidTransition("A case without events has no state.")
    return progress


def steps_from(state: CaseState | None, role: str | None = None) -> list[Step]:
    """The steps a case in ``state`` allows, to one role or to anybody."""
    return [
        step
        for step in STEPS.values()
        if (state in step.before if state is not None else not step.before)
        and (role is None or role in step.by)
    ]
