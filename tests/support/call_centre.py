"""A call centre's systems, for tests: recordings, a server to stream to, files put into a watched folder."""

from __future__ import annotations

import io
import os
import time
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import numpy as np
from fastapi import FastAPI

from channels.voice.folder import Folder
from tests.support.platforms.serving import serving
from tests.support.ports import free_port

RECORDINGS = "/channels/voice/recordings"


def tone(seconds: float = 0.2, channels: int = 1, pitch: float = 440.0) -> bytes:
    """A recording that nobody speaks in."""
    times = np.arange(int(8000 * seconds)) / 8000
    samples = (np.sin(2 * np.pi * pitch * times) * 8000).astype("<i2")
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(np.repeat(samples, channels).tobytes())
    return out.getvalue()


def code_of(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of a refusal."""
    return answer.status_code, answer.json()["error"]["code"]


@asynccontextmanager
async def served(app: FastAPI) -> AsyncIterator[str]:
    """The address of the stream of an app that has started."""
    port = free_port()
    async with serving(app, port):
        yield f"ws://127.0.0.1:{port}/channels/voice/stream"


def put(folder: Folder, name: str, content: bytes, age: float = 10.0) -> None:
    """A file that was written so many seconds ago."""
    file = folder.path / name
    file.write_bytes(content)
    then = time.time() - age
    os.utime(file, (then, then))
