"""Recordings of calls: checked by their first bytes, sealed and stored before they are acknowledged, heard later by a job of their own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.attachments import attach
from bot.attachments.keeping import LONGEST_NAME, store_files
from bot.attachments.scan import Scanner
from bot.attachments.sealed import name_of, open_file, seal_facts
from bot.attachments.store import FileStore
from bot.attachments.tables import AttachmentRow
from bot.calls.model import Call, NewCall
from bot.calls.taking import citizen_of, hold_citizen_of, locked_row, open_call, order_hearing
from bot.errors import AudioRefused, CallClosed, CaseNotFound
from bot.identity import CitizenRef, citizen_by_id, present_citizen
from bot.speech.container import HEAD, container_of
from bot.storage import Database
from bot.storage.sealing import Vault

_FILES = AttachmentRow.__table__.c
KIND = "voice"
"""As voice notes: they are kept as long."""
_MEDIA_TYPES = {
    "wav": "audio/x-wav",
    "mp3": "audio/mpeg",
    "amr": "audio/amr",
    "amr-wb": "audio/amr-wb",
    "silk": "audio/silk",
    "ogg": "audio/ogg",
    "speex": "audio/ogg",
    "m4a": "audio/mp4",
    "flac": "audio/flac",
    "webm": "audio/webm",
}


@dataclass(frozen=True, slots=True)
class Recording:
    """One file.

    Attributes:
        content: Its bytes.
        name: The sender's name for it, or empty.
    """

    content: bytes
    name: str = ""


def check_recording(content: bytes, largest: int) -> str:
    """Refuse at once what can be seen to be no recording; the rest is found out when it is heard.

    Args:
        content: The file.
        largest: Bytes that are taken.

    Returns:
        Its container, see :func:`bot.speech.container.container_of`.

    Raises:
        AudioRefused: ``empty``, ``too_large`` or ``not_audio``.
    """
    if not content:
        raise AudioRefused("empty", "The recording is empty (0 bytes).")
    if len(content) > largest:
        raise AudioRefused("too_large", f"The recording is larger than {largest / 1e6:.0f} MB.")
    container = container_of(content[:HEAD])
    if container is None:
        raise AudioRefused("not_audio", "The file is not a recording of a kind we know, whatever its name.")
    return container


class RecordingDesk:
    """Takes recordings in; one a process.

    Args:
        database: Rows.
        vault: Makes and opens citizens' keys.
        store: Objects.
        scanner: The scan hook.
        largest: Bytes of the largest recording.
    """

    def __init__(
        self, database: Database, vault: Vault, store: FileStore, scanner: Scanner, largest: int
    ) -> None:
        self._database = database
        self._vault = vault
        self._store = store
        self._scanner = scanner
        self._largest = largest

    async def take(self, new: NewCall, recording: Recording, at: datetime) -> Call:
        """Keep a recording and have it heard; the same again is kept once. On return nothing of it can be lost.

        Raises:
            AudioRefused: It is no recording; nothing is kept.
            MediaRefused: The scanner says that it is unsafe; nothing is kept.
            CallClosed: The citizen of this call was forgotten.
            StoreAway: The store does not answer; try again.
        """
        container = check_recording(recording.content, self._largest)
        scan = await self._scanner.scan(recording.content)
        async with self._database.session() as session, session.begin():
            call = await open_call(session, self._vault, new, at)
            citizen = await citizen_by_id(session, self._vault, call.citizen_id)
        if citizen is None:
            raise CallClosed("The citizen of this call was forgotten.")
        name = name_of(citizen.key, recording.content)
        await store_files(self._database, self._store, citizen.key, {name: recording.content})
        called = recording.name[:LONGEST_NAME].encode("utf-8", "replace").decode()
        values = {
            "citizen_id": citizen.id,
            "call_id": call.id,
            "position": 0,
            "kind": KIND,
            "state": "kept",
            "media_type": _MEDIA_TYPES[container],
            "object_name": name,
            "sealed": seal_facts(citizen.key, {"name": called, "size": len(recording.content)}),
            "scan": scan,
        }
        wrote = (
            upsert(AttachmentRow)
            .values(values)
            .on_conflict_do_nothing(index_elements=["call_id", "object_name"])
            .returning(_FILES.id)
        )
        async with self._database.session() as session, session.begin():
            await hold_citizen_of(session, call.id)
            row = await locked_row(session, call.id)
            await citizen_of(session, self._vault, row)
            attachment_id = (await session.execute(wrote)).scalar()
            if attachment_id is not None:
                await order_hearing(session, call.id, attachment_id)
                await self._belong_to_cases(session, row, attachment_id, at)
        return call

    async def _belong_to_cases(
        self, session: AsyncSession, row: Any, attachment_id: int, at: datetime
    ) -> None:
        """A recording that comes when cases were made of its call, from its live transcript, belongs to them, too."""
        citizen = await present_citizen(session, self._vault, row.citizen_id)
        if citizen is None:
            return
        for number in row.cases:
            try:
                await attach(session, self._store, self._vault, number, citizen, [attachment_id], at)
            except CaseNotFound:  # no longer kept; the recording is with its call
                continue


async def recording_of(
    session: AsyncSession, store: FileStore, vault: Vault, call_id: UUID, attachment_id: int
) -> tuple[bytes, str] | None:
    """A recording of a call, with its media type; None when it is no longer there.

    Raises:
        StoreAway: The store does not answer.
    """
    query = select(_FILES.citizen_id, _FILES.object_name, _FILES.media_type)
    kept = (_FILES.id == attachment_id, _FILES.call_id == call_id, _FILES.state == "kept")
    row: Any = (await session.execute(query.where(*kept))).first()
    if row is None:
        return None
    citizen: CitizenRef | None = await citizen_by_id(session, vault, row.citizen_id)
    sealed = await store.get(row.object_name)
    if citizen is None or sealed is None:
        return None
    return open_file(citizen.key, row.object_name, sealed), row.media_type
