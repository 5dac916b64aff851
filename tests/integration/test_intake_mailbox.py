"""Streams and pushes: nothing lost, nothing doubled, whatever happens to notifications."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from bot.clock import now
from bot.errors import DeliveryError, StorageError
from bot.identity import forget
from bot.intake import push
from bot.intake.delivery import Recipient
from bot.messages import Button, Reply
from tests.support.town import Town, town


@pytest.fixture
async def here(database_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    async with town(database_url, tmp_path) as opened:
        yield opened


async def tell(here: Town, receipt_citizen: object, text: str, **others: object) -> int:
    async with here.database.session() as session, session.begin():
        return await push(
            session,
            here.vault,
            receipt_citizen,
            [Reply(text, (Button("好", "好"),))],
            **{"channel": "web", **others},  # type: ignore[arg-type]
        )


async def test_what_is_pushed_arrives_and_a_resumed_stream_repeats_nothing(here: Town) -> None:
    citizen = (await here.say("在吗")).citizen_id
    stream = here.mailbox.stream(citizen)
    first = asyncio.create_task(anext(stream))
    await asyncio.sleep(0.3)
    await tell(here, citizen, "进展一")
    heard = await asyncio.wait_for(first, 5)
    assert heard.reply == Reply("进展一", (Button("好", "好"),))
    await stream.aclose()
    await tell(here, citizen, "进展二")
    await tell(here, citizen, "进展三")
    resumed = here.mailbox.stream(citizen, after=heard.id)
    assert [(await anext(resumed)).reply.text for _ in range(2)] == ["进展二", "进展三"]
    await resumed.aclose()


async def test_nobody_hears_what_is_said_to_somebody_else(here: Town) -> None:
    a = (await here.say("我是甲", who="a")).citizen_id
    b = (await here.say("我是乙", who="b")).citizen_id
    stream = here.mailbox.stream(a, after=0)
    await tell(here, b, "给乙")
    await tell(here, a, "给甲")
    assert (await anext(stream)).reply.text == "给甲"
    await stream.aclose()


async def test_a_push_with_a_key_is_said_once(here: Town) -> None:
    citizen = (await here.say("在吗")).citizen_id
    assert await tell(here, citizen, "请评价", key="survey:1") == 1
    assert await tell(here, citizen, "请评价", key="survey:1") == 0
    assert await here.fetch("SELECT count(*) FROM outbox") == [(1,)]


async def test_nothing_can_be_said_to_somebody_forgotten(here: Town) -> None:
    citizen = (await here.say("在吗")).citizen_id
    async with here.database.session() as session, session.begin():
        await forget(session, citizen, now())
    with pytest.raises(StorageError):
        await tell(here, citizen, "还记得吗")


async def test_replies_arrive_although_every_listening_connection_is_cut(here: Town) -> None:
    async with here.worker():
        await here.hears(await here.say("热身"))
        receipt = await here.say("慢0.5 路灯坏了")
        waiting = asyncio.create_task(here.hears(receipt))
        await asyncio.sleep(0.1)
        cut = await here.fetch(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'suda listener' AND datname = current_database()"
        )
        assert len(cut) == 2
        assert await waiting == ["收到：慢0.5 路灯坏了"]
        assert await here.hears(await here.say("又一句")) == ["收到：又一句"]


class Postman:
    """A sender that fails as told and remembers what it delivered."""

    def __init__(self) -> None:
        self.delivered: list[tuple[str, str]] = []
        self.failures = 0

    async def send(self, to: Recipient, replies: Sequence[Reply]) -> int:
        if "退回" in replies[0].text or self.failures > 0:
            self.failures -= 1
            raise DeliveryError("as told")
        self.delivered.append((to.address, replies[0].text))
        return 1


async def test_a_channel_with_a_sender_gets_replies_in_order_to_the_right_address(
    here: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.intake.delivery.pause", lambda _tries: 0.1)
    postman = Postman()
    postman.failures = 2
    async with here.worker(senders={"letter": postman}):
        for text in ("一", "二，立案", "退回", "三"):
            receipt = await here.say(text, who="地址", channel="letter")
        await here.hears(receipt)
        for _ in range(100):
            if len(postman.delivered) == 4:
                break
            await asyncio.sleep(0.1)
    assert postman.delivered == [
        ("地址", "收到：一"),
        ("地址", "收到：二，立案"),
        ("地址", "已经登记。"),
        ("地址", "收到：三"),
    ]
    states = await here.fetch("SELECT state, count(*) FROM outbox GROUP BY state ORDER BY state")
    assert states == [("failed", 1), ("sent", 4)]
