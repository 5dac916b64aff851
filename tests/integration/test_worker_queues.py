"""A platform that stands holds up only its own citizens: deliveries have a worker of their own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest

from bot.attachments import jobs as attachments
from bot.calls import jobs as calls
from bot.calls.taking import HEAR_TASK, RECORDINGS_QUEUE
from bot.calls.taking import NAMESPACE as CALLS
from bot.custody import jobs as custody
from bot.errors import PlatformAway
from bot.intake import Reception
from bot.intake.delivery import Recipient
from bot.intake.jobs import delivery_app, job_app
from bot.intake.statements import DELIVERY_QUEUE, DELIVERY_TASK
from bot.messages import Incoming, Reply
from serve.worker import TURN_QUEUES
from tests.support.town import LEFT, Town, town

SLOW = 3.0
"""Seconds that one call to the platform takes: what a connector waits for a connection."""
PROMPT = 2.0
"""Seconds within which a citizen of another channel is answered meanwhile."""
CITIZENS = 40
AT_ONCE = 16
"""Deliveries one worker makes at the same time."""


@pytest.fixture
async def here(database_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    async with town(database_url, tmp_path) as opened:
        yield opened


class Slow:
    """A platform whose calls take long, and fail when it stands."""

    def __init__(self, *, stands: bool) -> None:
        self.stands = stands
        self.tried: set[str] = set()
        self.sent: list[str] = []

    async def send(self, to: Recipient, replies: Sequence[Reply]) -> int:
        assert replies
        self.tried.add(to.address)
        await asyncio.sleep(SLOW)
        if self.stands:
            raise PlatformAway("No connection.")
        self.sent.append(to.address)
        return 1


async def crowd(here: Town, citizens: int) -> None:
    """So many citizens of the slow platform write."""
    reception = Reception(here.database, here.vault, here.mailbox)
    message = Incoming("letter", "", "", "路灯坏了", datetime.now(UTC))
    for number in range(citizens):
        await reception.accept(replace(message, address=f"甲{number}", external_id=f"m{number}"))


async def until(true: Callable[[], bool], seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 - a look at a test's own list
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("stands", [True, False], ids=["standing", "slow"])
async def test_a_platform_that_holds_up_its_own_citizens_delays_nobody_else(
    here: Town, *, stands: bool
) -> None:
    platform = Slow(stands=stands)
    async with here.worker(senders={"letter": platform}):
        await crowd(here, CITIZENS)
        await until(lambda: len(platform.tried) >= AT_ONCE)
        for number in range(3):
            began = time.monotonic()
            assert await here.hears(await here.say("你好", who=f"w{number}")) == ["收到：你好"]
            assert time.monotonic() - began < PROMPT
        assert len(platform.sent) < CITIZENS
        if not stands:
            await until(lambda: len(platform.sent) == CITIZENS)
    assert len(set(platform.sent)) == len(platform.sent)


async def test_a_worker_that_is_stopped_finishes_the_deliveries_in_hand(here: Town) -> None:
    platform = Slow(stands=False)
    async with here.worker(senders={"letter": platform}) as worker:
        await crowd(here, 2)
        await until(lambda: len(platform.tried) == 2)
        assert await here.fetch("SELECT count(*) FROM procrastinate_workers") == [(3,)]
        worker.stop()
    assert len(platform.sent) == 2
    assert await here.fetch("SELECT state, count(*) FROM outbox GROUP BY state") == [("sent", 2)]
    assert await here.fetch(LEFT) == [(0,)]
    assert await here.fetch("SELECT count(*) FROM procrastinate_workers") == [(0,)]


async def test_a_lost_job_of_one_queue_is_taken_at_once_whoever_found_it(
    here: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("serve.crew.POLL", 60.0)  # nobody looks who was not woken
    platform = Slow(stands=False)
    async with here.worker(senders={"letter": platform}):
        assert await here.hears(await here.say("热身"))
        await here.fetch(
            "INSERT INTO procrastinate_workers (id, last_heartbeat) OVERRIDING SYSTEM VALUE"
            " VALUES (1000, now() - interval '1 hour')"
        )
        await here.fetch("ALTER TABLE procrastinate_jobs DISABLE TRIGGER USER")
        receipt = await here.say("路灯坏了")
        await here.fetch("UPDATE procrastinate_jobs SET status = 'doing', worker_id = 1000")
        await here.fetch("ALTER TABLE procrastinate_jobs ENABLE TRIGGER USER")
        assert await here.hears(receipt, 10) == ["收到：路灯坏了"]


def test_every_queue_that_a_task_names_has_a_worker_and_periodic_work_has_one() -> None:
    nothing = cast("Any", None)
    blueprints = [
        (custody.custody_jobs(nothing), custody.NAMESPACE),
        (attachments.attachment_jobs(nothing), attachments.NAMESPACE),
        (calls.call_jobs(nothing), CALLS),
    ]
    turns, deliveries = job_app(nothing, blueprints), delivery_app(nothing)
    recordings = calls.recordings_app(nothing)
    ours = [task for name, task in turns.tasks.items() if not name.startswith(("builtin:", "procrastinate."))]
    assert {task.queue for task in ours} == set(TURN_QUEUES)
    assert deliveries.tasks[DELIVERY_TASK].queue == DELIVERY_QUEUE
    assert DELIVERY_TASK not in turns.tasks
    assert recordings.tasks[HEAR_TASK].queue == RECORDINGS_QUEUE
    assert HEAR_TASK not in turns.tasks
    assert len(turns.periodic_registry.periodic_tasks) == 6
    assert not recordings.periodic_registry.periodic_tasks
    assert not deliveries.periodic_registry.periodic_tasks
