"""Power cuts at every step of a turn: real processes, SIGKILL, and then exactly one set of replies and one case."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.intake import Listener, Mailbox
from bot.storage import Database
from bot.storage.secrets import get_vault
from tests.support.processes import Processes, processes
from tests.support.town import LEFT, Town, journal_entries, settings_for

pytestmark = pytest.mark.slow  # each waits for the rescue of a dead worker's job, about six seconds

SAID = "断电，楼下路灯坏了，请立案"
HEARD = [f"收到：{SAID}", "已经登记。"]


@pytest.fixture
def family(database_url: str, tmp_path: Path) -> Iterator[Processes]:
    with processes(tmp_path, database_url) as opened:
        yield opened


@pytest.fixture
async def here(family: Processes, database_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    """The citizens' side; engine and workers are processes of ``family``."""
    settings = settings_for(tmp_path, family.port)
    vault = get_vault(settings)
    listener = Listener(database_url)
    mailbox = Mailbox(database_url, vault, listener)
    async with Database(database_url) as database, listener, mailbox:
        yield Town(settings, database_url, database, vault, listener, mailbox, family.journal)


async def died(process: subprocess.Popen[bytes]) -> None:
    """Wait until the process was killed; that it was killed is part of the test."""
    assert await asyncio.to_thread(process.wait, 60) == -9


async def answered_once(here: Town, inbox_id: int) -> None:
    replies = await here.mailbox.wait_for_replies(inbox_id, 120)
    assert replies is not None
    assert [reply.text for reply in replies] == HEARD
    await asyncio.sleep(0.5)  # a second answer would come now
    assert await here.fetch("SELECT seq FROM outbox WHERE kind = 'reply' ORDER BY seq") == [(0,), (1,)]
    notices = await here.fetch("SELECT count(*) FROM outbox WHERE kind <> 'reply'")
    assert notices[0][0] <= 1  # while the engine was away the citizen may have been told so, once
    assert [entry["case"] for entry in journal_entries(here.journal)] == [True]
    for _ in range(100):
        if await here.fetch(LEFT) == [(0,)]:
            return
        await asyncio.sleep(0.1)
    pytest.fail("The job of an answered message stays in the queue.")


@pytest.mark.parametrize("step", ["before_engine", "after_engine", "after_outbox"])
async def test_a_worker_that_dies_is_made_up_for_by_the_next(
    here: Town, family: Processes, step: str
) -> None:
    family.engine()
    first = family.worker(fault=step)
    receipt = await here.say(SAID)
    await died(first)
    family.worker()
    await answered_once(here, receipt.inbox_id)


async def test_a_worker_killed_while_the_engine_thinks_is_made_up_for(here: Town, family: Processes) -> None:
    family.engine()
    first = family.worker()
    await here.mailbox.wait_for_replies((await here.say("你好")).inbox_id, 40)
    receipt = await here.say("慢2 楼下路灯坏了，请立案")
    await asyncio.sleep(1)
    first.kill()
    await died(first)
    family.worker()
    replies = await here.mailbox.wait_for_replies(receipt.inbox_id, 40)
    assert replies is not None
    assert [reply.text for reply in replies] == ["收到：慢2 楼下路灯坏了，请立案", "已经登记。"]
    assert [entry["case"] for entry in journal_entries(here.journal)] == [False, True]


@pytest.mark.parametrize("step", ["before_record", "after_record"])
async def test_an_engine_that_dies_in_a_turn_is_asked_again(here: Town, family: Processes, step: str) -> None:
    engine = family.engine(fault=step)
    family.worker()
    receipt = await here.say(SAID)
    await died(engine)
    family.engine()
    await answered_once(here, receipt.inbox_id)


async def test_engine_and_worker_dying_together_lose_nothing(here: Town, family: Processes) -> None:
    engine = family.engine(fault="after_record")
    worker = family.worker()
    receipt = await here.say(SAID)
    await died(engine)
    worker.kill()
    family.engine()
    family.worker()
    await answered_once(here, receipt.inbox_id)


async def test_a_message_accepted_while_nobody_works_is_answered_later(here: Town, family: Processes) -> None:
    receipt = await here.say(SAID)
    family.worker()
    await asyncio.sleep(3)
    family.engine()
    replies = await here.mailbox.wait_for_replies(receipt.inbox_id, 40)
    assert replies is not None
    assert [reply.text for reply in replies] == HEARD


async def test_a_message_that_kills_every_worker_ends_with_an_apology(here: Town, family: Processes) -> None:
    """Each death costs the message one of its tries; the citizen's next message is answered."""
    receipt = await here.say("要命的话")
    await here.fetch("UPDATE inbox SET attempts = 5")
    family.engine()
    await died(family.worker(fault="before_engine"))
    family.worker()
    replies = await here.mailbox.wait_for_replies(receipt.inbox_id, 40)
    assert replies is not None
    assert "工作人员会看到" in replies[0].text
    assert await here.fetch("SELECT state, error_code FROM inbox") == [("failed", "too_many_attempts")]
    assert journal_entries(here.journal) == []


async def test_a_worker_told_to_stop_finishes_the_turn_in_hand(here: Town, family: Processes) -> None:
    family.engine()
    worker = family.worker()
    hello = await here.say("你好")
    receipt = await here.say("慢1.5 路灯坏了")
    await here.mailbox.wait_for_replies(hello.inbox_id, 40)
    await asyncio.sleep(0.5)
    worker.terminate()
    replies = await here.mailbox.wait_for_replies(receipt.inbox_id, 10)
    assert replies is not None
    assert worker.wait(timeout=20) == 0
    assert await here.fetch(LEFT) == [(0,)]
    assert await here.fetch("SELECT count(*) FROM procrastinate_workers") == [(0,)]
