"""What brings lost jobs back: of workers that died, of workers that forgot, and of messages that have none."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import psycopg
import structlog
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from bot.intake import statements
from bot.intake.holding import let_go_forgotten
from bot.intake.loop import TurnWorker

_log = structlog.get_logger(__name__)

HEARTBEAT = 1.0
"""Seconds between a worker's signs of life."""
SILENT = 5.0
"""Seconds of silence after which a worker counts as dead. One that was only paused runs its jobs a second time, which is
harmless: the engine repeats its answer, the outbox takes it once, and what a sender may have sent is not sent again."""
SWEEP_EVERY = 15.0
SWEEP_OLDER = 30.0
HELD_LONGEST = 30.0
"""Seconds after which no platform waits for the reply to its own request: WeChat tries three times within 15."""


class Rescue:
    """Looks every second; one a worker.

    Args:
        pool: Connections in autocommit.
        worker: The worker beside which it runs.
    """

    def __init__(self, pool: AsyncConnectionPool[psycopg.AsyncConnection[Any]], worker: TurnWorker) -> None:
        self._pool = pool
        self._worker = worker
        self._suspects: frozenset[int] = frozenset()
        self._swept = time.monotonic()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(HEARTBEAT)
            try:
                await self.look()
            except (psycopg.Error, PoolTimeout) as error:
                _log.warning("rescue_cannot_look", error=type(error).__name__)

    async def look(self) -> int:
        """Bring back what is lost now.

        Returns:
            How many jobs.
        """
        unknown = await self._unknown()
        saved = await self._execute(statements.RESCUE, {"silent": SILENT, "unknown": unknown})
        if time.monotonic() - self._swept >= SWEEP_EVERY:
            self._swept = time.monotonic()
            saved += await self._execute(statements.SWEEP, {"older": SWEEP_OLDER})
            saved += await let_go_forgotten(self._pool, HELD_LONGEST)
        if saved:
            _log.warning("jobs_rescued", jobs=saved)
            self._worker.look()
        return saved

    async def _unknown(self) -> list[int]:
        """Jobs that PostgreSQL says this worker runs, and it did not, now and a second ago."""
        if self._worker.worker_id is None:
            return []
        async with self._pool.connection() as connection:
            cursor = await connection.execute(statements.MINE, {"worker_id": self._worker.worker_id})
            held = frozenset(row[0] for row in await cursor.fetchall())
        suspects = held - self._worker.running
        unknown = suspects & self._suspects
        self._suspects = suspects - unknown
        return sorted(unknown)

    async def _execute(self, statement: str, values: dict[str, Any]) -> int:
        async with self._pool.connection() as connection:
            return (await connection.execute(statement, values)).rowcount
