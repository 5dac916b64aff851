"""Long polling, for a machine without a public address: one process asks, and confirms only what is stored."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import structlog
from psycopg_pool import AsyncConnectionPool, PoolTimeout
from telegram.error import Conflict, InvalidToken, TelegramError

from bot.clock import now
from bot.errors import StorageError
from channels.telegram.calls import Caller
from channels.telegram.client import Client, TooFast
from channels.telegram.door import Door
from channels.telegram.meaning import TOKEN_REFUSED
from channels.telegram.parse import ALLOWED

_log = structlog.get_logger(__name__)

RETRY = 3.0
"""Seconds after which a process looks again whether it may poll, and after which a failure is tried again."""
CONFLICT_PAUSE = 15.0
CONFLICT_FRESH = timedelta(minutes=5)
LOCK = 4_738_001
"""Number of the advisory lock, with the bot's id beside it in hash."""

TWO_POLLERS = (
    "Another program polls with this bot's token: stop it, or use a bot of your own; only one may poll."
)
HAS_WEBHOOK = (
    "A webhook is set for this bot, so polling brings nothing: call deleteWebhook, or use a bot of your own."
)

_TRY = "SELECT pg_try_advisory_lock(%(number)s, hashtext(%(bot)s))"


class Poller:
    """Polls; all processes run one, and the one that holds the lock works.

    Args:
        pool: Connections in autocommit; the working process keeps one.
        client: The Bot API.
        door: Takes the updates.
        caller: Makes the calls that answer them.
        bot_id: Of our bot.
        note: A file that says that we are in conflict, for ``suda doctor``.
    """

    def __init__(
        self,
        pool: AsyncConnectionPool[psycopg.AsyncConnection[Any]],
        client: Client,
        door: Door,
        caller: Caller,
        bot_id: str,
        note: Path,
    ) -> None:
        self._pool = pool
        self._client = client
        self._door = door
        self._caller = caller
        self._bot_id = bot_id
        self._note = note
        self._offset: int | None = None
        self._told = "nothing known yet"

    async def run(self) -> None:
        """Poll until cancelled, whenever this process holds the lock."""
        while True:
            try:
                async with self._pool.connection() as connection:
                    if await self._may_poll(connection):
                        await self._poll(connection)
            except (psycopg.Error, PoolTimeout) as error:
                _log.warning("telegram_polling_interrupted", error=type(error).__name__)
            except Exception:  # a fault of ours: seen in the log, and the channel goes on
                _log.exception("telegram_polling_failed")
            await asyncio.sleep(RETRY)

    async def _may_poll(self, connection: psycopg.AsyncConnection[Any]) -> bool:
        row = await (await connection.execute(_TRY, {"number": LOCK, "bot": self._bot_id})).fetchone()
        return row is not None and bool(row[0])

    async def _poll(self, connection: psycopg.AsyncConnection[Any]) -> None:
        _log.info("telegram_polling")
        try:
            while True:
                await asyncio.sleep(await self.once())
                await connection.execute("SELECT 1")  # whoever lost the connection lost the lock
        finally:
            await connection.close()  # which ends the lock; the pool opens another

    async def once(self) -> float:
        """Ask once, and take what comes; seconds to wait before the next time."""
        try:
            updates = await self._client.raw_updates(self._offset, ALLOWED)
        except Conflict as error:
            self._conflict(HAS_WEBHOOK if "webhook" in error.message.lower() else TWO_POLLERS)
            return CONFLICT_PAUSE
        except InvalidToken:
            self._tell("telegram_token_refused", TOKEN_REFUSED)
            return 10 * RETRY
        except TooFast as error:
            return error.after
        except TelegramError as error:
            self._tell("telegram_away", f"Telegram cannot be reached ({type(error).__name__}).")
            return RETRY
        if self._told:
            self._told = ""
            self._note.unlink(missing_ok=True)
        return await self._take(updates)

    async def _take(self, updates: list[dict[str, Any]]) -> float:
        for raw in updates:
            try:
                call = await self._door.take(raw)
            except StorageError:
                # Not confirmed, so it comes again, with all that follow it.
                _log.warning("telegram_update_not_stored")
                return RETRY
            number = raw.get("update_id")
            if isinstance(number, int):
                self._offset = number + 1
            if call is not None:
                self._caller.start(call)
        return 0.0

    def _conflict(self, what: str) -> None:
        self._tell("telegram_conflict", what)
        with suppress(OSError):
            self._note.parent.mkdir(parents=True, exist_ok=True)
            self._note.write_text(f"{now().isoformat()} {what}\n", encoding="utf-8")

    def _tell(self, event: str, what: str) -> None:
        """Once for each trouble, not at every try."""
        if self._told != event:
            self._told = event
            _log.error(event, what=what)


def conflict_note(data_dir: Path) -> Path:
    """Where a process that polls notes a conflict."""
    return data_dir / "telegram-conflict"
