"""Platforms that wait for the reply to their own request, and platforms that count what they are told unasked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from bot.errors import CannotTell, PlatformAway, RateLimited
from bot.intake import Reception, push, statements
from bot.intake.delivery import Recipient
from bot.intake.holding import release
from bot.intake.removal import remove_messages_of
from bot.intake.sealed import seal_reply
from bot.intake.windows import WindowRule, Windows
from bot.messages import Button, Incoming, Reply
from bot.storage import autocommit_pool
from tests.support.town import Town, town


@pytest.fixture
async def here(database_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    async with town(database_url, tmp_path) as opened:
        yield opened


class Post:
    """Delivers into a list, or fails as told."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.trouble: list[Exception] = []

    async def send(self, to: Recipient, replies: Sequence[Reply]) -> int:
        assert to.address == "甲"
        if self.trouble:
            raise self.trouble.pop(0)
        self.sent.append(replies[0].text)
        return 1


def message(text: str, number: int, **others: object) -> Incoming:
    return replace(Incoming("letter", "甲", f"m{number}", text, datetime.now(UTC)), **others)


def reception(here: Town) -> Reception:
    return Reception(here.database, here.vault, here.mailbox)


def all_of(replies: Sequence[Reply]) -> int:
    return len(replies)


async def until(true: object, seconds: float = 10) -> None:
    for _ in range(int(seconds * 20)):
        if true():  # type: ignore[operator]
            return
        await asyncio.sleep(0.05)
    raise AssertionError("did not come about")


async def until_rows(here: Town, query: str, seconds: float = 10) -> None:
    for _ in range(int(seconds * 20)):
        if await here.fetch(query):
            return
        await asyncio.sleep(0.05)
    raise AssertionError("did not come about")


async def test_a_held_reply_goes_to_the_request_and_to_it_again_and_nowhere_else(here: Town) -> None:
    post = Post()
    async with here.worker(senders={"letter": post}):
        receipt = await reception(here).accept(message("你好", 1, held=True))
        handed = await reception(here).hand_over(receipt.inbox_id, 10, all_of)
        assert (handed.state, [reply.text for reply in handed.replies]) == ("handed", ["收到：你好"])
        again = await reception(here).accept(message("你好", 1, held=True))
        assert again.duplicate
        assert await reception(here).hand_over(again.inbox_id, 1, all_of) == handed
        await asyncio.sleep(0.5)
    assert post.sent == []


async def test_a_reply_that_comes_too_late_is_sent_once(here: Town) -> None:
    post = Post()
    receipt = await reception(here).accept(message("你好", 1, held=True))
    assert (await reception(here).hand_over(receipt.inbox_id, 0.2, all_of)).state == "later"
    async with here.worker(senders={"letter": post}):
        await until(lambda: post.sent)
        assert (await reception(here).hand_over(receipt.inbox_id, 1, all_of)).state == "later"
        await asyncio.sleep(0.5)
    assert post.sent == ["收到：你好"]


async def test_what_does_not_fit_the_answer_is_sent(here: Town) -> None:
    post = Post()
    async with here.worker(senders={"letter": post}):
        receipt = await reception(here).accept(message("你好", 1, held=True))
        handed = await reception(here).hand_over(receipt.inbox_id, 10, lambda _replies: 0)
        assert handed.state == "later"
        await until(lambda: post.sent)
    assert post.sent == ["收到：你好"]


async def test_a_message_may_stay_held_for_the_next_try(here: Town) -> None:
    receipt = await reception(here).accept(message("你好", 1, held=True))
    assert (await reception(here).hand_over(receipt.inbox_id, 0.1, all_of, let_go=False)).state == "waiting"
    async with here.worker():
        assert (await reception(here).hand_over(receipt.inbox_id, 10, all_of)).state == "handed"


async def test_what_a_dead_process_held_is_sent(here: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.intake.rescue.HELD_LONGEST", 0.5)
    monkeypatch.setattr("bot.intake.rescue.SWEEP_EVERY", 0.5)
    post = Post()
    async with here.worker(senders={"letter": post}):
        await reception(here).accept(message("你好", 1, held=True))
        await until(lambda: post.sent)
    assert post.sent == ["收到：你好"]
    assert await here.fetch("SELECT count(*) FROM inbox WHERE held") == [(0,)]


async def test_what_could_not_be_told_is_told_when_the_citizen_writes_again(here: Town) -> None:
    post = Post()
    post.trouble = [CannotTell("window_shut")]
    async with here.worker(senders={"letter": post}):
        await here.hears(await reception(here).accept(message("一", 1)))
        await until(lambda: not post.trouble)
        await asyncio.sleep(0.2)
        assert await here.fetch("SELECT state, error_code FROM outbox") == [("untold", "window_shut")]
        await reception(here).accept(message("二", 2))
        await until(lambda: len(post.sent) == 2)
    assert post.sent == ["收到：一", "收到：二"]


async def test_a_platform_that_is_away_costs_no_reply_however_long(
    here: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.intake.delivery.pause", lambda _tries: 0.05)
    monkeypatch.setattr("bot.intake.delivery.AWAY", 0.05)
    post = Post()
    post.trouble = [PlatformAway("away") for _ in range(12)] + [RateLimited("slower", after=0.1)]
    async with here.worker(senders={"letter": post}):
        for number, text in enumerate(("一", "二"), 1):
            await reception(here).accept(message(text, number))
        await until(lambda: len(post.sent) == 2, 20)
    assert post.sent == ["收到：一", "收到：二"]


async def test_a_bare_number_means_the_choice_that_was_shown(here: Town) -> None:
    async with here.worker():
        first = await here.say("按钮", who="乙", channel="web")
        await here.hears(first)
        key = (await here.fetch("SELECT wrapped_key FROM citizen"))[0][0]
        reply = Reply("请选", (Button("甲", "就说甲"), Button("乙", "就说乙")))
        sealed = seal_reply(here.vault.unwrap(key), reply)
        await here.fetch("UPDATE outbox SET body = %s", sealed)
        await here.hears(await here.say("第二个", who="乙", channel="web"))
    assert [turn["text"] for turn in here.turns()] == ["按钮", "就说乙"]


@asynccontextmanager
async def windows(here: Town) -> AsyncIterator[Windows]:
    rules = (WindowRule("event", 3, 60), WindowRule("message", 5, 48 * 3600))
    async with autocommit_pool(here.url, 2, "test") as pool:
        yield Windows(pool, "letter", rules)


async def test_a_message_opens_five_of_which_one_is_kept_back(here: Town) -> None:
    receipt = await reception(here).accept(message("你好", 1, opens="message"))
    async with windows(here) as budget:
        assert [await budget.take(receipt.citizen_id, keep=1) for _ in range(5)] == ["message"] * 4 + [None]
        assert await budget.left(receipt.citizen_id) == 1
        assert await budget.take(receipt.citizen_id)
        assert not await budget.take(receipt.citizen_id)
        assert await budget.is_open(receipt.citizen_id)
        await reception(here).accept(message("再问", 2, opens="message"))
        assert await budget.left(receipt.citizen_id) == 5


async def test_an_event_opens_three_for_a_minute_and_shortens_no_other_window(here: Town) -> None:
    receipt = await reception(here).accept(message("菜单", 1, opens="event"))
    async with windows(here) as budget:
        assert [await budget.take(receipt.citizen_id) for _ in range(4)] == ["event"] * 3 + [None]
        old = datetime.now(UTC) - timedelta(minutes=2)
        await reception(here).accept(message("旧", 2, opens="event", sent_at=old))
        await here.fetch("UPDATE channel_window SET opened_at = %s", old)
        assert not await budget.is_open(receipt.citizen_id)
        await reception(here).accept(message("话", 3, opens="message"))
        await reception(here).accept(message("菜单", 4, opens="event"))
        assert await budget.left(receipt.citizen_id) == 8


async def test_the_platform_is_right_when_it_says_that_the_window_is_shut(here: Town) -> None:
    receipt = await reception(here).accept(message("你好", 1, opens="message"))
    async with windows(here) as budget:
        await budget.shut(receipt.citizen_id)
        assert not await budget.take(receipt.citizen_id)


async def test_what_a_dead_webhook_held_is_let_go_also_when_its_turn_ends_in_that_instant(here: Town) -> None:
    """The release waits for the turn that writes the reply, and must then see the reply."""
    receipt = await reception(here).accept(message("你好", 1, held=True))
    key = here.vault.unwrap((await here.fetch("SELECT wrapped_key FROM citizen"))[0][0])
    async with await psycopg.AsyncConnection.connect(here.url) as turn:
        await turn.execute(
            statements.STORE,
            {
                "inbox_id": receipt.inbox_id,
                "citizen": receipt.citizen_id,
                "state": "answered",
                "error_code": None,
                "kind": "reply",
                "bodies": [seal_reply(key, Reply("答"))],
                "outbox_state": "ready",
            },
        )
        async with autocommit_pool(here.url, 2, "test") as pool:
            releasing = asyncio.create_task(release(pool, [receipt.inbox_id]))
            await asyncio.sleep(0.3)
            await turn.commit()
            await releasing
    assert await here.fetch("SELECT state FROM outbox") == [("ready",)]


async def test_two_answers_at_once_say_what_waited_once(here: Town) -> None:
    """An account that can only answer: both requests want to say what could not be told before."""
    post = Post()
    post.trouble = [CannotTell("passive_only") for _ in range(9)]
    async with here.worker(senders={"letter": post}):
        await here.hears(await reception(here).accept(message("旧", 1)))
        await until(lambda: len(post.trouble) < 9)
        post.trouble = [CannotTell("passive_only") for _ in range(9)]
        receipts = [await reception(here).accept(message(f"新{n}", n, held=True)) for n in (2, 3)]
        for receipt in receipts:
            await here.mailbox.wait(receipt.inbox_id, 10)
        handed = await asyncio.gather(
            *(reception(here).hand_over(one.inbox_id, 5, all_of, only_answers=True) for one in receipts)
        )
    said = [reply.text for one in handed for reply in one.replies]
    assert said.count("收到：旧") <= 1
    assert {"收到：新2", "收到：新3"} <= set(said)
    assert len(said) == len(set(said))


async def test_what_waits_to_be_sent_goes_first_in_an_answer(
    here: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.intake.delivery.pause", lambda _tries: 30.0)
    post = Post()
    post.trouble = [PlatformAway("away")]
    async with here.worker(senders={"letter": post}):
        await here.hears(await reception(here).accept(message("一", 1)))
        await until(lambda: not post.trouble)
        receipt = await reception(here).accept(message("二", 2, held=True))
        handed = await reception(here).hand_over(receipt.inbox_id, 10, all_of)
    assert [reply.text for reply in handed.replies] == ["收到：一", "收到：二"]
    assert post.sent == []


async def test_several_told_as_one_are_one_also_when_it_is_not_known_whether_they_arrived(here: Town) -> None:
    class Joins(Post):
        at_once = 10

        async def send(self, to: Recipient, replies: Sequence[Reply]) -> int:
            assert to.address
            self.sent += [reply.text for reply in replies]
            raise CannotTell("unsure", count=len(replies))

    post = Joins()
    receipt = await reception(here).accept(message("一", 1))
    async with here.database.session() as session, session.begin():
        await push(session, here.vault, receipt.citizen_id, [Reply("甲"), Reply("乙")], channel="letter")
    async with here.worker(senders={"letter": post}):
        await until(lambda: len(post.sent) >= 2)
        await asyncio.sleep(0.5)
    assert {"甲", "乙"} <= set(post.sent)
    assert len(post.sent) == len(set(post.sent))


async def test_what_another_run_may_have_sent_is_not_sent_again(here: Town) -> None:
    post = Post()
    await reception(here).accept(message("一", 1))
    async with here.worker():  # without the channel: the reply waits
        await until_rows(here, "SELECT 1 FROM outbox")
    await here.fetch("UPDATE outbox SET sending_at = now()")
    await here.fetch("UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo'")
    async with here.worker(senders={"letter": post}):
        await until_rows(here, "SELECT 1 FROM outbox WHERE state = 'untold' AND error_code = 'unsure'")
    assert post.sent == []


async def test_a_sender_that_breaks_is_no_reason_to_be_silent_for_ever(
    here: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.intake.delivery.pause", lambda _tries: 0.05)
    post = Post()
    post.trouble = [ValueError("a fault of ours") for _ in range(5)]
    async with here.worker(senders={"letter": post}):
        await reception(here).accept(message("一", 1))
        await reception(here).accept(message("二", 2))
        await until(lambda: post.sent)
    assert post.sent == ["收到：二"]
    assert await here.fetch("SELECT state, error_code, attempts FROM outbox ORDER BY id LIMIT 1") == [
        ("failed", "ValueError", 5)
    ]


async def test_a_process_that_has_not_opened_the_channel_destroys_nothing(here: Town) -> None:
    post = Post()
    await reception(here).accept(message("一", 1))
    async with here.worker():
        await until_rows(here, "SELECT 1 FROM outbox")
        await asyncio.sleep(0.5)
        assert await here.fetch("SELECT state FROM outbox") == [("ready",)]
    async with here.worker(senders={"letter": post}):
        await until(lambda: post.sent, 20)


async def test_a_notice_that_the_answer_is_late_is_not_said_with_the_answer(here: Town) -> None:
    receipt = await reception(here).accept(message("你好", 1, held=True))
    key = here.vault.unwrap((await here.fetch("SELECT wrapped_key FROM citizen"))[0][0])
    values = {"inbox_id": receipt.inbox_id, "citizen": receipt.citizen_id, "outbox_state": "ready"}
    async with await psycopg.AsyncConnection.connect(here.url, autocommit=True) as connection:
        await connection.execute(statements.TELL, values | {"body": seal_reply(key, Reply("稍后"))})
    async with here.worker():
        handed = await reception(here).hand_over(receipt.inbox_id, 10, all_of)
    assert [reply.text for reply in handed.replies] == ["收到：你好"]
    assert await here.fetch("SELECT DISTINCT state FROM outbox") == [("sent",)]


async def test_an_erasure_and_an_answer_do_not_block_each_other(here: Town) -> None:
    async with here.worker():
        receipts = [await reception(here).accept(message(f"话{n}", n, held=True)) for n in range(5)]
        for receipt in receipts:
            await here.mailbox.wait(receipt.inbox_id, 10)

        async def erased() -> None:
            async with here.database.session() as session, session.begin():
                await remove_messages_of(session, [receipts[0].citizen_id])

        await asyncio.gather(
            erased(), *(reception(here).hand_over(one.inbox_id, 2, all_of) for one in receipts)
        )
    assert await here.fetch("SELECT count(*) FROM outbox") == [(0,)]


async def test_a_message_that_came_twice_opens_nothing_anew(here: Town) -> None:
    receipt = await reception(here).accept(message("你好", 1, opens="message"))
    async with windows(here) as budget:
        await budget.take(receipt.citizen_id)
        await reception(here).accept(message("你好", 1, opens="message"))
        assert await budget.left(receipt.citizen_id) == 4
