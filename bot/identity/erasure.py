"""A citizen's wish to be forgotten (删除我的信息): ordered by chat, carried out a little later by :mod:`bot.custody`."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import StorageError
from bot.identity.merging import everyone_of, hold_identities
from bot.identity.tables import ErasureRequestRow, LinkCodeRow

DELAY = timedelta(seconds=60)
"""Between the wish and its fulfilment: the goodbye is still delivered, and a slip can be taken back."""
_BATCH = 100

_ORDERS = ErasureRequestRow.__table__.c


async def order_erasure(
    session: AsyncSession, citizen_id: UUID, at: datetime, *, delay: timedelta = DELAY
) -> datetime:
    """Order that a citizen, and all who were merged into them, be forgotten; ordering twice is ordering once.

    Their open link code is void at once.

    Returns:
        When it is due, aware; the first order's moment when there was one.

    Raises:
        StorageError: There is no such citizen.
    """
    await hold_identities(session)
    everyone = await everyone_of(session, citizen_id)
    if not everyone:
        raise StorageError("Nobody is known by this id: there is nothing to erase.")
    values = {"citizen_id": everyone[0], "asked_at": at, "due_at": at + delay}
    await session.execute(upsert(ErasureRequestRow).values(values).on_conflict_do_nothing())
    await session.execute(delete(LinkCodeRow).where(LinkCodeRow.citizen_id.in_(everyone)))
    due = await session.execute(select(_ORDERS.due_at).where(_ORDERS.citizen_id == everyone[0]))
    moment: datetime = due.scalar_one()
    return moment


async def cancel_erasure(session: AsyncSession, citizen_id: UUID) -> bool:
    """Take the wish back; False when there is none, or it was carried out already."""
    everyone = await everyone_of(session, citizen_id)
    taken = await session.execute(
        delete(ErasureRequestRow)
        .where(_ORDERS.citizen_id.in_(everyone), _ORDERS.erased_at.is_(None))
        .returning(_ORDERS.citizen_id)
    )
    return taken.scalar() is not None


async def erasure_ordered(session: AsyncSession, citizen_id: UUID) -> bool:
    """Whether the citizen asked to be forgotten: from that moment on nobody is given their number any more."""
    everyone = await everyone_of(session, citizen_id)
    ordered = await session.execute(
        select(_ORDERS.citizen_id).where(_ORDERS.citizen_id.in_(everyone), _ORDERS.done_at.is_(None))
    )
    return ordered.scalar() is not None


async def erasures_due(session: AsyncSession, at: datetime) -> list[UUID]:
    """Whose erasure is due and not begun, oldest first."""
    query = select(_ORDERS.citizen_id).where(_ORDERS.erased_at.is_(None), _ORDERS.due_at <= at)
    return list((await session.execute(query.order_by(_ORDERS.due_at).limit(_BATCH))).scalars())


async def erasures_unfinished(session: AsyncSession, erased_before: datetime) -> list[UUID]:
    """Who was erased here by that moment and may still be remembered by the engine, oldest first."""
    query = select(_ORDERS.citizen_id).where(_ORDERS.done_at.is_(None), _ORDERS.erased_at <= erased_before)
    return list((await session.execute(query.order_by(_ORDERS.due_at).limit(_BATCH))).scalars())


async def claim_erasure(session: AsyncSession, citizen_id: UUID, at: datetime) -> bool:
    """Begin a due erasure in this transaction; False when another worker has it or it was taken back."""
    mine = (
        select(_ORDERS.citizen_id)
        .where(_ORDERS.citizen_id == citizen_id, _ORDERS.erased_at.is_(None), _ORDERS.due_at <= at)
        .with_for_update(skip_locked=True)
    )
    if (await session.execute(mine)).scalar() is None:
        return False
    await session.execute(
        update(ErasureRequestRow).where(_ORDERS.citizen_id == citizen_id).values(erased_at=at)
    )
    return True


async def finish_erasure(session: AsyncSession, citizen_id: UUID, at: datetime) -> bool:
    """Note that nothing is left anywhere; False when it was noted before."""
    finished = await session.execute(
        update(ErasureRequestRow)
        .where(_ORDERS.citizen_id == citizen_id, _ORDERS.erased_at.is_not(None), _ORDERS.done_at.is_(None))
        .values(done_at=at)
        .returning(_ORDERS.citizen_id)
    )
    return finished.scalar() is not None


async def drop_old_orders(session: AsyncSession, cutoff: datetime) -> int:
    """Delete the records of erasures that were finished before ``cutoff``; how many."""
    dropped = await session.execute(
        delete(ErasureRequestRow).where(_ORDERS.done_at < cutoff).returning(_ORDERS.citizen_id)
    )
    return len(dropped.all())
