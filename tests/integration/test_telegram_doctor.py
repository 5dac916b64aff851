"""What ``suda doctor`` says of the channel, how it registers itself, and how it fetches files. A stand-in for Telegram."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.connector import Fetched
from bot.errors import MediaRefused, PlatformAway, RateLimited
from bot.findings import Finding
from channels.telegram import findings
from channels.telegram.client import close_client, make_client
from channels.telegram.fetch import PLATFORM_LIMIT, TelegramFetcher, file_client
from channels.telegram.parse import ALLOWED
from channels.telegram.polling import conflict_note
from channels.telegram.registration import register
from channels.telegram.settings import TelegramSettings
from tests.support.platforms.telegram import SECRET, TelegramStandIn, Trouble
from tests.support.platforms.telegram.town import telegram_env
from tests.support.town import settings_for

PUBLIC = "https://suda.example.org"
URL = f"{PUBLIC}/channels/telegram"


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramStandIn]:
    async with TelegramStandIn() as opened:
        with telegram_env(opened, SUDA_TELEGRAM_PUBLIC_URL=PUBLIC):
            yield opened


async def look(folder: Path, **env: str) -> dict[str, Finding]:
    settings = settings_for(folder, 1)
    return {one.part: one for one in await asyncio.to_thread(lambda: list(findings(settings)))}


def well(telegram: TelegramStandIn) -> None:
    hook = telegram.world.webhook
    hook.url, hook.secret, hook.allowed = URL, SECRET, list(ALLOWED)


async def test_all_is_well(telegram: TelegramStandIn, tmp_path: Path) -> None:
    well(telegram)
    found = await look(tmp_path)
    assert {part: one.state for part, one in found.items()} == {
        "telegram secret": "ok",
        "telegram": "ok",
        "telegram clock": "ok",
        "telegram webhook": "ok",
    }
    assert "suda_test_bot" in found["telegram"].detail


async def test_a_token_that_telegram_refuses(telegram: TelegramStandIn, tmp_path: Path) -> None:
    telegram.world.token = "1:another-token-than-ours"
    found = (await look(tmp_path))["telegram"]
    assert (found.state, found.cure) == ("bad", "set SUDA_TELEGRAM_TOKEN to what @BotFather shows")


async def test_telegram_cannot_be_reached(telegram: TelegramStandIn, tmp_path: Path) -> None:
    await telegram.stop()
    found = (await look(tmp_path))["telegram"]
    assert found.state == "bad"
    assert "127.0.0.1 cannot be reached" in found.detail


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"url": ""}, "none is set"),
        ({"url": "https://other.example.org/hook"}, "other.example.org/hook"),
        ({"allowed": ["message"]}, "callback_query, edited_message"),
        (
            {
                "last_error": "Wrong response from the webhook: 403 Forbidden",
                "last_error_at": int(time.time()),
            },
            "403",
        ),
        (
            {"last_error": "SSL error {certificate verify failed}", "last_error_at": int(time.time())},
            "certificate",
        ),
    ],
)
async def test_a_webhook_that_is_not_well(
    telegram: TelegramStandIn, tmp_path: Path, change: dict[str, Any], words: str
) -> None:
    well(telegram)
    for name, value in change.items():
        setattr(telegram.world.webhook, name, value)
    found = (await look(tmp_path))["telegram webhook"]
    assert found.state == "bad"
    assert words in found.detail
    assert found.cure


async def test_an_old_error_of_the_webhook_is_past(telegram: TelegramStandIn, tmp_path: Path) -> None:
    well(telegram)
    telegram.world.webhook.last_error, telegram.world.webhook.last_error_at = "502", int(time.time()) - 7200
    assert (await look(tmp_path))["telegram webhook"].state == "ok"


async def test_updates_that_pile_up(telegram: TelegramStandIn, tmp_path: Path) -> None:
    well(telegram)
    telegram.world.waiting.extend({"update_id": number} for number in range(51))
    assert "51 updates" in (await look(tmp_path))["telegram webhook"].detail


async def test_what_is_in_the_way_of_polling(
    telegram: TelegramStandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUDA_TELEGRAM_MODE", "polling")
    assert (await look(tmp_path))["telegram polling"].state == "ok"
    conflict_note(tmp_path).write_text("now")
    assert "another program" in (await look(tmp_path))["telegram polling"].detail
    well(telegram)
    assert "suda.example.org" in (await look(tmp_path))["telegram polling"].detail


async def test_a_missing_token_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TelegramSettings.model_config, "env_file", None)
    monkeypatch.delenv("SUDA_TELEGRAM_TOKEN", raising=False)
    found = (await look(tmp_path))["telegram"]
    assert found.state == "bad"
    assert "BotFather" in found.detail


@pytest.mark.parametrize("off", [-600, 600])
async def test_a_clock_that_is_wrong(telegram: TelegramStandIn, tmp_path: Path, off: int) -> None:
    telegram.world.clock_off = off
    found = (await look(tmp_path))["telegram clock"]
    assert found.state == "bad"
    assert "NTP" in found.cure


async def test_registering_twice_sets_once_and_anew_when_our_secret_is_refused(
    telegram: TelegramStandIn,
) -> None:
    client = make_client(TelegramSettings(_env_file=None))
    await register(client, URL, SECRET)
    await register(client, URL, SECRET)
    world = telegram.world
    assert (world.webhook.url, world.webhook.secret, world.webhook.allowed) == (URL, SECRET, list(ALLOWED))
    assert (world.calls.count("setWebhook"), world.calls.count("setMyCommands")) == (1, 1)
    assert [one["command"] for one in world.commands] == ["new", "cases", "cancel", "help"]
    world.webhook.last_error, world.webhook.last_error_at = (
        "Wrong response from the webhook: 403",
        int(time.time()),
    )
    await register(client, URL, "b" * 32)
    assert world.webhook.secret == "b" * 32
    await close_client(client)


@pytest.fixture
async def fetcher(telegram: TelegramStandIn) -> AsyncIterator[TelegramFetcher]:
    own = TelegramSettings(_env_file=None)
    client = make_client(own)
    async with file_client(own) as http:
        yield TelegramFetcher(client, http)
    await close_client(client)


async def test_a_file_is_fetched_whole(telegram: TelegramStandIn, fetcher: TelegramFetcher) -> None:
    content = bytes(range(256)) * 4000
    file_id = telegram.keep_file(content, "documents/合同 a.pdf")
    fetched = await fetcher.fetch({"kind": "file", "file_id": file_id, "name": "合同.pdf"}, limit=10_000_000)
    assert fetched == Fetched(content, "合同.pdf")


async def test_a_file_is_refused_by_what_is_said_of_it_and_by_what_it_is(
    telegram: TelegramStandIn, fetcher: TelegramFetcher
) -> None:
    file_id = telegram.keep_file(b"x" * 2000, "photos/a.jpg")
    for medium in ({"file_id": file_id, "size": 2000}, {"file_id": file_id}):
        with pytest.raises(MediaRefused) as refused:
            await fetcher.fetch(medium, limit=1999)
        assert refused.value.code == "too_large"
    assert telegram.world.calls.count("getFile") == 1, "what is said to be too large is not asked for"
    huge = telegram.keep_file(b"x" * (PLATFORM_LIMIT + 1), "photos/b.jpg")
    with pytest.raises(MediaRefused, match="too_large"):
        await fetcher.fetch({"file_id": huge}, limit=100_000_000)


async def test_a_file_that_is_gone_and_a_platform_that_is_away(
    telegram: TelegramStandIn, fetcher: TelegramFetcher
) -> None:
    with pytest.raises(MediaRefused, match="gone"):
        await fetcher.fetch({"file_id": "no-such"}, limit=1000)
    file_id = telegram.keep_file(b"x", "photos/a.jpg")
    telegram.world.faults.troubles.append(Trouble(429, "slower", "getFile", retry_after=3))
    with pytest.raises(RateLimited) as wait:
        await fetcher.fetch({"file_id": file_id}, limit=1000)
    assert wait.value.after == 3
    telegram.world.faults.drop_before = 1
    with pytest.raises(PlatformAway):
        await fetcher.fetch({"file_id": file_id}, limit=1000)
    await telegram.stop()
    with pytest.raises(PlatformAway) as away:
        await fetcher.fetch({"file_id": file_id}, limit=1000)
    assert telegram.world.token not in repr(away.value.__cause__)
