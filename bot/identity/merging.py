"""When two citizens turn out to be one: their addresses become the other's, and who they are now can be asked.

Only what this room keeps is merged here; cases follow in :mod:`bot.custody`, which knows all rooms.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot.identity.citizens import CitizenRef
from bot.identity.tables import CitizenAddressRow, CitizenRow
from bot.storage.sealing import Vault, open_text, seal

_CITIZENS = CitizenRow.__table__.c
_ADDRESSES = CitizenAddressRow.__table__.c


async def hold_identities(session: AsyncSession) -> None:
    """Until the transaction ends nobody else merges or erases citizens: one at a time, so no two can go in a circle.

    Both are rare and take milliseconds; one lock for all of them costs nothing and cannot deadlock.
    """
    await session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('suda identities', 3))"))


async def present_citizen(session: AsyncSession, vault: Vault, citizen_id: UUID) -> CitizenRef | None:
    """Who a citizen is today: whoever they were merged into, else themself. None when there is none or they were forgotten.

    For whatever is done now (filing, pushing, telling about cases). What was sealed before needs the key it was sealed
    with: :func:`bot.identity.citizen_by_id`.
    """
    today = aliased(CitizenRow)
    query = (
        select(today.id, today.wrapped_key)
        .select_from(CitizenRow)
        .join(today, today.id == func.coalesce(CitizenRow.merged_into, CitizenRow.id))
        .where(CitizenRow.id == citizen_id)
    )
    row = (await session.execute(query)).first()
    if row is None or row.wrapped_key is None:
        return None
    return CitizenRef(row.id, vault.unwrap(row.wrapped_key))


async def everyone_of(session: AsyncSession, citizen_id: UUID) -> list[UUID]:
    """All ids of one person: who they are today, first, then all that were merged into that one; empty when unknown."""
    today = (
        select(func.coalesce(_CITIZENS.merged_into, _CITIZENS.id))
        .where(_CITIZENS.id == citizen_id)
        .scalar_subquery()
    )
    query = (
        select(_CITIZENS.id)
        .where(or_(_CITIZENS.id == today, _CITIZENS.merged_into == today))
        .order_by(_CITIZENS.merged_into.is_not(None), _CITIZENS.created_at)
    )
    return list((await session.execute(query)).scalars())


async def merge(session: AsyncSession, citizen: CitizenRef, into: CitizenRef) -> None:
    """Make ``citizen`` be ``into`` from now on: found and reached at their addresses as that one.

    Call within :func:`hold_identities`, with two who are both present ones. ``citizen`` keeps the key: a turn that is
    under way for them is still answered.
    """
    query = select(_ADDRESSES.id, _ADDRESSES.channel, _ADDRESSES.sealed_address)
    rows = await session.execute(query.where(_ADDRESSES.citizen_id == citizen.id).with_for_update())
    for row in rows.all():
        address = open_text(citizen.key, row.sealed_address, bound_to=f"{citizen.id}/{row.channel}")
        sealed = seal(into.key, address, bound_to=f"{into.id}/{row.channel}")
        await session.execute(
            update(CitizenAddressRow)
            .where(_ADDRESSES.id == row.id)
            .values(citizen_id=into.id, sealed_address=sealed)
        )
    await session.execute(
        update(CitizenRow)
        .where(or_(_CITIZENS.id == citizen.id, _CITIZENS.merged_into == citizen.id))
        .values(merged_into=into.id)
    )
