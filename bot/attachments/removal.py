"""Files go: all of one citizen's, those that are older than the installation keeps and belong to no case, recordings after a time of their own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.attachments.store import FileStore, StoreAway
from bot.attachments.tables import AttachmentGoneRow, AttachmentRow, CaseAttachmentRow
from bot.storage import Database

_ROWS = AttachmentRow.__table__.c
_LINKS = CaseAttachmentRow.__table__.c
_GONE = AttachmentGoneRow.__table__.c

BATCH = 500
RECORDING = "voice"
"""The kind of a voice note and of a call: a voice tells who speaks, so a city may keep it for less time than the words."""
EXPIRED = "expired"
"""Why nothing is kept of a recording any more."""
SETTLE = timedelta(minutes=1)
"""How long an object waits for its removal: longer than the moment between storing a file and writing its row."""


async def remove_attachments_of(session: AsyncSession, citizen_ids: Sequence[UUID]) -> int:
    """Forget every file of these citizens, also in their cases, in the caller's transaction; how many.

    Their objects, unreadable once the keys are gone, are removed from the store by :func:`sweep`. Copies in anonymous cases are nobody's and stay.
    """
    return await _remove(session, _ROWS.citizen_id.in_(list(citizen_ids)))


async def remove_attachments_older(session: AsyncSession, cutoff: datetime) -> int:
    """Forget up to :data:`BATCH` files that came before ``cutoff`` and belong to no case; call again, in new transactions, until 0."""
    old = (
        select(_ROWS.id)
        .where(_ROWS.created_at < cutoff, ~exists().where(_LINKS.attachment_id == _ROWS.id))
        .order_by(_ROWS.id)
        .limit(BATCH)
    )
    return await _remove(session, _ROWS.id.in_(old))


async def expire_recordings(session: AsyncSession, cutoff: datetime) -> int:
    """Let up to :data:`BATCH` recordings that came before ``cutoff`` go, also out of their cases; call again, in new transactions, until 0.

    That there was one stays known: its row is ``refused`` as :data:`EXPIRED`. What was heard in it is the case's words and stays with them.
    """
    old = (
        select(_ROWS.id, _ROWS.object_name, _ROWS.thumb_name)
        .where(_ROWS.kind == RECORDING, _ROWS.state == "kept", _ROWS.created_at < cutoff)
        .order_by(_ROWS.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    rows = (await session.execute(old)).all()
    gone = {
        "state": "refused",
        "error_code": EXPIRED,
        "object_name": None,
        "thumb_name": None,
        "sealed": None,
    }
    await session.execute(update(AttachmentRow).where(_ROWS.id.in_([row.id for row in rows])).values(**gone))
    await discard(session, [name for row in rows for name in row[1:] if name is not None])
    return len(rows)


async def _remove(session: AsyncSession, which: Any) -> int:
    gone = await session.execute(
        delete(AttachmentRow).where(which).returning(_ROWS.object_name, _ROWS.thumb_name)
    )
    rows = gone.all()
    await discard(session, [name for row in rows for name in row if name is not None])
    return len(rows)


async def discard(session: AsyncSession, names: Sequence[str]) -> None:
    """Put objects on the list of those that are to be removed; one that another row still names is left when its turn comes."""
    if names:
        values = [{"object_name": name} for name in sorted(set(names))]
        await session.execute(upsert(AttachmentGoneRow).values(values).on_conflict_do_nothing())


async def sweep(database: Database, store: FileStore, *, settle: timedelta = SETTLE) -> int:
    """Remove from the store what nothing refers to any more; how many objects. What could not be removed is tried again by the next call.

    Raises:
        StoreAway: The store does not answer.
    """
    removed = 0
    while True:
        async with database.session() as session, session.begin():
            query = (
                select(_GONE.object_name)
                .where(_GONE.since <= func.now() - settle)
                .order_by(_GONE.object_name)
                .limit(BATCH)
                .with_for_update(skip_locked=True)
            )
            names = list((await session.execute(query)).scalars())
            if not names:
                return removed
            used = or_(_ROWS.object_name.in_(names), _ROWS.thumb_name.in_(names))
            rows = await session.execute(select(_ROWS.object_name, _ROWS.thumb_name).where(used))
            kept = {name for row in rows for name in row}
            done = []
            away: StoreAway | None = None
            for name in names:
                try:
                    if name not in kept:
                        await store.delete(name)
                        removed += 1
                except StoreAway as error:
                    away = error
                    break
                done.append(name)
            await session.execute(delete(AttachmentGoneRow).where(_GONE.object_name.in_(done)))
        if away is not None:
            raise away
