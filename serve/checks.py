"""How each part of the app is asked whether it can work, and how the queue and the processes are measured."""

from __future__ import annotations

import asyncio
from functools import partial

import aiohttp
import psutil
from sqlalchemy import text

from bot.observability import metrics
from bot.settings import Settings
from bot.storage import Database
from bot.storage.migrate import head
from bot.storage.secrets import engine_secret
from console.readiness import Check, Part
from serve.backroom import BackRoom
from serve.supervisor.instance import find_running

WORKER_SILENT = 6.0
"""Seconds without a sign of life after which there counts as no worker; workers give one each second."""

_REVISION = text("SELECT version_num FROM alembic_version")
_WORKERS = text(
    "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - make_interval(secs => :silent)"
)
_QUEUE = text(
    "SELECT count(*), coalesce(extract(epoch FROM now() - min(created_at)), 0) FROM inbox WHERE state = 'waiting'"
)
_CALLS = text(
    "SELECT state, count(*), coalesce(extract(epoch FROM now() - min(created_at)), 0) FROM call "
    "WHERE state IN ('open', 'draft', 'empty') GROUP BY state"
)


def checks(
    settings: Settings, database: Database, room: BackRoom, http: aiohttp.ClientSession
) -> dict[str, Check]:
    """The parts of a running app by name.

    Args:
        settings: Where the engine is.
        database: The app's.
        room: Where the models are.
        http: For asking the engine.
    """
    newest = head()

    async def database_answers() -> Part:
        async with database.session() as session:
            await session.execute(text("SELECT 1"))
        return Part(ready=True)

    async def migrated() -> Part:
        async with database.session() as session:
            revision = (await session.execute(_REVISION)).scalar()
        return Part(
            ready=revision == newest,
            detail=f"at {revision}, code wants {newest}" if revision != newest else "",
        )

    async def worker_lives() -> Part:
        async with database.session() as session:
            living = (await session.execute(_WORKERS, {"silent": WORKER_SILENT})).scalar() or 0
        return Part(ready=living > 0, detail="" if living else "no worker gives a sign of life")

    async def engine_answers() -> Part:
        headers = {"Authorization": f"Bearer {engine_secret(settings)}"}
        url = f"{settings.engine_url.rstrip('/')}/webhooks/suda/health"
        try:
            async with http.get(url, headers=headers) as response:
                return Part(
                    ready=response.status == 200,
                    detail="" if response.status == 200 else f"status {response.status}",
                )
        except aiohttp.ClientError:
            return Part(ready=False, detail="cannot be reached")

    async def is_loaded(name: str) -> Part:
        return (await room.parts())[name]

    return {
        **{name: partial(is_loaded, name) for name in room.names},
        "database": database_answers,
        "migrations": migrated,
        "worker": worker_lives,
        "engine": engine_answers,
    }


async def refresh_metrics(settings: Settings, database: Database) -> None:
    """Bring the gauges up to date: the queue, and every process of this machine's system."""
    async with database.session() as session:
        depth, age = (await session.execute(_QUEUE)).one()
        calls = {state: (count, oldest) for state, count, oldest in (await session.execute(_CALLS)).all()}
    metrics.QUEUE_DEPTH.set(depth)
    metrics.QUEUE_AGE.set(float(age))
    for state in ("open", "draft", "empty"):
        metrics.CALLS_WAITING.labels(state).set(calls.get(state, (0, 0))[0])
    metrics.CALLS_AGE.set(float(calls.get("draft", (0, 0))[1]))
    await asyncio.to_thread(_measure_processes, settings)


def _measure_processes(settings: Settings) -> None:
    running = find_running(settings.data_dir)
    for name, pid in ({"app": psutil.Process().pid} if running is None else running.processes).items():
        try:
            process = psutil.Process(pid)
            members = [process, *process.children(recursive=True)] if name == "postgres" else [process]
            cpu = sum(sum(member.cpu_times()[:2]) for member in members)
            memory = sum(member.memory_info().rss for member in members)
        except psutil.Error:  # it ended meanwhile; the supervisor writes its successor's id
            continue
        metrics.PROCESS_CPU.labels(name).set(cpu)
        metrics.PROCESS_MEMORY.labels(name).set(memory)
