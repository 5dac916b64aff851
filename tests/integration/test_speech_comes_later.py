"""A worker hears as soon as the running system has a speech process, and is not started again for it."""

from __future__ import annotations

import os
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from bot.settings import Settings
from bot.speech.settings import speech_settings
from serve.hearing import speech_client, speech_url
from serve.supervisor.instance import Running, announce, only_instance
from tests.support.platforms.telegram.town import telegram_town
from tests.support.slow_ears import SlowEars

AN = 4501
OGG = b"OggS" + bytes(200)
HEARD = "小区门口的路灯不亮了"


@pytest.fixture(autouse=True)
def no_port(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SUDA_SPEECH_PORT", raising=False)
    speech_settings.cache_clear()


def running(url: str = "") -> Running:
    return Running(os.getpid(), "http://127.0.0.1:1", "http://127.0.0.1:2", {}, speech_url=url)


async def test_a_note_before_it_is_typed_at_once_and_one_after_it_is_heard(
    database_url: str, tmp_path: Path
) -> None:
    app = web.Application()
    app.router.add_post("/speech/transcribe", SlowEars().transcribe)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        with only_instance(tmp_path):
            announce(tmp_path, running())
            async with telegram_town(database_url, tmp_path) as made, made.open() as here:
                await here.telegram.voice(AN, OGG)
                # Nothing is waited for: the first pause alone would be a second.
                assert await here.telegram.hears(AN, 1, 5) == ["收到："]
                announce(tmp_path, running(url))
                await here.telegram.voice(AN, OGG)
                assert (await here.telegram.hears_replies(AN, 2, 10))[-1] == f"收到：{HEARD}"
                assert [turn["text"] for turn in here.town.turns()] == ["", HEARD]
                assert await here.town.fetch("SELECT count(*) FROM attachment") == [(2,)]
    finally:
        await runner.cleanup()


async def test_a_port_of_ones_own_goes_before_the_running_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(data_dir=tmp_path, _env_file=None)  # type: ignore[call-arg]
    assert speech_url(settings) == ""
    async with aiohttp.ClientSession() as http:
        assert speech_client(settings, http) is None
    with only_instance(tmp_path):
        announce(tmp_path, running("http://127.0.0.1:3"))
        assert speech_url(settings) == "http://127.0.0.1:3"
        monkeypatch.setenv("SUDA_SPEECH_PORT", "4")
        speech_settings.cache_clear()
        assert speech_url(settings) == "http://127.0.0.1:4"
    speech_settings.cache_clear()
