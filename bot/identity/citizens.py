"""Find a citizen by channel address, reach them, forget them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import StorageError
from bot.identity.tables import CitizenAddressRow, CitizenRow
from bot.storage.sealing import Vault, open_text, seal

_CITIZENS = CitizenRow.__table__.c
_ADDRESSES = CitizenAddressRow.__table__.c
_TRIES = 5


@dataclass(frozen=True, slots=True)
class CitizenRef:
    """Who a citizen is inside Suda, and the key (32 bytes) that seals what they say. The key is never logged."""

    id: UUID
    key: bytes = field(repr=False)


async def find_or_create(
    session: AsyncSession, vault: Vault, channel: str, address: str, at: datetime
) -> CitizenRef:
    """The citizen at a channel address; a new one at first contact. Two first contacts at once make one citizen.

    One query for a known citizen. The key comes from the row each time and is not kept: forgetting takes effect at once
    in every process, and unwrapping costs microseconds.
    """
    hashes = vault.address_hashes(channel, address)
    for _ in range(_TRIES):
        known = await _find(session, vault, hashes)
        if known is not None:
            return known
        citizen = await _create(session, vault, channel, address, hashes[0], at)
        if citizen is not None:
            return citizen
    raise StorageError("A citizen's address changes hands faster than it can be read.")


async def citizen_by_id(session: AsyncSession, vault: Vault, citizen_id: UUID) -> CitizenRef | None:
    """The citizen with an id; None when there is none or they were forgotten."""
    wrapped = (
        await session.execute(select(_CITIZENS.wrapped_key).where(_CITIZENS.id == citizen_id))
    ).scalar()
    return None if wrapped is None else CitizenRef(citizen_id, vault.unwrap(wrapped))


async def address_of(session: AsyncSession, citizen: CitizenRef, channel: str) -> str | None:
    """The newest address of a citizen in a channel, for sending; None when there is none."""
    query = (
        select(_ADDRESSES.sealed_address)
        .where(_ADDRESSES.citizen_id == citizen.id, _ADDRESSES.channel == channel)
        .order_by(_ADDRESSES.id.desc())
        .limit(1)
    )
    sealed = (await session.execute(query)).scalar()
    return None if sealed is None else open_text(citizen.key, sealed, bound_to=f"{citizen.id}/{channel}")


async def addresses_of(session: AsyncSession, citizen: CitizenRef, channel: str) -> list[str]:
    """All addresses of a citizen in a channel, the newest first."""
    query = (
        select(_ADDRESSES.sealed_address)
        .where(_ADDRESSES.citizen_id == citizen.id, _ADDRESSES.channel == channel)
        .order_by(_ADDRESSES.id.desc())
    )
    sealed = (await session.execute(query)).scalars().all()
    return [open_text(citizen.key, one, bound_to=f"{citizen.id}/{channel}") for one in sealed]


async def forget(session: AsyncSession, citizen_id: UUID, at: datetime) -> bool:
    """Destroy a citizen's key and addresses; whatever was sealed for them cannot be read again.

    Returns:
        Whether there was such a citizen with a key still to destroy. Their cases and events stay, without words.
    """
    done = await session.execute(
        update(CitizenRow)
        .where(_CITIZENS.id == citizen_id, _CITIZENS.wrapped_key.is_not(None))
        .values(wrapped_key=None, forgotten_at=at)
        .returning(_CITIZENS.id)
    )
    await session.execute(delete(CitizenAddressRow).where(_ADDRESSES.citizen_id == citizen_id))
    return done.scalar() is not None


async def rewrap_keys(session: AsyncSession, vault: Vault, *, limit: int = 1000) -> int:
    """After a change of master key: wrap keys and hash addresses anew, up to ``limit`` citizens a call.

    Returns:
        How many citizens were done; call again, in new transactions, until it is 0. Then the old key may go.
    """
    rows = await session.execute(
        select(_CITIZENS.id, _CITIZENS.wrapped_key)
        .where(
            _CITIZENS.wrapped_key.is_not(None),
            func.substr(_CITIZENS.wrapped_key, 1, len(vault.current_id)) != vault.current_id,
        )
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    count = 0
    for citizen_id, wrapped in rows.all():
        key = vault.unwrap(wrapped)
        await session.execute(
            update(CitizenRow).where(_CITIZENS.id == citizen_id).values(wrapped_key=vault.wrap(key))
        )
        addresses = select(_ADDRESSES.id, _ADDRESSES.channel, _ADDRESSES.sealed_address)
        for row in (await session.execute(addresses.where(_ADDRESSES.citizen_id == citizen_id))).all():
            address = open_text(key, row.sealed_address, bound_to=f"{citizen_id}/{row.channel}")
            await session.execute(
                update(CitizenAddressRow)
                .where(_ADDRESSES.id == row.id)
                .values(address_hash=vault.address_hash(row.channel, address))
            )
        count += 1
    return count


async def _find(session: AsyncSession, vault: Vault, hashes: list[bytes]) -> CitizenRef | None:
    query = (
        select(_CITIZENS.id, _CITIZENS.wrapped_key)
        .join(CitizenAddressRow, _ADDRESSES.citizen_id == _CITIZENS.id)
        .where(_ADDRESSES.address_hash.in_(hashes))
    )
    row = (await session.execute(query)).first()
    if row is None or row.wrapped_key is None:
        return None
    return CitizenRef(row.id, vault.unwrap(row.wrapped_key))


async def _create(
    session: AsyncSession, vault: Vault, channel: str, address: str, address_hash: bytes, at: datetime
) -> CitizenRef | None:
    """A new citizen, or None when another transaction was first with the same address."""
    citizen_id = uuid4()
    key, wrapped = vault.new_key()
    await session.execute(insert(CitizenRow).values(id=citizen_id, wrapped_key=wrapped, created_at=at))
    won = await session.execute(
        upsert(CitizenAddressRow)
        .values(
            citizen_id=citizen_id,
            channel=channel,
            address_hash=address_hash,
            sealed_address=seal(key, address, bound_to=f"{citizen_id}/{channel}"),
            created_at=at,
        )
        .on_conflict_do_nothing(index_elements=["address_hash"])
        .returning(_ADDRESSES.id)
    )
    if won.scalar() is not None:
        return CitizenRef(citizen_id, key)
    await session.execute(delete(CitizenRow).where(_CITIZENS.id == citizen_id))
    return None
