"""Jobs that were lost come back, and PostgreSQL may restart under everybody's feet."""

from __future__ import annotations

import asyncio
import os
import signal
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from bot.errors import StorageError
from bot.intake import statements
from bot.storage.migrate import upgrade
from serve.embedded_postgres import EmbeddedPostgres
from serve.worker import WorkerService
from tests.support.town import LEFT, Town, town


@pytest.fixture
async def here(database_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    async with town(database_url, tmp_path) as opened:
        yield opened


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sweeps at once instead of after half a minute."""
    monkeypatch.setattr("bot.intake.rescue.SWEEP_EVERY", 0.0)
    monkeypatch.setattr("bot.intake.rescue.SWEEP_OLDER", 0.0)


@pytest.mark.usefixtures("often")
async def test_a_message_whose_job_was_deleted_is_answered(here: Town) -> None:
    first, second = await here.say("路灯坏了"), await here.say("在学院路")
    await here.fetch("DELETE FROM procrastinate_jobs")
    async with here.worker():
        assert await here.hears(first) == ["收到：路灯坏了"]
        assert await here.hears(second) == ["收到：在学院路"]
    assert [turn["inbox_id"] for turn in here.turns()] == [first.inbox_id, second.inbox_id]


async def test_a_lost_periodic_job_whose_next_one_waits_keeps_no_turn_from_being_brought_back(
    here: Town,
) -> None:
    """Both have one queueing lock: brought back, the lost one would be the second in the queue, which may not be."""
    job = (
        "INSERT INTO procrastinate_jobs (queue_name, task_name, lock, queueing_lock, args, status)"
        " VALUES ('custody', 'custody:erase', 'custody.erase', 'custody.erase', jsonb_build_object('timestamp', %s::int), %s)"
    )
    await here.fetch(job, 1, "doing")
    await here.fetch(job, 2, "todo")
    await here.say("路灯坏了")
    await here.fetch("UPDATE procrastinate_jobs SET status = 'doing' WHERE queue_name = 'turns'")
    async with await psycopg.AsyncConnection.connect(here.url, autocommit=True) as connection:
        await connection.execute(statements.RESCUE, {"silent": 5, "unknown": []})
    jobs = await here.fetch(
        "SELECT queue_name, status::text, args->>'timestamp' FROM procrastinate_jobs ORDER BY id"
    )
    assert jobs == [("custody", "todo", "2"), ("turns", "todo", None)]


async def test_a_job_that_its_living_worker_does_not_know_is_done(here: Town) -> None:
    """PostgreSQL may forget, in a crash, that a job ended; or the worker, that it began."""
    async with here.worker():
        await here.hears(await here.say("热身"))
        receipt = await here.say("慢1 一")
        await asyncio.sleep(0.3)
        blocked = await here.say("路灯坏了")
        await here.hears(receipt)
        await here.fetch(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = (SELECT max(id) FROM procrastinate_workers)"
            " WHERE status = 'todo'"
        )
        assert await here.hears(blocked) == ["收到：路灯坏了"]
    assert len(here.turns()) == 3


async def test_a_worker_without_postgresql_ends_with_an_error(
    here: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its supervisor has to see that, and start another."""
    monkeypatch.setattr("serve.worker.PATIENCE", 0.5)
    service = WorkerService(here.settings, "postgresql://nobody@127.0.0.1:9/nothing?connect_timeout=1")
    with pytest.raises(StorageError):
        await asyncio.wait_for(service.run(), 60)


async def test_a_worker_whose_postgresql_goes_away_for_good_ends_with_an_error(
    here: Town, postgres: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("serve.worker.PATIENCE", 1.0)
    service = WorkerService(here.settings, here.url)
    working = asyncio.create_task(service.run())
    assert await here.hears(await here.say("之前")) == ["收到：之前"]
    name = make_url(here.url).database
    async with await psycopg.AsyncConnection.connect(
        make_url(here.url).set(database="postgres").render_as_string(hide_password=False), autocommit=True
    ) as connection:
        await connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")  # type: ignore[arg-type]
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,)
        )
        with pytest.raises(StorageError):
            await asyncio.wait_for(working, 60)


@pytest.mark.slow
async def test_everybody_goes_on_after_postgresql_crashed(tmp_path: Path) -> None:
    """Slow: a server process is killed under a busy town; PostgreSQL cuts everybody off and recovers."""
    with (
        tempfile.TemporaryDirectory(prefix="suda-test-") as folder,
        EmbeddedPostgres(Path(folder)) as server,
    ):
        upgrade(server.url)
        async with town(server.url, tmp_path) as here, here.worker():
            assert await here.hears(await here.say("之前")) == ["收到：之前"]
            during = [await here.say("慢0.5 期间", who=f"citizen-{n}") for n in range(5)]
            backends = await here.fetch(
                "SELECT pid FROM pg_stat_activity WHERE application_name = 'suda listener' LIMIT 1"
            )
            os.kill(backends[0][0], signal.SIGKILL)
            for receipt in during:
                assert await here.hears(receipt, 60) == ["收到：慢0.5 期间"]
            assert await here.hears(await here.say("之后"), 60) == ["收到：之后"]
            assert len(here.turns()) == 7
            assert await here.fetch("SELECT count(*) FROM outbox") == [(7,)]
            for _ in range(150):
                if await here.fetch(LEFT) == [(0,)]:
                    break
                await asyncio.sleep(0.1)
            else:
                pytest.fail("Jobs of answered messages stay in the queue.")
