"""The voice channel's parts, put together once by the process that serves it."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.requests import HTTPConnection

from bot.calls.model import Alarm, Call, CallDetail, NewCall, Segment
from bot.calls.reading import read_call_named
from bot.calls.recordings import Recording, RecordingDesk
from bot.calls.ruling import make_link
from bot.calls.taking import add_segments, end_call, mark_danger, open_call
from bot.clock import now
from bot.errors import AudioRefused, CallClosed, CallError, CallNotFound, MediaRefused, StorageError
from bot.storage import Database
from bot.storage.sealing import Vault
from channels.voice.parse import CALL_ID
from channels.voice.refusal import Refused

AT_ONCE = 4
"""Recordings that one process reads at the same time: each is in memory while it is."""
AlarmOf = Callable[[str], Awaitable[Alarm | None]]


@dataclass(frozen=True, slots=True)
class VoiceChannel:
    """What the routes and the watched folder need; lives at ``app.state.voice``.

    Attributes:
        database: Sessions.
        vault: Makes and opens citizens' keys.
        recordings: Keeps recordings.
        alarm_of: The danger that words tell of.
        api_key: The key of ``X-API-Key`` callers.
        largest: Bytes of a recording.
        caller_channel: On which channel callers speak, or None where that is found out.
        within: Seconds in which a recording has to come.
        gate: Lets few recordings be read at once.
    """

    database: Database
    vault: Vault
    recordings: RecordingDesk
    alarm_of: AlarmOf
    api_key: str
    largest: int
    caller_channel: int | None = None
    within: float = 300.0
    gate: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    def knows(self, connection: HTTPConnection) -> bool:
        """Whether a request or a stream carries the key, in ``X-API-Key`` or as a bearer."""
        scheme, _, bearer = connection.headers.get("authorization", "").partition(" ")
        sent = connection.headers.get("x-api-key") or (bearer if scheme.lower() == "bearer" else "")
        return bool(self.api_key) and hmac.compare_digest(
            sent.encode("utf-8", "replace"), self.api_key.encode()
        )

    async def take_recording(self, new: NewCall, recording: Recording) -> Call:
        """Keep a recording and order its hearing.

        Raises:
            Refused: It is not taken; nothing of it is kept.
        """
        try:
            with _refusing():
                return await self.recordings.take(new, recording, now())
        except (AudioRefused, MediaRefused) as refused:
            raise Refused(refused.code) from refused

    async def start(self, new: NewCall) -> Call:
        """A live call begins, or what is known of it is told.

        Raises:
            Refused: ``erased`` or ``busy``.
        """
        return await self._write(new, ())

    async def say(self, new: NewCall, segments: tuple[Segment, ...]) -> Alarm | None:
        """Keep what was said in a live call; the danger that its caller tells of, if there is one.

        Raises:
            Refused: ``erased`` or ``busy``: not kept, to be sent again.
        """
        call = await self._write(new, segments)
        heard = "".join(one.text for one in segments if one.final and one.speaker != "operator")
        alarm = await self.alarm_of(heard) if heard else None
        if alarm is not None:
            with _refusing():
                async with self.database.session() as session, session.begin():
                    await mark_danger(session, call.id)
        return alarm

    async def end(self, new: NewCall, segments: tuple[Segment, ...] = ()) -> None:
        """A live call is over.

        Raises:
            Refused: ``erased`` or ``busy``.
        """
        call = await self._write(new, segments)
        with _refusing():
            async with self.database.session() as session, session.begin():
                await end_call(session, call.id, now())

    async def read(self, external_id: str) -> CallDetail:
        """A call with its words.

        Raises:
            Refused: ``not_found`` or ``busy``.
        """
        if CALL_ID.fullmatch(external_id) is None:
            raise Refused("not_found")
        try:
            with _refusing():
                async with self.database.session() as session:
                    return await read_call_named(session, self.vault, external_id)
        except CallNotFound as error:
            raise Refused("not_found") from error

    async def link(self, external_id: str) -> str:
        """A token by which the call's citizen goes on in the web page.

        Raises:
            Refused: ``not_found``, ``closed`` or ``busy``.
        """
        found = await self.read(external_id)
        with _refusing():
            try:
                async with self.database.session() as session, session.begin():
                    return await make_link(session, self.vault, found.call.id, "api", now())
            except CallError as error:
                raise Refused("closed") from error

    async def _write(self, new: NewCall, segments: tuple[Segment, ...]) -> Call:
        with _refusing():
            async with self.database.session() as session, session.begin():
                call = await open_call(session, self.vault, new, now())
                if segments:
                    await add_segments(session, self.vault, call.id, segments)
                return call


@contextmanager
def _refusing() -> Iterator[None]:
    """What the core raises, as refusals."""
    try:
        yield
    except CallClosed as error:
        raise Refused("erased") from error
    except (StorageError, DBAPIError, PoolTimeoutError, OSError) as error:
        raise Refused("busy") from error


def voice_channel(connection: HTTPConnection) -> VoiceChannel:
    """The channel of the app that serves this request."""
    channel: Any = connection.app.state.voice
    if not isinstance(channel, VoiceChannel):
        raise TypeError("app.state.voice must hold a VoiceChannel before the voice routes are served.")
    return channel
