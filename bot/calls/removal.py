"""What was said in calls goes: with its citizen, or when it is older than the installation keeps conversations. That there was a call stays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.calls.tables import IS_OPEN, CallRow, CallSegmentRow
from bot.calls.taking import CALLS, SEGMENTS

BATCH = 500


async def erase_calls_of(session: AsyncSession, citizen_ids: Sequence[UUID]) -> int:
    """Forget what these citizens said in calls, in the caller's transaction; how many calls."""
    of_them = CALLS.citizen_id.in_(list(citizen_ids))
    await session.execute(update(CallRow).where(of_them, IS_OPEN).values(state="erased"))
    return await _empty(session, of_them)


async def expire_calls(session: AsyncSession, cutoff: datetime) -> int:
    """Empty up to :data:`BATCH` calls that nothing came of since ``cutoff``, also undecided ones; call again until 0."""
    said = exists().where(SEGMENTS.call_id == CALLS.id)
    old = (
        select(CALLS.id)
        .where(CALLS.updated_at < cutoff, CALLS.sealed.is_not(None) | said)
        .order_by(CALLS.updated_at)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    ids = list((await session.execute(old)).scalars())
    if not ids:
        return 0
    await session.execute(update(CallRow).where(CALLS.id.in_(ids), IS_OPEN).values(state="dropped"))
    return await _empty(session, CALLS.id.in_(ids))


async def _empty(session: AsyncSession, which: Any) -> int:
    emptied = await session.execute(
        update(CallRow).where(which).values(sealed=None, caller=None, link_hash=None).returning(CALLS.id)
    )
    ids = list(emptied.scalars())
    await session.execute(delete(CallSegmentRow).where(SEGMENTS.call_id.in_(ids)))
    return len(ids)
