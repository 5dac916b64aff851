"""The life of a case: every walk can be rebuilt, and what is not in the table cannot happen."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cases.lifecycle import (
    FINAL,
    OPEN,
    STEPS,
    CaseProgress,
    CaseState,
    Event,
    apply,
    next_event,
    rebuild,
    steps_from,
)
from bot.cases.views import IN_WORDS, due_of, holder_of
from bot.errors import InvalidTransition

AT = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)


def facts(action: str, number: int) -> dict[str, Any]:
    return {
        name: AT + timedelta(hours=number) if name.endswith("_at") else f"{name}-{number}"
        for name in STEPS[action].takes
    }


@st.composite
def walks(draw: st.DrawFn) -> list[Event]:
    events: list[Event] = []
    progress: CaseProgress | None = None
    for number in range(draw(st.integers(1, 40))):
        choices = steps_from(None if progress is None else progress.state)
        if not choices:
            break
        step = draw(st.sampled_from(choices))
        actor = draw(st.sampled_from(sorted(step.by)))
        event = next_event(
            progress, step.action, actor, AT + timedelta(minutes=number), data=facts(step.action, number)
        )
        progress = apply(progress, event)
        events.append(event)
    return events


@given(walks())
def test_a_case_is_rebuilt_from_its_events_alone(events: list[Event]) -> None:
    progress = rebuild(events)
    assert progress.state is events[-1].after
    assert progress.seq == len(events) - 1
    assert (progress.closed_at is not None) == (progress.state in FINAL)
    last = [
        event for event in events if "lead_unit" in STEPS[event.action].takes or event.action == "reassign"
    ]
    assert progress.lead_unit == (last[-1].data.get("lead_unit") if last else None)
    holder_of(progress.state, progress.lead_unit)
    due = due_of(progress.state, progress.dispatch_due_at, progress.due_at)
    assert due is None or progress.state not in FINAL


@given(walks(), st.data())
def test_a_missing_or_changed_event_is_noticed(events: list[Event], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(events) - 1))
    if len(events) > 1 and place < len(events) - 1:
        with pytest.raises(InvalidTransition):
            rebuild(events[:place] + events[place + 1 :])
    other = data.draw(st.sampled_from([state for state in CaseState if state is not events[place].after]))
    with pytest.raises(InvalidTransition):
        rebuild([*events[:place], replace(events[place], after=other), *events[place + 1 :]])


@given(
    st.sampled_from(sorted(CaseState)),
    st.sampled_from(sorted(STEPS)),
    st.sampled_from(["citizen", "unit", "clerk", "system", "thief"]),
)
def test_only_the_table_allows_a_step(state: CaseState, action: str, actor: str) -> None:
    step = STEPS[action]
    if state in step.before and actor in step.by:
        assert next_event(CaseProgress(state), action, actor, AT, data=facts(action, 1)).before is state
        return
    with pytest.raises(InvalidTransition):
        next_event(CaseProgress(state), action, actor, AT, data=facts(action, 1))


def test_every_state_is_reached_and_explained() -> None:
    reached = {step.after for step in STEPS.values() if step.after is not None}
    assert reached == set(CaseState)
    assert set(IN_WORDS) == set(CaseState)


def test_every_open_state_can_be_withdrawn_and_left_towards_an_end() -> None:
    for state in OPEN:
        assert STEPS["withdraw"].after in {step.after for step in steps_from(state, "citizen")}
        onward = [step for step in steps_from(state) if step.action not in {"withdraw", "add_words"}]
        assert onward, state


@pytest.mark.parametrize(
    "path",
    [
        "收集中 待确认 收集中 待确认 已撤销",
        "收集中 待确认 已受理 直接答复 待回访 已回访 办结",
        "收集中 待确认 已受理 不予受理",
        "收集中 待确认 已受理 已并单",
        "收集中 待确认 已受理 已并单 待派单 已派单",
        "收集中 待确认 已受理 紧急转出",
        "收集中 待确认 已受理 待派单 已派单 已签收 办理中 已反馈 待回访 已回访 办结 重开 办理中",
        "收集中 待确认 已受理 待派单 已派单 退单申请 已派单 退单申请 待派单 已派单",
        "收集中 待确认 已受理 待派单 已派单 已签收 待补充信息 办理中 吹哨协办 办理中 延期申请 办理中 挂账 办理中",
        "收集中 待确认 已受理 待派单 已派单 已签收 办理中 已反馈 待回访 回访失败 办结",
        "收集中 待确认 已受理 待派单 已派单 已签收 办理中 已反馈 待回访 已回访 重办 办理中 已反馈 待回访 已回访 督办 办理中 撤诉",
    ],
)
def test_the_ways_of_the_domain_are_open(path: str) -> None:
    progress: CaseProgress | None = None
    for name in path.split():
        state = None if progress is None else progress.state
        step = next(step for step in steps_from(state) if step.after == name)
        event = next_event(progress, step.action, sorted(step.by)[0], AT, data=facts(step.action, 1))
        progress = apply(progress, event)
    assert progress is not None
    assert progress.state == path.split()[-1]


def test_a_dispatch_must_name_the_unit_and_the_time() -> None:
    with pytest.raises(InvalidTransition, match="lead_unit_id, due_at"):
        next_event(CaseProgress(CaseState.QUEUED), "dispatch", "clerk:1", AT, data={"lead_unit": "某街道"})


def test_the_first_unit_stays_responsible_until_a_ruling() -> None:
    asked = CaseProgress(CaseState.RETURN_ASKED, 7, "ST", "某街道", due_at=AT)
    assert holder_of(asked.state, asked.lead_unit) == "某街道"
    moved = apply(asked, next_event(asked, "reassign", "clerk:1", AT, data={"dispatch_due_at": AT}))
    assert (moved.lead_unit, moved.due_at, holder_of(moved.state, moved.lead_unit)) == (
        None,
        None,
        "12345热线",
    )
