"""A stand-in for the speech process over a real socket: it takes as long as a test wants to hear a note."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from unittest import mock

from aiohttp import web

from bot.speech.settings import speech_settings
from bot.speech.transcript import Segment, Transcript


@dataclass
class SlowEars:
    """What it does with the next notes.

    Attributes:
        seconds: How long it takes.
        heard: What it hears.
        fails: So many notes are refused at once, as while the process is being started anew.
    """

    seconds: float = 0.0
    heard: str = "小区门口的路灯不亮了"
    fails: int = 0

    async def transcribe(self, request: web.Request) -> web.Response:
        """``POST /speech/transcribe``."""
        await request.read()
        if self.fails:
            self.fails -= 1
            return web.Response(status=503)
        await asyncio.sleep(self.seconds)
        transcript = Transcript((Segment(0.0, 4.0, self.heard, 0.9, 0),), 4.0, None)
        return web.json_response(transcript.as_json())


@asynccontextmanager
async def slow_ears(seconds: float) -> AsyncIterator[SlowEars]:
    """One that the workers of the block ask."""
    ears = SlowEars(seconds)
    app = web.Application(client_max_size=2**24)
    app.router.add_post("/speech/transcribe", ears.transcribe)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        port = str(runner.addresses[0][1])
        with mock.patch.dict("os.environ", {"SUDA_SPEECH_PORT": port}):
            speech_settings.cache_clear()
            yield ears
    finally:
        speech_settings.cache_clear()
        await runner.cleanup()
