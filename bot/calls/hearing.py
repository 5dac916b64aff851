"""A recording of a call is heard: what is said in it becomes the call's words, on the channel it was said."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import delete, exists, func, select, true, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.attachments.store import FileStore
from bot.calls.model import OPEN, Segment
from bot.calls.recordings import recording_of
from bot.calls.tables import CallRow, CallSegmentRow
from bot.calls.taking import CALLS, SEGMENTS, add_segments, citizen_of, end_call, locked_row, order_draft
from bot.clock import now
from bot.errors import CallClosed, CallNotFound, SpeechError, StorageError
from bot.intake.turns import TryAgain
from bot.speech.transcript import Transcript
from bot.storage import Database
from bot.storage.sealing import Vault

_log = structlog.get_logger(__name__)

Listen = Callable[[bytes], Awaitable[Transcript]]
"""A recording's bytes -> what was said; raises SpeechError where it may be asked again."""
TRIES = 30
"""So often a recording is brought to a speech process that does not answer, half an hour in all; then a clerk has to listen to it."""
LONGEST_PAUSE = 60.0
NO_SPEECH = "no_speech"
UNHEARD = "unheard"
"""Why a call has no words: nobody could hear it in time."""


class Hearer:
    """Hears recordings of calls; one a worker.

    Args:
        database: Rows.
        vault: Opens citizens' keys.
        store: Where recordings lie.
        listen: Asks the speech process.
        clock: The present moment, aware.
    """

    def __init__(
        self,
        database: Database,
        vault: Vault,
        store: FileStore,
        listen: Listen,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._database = database
        self._vault = vault
        self._store = store
        self._listen = listen
        self._clock = clock

    async def hear(self, call_id: UUID, attachment_id: int, *, tries: int) -> None:
        """Hear one recording; harmless when that was done, or when the call's words came by themselves while it was going on.

        Raises:
            TryAgain: The speech process or the store is away.
        """
        try:
            async with self._database.session() as session, session.begin():
                row = await locked_row(session, call_id)
                await citizen_of(session, self._vault, row)
                if await _told(session, call_id, SEGMENTS.channel.is_(None)):
                    await end_call(session, call_id, self._clock())
                    return
                if row.state not in OPEN and await _told(session, call_id, _heard_in(attachment_id)):
                    return  # decided on what was heard first; another hearing of it is nothing new
                found = await recording_of(session, self._store, self._vault, call_id, attachment_id)
        except (CallNotFound, CallClosed):
            return
        except StorageError as error:
            raise TryAgain("A recording cannot be read now.", after=self._pause(tries)) from error
        if found is None:
            _log.warning("recording_gone", call=str(call_id))
            await self._end(call_id, UNHEARD)
            return
        transcript = await self._heard(found[0], call_id, tries)
        if transcript is None:
            await self._end(call_id, UNHEARD)
            return
        segments = segments_of(transcript, attachment_id)
        try:
            async with self._database.session() as session, session.begin():
                await _drop_others(session, call_id, attachment_id, segments)
                await add_segments(session, self._vault, call_id, segments)
                rejected = transcript.rejected
                if rejected == NO_SPEECH and await _told(session, call_id, true()):
                    rejected = None  # nobody speaks in this part of the call
                await end_call(session, call_id, self._clock(), rejected=rejected, heard=True)
        except CallClosed:
            return

    async def _heard(self, content: bytes, call_id: UUID, tries: int) -> Transcript | None:
        try:
            return await self._listen(content)
        except SpeechError as error:
            _log.warning("recording_waits", call=str(call_id), tries=tries)
            if tries < TRIES:
                raise TryAgain("A recording cannot be heard now.", after=self._pause(tries)) from error
            return None

    async def _end(self, call_id: UUID, rejected: str) -> None:
        async with self._database.session() as session, session.begin():
            await end_call(session, call_id, self._clock(), rejected=rejected)

    @staticmethod
    def _pause(tries: int) -> float:
        return min(LONGEST_PAUSE, float(2 ** min(tries, 6)))


async def _told(session: AsyncSession, call_id: UUID, which: Any) -> bool:
    query = select(exists().where(SEGMENTS.call_id == call_id, which))
    return bool((await session.execute(query)).scalar_one())


async def _drop_others(
    session: AsyncSession, call_id: UUID, attachment_id: int, segments: list[Segment]
) -> None:
    """A recording is heard anew: of what was heard in it before only stretches that are heard again stay. Nothing goes where nothing is heard."""
    if not segments:
        return
    others = SEGMENTS.key.not_in([one.key for one in segments])
    gone = await session.execute(
        delete(CallSegmentRow)
        .where(SEGMENTS.call_id == call_id, _heard_in(attachment_id), others)
        .returning(SEGMENTS.id)
    )
    if gone.first() is not None:
        values = {"revision": CALLS.revision + 1, "updated_at": func.now()}
        await session.execute(update(CallRow).where(CALLS.id == call_id).values(values))
        await order_draft(session, call_id)


def _heard_in(attachment_id: int) -> Any:
    return SEGMENTS.channel.is_not(None) & SEGMENTS.key.startswith(f"{attachment_id}:", autoescape=True)


def segments_of(transcript: Transcript, attachment_id: int) -> list[Segment]:
    """What was heard in a recording as stretches of its call; who speaks is told by the channel, where there are two."""
    return [
        Segment(
            key=f"{attachment_id}:{one.channel}:{one.start:.2f}",
            speaker="unknown",
            start=one.start,
            until=one.end,
            text=one.text,
            confidence=one.confidence,
            channel=one.channel,
        )
        for one in transcript.segments
    ]
