"""The worker's work for calls: drafts beside the turns, recordings one after the other in a queue of their own, calls whose end was lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from procrastinate import App, JobContext, PsycopgConnector
from procrastinate.blueprints import Blueprint

from bot.calls.drafting import Drafter
from bot.calls.hearing import Hearer
from bot.calls.taking import DRAFT_QUEUE, DRAFT_TASK, HEAR_TASK, NAMESPACE, RECORDINGS_QUEUE
from bot.clock import now
from bot.intake.jobs import Again

_log = structlog.get_logger(__name__)

EVERY_MINUTE = "* * * * *"
SILENT = timedelta(minutes=5)
"""After so long without a word a live call is over, also when nobody said so."""
RECORDINGS_AT_ONCE = 1


def call_jobs(drafter: Drafter, clock: Callable[[], datetime] = now, silent: timedelta = SILENT) -> Blueprint:
    """Tasks of the worker that takes turns, for :func:`bot.intake.jobs.job_app` with :data:`bot.calls.taking.NAMESPACE`."""
    jobs = Blueprint()

    @jobs.task(name=DRAFT_TASK.partition(":")[2], queue=DRAFT_QUEUE, retry=Again())
    async def draft(*, call_id: str) -> None:
        await drafter.draft(UUID(call_id))

    @jobs.periodic(cron=EVERY_MINUTE)
    @jobs.task(name="end_silent", queue=DRAFT_QUEUE, lock="calls.silent", queueing_lock="calls.silent")
    async def end_silent(timestamp: int) -> None:  # noqa: ARG001 - procrastinate names the tick
        try:
            await drafter.end_silent(clock() - silent)
        except Exception as error:
            _log.error("silent_calls_not_ended", error=type(error).__name__)

    return jobs


def recordings_app(hearer: Hearer) -> App:
    """The Procrastinate app of the worker that has recordings heard: a long one holds up nobody's turn. Open it with a pool in autocommit."""
    jobs = Blueprint()

    @jobs.task(name=HEAR_TASK.partition(":")[2], queue=RECORDINGS_QUEUE, retry=Again(), pass_context=True)
    async def hear(context: JobContext, *, call_id: str, attachment_id: int) -> None:
        await hearer.hear(UUID(call_id), attachment_id, tries=context.job.attempts)

    app = App(connector=PsycopgConnector())
    app.add_tasks_from(jobs, namespace=NAMESPACE)
    return app
