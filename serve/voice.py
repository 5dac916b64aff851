"""Hotline calls put together: what the web server takes in, and what the worker does with it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from fastapi import FastAPI
from procrastinate import App
from procrastinate.blueprints import Blueprint

from bot.attachments import store_of
from bot.attachments.scan import Scanner
from bot.attachments.store import FileStore
from bot.calls.drafting import Drafter
from bot.calls.hearing import Hearer, Listen
from bot.calls.jobs import call_jobs, recordings_app
from bot.calls.recordings import RecordingDesk
from bot.errors import SpeechError
from bot.settings import Settings
from bot.speech.settings import speech_settings
from bot.speech.transcript import Transcript
from bot.storage import Database
from bot.storage.sealing import Vault
from bot.storage.secrets import api_key
from channels.voice import Folder, VoiceChannel, recordings_router, stream_router, voice_settings
from serve.backroom import Apart, BackRoom
from serve.connectors import keep_listening
from serve.hearing import speech_client

RECORDINGS_PATH = "/channels/voice/recordings"
AROUND = 131_072
"""Bytes of a request beside the recording in it."""
HEARD_WITHIN = 4 * 3600.0
"""Seconds that one recording may take, those before it included; nobody waits for it."""


def add_voice(app: FastAPI) -> None:
    """Serve the routes of calls; :func:`open_voice` has to run before the first request."""
    app.include_router(recordings_router)
    app.include_router(stream_router)


@asynccontextmanager
async def open_voice(
    app: FastAPI, settings: Settings, database: Database, vault: Vault, room: BackRoom
) -> AsyncIterator[None]:
    """The web server's part: the channel, and the watched folder where one is set.

    Raises:
        ConfigError: A setting is wrong.
    """
    own, largest = voice_settings(), speech_settings().largest
    recordings = RecordingDesk(
        database, vault, store_of(settings), Scanner(settings.attachment_scan), largest
    )
    channel = VoiceChannel(
        database=database,
        vault=vault,
        recordings=recordings,
        alarm_of=room.alarm,
        api_key=api_key(settings),
        largest=largest,
        caller_channel=own.caller_on,
    )
    app.state.voice = channel
    if own.folder is None:
        yield
        return
    folder = Folder(own.folder, channel.take_recording, largest, own.caller_on)
    watching = asyncio.create_task(keep_listening("voice", folder.watch), name="watch calls")
    try:
        yield
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


def calls_work(
    settings: Settings, database: Database, vault: Vault, store: FileStore, http: aiohttp.ClientSession
) -> tuple[Blueprint, App]:
    """The worker's part: tasks for the worker that takes turns, and the app of the one that has recordings heard."""
    drafter = Drafter(database, vault, Apart(settings, http).draft)
    hearer = Hearer(database, vault, store, _listening(settings, http))
    return call_jobs(drafter), recordings_app(hearer)


def _listening(settings: Settings, http: aiohttp.ClientSession) -> Listen:
    async def listen(recording: bytes) -> Transcript:
        client = speech_client(settings, http)
        if client is None:
            raise SpeechError("There is no speech process now.")
        return await client.transcribe(recording, later=True, patience=HEARD_WITHIN)

    return listen
