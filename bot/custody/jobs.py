"""The worker's periodic work for citizens' data: erasures every minute, retention every hour."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

import structlog
from procrastinate.blueprints import Blueprint

from bot.clock import now
from bot.custody.erasing import erase
from bot.custody.retention import expire
from bot.errors import DialogueError
from bot.identity import everyone_of
from bot.identity.erasure import claim_erasure, erasures_due, erasures_unfinished, finish_erasure
from bot.storage import Database

_log = structlog.get_logger(__name__)

NAMESPACE = "custody"
QUEUE = "custody"
EVERY_MINUTE = "* * * * *"
EVERY_HOUR = "17 * * * *"
"""More often than daily, so that a machine that is off at night does it too."""


class Forgets(Protocol):
    """What is needed of an engine client."""

    async def forget(self, citizen_id: UUID) -> None:
        """Drop a conversation from the engine's memory and store."""
        ...


class Custodian:
    """Carries out what is due; one a worker. Several workers at once do each erasure once.

    Args:
        database: Each erasure is one transaction on it.
        engine: Remembers conversations too.
        retention: How long messages are kept.
        settle: How long after the erasure here the engine is told: longer than a turn can take, so that a turn that was in
            hand when the key was destroyed cannot bring anything back.
        clock: The present moment, aware.
    """

    def __init__(
        self,
        database: Database,
        engine: Forgets,
        *,
        retention: timedelta,
        settle: timedelta,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._database = database
        self._engine = engine
        self._retention = retention
        self._settle = settle
        self._clock = clock

    async def erase_due(self) -> int:
        """Erase whoever's wish is due; how many citizens. One that fails is tried again by the next call."""
        async with self._database.session() as session:
            due = await erasures_due(session, self._clock())
        done = 0
        for citizen_id in due:
            try:
                done += await self._erase(citizen_id)
            except Exception as error:  # the others must not wait for this one
                _log.error("erasure_failed", error=type(error).__name__)
        return done

    async def finish(self) -> int:
        """Have the engine forget who was erased, until it did; how many erasures are whole now."""
        async with self._database.session() as session:
            unfinished = await erasures_unfinished(session, self._clock() - self._settle)
        done = 0
        for citizen_id in unfinished:
            try:
                done += await self._finish(citizen_id)
            except DialogueError as error:
                _log.warning("engine_does_not_forget_yet", error=type(error).__name__)
            except Exception as error:
                _log.error("erasure_not_finished", error=type(error).__name__)
        return done

    async def expire(self) -> int:
        """Delete what is older than the retention; how many rows."""
        removed = await expire(self._database, self._clock(), self._retention)
        if removed:
            _log.info("old_conversations_deleted", rows=removed)
        return removed

    async def _erase(self, citizen_id: UUID) -> bool:
        at = self._clock()
        async with self._database.session() as session, session.begin():
            if not await claim_erasure(session, citizen_id, at):
                return False
            erased = await erase(session, citizen_id, at)
        _log.info(
            "citizen_erased",
            citizens=erased.citizens,
            cases=erased.cases,
            handovers=erased.handovers,
            messages=erased.messages,
        )
        return True

    async def _finish(self, citizen_id: UUID) -> bool:
        async with self._database.session() as session:
            everyone = await everyone_of(session, citizen_id)
        for someone in everyone:
            await self._engine.forget(someone)
        at = self._clock()
        async with self._database.session() as session, session.begin():
            if not await finish_erasure(session, citizen_id, at):
                return False
            await erase(session, citizen_id, at)  # what a turn in hand may have left
        return True


def custody_jobs(custodian: Custodian) -> Blueprint:
    """The periodic tasks, for :func:`bot.intake.jobs.job_app` with :data:`NAMESPACE`.

    Their locks are their own: a citizen's lock would silence the citizen. They never fail: what could not be done now is
    done by the next tick.
    """
    jobs = Blueprint()

    @jobs.periodic(cron=EVERY_MINUTE)
    @jobs.task(name="erase", queue=QUEUE, lock="custody.erase", queueing_lock="custody.erase")
    async def erase_due(timestamp: int) -> None:  # noqa: ARG001 - procrastinate names the tick
        try:
            await custodian.erase_due()
            await custodian.finish()
        except Exception as error:
            _log.error("erasures_not_looked_at", error=type(error).__name__)

    @jobs.periodic(cron=EVERY_HOUR)
    @jobs.task(name="expire", queue=QUEUE, lock="custody.expire", queueing_lock="custody.expire")
    async def expire_old(timestamp: int) -> None:  # noqa: ARG001
        try:
            await custodian.expire()
        except Exception as error:
            _log.error("retention_not_carried_out", error=type(error).__name__)

    return jobs
