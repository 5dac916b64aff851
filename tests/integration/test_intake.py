"""One message in, replies out: what citizens notice of inbox, worker and outbox."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.clock import now
from bot.errors import ChannelError, RateLimited
from bot.identity import forget
from bot.intake import Reception, accept, history, replies_of
from bot.intake.wording import GAVE_UP, KEPT
from bot.messages import Incoming
from tests.support.town import LEFT, Town, town


@pytest.fixture
async def here(database_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    async with town(database_url, tmp_path) as opened:
        yield opened


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses between tries are time, and tests have little of it."""
    monkeypatch.setattr("bot.intake.turns.pause", lambda _tries: 0.1)


async def test_a_message_is_answered_and_remembered(here: Town) -> None:
    async with here.worker():
        receipt = await here.say("楼下路灯坏了\x00，晚上很黑\ud83d")
        assert await here.hears(receipt) == ["收到：楼下路灯坏了，晚上很黑"]
    async with here.database.session() as session:
        lines = await history(session, here.vault, receipt.citizen_id, 10)
        assert [(line.by, line.reply.text) for line in lines] == [
            ("citizen", "楼下路灯坏了\x00，晚上很黑\ud83d"),
            ("bot", "收到：楼下路灯坏了，晚上很黑"),
        ]
        replies = await replies_of(session, here.vault, receipt.inbox_id)
        assert replies is not None
        assert [reply.text for reply in replies] == ["收到：楼下路灯坏了，晚上很黑"]


async def test_nothing_said_is_stored_in_plain_text(here: Town) -> None:
    async with here.worker():
        await here.hears(await here.say("我的电话是13900001111"))
    rows = await here.fetch("SELECT inbox::text || outbox::text FROM inbox, outbox")
    assert len(rows) == 1
    assert b"13900001111".hex() not in rows[0][0]
    assert "13900001111" not in rows[0][0]


async def test_fifty_messages_of_one_citizen_are_taken_in_order(here: Town) -> None:
    async with here.worker():
        receipts = [await here.say(f"第{number}句，慢0.002") for number in range(50)]
        assert await here.hears(receipts[-1]) == ["收到：第49句，慢0.002"]
    assert [turn["text"] for turn in here.turns()] == [f"第{number}句，慢0.002" for number in range(50)]


async def test_messages_accepted_at_the_same_time_are_taken_in_the_order_of_their_acceptance(
    here: Town,
) -> None:
    await here.say("先认识一下")
    receipts = await asyncio.gather(*(here.say(f"第{number}句") for number in range(12)))
    async with here.worker():
        await asyncio.gather(*(here.hears(receipt) for receipt in receipts))
    taken = [turn["inbox_id"] for turn in here.turns()]
    assert taken == sorted(taken)
    assert len(taken) == 13


async def test_a_message_delivered_many_times_at_once_is_accepted_once(here: Town) -> None:
    receipts = await asyncio.gather(*(here.say("重复", external_id="same") for _ in range(20)))
    assert sorted(receipt.duplicate for receipt in receipts) == [False] + [True] * 19
    assert len({receipt.inbox_id for receipt in receipts}) == 1
    async with here.worker():
        assert await here.hears(receipts[0]) == ["收到：重复"]
    assert len(here.turns()) == 1


async def test_a_message_id_of_somebody_else_is_refused(here: Town) -> None:
    await here.say("我的话", who="a", external_id="one")
    with pytest.raises(ChannelError):
        await here.say("偷听", who="b", external_id="one")


async def test_two_workers_share_the_work_and_double_nothing(here: Town) -> None:
    async with here.worker(), here.worker():
        receipts = [
            await here.say(f"{turn}，慢0.01", who=f"citizen-{citizen}")
            for turn in range(6)
            for citizen in range(8)
        ]
        answers = await asyncio.gather(*(here.hears(receipt) for receipt in receipts))
    assert all(answer is not None and len(answer) == 1 for answer in answers)
    turns = here.turns()
    assert len(turns) == 48
    for conversation in {turn["conversation_id"] for turn in turns}:
        said = [turn["text"] for turn in turns if turn["conversation_id"] == conversation]
        assert said == [f"{turn}，慢0.01" for turn in range(6)]


async def test_a_rolled_back_message_leaves_nothing(here: Town) -> None:
    receipt = await here.say("留下的")
    async with here.database.session() as session:
        await accept(session, here.vault, Incoming("web", "a", "gone", "撤回", now()))
        await session.rollback()
    async with here.worker():
        await here.hears(receipt)
    assert [turn["text"] for turn in here.turns()] == ["留下的"]
    assert await here.fetch("SELECT count(*) FROM inbox") == [(1,)]
    assert await here.fetch(LEFT) == [(0,)]


@pytest.mark.usefixtures("quick")
async def test_a_message_that_always_fails_ends_with_an_apology_and_holds_up_nobody(here: Town) -> None:
    async with here.worker():
        poison = await here.say("引擎出错", who="a")
        after = await here.say("还在吗", who="a")
        other = await here.say("你好", who="b")
        assert await here.hears(other) == ["收到：你好"]
        assert await here.hears(poison) == [GAVE_UP.text]
        assert await here.hears(after) == ["收到：还在吗"]
    rows = await here.fetch("SELECT state, attempts, error_code FROM inbox WHERE id = %s", poison.inbox_id)
    assert rows == [("failed", 6, "EngineBroke")]
    assert await here.fetch(LEFT) == [(0,)]


async def test_a_refused_message_is_not_tried_again(here: Town) -> None:
    async with here.worker():
        receipt = await here.say("引擎拒绝")
        assert await here.hears(receipt) == [GAVE_UP.text]
    assert await here.fetch("SELECT state, attempts FROM inbox") == [("failed", 0)]


@pytest.mark.usefixtures("quick")
async def test_while_the_engine_is_away_a_citizen_is_told_once_and_answered_later(here: Town) -> None:
    away = here.journal.with_suffix(".down")
    away.touch()
    async with here.worker():
        receipt = await here.say("路灯坏了")
        heard = []
        stream = here.mailbox.stream(receipt.citizen_id, after=0)
        heard.append((await asyncio.wait_for(anext(stream), 30)).reply.text)
        await asyncio.sleep(1)
        second = await here.say("还有井盖")
        away.unlink()
        for _ in range(2):
            heard.append((await asyncio.wait_for(anext(stream), 30)).reply.text)
        await stream.aclose()
        assert await here.hears(receipt) == ["收到：路灯坏了"]
        assert await here.hears(second) == ["收到：还有井盖"]
    assert heard == [KEPT.text, "收到：路灯坏了", "收到：还有井盖"]
    assert await here.fetch("SELECT count(*) FROM outbox WHERE kind = 'notice'") == [(1,)]


async def test_a_flood_is_refused_but_repeats_and_others_are_not(here: Town) -> None:
    for number in range(3):
        await here.say("刷屏", external_id=f"flood-{number}", flood_limit=3)
    with pytest.raises(RateLimited):
        await here.say("刷屏", flood_limit=3)
    assert (await here.say("刷屏", external_id="flood-1", flood_limit=3)).duplicate
    assert not (await here.say("别人", who="b", flood_limit=3)).duplicate
    assert await here.fetch("SELECT count(*) FROM inbox") == [(4,)]


async def test_a_word_of_danger_is_never_refused_and_asked_about_only_in_a_flood(here: Town) -> None:
    asked = []

    async def is_danger(text: str) -> bool:
        asked.append(text)
        return "着火" in text

    reception = Reception(here.database, here.vault, here.mailbox, flood_limit=2, is_danger=is_danger)
    said = [
        Incoming("web", "a", f"id-{text}", text, now()) for text in ("刷屏", "再刷", "还刷", "楼道着火了")
    ]
    for incoming in said[:2]:
        await reception.accept(incoming)
    with pytest.raises(RateLimited):
        await reception.accept(said[2])
    await reception.accept(said[3])
    assert asked == ["还刷", "楼道着火了"]
    assert await here.fetch("SELECT count(*) FROM inbox") == [(3,)]


async def test_words_of_somebody_forgotten_are_left_alone(here: Town) -> None:
    receipt = await here.say("忘了我")
    async with here.database.session() as session, session.begin():
        await forget(session, receipt.citizen_id, now())
    async with here.worker():
        assert await here.hears(receipt, seconds=5) == []
    assert here.turns() == []
    assert await here.fetch("SELECT state, error_code FROM inbox") == [("failed", "unreadable")]
    assert await here.fetch(LEFT) == [(0,)]


async def test_only_the_beginning_of_a_very_long_message_is_read_and_all_of_it_is_kept(here: Town) -> None:
    async with here.worker():
        receipt = await here.say("很" * 10_000)
        await here.hears(receipt)
    assert [turn["text"] for turn in here.turns()] == ["很" * 2000]
    async with here.database.session() as session:
        lines = await history(session, here.vault, receipt.citizen_id, 1 + 1)
    assert lines[0].reply.text == "很" * 10_000


async def test_an_unanswered_message_is_waited_for_no_longer_than_asked(here: Town) -> None:
    assert await here.hears(await here.say("没有人在"), seconds=0.2) is None
