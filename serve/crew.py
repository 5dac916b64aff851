"""Job workers of one process, each with queues of its own, that begin and end together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

import psycopg
from procrastinate import App
from psycopg_pool import AsyncConnectionPool

from bot.intake.listener import Listener
from bot.intake.loop import TurnWorker
from bot.intake.rescue import HEARTBEAT, SILENT, Rescue

POLL = 2.0
"""Seconds between looks that nobody asked for; wake-ups do the work, this is for the one that was lost."""
JOBS_OF = "procrastinate_queue_v1#{}"
"""Where PostgreSQL notifies of a queue's new jobs (migration 0001_jobs)."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How long a worker bears things.

    Attributes:
        patience: Seconds PostgreSQL may be away.
        notice: Seconds the jobs in hand get at the end.
    """

    patience: float
    notice: float


class Crew:
    """Workers that share a process; one that fails ends the others, so that whoever supervises starts all anew.

    ::

        crew = Crew()
        crew.hear(listener, ["turns", "delivery"])     # before the listener starts
        crew.hire(app, ["turns"], 16, terms)
        crew.hire(other_app, ["delivery"], 16, terms)
        await crew.work(pool)                          # until crew.end()

    Two workers must not share an app: Procrastinate's schedule of periodic work keeps its place in the app.
    """

    def __init__(self) -> None:
        self._workers: list[tuple[frozenset[str], TurnWorker]] = []
        self._ending = False

    def hear(self, listener: Listener, queues: Iterable[str]) -> None:
        """Wake the workers of these queues when there is a new job, and only them: a look costs both sides."""
        for queue in queues:
            listener.on(JOBS_OF.format(queue), partial(self._look, queue))

    def hire(self, app: App, queues: Iterable[str], concurrency: int, terms: Terms) -> None:
        """Add a worker.

        Args:
            app: Its tasks, open.
            queues: Where it takes jobs.
            concurrency: Jobs at the same time.
            terms: How long it bears things.
        """
        worker = TurnWorker(
            app=app,
            queues=list(queues),
            name="suda",
            concurrency=concurrency,
            delete_jobs="successful",
            listen_notify=False,  # our listener does it, and outlives restarts of PostgreSQL
            install_signal_handlers=False,
            fetch_job_polling_interval=POLL,
            abort_job_polling_interval=60.0,
            update_heartbeat_interval=HEARTBEAT,
            stalled_worker_timeout=SILENT,
            shutdown_graceful_timeout=terms.notice,
            patience=terms.patience,
        )
        self._workers.append((frozenset(queues), worker))

    def end(self) -> None:
        """Take no more jobs; :meth:`work` returns when those in hand are done."""
        self._ending = True
        for _queues, worker in self._workers:
            worker.end()

    async def work(self, pool: AsyncConnectionPool[psycopg.AsyncConnection[Any]]) -> None:
        """Work until :meth:`end`.

        Args:
            pool: Connections in autocommit, for bringing lost jobs back.

        Raises:
            StorageError: PostgreSQL was away for longer than a worker's patience.
        """
        workers = [worker for _queues, worker in self._workers]
        rescues = [asyncio.create_task(_Rescue(pool, worker, self._look).run()) for worker in workers]
        running = [asyncio.create_task(self._run(worker)) for worker in workers]
        try:
            await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.end()
            outcomes = await asyncio.gather(*running, return_exceptions=True)
            for rescue in rescues:
                rescue.cancel()
            await asyncio.gather(*rescues, return_exceptions=True)
        for error in outcomes:
            if error is not None:
                raise error

    async def _run(self, worker: TurnWorker) -> None:
        if not self._ending:
            await worker.work()

    def _look(self, queue: str | None = None, _payload: str = "") -> None:
        """Wake the worker of a queue, or all."""
        for queues, worker in self._workers:
            if queue is None or queue in queues:
                worker.look()


class _Rescue(Rescue):
    """Brings back any worker's lost jobs, so it wakes them all."""

    def __init__(
        self,
        pool: AsyncConnectionPool[psycopg.AsyncConnection[Any]],
        worker: TurnWorker,
        wake: Callable[[], None],
    ) -> None:
        super().__init__(pool, worker)
        self._wake = wake

    async def look(self) -> int:
        """Bring back what is lost now."""
        saved = await super().look()
        if saved:
            self._wake()
        return saved
