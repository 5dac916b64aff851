"""The job engine's tasks: one turn, one citizen's deliveries; and when a job that failed runs again."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING
from uuid import UUID

from procrastinate import App, BaseRetryStrategy, JobContext, PsycopgConnector, RetryDecision
from procrastinate.blueprints import Blueprint
from procrastinate.jobs import Job

from bot.intake import statements
from bot.intake.turns import TryAgain

if TYPE_CHECKING:
    from bot.intake.delivery import Delivery
    from bot.intake.turns import Turns

logging.getLogger("procrastinate").setLevel(logging.WARNING)  # it logs four lines a job, arguments included

POSTGRES_PAUSE = 2
"""Seconds before a job whose database failed runs again."""


class Again(BaseRetryStrategy):
    """Jobs end by themselves (a message is answered or given up), so whatever else ends them is tried again.

    The wait is the only time at which a job of a citizen lies in the future: later messages of that citizen wait behind
    it, which keeps their order. Timers and surveys must not use a citizen's lock: they would silence the citizen.
    """

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:  # noqa: ARG002
        """When to run again: as the turn asked, at once after a stop of the worker, else after a pause."""
        if isinstance(exception, TryAgain):
            return RetryDecision(retry_in={"milliseconds": int(exception.after * 1000)})
        if isinstance(exception, asyncio.CancelledError):
            return RetryDecision()
        return RetryDecision(retry_in={"seconds": POSTGRES_PAUSE})


def job_app(turns: Turns, blueprints: Iterable[tuple[Blueprint, str]] = ()) -> App:
    """The Procrastinate app of the worker that takes turns; open it with a pool in autocommit.

    Args:
        turns: Takes the turns.
        blueprints: Tasks of other rooms, each with its namespace.
    """
    app = App(connector=PsycopgConnector())

    @app.task(name=statements.TURN_TASK, queue=statements.TURN_QUEUE, retry=Again(), pass_context=True)
    async def take_turn(context: JobContext, *, inbox_id: int) -> None:
        await turns.take(inbox_id, tries=context.job.attempts)

    for blueprint, namespace in blueprints:
        app.add_tasks_from(blueprint, namespace=namespace)
    return app


def delivery_app(delivery: Delivery) -> App:
    """The Procrastinate app of the worker that sends what channels cannot fetch; open it with a pool in autocommit."""
    app = App(connector=PsycopgConnector())

    @app.task(
        name=statements.DELIVERY_TASK, queue=statements.DELIVERY_QUEUE, retry=Again(), pass_context=True
    )
    async def deliver(context: JobContext, *, citizen_id: str) -> None:
        await delivery.deliver(UUID(citizen_id), tries=context.job.attempts)

    return app
