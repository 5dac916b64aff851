"""The speech process: recordings in, transcripts out; apart, so that hearing never delays a text and its crash takes nobody along."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

import orjson
from fastapi import APIRouter, FastAPI, Request, Response

from bot.connector.body import BodyRefused, read_body
from bot.errors import ConfigError
from bot.observability.logs import configure_logging
from bot.settings import Settings, get_settings
from bot.speech.building import build_recogniser
from bot.speech.recogniser import Recogniser
from bot.speech.settings import SpeechSettings, speech_settings
from bot.speech.transcript import Transcript
from bot.speech.turns import LATER, WAITED_FOR
from bot.storage.secrets import engine_secret
from serve.loopback import serve_own
from serve.settled import settle

NOTES_AT_ONCE = 2
"""Voice notes under way: the next is decoded while one is heard. Recordings nobody waits for go one after the other."""
BODY_WITHIN = 60.0
"""Seconds in which a recording has to come; it comes from this machine."""

Build = Callable[[Settings, SpeechSettings], Recogniser]


@dataclass(frozen=True, slots=True)
class Ears:
    """What hears, and the threads it does so in, by urgency."""

    recogniser: Recogniser
    threads: dict[int, ThreadPoolExecutor]

    async def hear(self, content: bytes, urgency: int) -> Transcript:
        """What was said."""
        hear = partial(self.recogniser.hear, content, urgency=urgency)
        return await asyncio.get_running_loop().run_in_executor(self.threads[urgency], hear)


def create_speech(settings: Settings, speech: SpeechSettings, *, build: Build = build_recogniser) -> FastAPI:
    """The app: ``POST /speech/transcribe`` and ``GET /healthz``; nothing is loaded before it starts."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        recogniser = await asyncio.to_thread(build, settings, speech)
        with ThreadPoolExecutor(NOTES_AT_ONCE) as notes, ThreadPoolExecutor(1) as recordings:
            ears = Ears(recogniser, {WAITED_FOR: notes, LATER: recordings})
            app.include_router(_router(ears, engine_secret(settings), speech))
            settle()
            yield

    return FastAPI(title="Suda speech", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)


def _router(ears: Ears, secret: str, speech: SpeechSettings) -> APIRouter:
    router = APIRouter()
    expected = f"Bearer {secret}".encode()

    @router.get("/healthz")
    async def healthz() -> dict[str, str | int]:
        return {"status": "alive", "model": ears.recogniser.model, "threads": speech.threads}

    @router.post("/speech/transcribe")
    async def transcribe(request: Request, later: bool = False) -> Response:
        if not hmac.compare_digest(request.headers.get("authorization", "").encode(), expected):
            return Response(status_code=401)
        try:
            content = await read_body(request, limit=speech.largest, within=BODY_WITHIN)
        except BodyRefused as refused:
            code = "too_large" if refused.reason == "too_long" else "broken"
            return _answer(Transcript((), 0.0, code))
        return _answer(await ears.hear(content, LATER if later else WAITED_FOR))

    return router


def _answer(transcript: Transcript) -> Response:
    return Response(orjson.dumps(transcript.as_json()), media_type="application/json")


def run() -> None:
    """Serve until told to stop.

    Raises:
        ConfigError: No port is set or it is busy.
        SpeechError: The packages or the weights are missing.
    """
    settings, speech = get_settings(), speech_settings()
    if not speech.port:
        raise ConfigError("suda speech serve needs a port: set SUDA_SPEECH_PORT, also for suda work.")
    configure_logging(level=settings.log_level, style=settings.log_format, process="speech")
    serve_own(create_speech(settings, speech), speech.port, "SUDA_SPEECH_PORT")
