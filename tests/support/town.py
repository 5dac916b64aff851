"""A small town for tests of the intake: a database, an engine's stand-in over a real socket, workers, and citizens."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from aiohttp import web

from bot.intake import Listener, Mailbox, Receipt, accept
from bot.messages import Incoming
from bot.settings import Settings
from bot.storage import Database
from bot.storage.sealing import Vault
from bot.storage.secrets import get_vault
from serve.worker import WorkerService
from tests.support.stand_in_engine import SECRET, add_routes

LEFT = "SELECT count(*) FROM procrastinate_jobs WHERE queue_name IN ('turns', 'delivery')"
"""Jobs of conversations; periodic work may come up at any minute."""

_ids = itertools.count(1)


def settings_for(folder: Path, port: int, **others: Any) -> Settings:
    """Settings of a test's own, nothing read from the environment's ``.env``."""
    return Settings(
        _env_file=None,
        data_dir=folder,
        engine_secret=SECRET,
        engine_url=f"http://127.0.0.1:{port}",
        **others,
    )


@dataclass
class Town:
    """What a test needs at hand."""

    settings: Settings
    url: str
    database: Database
    vault: Vault
    listener: Listener
    mailbox: Mailbox
    journal: Path

    async def say(
        self,
        text: str,
        *,
        who: str = "a",
        external_id: str | None = None,
        channel: str = "web",
        **limits: Any,
    ) -> Receipt:
        """A citizen says something, and it is kept."""
        incoming = Incoming(channel, who, external_id or f"message-{next(_ids)}", text, datetime.now(UTC))
        async with self.database.session() as session, session.begin():
            return await accept(session, self.vault, incoming, **limits)

    async def hears(self, receipt: Receipt, seconds: float = 20) -> list[str] | None:
        """What the message was answered."""
        replies = await self.mailbox.wait_for_replies(receipt.inbox_id, seconds)
        return None if replies is None else [reply.text for reply in replies]

    @asynccontextmanager
    async def worker(self, **others: Any) -> AsyncIterator[WorkerService]:
        """A worker in this process, ended gracefully."""
        service = WorkerService(self.settings, self.url, **others)
        task = asyncio.create_task(service.run())
        try:
            yield service
        finally:
            service.stop()
            await task

    def turns(self) -> list[dict[str, Any]]:
        """What the engine was asked, in order, repeats left out."""
        return journal_entries(self.journal)

    def forgotten(self) -> list[str]:
        """The conversations the engine was told to forget, in order."""
        file = self.journal.with_suffix(".forgotten")
        return file.read_text(encoding="utf-8").split() if file.exists() else []

    async def fetch(self, statement: str, *values: Any) -> list[Any]:
        """Rows straight from the database."""
        async with await psycopg.AsyncConnection.connect(self.url, autocommit=True) as connection:
            cursor = await connection.execute(statement, values or None)
            return await cursor.fetchall() if cursor.description else []


def journal_entries(journal: Path) -> list[dict[str, Any]]:
    """The turns the stand-in took."""
    if not journal.exists():
        return []
    return [json.loads(line) for line in journal.read_text(encoding="utf-8").splitlines()]


@asynccontextmanager
async def stand_in_engine(journal: Path) -> AsyncIterator[int]:
    """The stand-in in this process; yields its port."""
    app = web.Application()
    add_routes(app, journal)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


@asynccontextmanager
async def town(url: str, folder: Path, **others: Any) -> AsyncIterator[Town]:
    """A town on a migrated database."""
    journal = folder / "engine.jsonl"
    async with stand_in_engine(journal) as port:
        settings = settings_for(folder, port, **others)
        vault = get_vault(settings)
        listener = Listener(url)
        mailbox = Mailbox(url, vault, listener)
        async with Database(url) as database, listener, mailbox:
            yield Town(settings, url, database, vault, listener, mailbox, journal)
