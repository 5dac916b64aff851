"""Cases that follow another of the same matter (并单): when that one ends without a result, the oldest goes its own way.

Nobody is told of the other case, only of their own. Locks are taken in the order of ids: a case is older than what follows it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.clocks import Clocks, default_clocks
from bot.cases.draft import ANSWERED_DIRECTLY, SENT_ELSEWHERE, is_settled
from bot.cases.events import CASES, take_step
from bot.cases.lifecycle import FINAL, SYSTEM, CaseState
from bot.cases.tables import CaseRow
from bot.identity import CitizenRef
from bot.identity.tables import CitizenRow

_CITIZENS = CitizenRow.__table__.c
NOT_FOLLOWED = FINAL | {
    CaseState.MERGED,
    CaseState.ANSWERED,
    CaseState.FED_BACK,
    CaseState.SURVEYING,
    CaseState.SURVEYED,
    CaseState.SURVEY_MISSED,
}
"""States in which nobody handles a case any more, or another case is handled in its place."""
_MASTER_ENDED = "master_withdrawn"


async def standing_master(session: AsyncSession, number: str, citizen: CitizenRef) -> int | None:
    """The id of the case to follow, locked until the transaction ends; None when nothing is handled there any more.

    The follower's citizen is locked first, as an erasure does it, so that neither waits for the other.
    """
    await session.execute(
        select(_CITIZENS.id).where(_CITIZENS.id == citizen.id).with_for_update(key_share=True, read=True)
    )
    query = select(CASES.id, CASES.state).where(CASES.number == number).with_for_update()
    row = (await session.execute(query)).first()
    return None if row is None or CaseState(row.state) in NOT_FOLLOWED else int(row.id)


async def release_followers(
    session: AsyncSession, masters: Sequence[int], at: datetime, clocks: Clocks | None = None
) -> int:
    """Let the followers of cases that were withdrawn go on, in the caller's transaction, which has these cases locked.

    Of each case's followers the oldest leaves the merge (``unmerge``) and goes to the unit that was decided when it was
    filed, or waits for dispatch when none was; its clocks start now. The others follow it from here on (``remerge``).

    Returns:
        How many cases were let go.
    """
    released = 0
    for master in masters:
        query = (
            select(*CaseRow.__table__.c)
            .where(CASES.master_id == master, CASES.state == CaseState.MERGED)
            .order_by(CASES.id)
            .with_for_update()
        )
        rows = (await session.execute(query)).mappings().all()
        if not rows:
            continue
        first, others = rows[0], rows[1:]
        await _go_alone(session, dict(first), at, clocks or default_clocks())
        for other in others:
            await take_step(
                session,
                other["number"],
                "remerge",
                SYSTEM,
                at,
                reason=_MASTER_ENDED,
                data={"master": first["number"]},
            )
        await _point(session, [other["id"] for other in others], first["id"])
        released += 1
    return released


def unit_facts(
    unit_id: str | None, unit: str | None, kind: str | None, assist: Sequence[str], due_at: datetime
) -> dict[str, Any]:
    """What an event carries that gives a case to a unit."""
    return {
        "lead_unit_id": unit_id,
        "lead_unit": unit,
        "due_at": due_at,
        "kind": kind,
        "assist": list(assist),
    }


async def _go_alone(session: AsyncSession, row: Mapping[str, Any], at: datetime, clocks: Clocks) -> None:
    await _point(session, [row["id"]], None)
    due = {"dispatch_due_at": clocks.dispatch_due(row["urgency"], at)}
    await take_step(session, row["number"], "unmerge", SYSTEM, at, reason=_MASTER_ENDED, data=due)
    unit_id, unit = row["decision"].get("lead_unit_id"), row["decision"].get("lead_unit")
    if is_settled(unit_id, unit) and row["dispatch_kind"] not in (SENT_ELSEWHERE, ANSWERED_DIRECTLY):
        due_at = clocks.handle_due(row["urgency"], at)
        assist = [one["id"] for one in row["assist_units"]]
        facts = unit_facts(unit_id, unit, row["dispatch_kind"], assist, due_at)
        await take_step(session, row["number"], "dispatch", SYSTEM, at, data=facts)


async def _point(session: AsyncSession, case_ids: Sequence[int], master: int | None) -> None:
    if case_ids:
        await session.execute(update(CaseRow).where(CASES.id.in_(case_ids)).values(master_id=master))
