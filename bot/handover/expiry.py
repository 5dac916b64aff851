"""What was said in handovers that ended long ago goes; that they were, and through which clerks, stays."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.handover.opening import HANDOVERS
from bot.handover.tables import HandoverLineRow, HandoverRow

BATCH = 500
"""Handovers that one transaction empties, so that none is long."""
_LINES = HandoverLineRow.__table__.c


async def expire_handovers(session: AsyncSession, cutoff: datetime, *, limit: int = BATCH) -> int:
    """Empty up to ``limit`` handovers that ended before ``cutoff``; call again, in new transactions, until it returns 0.

    Returns:
        How many handovers were emptied and clerks' lines deleted.
    """
    has_lines = select(_LINES.id).where(_LINES.handover_id == HANDOVERS.id).exists()
    query = (
        select(HANDOVERS.id)
        .where(HANDOVERS.closed_at < cutoff, (func.length(HANDOVERS.sealed) > 0) | has_lines)
        .order_by(HANDOVERS.closed_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = (await session.execute(query)).scalars().all()
    if not ids:
        return 0
    lines = await session.execute(
        delete(HandoverLineRow).where(_LINES.handover_id.in_(ids)).returning(_LINES.id)
    )
    emptied = await session.execute(
        update(HandoverRow)
        .where(HANDOVERS.id.in_(ids), HANDOVERS.sealed != b"")
        .values(sealed=b"")
        .returning(HANDOVERS.id)
    )
    return len(lines.all()) + len(emptied.all())
