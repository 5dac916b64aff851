"""Taking one file in: what it is, whether it is safe, a picture without what it says of its taker, sealed and stored."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.attachments.images import prepare
from bot.attachments.model import Kind, Received, Scan, kind_of, limit_of
from bot.attachments.scan import Scanner
from bot.attachments.sealed import name_of, open_facts, seal_facts, seal_file
from bot.attachments.sniffing import PICTURES, sniff
from bot.attachments.store import FileStore
from bot.attachments.tables import AttachmentGoneRow, AttachmentRow
from bot.connector.media import Fetched
from bot.errors import MediaRefused, StorageError
from bot.identity import CitizenRef
from bot.observability import metrics
from bot.storage import Database

_log = structlog.get_logger(__name__)
_ROWS = AttachmentRow.__table__.c
_GONE = AttachmentGoneRow.__table__.c

AT_ONCE = 1
"""Pictures taken apart at the same time by one worker: one may need 400 MB for a second."""
LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that may be kept.

    Attributes:
        content: As it is kept.
        media_type: What it is.
        thumbnail: Of a picture.
        place: Where a picture says it was taken.
        scan: What the scanner said.
    """

    content: bytes
    media_type: str
    scan: Scan = "off"
    thumbnail: bytes | None = None
    place: dict[str, Any] | None = None


class Keeper:
    """Takes files in; one a worker process.

    Args:
        database: Rows.
        store: Objects.
        scanner: The scan hook.
    """

    def __init__(self, database: Database, store: FileStore, scanner: Scanner) -> None:
        self._database = database
        self._store = store
        self._scanner = scanner
        self._gate = asyncio.Semaphore(AT_ONCE)

    async def known(self, citizen: CitizenRef, inbox_id: int) -> dict[int, Received]:
        """What became of a message's files in an earlier run, by their position in it."""
        query = select(_ROWS.position, _ROWS.id, _ROWS.kind, _ROWS.error_code, _ROWS.sealed)
        async with self._database.session() as session:
            rows = (await session.execute(query.where(_ROWS.inbox_id == inbox_id))).all()
        return {row.position: _received(row, citizen.key) for row in rows}

    async def check(self, kind: Kind, content: bytes) -> Checked:
        """What is kept of a file.

        Raises:
            MediaRefused: Nothing; has the reason.
        """
        if len(content) > limit_of(kind):
            raise MediaRefused("too_large")
        media_type = sniff(content)
        scan = await self._scanner.scan(content)
        if media_type not in PICTURES:
            return Checked(content, media_type, scan)
        async with self._gate:
            picture = await asyncio.to_thread(prepare, content)
        return Checked(picture.content, picture.media_type, scan, picture.thumbnail, picture.place)

    async def keep(
        self, citizen: CitizenRef, inbox_id: int, position: int, kind: Kind, fetched: Fetched
    ) -> Received:
        """Keep a file of a message, or the fact that it is not kept; the same again keeps it once.

        Raises:
            StoreAway: The store does not answer; nothing is kept yet.
        """
        try:
            checked = await self.check(kind, fetched.content)
        except MediaRefused as refused:
            return await self.refuse(citizen.id, inbox_id, position, kind, refused.code)
        files = {name_of(citizen.key, checked.content): checked.content}
        if checked.thumbnail is not None:
            files[name_of(citizen.key, checked.thumbnail)] = checked.thumbnail
        await store_files(self._database, self._store, citizen.key, files)
        names = list(files)
        facts = {
            "name": fetched.name[:LONGEST_NAME].encode("utf-8", "replace").decode(),
            "size": len(checked.content),
            "place": checked.place,
        }
        return await self._write(
            citizen.key,
            citizen_id=citizen.id,
            inbox_id=inbox_id,
            position=position,
            kind=kind,
            state="kept",
            media_type=checked.media_type,
            object_name=names[0],
            thumb_name=names[-1] if checked.thumbnail is not None else None,
            sealed=seal_facts(citizen.key, facts),
            scan=checked.scan,
        )

    async def refuse(self, citizen_id: UUID, inbox_id: int, position: int, kind: Kind, code: str) -> Received:
        """Note that a file is not kept."""
        metrics.error_happened(f"attachment_{code}")
        return await self._write(
            None,
            citizen_id=citizen_id,
            inbox_id=inbox_id,
            position=position,
            kind=kind,
            state="refused",
            error_code=code,
        )

    async def _write(self, key: bytes | None, **values: Any) -> Received:
        wrote = upsert(AttachmentRow).values(values).on_conflict_do_nothing().returning(_ROWS.id)
        same = (_ROWS.inbox_id == values["inbox_id"], _ROWS.position == values["position"])
        query = select(_ROWS.id, _ROWS.kind, _ROWS.error_code, _ROWS.sealed).where(*same)
        async with self._database.session() as session, session.begin():
            await session.execute(wrote)
            row = (await session.execute(query)).first()  # another run's, when that one was first
        if row is None:  # pragma: no cover - it was written a moment ago
            raise StorageError("An attachment that was written is not there.")
        return _received(row, key)


async def store_files(database: Database, store: FileStore, key: bytes, files: dict[str, bytes]) -> None:
    """Seal files and put them where they belong by name, before any row refers to them.

    An object that waits for its removal is taken off that list first; one that is being removed just now is waited for.

    Raises:
        StoreAway: Not all of them could be stored.
    """
    async with database.session() as session, session.begin():
        await keep_objects(session, list(files))
    for name, content in files.items():
        await store.put(name, await asyncio.to_thread(seal_file, key, name, content))


async def keep_objects(session: AsyncSession, names: list[str]) -> None:
    """Take objects off the list of those that are to be removed."""
    await session.execute(delete(AttachmentGoneRow).where(_GONE.object_name.in_(names)))


def _received(row: Any, key: bytes | None) -> Received:
    facts = open_facts(key, bytes(row.sealed)) if row.sealed is not None and key is not None else {}
    kept = row.error_code is None
    return Received(kind_of({"kind": row.kind}), row.id if kept else None, row.error_code, facts.get("place"))
