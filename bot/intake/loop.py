"""Procrastinate's worker, made prompt and hardy where its own loop is not.

Measured reasons (docs/performance.md, section Intake):

- its loop forgets a notification that arrives while it looks for work, and a finished job wakes nobody although it
  freed a citizen's lock: both are stalls until the next poll. Here the wish to look is cleared *before* looking, and
  every finished job looks again;
- when PostgreSQL restarts while a job ends, the end is never written and the job stays ``doing`` for ever. Here it is
  written again, and what a live worker no longer runs is rescued like a dead worker's jobs;
- looking at an empty queue costs as much as finding a job, so one look takes up to :data:`BATCH` jobs.

The overridden methods are private to Procrastinate: ``tests/contract/test_procrastinate.py`` guards them.
"""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import structlog
from procrastinate import exceptions, jobs, utils
from procrastinate.job_context import JobContext, JobResult
from procrastinate.retry import RetryDecision
from procrastinate.worker import Worker
from psycopg_pool import PoolTimeout

from bot.errors import StorageError

_log = structlog.get_logger(__name__)

BATCH = 4
"""Jobs one look may take."""

# Naming the row's number in the arguments is what makes PostgreSQL call the function anew for each row.
FETCH = """
SELECT job.id, job.status, job.task_name, job.priority, job.lock, job.queueing_lock, job.args, job.scheduled_at,
       job.queue_name, job.attempts, job.worker_id
  FROM generate_series(1, %(many)s) AS number,
       LATERAL procrastinate_fetch_job_v2(%(queues)s::varchar[], %(worker_id)s + 0 * number) AS job
 WHERE job.id IS NOT NULL
"""


class TurnWorker(Worker):
    """A Procrastinate worker that never sleeps on work that waits.

    Args:
        patience: Seconds PostgreSQL may be away before the worker ends, so that a supervisor starts a new one.
        others: Keyword arguments of :class:`procrastinate.worker.Worker`.
    """

    def __init__(self, *, patience: float = 30.0, **others: Any) -> None:
        super().__init__(**others)
        self._patience = patience
        self._away_since: float | None = None
        self._ending = False

    async def work(self) -> None:
        """Work until :meth:`end`.

        Raises:
            StorageError: PostgreSQL was away for longer than the patience. Jobs in hand are rescued by another worker.
        """
        self._ending = False
        try:
            await self.run()  # type: ignore[no-untyped-call]
        except (exceptions.ConnectorException, psycopg.Error) as error:
            raise StorageError("The worker ended because PostgreSQL was away for too long.") from error
        if not self._ending:
            raise StorageError("The worker ended because PostgreSQL was away for too long.")

    def end(self) -> None:
        """Take no more jobs; :meth:`work` returns when those in hand are done."""
        self._ending = True
        self.stop()  # type: ignore[no-untyped-call]

    def look(self) -> None:
        """Wake the worker: there may be work."""
        self._new_job_event.set()

    def look_in(self, seconds: float) -> None:
        """Wake the worker later, for a job that may not run before then."""
        asyncio.get_running_loop().call_later(seconds + 0.02, self.look)

    @property
    def running(self) -> frozenset[int]:
        """Ids of the jobs in hand."""
        return frozenset(context.job.id for context in self._running_jobs.values() if context.job.id)

    async def _fetch_and_process_jobs(self) -> None:
        while not self._stop_event.is_set():
            if self._job_semaphore.locked():
                slot = asyncio.create_task(self._job_semaphore.acquire())
                await utils.wait_any(slot, self._stop_event.wait())
                if slot.done() and not slot.cancelled():
                    self._job_semaphore.release()
                continue
            self._new_job_event.clear()
            free = min(BATCH, self.concurrency - len(self._running_jobs))
            found = await self._fetch(free)
            for job in found:
                await (
                    self._job_semaphore.acquire()
                )  # at once: slots were counted above and nobody else takes any
                self._start(job)
            if len(found) < free:
                return

    async def _fetch(self, many: int) -> list[jobs.Job]:
        try:
            rows = await self.app.connector.execute_query_all_async(
                FETCH, many=many, queues=self.queues, worker_id=self.worker_id
            )
        except exceptions.UniqueViolation:  # another worker took a job of the same citizen in this instant
            self.look()
            return []
        except (exceptions.ConnectorException, psycopg.Error) as error:
            if not self._bear(error):
                raise
            await asyncio.sleep(0.5)
            self.look()
            return []
        self._away_since = None
        return [jobs.Job.from_row(row) for row in rows]

    def _log_extra(self, action: str, *_: Any, **__: Any) -> dict[str, Any]:
        """Procrastinate copies the whole job four times for logs that are off, and the copy would hold its arguments."""
        return {"action": action}

    def _start(self, job: jobs.Job) -> None:
        context = JobContext(
            app=self.app,
            worker_name=self.worker_name,
            worker_queues=self.queues,
            additional_context={},
            job=job,
            abort_reason=lambda: self._job_ids_to_abort.get(job.id) if job.id else None,
            start_timestamp=time.time(),
        )
        task = asyncio.create_task(self._process_job(context))
        self._running_jobs[task] = context
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        del self._running_jobs[task]
        self._job_semaphore.release()
        self.look()
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("job_end_not_written", error=type(error).__name__)

    async def _persist_job_status(
        self,
        job: jobs.Job,
        status: jobs.Status,
        retry_decision: RetryDecision | None,
        context: JobContext,
        job_result: JobResult | None,
    ) -> None:
        while True:
            try:
                await super()._persist_job_status(job, status, retry_decision, context, job_result)
                break
            except exceptions.ConnectorException as error:
                if not _connection_lost(error) or not self._bear(error):
                    raise
                await asyncio.sleep(0.5)
        if retry_decision is not None and retry_decision.retry_at is not None:
            self.look_in(max(0.0, (retry_decision.retry_at - datetime.now(UTC)) / timedelta(seconds=1)))

    async def _update_heartbeat(self) -> None:
        while True:
            await asyncio.sleep(self.update_heartbeat_interval)
            try:
                if self.worker_id is not None:
                    await self.app.job_manager.update_heartbeat(self.worker_id)
                self._away_since = None
            except (exceptions.ConnectorException, psycopg.Error) as error:
                if not self._bear(error):
                    raise

    async def _periodic_deferrer(self) -> None:
        """Procrastinate's ends the worker at the first error; a tick that was missed is caught up by its own rules."""
        while True:
            try:
                await super()._periodic_deferrer()  # type: ignore[no-untyped-call]
            except (exceptions.ConnectorException, psycopg.Error, PoolTimeout) as error:
                _log.warning("periodic_work_not_deferred", error=type(error).__name__)
                await asyncio.sleep(1.0)
            else:  # there is no periodic work; Procrastinate watches over a worker until its first side task ends
                await asyncio.Event().wait()

    def _bear(self, error: Exception) -> bool:
        """Whether to go on although PostgreSQL failed; False once it was away for longer than the patience."""
        now = time.monotonic()
        if self._away_since is None:
            self._away_since = now
        away = now - self._away_since
        _log.warning("postgresql_away", error=type(error).__name__, seconds=round(away, 1))
        return away < self._patience


def _connection_lost(error: exceptions.ConnectorException) -> bool:
    return isinstance(error.__cause__, psycopg.OperationalError)
