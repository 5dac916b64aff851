"""A voice note from the platform's webhook to the engine as words: real stand-in, worker, speech process and model."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError

import pytest

from bot.settings import PROJECT
from bot.speech.settings import speech_settings
from tests.support.platforms.telegram.town import telegram_town
from tests.support.ports import free_port
from tests.support.speech_weights import base_weights
from tests.support.stand_in_engine import SECRET

AUDIO = PROJECT.parent / "shared" / "data" / "audio"
AN = 4301
READY_WITHIN = 90.0

pytestmark = [pytest.mark.slow, pytest.mark.system]


@pytest.fixture
def speech(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[subprocess.Popen[bytes]]:
    """``suda speech serve`` beside a town in the same folder."""
    if not AUDIO.is_dir():
        pytest.skip("no recordings at shared/data/audio beside the project")
    port = free_port()
    monkeypatch.setenv("SUDA_SPEECH_MODEL", str(base_weights()))
    monkeypatch.setenv("SUDA_SPEECH_PORT", str(port))
    monkeypatch.setenv("SUDA_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("SUDA_ENGINE_SECRET", SECRET)
    speech_settings.cache_clear()
    with (tmp_path / "speech.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "serve.cli", "speech", "serve"], cwd=PROJECT, stdout=log, stderr=log
        )
        try:
            _wait(f"http://127.0.0.1:{port}/healthz", process, tmp_path / "speech.log")
            yield process
        finally:
            process.terminate()
            process.wait(20)
            speech_settings.cache_clear()


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + READY_WITHIN
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - our own address
                if answer.status == 200:
                    return
        except (URLError, TimeoutError, ConnectionError):
            time.sleep(0.2)
    raise RuntimeError(f"suda speech serve did not start:\n{log.read_text()[-2000:]}")


async def test_what_is_said_in_a_voice_note_is_the_citizens_message(
    speech: subprocess.Popen[bytes], database_url: str, tmp_path: Path
) -> None:
    recording = (AUDIO / "codecs" / "BAC009S0150W0142.tg.ogg").read_bytes()
    async with telegram_town(database_url, tmp_path) as made, made.open() as here:
        await here.telegram.voice(AN, recording)
        (answer,) = await here.telegram.hears(AN, 1, 40)
        assert "居民最大购买力" in answer
        assert [turn["text"] for turn in here.town.turns()] == [answer.removeprefix("收到：")]


async def test_while_nobody_can_hear_the_recording_is_kept_and_the_citizen_goes_on(
    speech: subprocess.Popen[bytes], database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.attachments.step.pause", lambda _tries: 0.2)
    async with telegram_town(database_url, tmp_path) as made, made.open() as here:
        speech.kill()
        speech.wait(10)
        await here.telegram.voice(AN, (AUDIO / "codecs" / "BAC009S0252W0077.tg.ogg").read_bytes())
        await here.telegram.say(AN, "还有一句")
        assert len(await here.telegram.hears_replies(AN, 2, 60)) == 2
        texts = [turn["text"] for turn in here.town.turns()]
        assert texts == ["", "还有一句"], "its turn came in order, without words; the recording is kept"
        assert await here.town.fetch("SELECT count(*) FROM attachment") == [(1,)]
