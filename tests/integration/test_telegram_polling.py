"""Long polling: one process polls, confirms only what is stored, and says in one sentence what is in its way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.intake import Reception
from bot.messages import Button, Reply
from channels.telegram.client import close_client, make_client
from channels.telegram.polling import HAS_WEBHOOK, TWO_POLLERS
from channels.telegram.settings import TelegramSettings
from tests.support.connected import connected
from tests.support.platforms.telegram.town import TelegramTown, telegram_town

AN = 4201
POLLING = {"SUDA_TELEGRAM_MODE": "polling"}


@pytest.fixture
async def here(database_url: str, tmp_path: Path) -> AsyncIterator[TelegramTown]:
    async with telegram_town(database_url, tmp_path, env=POLLING) as made:
        yield made


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("channels.telegram.polling.RETRY", 0.2)
    monkeypatch.setattr("channels.telegram.polling.CONFLICT_PAUSE", 0.3)


@asynccontextmanager
async def polling(here: TelegramTown, *, worker: bool = True) -> AsyncIterator[None]:
    async with connected(here.town, worker=worker):
        yield


async def test_a_citizen_is_heard_and_answered_without_a_webhook(here: TelegramTown) -> None:
    async with polling(here):
        await here.telegram.say(AN, "小区停水了")
        assert await here.telegram.hears(AN, 1) == ["收到：小区停水了"]
        await here.tell(AN, Reply("对吗？", (Button("确认", "确认登记"),)))
        await here.telegram.hears(AN, 2)
        await here.telegram.press(AN, "确认")
        assert (await here.telegram.hears(AN, 3))[-1] == "收到：确认登记"
        await here.telegram.until(lambda: here.telegram.world.chat(AN).answered)


async def test_what_was_stored_but_not_confirmed_comes_again_and_is_one_message(
    here: TelegramTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    accept = Reception.accept

    async def accept_and_die(self: Reception, incoming: Any) -> Any:
        await accept(self, incoming)
        raise asyncio.CancelledError  # as if the process ended between storing and confirming

    async with connected(here.town, worker=False) as app:
        poller = app.connectors["telegram"].listen
        assert poller is not None
        monkeypatch.setattr(Reception, "accept", accept_and_die)
        await here.telegram.say(AN, "小区停水了")
        for _ in range(100):
            if await here.town.fetch("SELECT 1 FROM inbox"):
                break
            await asyncio.sleep(0.05)
        monkeypatch.setattr(Reception, "accept", accept)
    assert len(here.telegram.world.waiting) == 1, "Telegram still has it"
    async with polling(here):
        assert await here.telegram.hears(AN, 1) == ["收到：小区停水了"]
        await here.telegram.until(lambda: not here.telegram.world.waiting)
        await asyncio.sleep(0.5)
    assert here.telegram.told(AN) == ["收到：小区停水了"]
    assert await here.town.fetch("SELECT count(*) FROM inbox") == [(1,)]


async def test_what_could_not_be_stored_is_not_confirmed(here: TelegramTown) -> None:
    async with polling(here):
        await here.telegram.say(AN, "一")
        await here.telegram.hears(AN, 1)
        await here.town.fetch("ALTER TABLE inbox RENAME TO inbox_away")
        await here.telegram.say(AN, "二")
        await here.telegram.say(AN, "三")
        await asyncio.sleep(1.5)
        assert len(here.telegram.world.waiting) >= 2
        await here.town.fetch("ALTER TABLE inbox_away RENAME TO inbox")
        assert await here.telegram.hears(AN, 3) == ["收到：一", "收到：二", "收到：三"]


async def test_of_two_processes_one_polls_and_the_other_takes_over(here: TelegramTown) -> None:
    async with connected(here.town, worker=False):
        async with connected(here.town, worker=True):
            await asyncio.sleep(1)
            await here.telegram.say(AN, "一")
            await here.telegram.hears(AN, 1)
            assert not any(one.title == "getUpdates" and not one.well for one in here.telegram.world.wire)
        await here.telegram.say(AN, "二")
        await here.telegram.until(lambda: here.telegram.world.poller and not here.telegram.world.waiting)
    assert await here.town.fetch("SELECT count(*) FROM inbox") == [(2,)]


async def test_the_one_left_takes_over(here: TelegramTown) -> None:
    first, second = connected(here.town, worker=False), connected(here.town, worker=True)
    await first.__aenter__()
    await asyncio.sleep(0.5)
    async with second:
        await first.__aexit__(None, None, None)
        await here.telegram.say(AN, "一")
        assert await here.telegram.hears(AN, 1) == ["收到：一"]


async def test_a_webhook_in_the_way_is_said_once_and_polling_goes_on_after_it(here: TelegramTown) -> None:
    here.telegram.world.webhook.url = "http://127.0.0.1:9/elsewhere"
    note = here.town.settings.data_dir / "telegram-conflict"
    with capture_logs() as logs:
        async with polling(here):
            await here.telegram.until(lambda: here.telegram.world.calls.count("getUpdates") >= 3)
            assert note.read_text().strip().endswith(HAS_WEBHOOK)
            here.telegram.world.webhook.url = ""
            await here.telegram.say(AN, "一")
            await here.telegram.hears(AN, 1)
            assert not note.exists()
    said = [entry["what"] for entry in logs if entry["event"] == "telegram_conflict"]
    assert said == [HAS_WEBHOOK]


async def test_a_second_poller_elsewhere_is_said_in_one_sentence(
    here: TelegramTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = make_client(TelegramSettings(_env_file=None))
    with capture_logs() as logs:
        async with polling(here, worker=False):
            await here.telegram.until(lambda: here.telegram.world.poller >= 1)
            elsewhere = asyncio.create_task(other.raw_updates(None, ["message"]))
            await here.telegram.until(lambda: any(entry["event"] == "telegram_conflict" for entry in logs))
            elsewhere.cancel()
            await asyncio.gather(elsewhere, return_exceptions=True)
    await close_client(other)
    assert [entry["what"] for entry in logs if entry["event"] == "telegram_conflict"] == [TWO_POLLERS]
