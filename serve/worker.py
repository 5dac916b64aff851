"""The worker: takes turns and delivers replies, inside the app process or as a process of its own (``suda work``).

Deliveries have slots and connections of their own: a platform that stands or is slow holds up nobody's turn.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack, nullcontext
from datetime import timedelta
from importlib import import_module
from importlib.util import find_spec
from typing import cast

import aiohttp

from bot.attachments import jobs as attachments
from bot.attachments.keeping import Keeper
from bot.attachments.scan import Scanner
from bot.attachments.signs import Signs
from bot.attachments.spoken import Spoken
from bot.attachments.step import MediaStep, Transcribe
from bot.attachments.store import open_store
from bot.calls.jobs import RECORDINGS_AT_ONCE
from bot.calls.taking import DRAFT_QUEUE, RECORDINGS_QUEUE
from bot.calls.taking import NAMESPACE as CALLS
from bot.connector import Fetcher, Host
from bot.custody import jobs as custody
from bot.intake import statements
from bot.intake.delivery import Delivery, Sender
from bot.intake.engine import EngineClient
from bot.intake.jobs import delivery_app, job_app
from bot.intake.listener import Listener
from bot.intake.turns import Turns
from bot.settings import Settings
from bot.speech.message import spoken_in
from bot.storage import Database, autocommit_pool, libpq_url
from bot.storage.secrets import engine_secret, get_vault
from serve.connectors import open_connectors
from serve.crew import Crew, Terms
from serve.hearing import speech_client
from serve.settled import settle
from serve.voice import calls_work

PATIENCE = 30.0
"""Seconds PostgreSQL may be away before the worker ends and its supervisor starts a new one."""
SETTLE = 10.0
"""Seconds beyond the longest turn after which the engine is told to forget a citizen who was erased."""
TURN_QUEUES = (statements.TURN_QUEUE, custody.QUEUE, attachments.QUEUE, DRAFT_QUEUE)
"""Queues of the worker that takes turns, and with them all that is not a delivery."""
DELIVERIES = 32
"""Citizens of all channels that are sent something at the same time."""


class WorkerService:
    """A worker that runs until stopped.

    ::

        worker = WorkerService(settings, database_url)
        task = asyncio.create_task(worker.run())
        ...
        worker.stop()      # finishes the turns in hand
        await task

    Args:
        settings: Where the engine is, how many citizens at once, how much of a message is read.
        database_url: The PostgreSQL that is used, in any form.
        listener: The process's listener when it has one already and has not started it; else the worker makes its own.
        senders: Senders by channel, beside those of the channels that the settings name.
        fetchers: The same of fetchers.
    """

    def __init__(
        self,
        settings: Settings,
        database_url: str,
        *,
        listener: Listener | None = None,
        senders: Mapping[str, Sender] | None = None,
        fetchers: Mapping[str, Fetcher] | None = None,
    ) -> None:
        self._settings = settings
        self._url = libpq_url(database_url)
        self._own_listener = Listener(self._url) if listener is None else None
        self._senders = senders or {}
        self._fetchers = fetchers or {}
        self._crew = Crew()
        heard = listener or self._own_listener or Listener(self._url)
        self._crew.hear(heard, (*TURN_QUEUES, statements.DELIVERY_QUEUE, RECORDINGS_QUEUE))

    def stop(self) -> None:
        """Take no more work and end when the turns and deliveries in hand are finished."""
        self._crew.end()

    async def run(self) -> None:
        """Work until :meth:`stop`.

        Raises:
            StorageError: PostgreSQL was away for longer than :data:`PATIENCE`.
        """
        settings = self._settings
        vault = get_vault(settings)
        # A turn's outcome must survive a power cut. That a job was claimed or is done need not: claimed again, it finds
        # its message answered. Not waiting for the disk there halves the waiting.
        async with (
            EngineClient(
                settings.engine_url,
                engine_secret(settings),
                timeout=settings.engine_timeout,
                connections=settings.worker_concurrency,
            ) as engine,
            autocommit_pool(self._url, 4, "suda turns", patience=PATIENCE) as turn_pool,
            autocommit_pool(self._url, 4, "suda deliveries", patience=PATIENCE) as delivery_pool,
            autocommit_pool(
                self._url, 4, "suda jobs", "-c synchronous_commit=off", patience=PATIENCE
            ) as job_pool,
            Database(self._url, pool_size=2) as database,
            aiohttp.ClientSession(trust_env=False) as http,
            open_connectors(settings, Host(settings, delivery_pool, vault, http)) as connectors,
        ):
            senders = {name: one.sender for name, one in connectors.items() if one.sender is not None}
            fetchers = {name: one.fetcher for name, one in connectors.items() if one.fetcher is not None}
            progress = {name: one.progress for name, one in connectors.items() if one.progress is not None}
            store, scanner = open_store(settings), Scanner(settings.attachment_scan)
            keeper = Keeper(database, store, scanner)
            turns = Turns(
                turn_pool,
                vault,
                engine,
                message_limit=settings.message_limit,
                media=MediaStep(
                    keeper,
                    {**fetchers, **self._fetchers},
                    _hearing(settings, http),
                    Signs(database, progress),
                ),
            )
            custodian = custody.Custodian(
                database,
                engine,
                retention=timedelta(days=settings.retention_days),
                settle=timedelta(seconds=settings.engine_timeout + SETTLE),
            )
            keeps = settings.recording_retention_days
            recordings = None if keeps is None else timedelta(days=keeps)
            porter = attachments.Porter(database, store, vault, scanner, recordings=recordings)
            calls, recordings_heard = calls_work(settings, database, vault, store, http)
            periodic = [
                (calls, CALLS),
                (custody.custody_jobs(custodian), custody.NAMESPACE),
                (attachments.attachment_jobs(porter), attachments.NAMESPACE),
            ]
            delivery = Delivery(delivery_pool, vault, {**senders, **self._senders})
            apps = job_app(turns, periodic), delivery_app(delivery), recordings_heard
            async with AsyncExitStack() as opened:
                for app in apps:
                    await opened.enter_async_context(app.open_async(pool=job_pool))
                terms = Terms(PATIENCE, settings.engine_timeout + 5)
                self._crew.hire(apps[0], TURN_QUEUES, settings.worker_concurrency, terms)
                self._crew.hire(apps[1], (statements.DELIVERY_QUEUE,), DELIVERIES, terms)
                self._crew.hire(apps[2], (RECORDINGS_QUEUE,), RECORDINGS_AT_ONCE, terms)
                settle()
                async with self._own_listener or nullcontext():
                    await self._crew.work(job_pool)


def _hearing(settings: Settings, http: aiohttp.ClientSession) -> Transcribe:
    """How voice notes are heard, by whoever hears when one comes."""

    async def hear(recording: bytes) -> Spoken | None:
        client = speech_client(settings, http)
        return None if client is None else spoken_in(await client.transcribe(recording))

    return hear


def run_worker(settings: Settings, database_url: str) -> None:
    """A worker as this process's only work, on uvloop where there is one.

    Raises:
        StorageError: See :func:`work`.
    """
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(work(settings, database_url))


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    if find_spec("uvloop") is None:  # Windows
        return None
    return cast("Callable[[], asyncio.AbstractEventLoop]", import_module("uvloop").new_event_loop)


async def work(settings: Settings, database_url: str) -> None:
    """Run a worker as this process's only work, until SIGTERM or SIGINT.

    Raises:
        StorageError: PostgreSQL was away for too long; end non-zero, so that the supervisor starts a new worker.
    """
    service = WorkerService(settings, database_url)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, service.stop)
    await service.run()
