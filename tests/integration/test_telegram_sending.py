"""What happens to replies when Telegram is slow, strict, away, or has lost the citizen. Real sockets, a stand-in for Telegram."""

from __future__ import annotations

import asyncio
import io
import itertools
import logging
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import structlog

from bot.messages import Button, Reply
from bot.observability.logs import configure_logging
from tests.support.platforms.telegram import Trouble
from tests.support.platforms.telegram.town import TelegramTown, telegram_town

AN, BO = 4201, 4202


@pytest.fixture
async def here(database_url: str, tmp_path: Path) -> AsyncIterator[TelegramTown]:
    async with telegram_town(database_url, tmp_path, chat_burst=1) as made, made.open():
        yield made


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.intake.delivery.pause", lambda _tries: 0.1)
    monkeypatch.setattr("bot.intake.delivery.AWAY", 0.2)


async def states(here: TelegramTown) -> list[tuple[str, str | None]]:
    return await here.town.fetch("SELECT state, error_code FROM outbox ORDER BY id")


async def settled(here: TelegramTown, *wanted: tuple[str, str | None]) -> None:
    for _ in range(600):
        if await states(here) == list(wanted):
            return
        await asyncio.sleep(0.05)
    assert await states(here) == list(wanted)


async def test_replies_to_one_chat_keep_the_platforms_pace(here: TelegramTown) -> None:
    await here.telegram.say(AN, "立案")
    await here.telegram.hears_replies(AN, 2)
    before = len(here.telegram.told(AN))
    await here.tell(AN, Reply("一", (Button("好", "好"),)), Reply("二"))
    assert (await here.telegram.hears(AN, before + 2))[before:] == ["一", "二"]
    times = [told.at for told in here.telegram.world.chat(AN).told]
    assert all((later - sooner).total_seconds() > 0.9 for sooner, later in itertools.pairwise(times))
    assert here.telegram.world.refused == 0


async def test_what_is_said_at_once_goes_as_one_message(here: TelegramTown) -> None:
    await here.telegram.say(AN, "在吗")
    await here.telegram.hears(AN, 1)
    await here.tell(AN, Reply("一"), Reply("二"), Reply("三", (Button("好", "好"),)), Reply("四"))
    assert (await here.telegram.hears(AN, 3))[1:] == ["一\n\n二\n\n三", "四"]
    await settled(here, *[("sent", None)] * 5)


async def test_who_must_wait_holds_up_nobody_else(here: TelegramTown) -> None:
    here.telegram.world.faults.troubles.append(
        Trouble(429, "Too Many Requests: retry after 3", "sendMessage", AN, retry_after=3)
    )
    began = time.monotonic()
    await here.telegram.say(AN, "甲的事")
    await here.telegram.say(BO, "乙的事")
    await here.telegram.hears(BO, 1)
    assert time.monotonic() - began < 2.5
    assert here.telegram.told(AN) == []
    assert await here.telegram.hears(AN, 1) == ["收到：甲的事"]
    assert time.monotonic() - began >= 3
    assert here.telegram.world.calls.count("sendMessage") == 3, "nothing is tried before its time"


async def test_a_blocked_reply_waits_for_the_citizen_to_come_back(here: TelegramTown) -> None:
    here.telegram.world.chat(AN)
    here.telegram.block(AN)
    await here.telegram.say(AN, "小区停水了")
    await settled(here, ("untold", "blocked"))
    here.telegram.block(AN, blocked=False)
    await here.telegram.say(AN, "在吗")
    assert await here.telegram.hears_replies(AN, 2) == ["收到：小区停水了", "收到：在吗"]


@pytest.mark.parametrize(
    ("trouble", "end"),
    [
        (Trouble(400, "Bad Request: chat not found", "sendMessage"), ("untold", "gone")),
        (Trouble(400, "Bad Request: something new", "sendMessage"), ("failed", "FinalError")),
        (Trouble(504, "Gateway Timeout", "sendMessage"), ("untold", "unsure")),
        (Trouble(500, "Internal Server Error", "sendMessage", times=9), ("failed", "DeliveryError")),
        (Trouble(401, "Unauthorized", "sendMessage", times=3), ("sent", None)),
        (Trouble(502, "Bad Gateway", "sendMessage", times=3), ("sent", None)),
    ],
)
async def test_an_error_is_taken_by_its_meaning(
    here: TelegramTown, trouble: Trouble, end: tuple[str, str | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("channels.telegram.pace.CHAT_INTERVAL", 0.01)
    here.telegram.world.faults.troubles.append(trouble)
    await here.telegram.say(AN, "小区停水了")
    await settled(here, end)


async def test_what_may_have_arrived_is_not_sent_again_by_itself(here: TelegramTown) -> None:
    here.telegram.world.faults.drop_after = 1
    await here.telegram.say(AN, "小区停水了")
    await settled(here, ("untold", "unsure"))
    await asyncio.sleep(1.5)
    assert here.telegram.told(AN) == ["收到：小区停水了"]


@pytest.mark.parametrize("way", ["refused", "502"])
async def test_after_an_outage_everything_comes_in_order(here: TelegramTown, way: str) -> None:
    await here.telegram.say(AN, "一")
    await here.telegram.hears(AN, 1)
    if way == "refused":
        await here.telegram.stop()
    else:
        here.telegram.world.faults.away(2.5)
    for text in ("二", "三"):
        await here.telegram.say(AN, text)
    await here.telegram.say(BO, "别人")
    await asyncio.sleep(2.5)
    assert here.telegram.told(AN) == ["收到：一"]
    await here.telegram.start()
    assert await here.telegram.hears_replies(AN, 3) == ["收到：一", "收到：二", "收到：三"]
    assert await here.telegram.hears(BO, 1) == ["收到：别人"]
    await settled(here, *[("sent", None)] * 4)


async def test_a_long_reply_is_parted_at_sentences_and_goes_on_where_it_was_stopped(
    here: TelegramTown,
) -> None:
    await here.telegram.say(AN, "一")
    await here.telegram.hears(AN, 1)
    sentence = "这是一句用来凑长度的话😀，说完了。"
    await here.tell(AN, Reply(sentence * 600))
    await here.telegram.hears(AN, 2)
    here.telegram.world.faults.troubles.append(
        Trouble(429, "Too Many Requests", "sendMessage", AN, retry_after=1)
    )
    await here.telegram.hears(AN, 4, 20)
    await settled(here, ("sent", None), ("sent", None))
    parts = here.telegram.told(AN)[1:]
    assert "".join(parts) == sentence * 600
    assert all(part.endswith("。") and len(part.encode("utf-16-le")) // 2 <= 4096 for part in parts)


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that a process writes at DEBUG."""
    stream, root = io.StringIO(), logging.getLogger()
    handlers, level = root.handlers[:], root.level
    configure_logging(level="DEBUG", style="json", stream=stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


async def test_no_log_line_holds_the_token_or_what_was_said(
    database_url: str, tmp_path: Path, log: io.StringIO
) -> None:
    async with telegram_town(database_url, tmp_path) as made, made.open() as here:
        troubles = here.telegram.world.faults.troubles
        for status, words in (
            (401, "Unauthorized"),
            (500, "no {"),
            (429, "slower"),
            (400, "new"),
            (403, "Forbidden"),
        ):
            troubles.append(Trouble(status, words, "sendMessage", retry_after=1 if status == 429 else None))
        here.telegram.world.faults.drop_before = 1
        for who in range(6):
            await here.telegram.say(AN + who, "我叫张三丰，小区停水了")
        await asyncio.sleep(4)
        await here.telegram.stop()
        await here.telegram.say(AN, "我叫张三丰，停电了")
        await asyncio.sleep(2)
        await here.telegram.start()
        await here.telegram.until(lambda: any("停电" in text for text in here.telegram.told(AN)))
    written = log.getvalue()
    token = here.telegram.world.token
    assert "telegram_token_refused" in written, "the troubles were to be logged"
    assert token not in written
    assert token.partition(":")[2] not in written
    assert "张三丰" not in written
    assert str(AN) not in written
