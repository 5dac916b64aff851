"""The channel's parts, put together once by each process that uses it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import structlog

from bot.connector import Connector, Host
from channels.telegram.calls import Caller
from channels.telegram.client import close_client, make_client
from channels.telegram.door import Door
from channels.telegram.fetch import TelegramFetcher, file_client
from channels.telegram.pace import Pace
from channels.telegram.polling import Poller, conflict_note
from channels.telegram.progress import TelegramProgress
from channels.telegram.registration import keep_registering
from channels.telegram.send import TelegramSender
from channels.telegram.settings import TelegramSettings, telegram_settings, webhook_secret
from channels.telegram.webhook import make_router

_log = structlog.get_logger(__name__)


@asynccontextmanager
async def connect(host: Host) -> AsyncIterator[Connector]:
    """The channel, while the process runs.

    Raises:
        ConfigError: A setting is wrong or the token is missing.
    """
    async with open_channel(host, telegram_settings()) as connector:
        yield connector


@asynccontextmanager
async def open_channel(host: Host, settings: TelegramSettings) -> AsyncIterator[Connector]:
    """As :func:`connect`, with settings given."""
    async with AsyncExitStack() as stack:
        client = make_client(settings)
        stack.push_async_callback(close_client, client)
        files = await stack.enter_async_context(file_client(settings))
        sender = TelegramSender(client, Pace(settings.rate))
        fetcher = TelegramFetcher(client, files)
        if host.reception is None:
            yield Connector(sender=sender, fetcher=fetcher, progress=TelegramProgress(client))
            return
        caller = Caller(client)
        stack.push_async_callback(caller.close)
        door = Door(host.reception, settings.bot_id)
        secret = webhook_secret(settings, host.vault)
        polls = settings.mode == "polling"
        if not polls and not settings.webhook_url:
            _log.warning("telegram_webhook_not_registered", what="SUDA_TELEGRAM_PUBLIC_URL is not set.")
        registering = asyncio.create_task(
            keep_registering(client, "" if polls else settings.webhook_url, secret)
        )
        stack.push_async_callback(_end, registering)
        if polls:
            note = conflict_note(host.settings.data_dir)
            poller = Poller(host.pool, client, door, caller, settings.bot_id, note)
            yield Connector(sender=sender, fetcher=fetcher, listen=poller.run)
        else:
            yield Connector(sender=sender, fetcher=fetcher, router=make_router(door, caller, secret))


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
