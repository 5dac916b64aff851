"""The worker's side of a message: load, understand through the engine, write what the citizen is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import psycopg
import structlog
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from bot.choices import chosen, may_choose, numbers_itself
from bot.errors import DialogueError, EngineRefused, EngineUnavailable, StorageError
from bot.intake import statements
from bot.intake.engine import EngineDown, Turn
from bot.intake.faults import point
from bot.intake.sealed import open_incoming, open_reply, seal_reply
from bot.intake.text import clean
from bot.intake.wording import GAVE_UP, KEPT
from bot.manners import without_manners
from bot.messages import Reply
from bot.observability import metrics
from bot.storage.sealing import Vault

_log = structlog.get_logger(__name__)

MAX_ATTEMPTS = 6
"""Tries for which the message itself may be to blame; then the citizen is told and a clerk reads it. With the pauses
between them half a minute, in which an app or an engine that was restarted is back."""
TELL_AT = 3
"""The try after whose failure, about three seconds on, the citizen hears that the answer is late."""

PULLED = frozenset({"web", "terminal", "api"})
"""Channels whose citizens fetch their replies; every other channel needs a sender."""


class TryAgain(DialogueError):  # noqa: N818 - says what the job engine has to do
    """The turn was not taken and its job must run again, ``after`` seconds from now."""

    def __init__(self, message: str, *, after: float) -> None:
        super().__init__(message)
        self.after = after


class TakesTurns(Protocol):
    """What a worker needs of an engine client."""

    async def take_turn(self, turn: Turn) -> list[Reply]:
        """The replies to one message."""
        ...


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that is still to be answered, opened."""

    inbox_id: int
    citizen_id: UUID
    channel: str
    key: bytes
    text: str
    payload: dict[str, Any]
    sent_at: datetime
    attempts: int
    told: bool


class TakesMedia(Protocol):
    """What a worker needs of whoever keeps the files that messages name."""

    async def take(self, message: Waiting, *, tries: int) -> Waiting:
        """The message with its files kept, or TryAgain."""
        ...


class Turns:
    """Takes turns; one a worker process.

    Args:
        pool: Connections in autocommit: each statement here is a transaction.
        vault: Opens citizens' keys.
        engine: Where dialogues are had.
        message_limit: Characters of a message that the engine reads.
        media: Keeps the files that messages name; None: they are not looked at.
        pulled: Channels that fetch their replies.
        max_attempts: See :data:`MAX_ATTEMPTS`.
    """

    def __init__(
        self,
        pool: AsyncConnectionPool[psycopg.AsyncConnection[Any]],
        vault: Vault,
        engine: TakesTurns,
        *,
        message_limit: int,
        media: TakesMedia | None = None,
        pulled: frozenset[str] = PULLED,
        max_attempts: int = MAX_ATTEMPTS,
    ) -> None:
        self._pool = pool
        self._vault = vault
        self._engine = engine
        self._limit = message_limit
        self._media = media
        self._pulled = pulled
        self._max_attempts = max_attempts
        self._engine_away = False

    async def take(self, inbox_id: int, *, tries: int = 0) -> None:
        """Answer one message; harmless when it is answered already.

        Args:
            inbox_id: The message.
            tries: How often its job ran before; sets the pause before the next try.

        Raises:
            TryAgain: It is still to be answered and the job must run again.
            psycopg.OperationalError, PoolTimeout: PostgreSQL is away.
        """
        message = await self._load(inbox_id)
        if message is None:
            return
        if message.attempts >= self._max_attempts:
            await self._give_up(message, "too_many_attempts")
            return
        try:
            point("before_engine")
            if self._media is not None:
                message = await self._media.take(message, tries=tries)
            turn = Turn(
                inbox_id=inbox_id,
                citizen_id=message.citizen_id,
                key=message.key,
                text=await self._words(message),
                sent_at=message.sent_at,
                channel=message.channel,
                metadata=message.payload,
            )
            with metrics.step("engine"):
                replies = await self._engine.take_turn(turn)
            point("after_engine")
        except TryAgain:
            if tries >= TELL_AT:
                await self._tell_late(message)
            raise
        except EngineDown as error:
            self._engine_away = True
            metrics.error_happened(error_code(error))
            await self._wait_for_engine(message, tries, error)
        except EngineRefused as error:
            _log.error("turn_refused", inbox_id=inbox_id, error=str(error))
            await self._give_up(message, "engine_refused")
        except (psycopg.OperationalError, PoolTimeout):
            raise
        except Exception as error:
            await self._count_failure(message, error)
        else:
            await self._store(message, replies, state="answered")
            point("after_outbox")
            if self._engine_away:
                self._engine_away = False
                await self._execute(statements.HURRY, {})

    async def _words(self, message: Waiting) -> str:
        """What the engine reads; a bare number stands for the choice that was shown under it."""
        text = without_manners(clean(message.text, self._limit))
        numbered = message.channel not in self._pulled
        if not may_choose(text, numbered=numbered):
            return text
        rows = await self._execute(
            statements.SHOWN, {"citizen": message.citizen_id, "inbox_id": message.inbox_id}
        )
        pressed = bool(message.payload.get("menu"))
        for inbox_id, body in rows:
            newest = inbox_id == rows[0][0]
            reply = self._open_shown(message, body) if newest or pressed else None
            if reply is None or not reply.buttons:
                continue
            # A number means what was shown last; a press may be of a menu further up.
            by_number = newest and not numbers_itself(reply.text)
            button = chosen(text, reply.buttons, by_number=by_number, bare=numbered)
            if button is not None:
                return button.says
        return text

    def _open_shown(self, message: Waiting, body: bytes) -> Reply | None:
        try:
            return open_reply(message.key, body)
        except StorageError:  # told to the citizen before they were merged, under another key
            return None

    async def _load(self, inbox_id: int) -> Waiting | None:
        async with self._pool.connection() as connection:
            cursor = await connection.execute(statements.LOAD, {"inbox_id": inbox_id})
            row = await cursor.fetchone()
        if row is None or row[0] != "waiting":
            return None
        _state, citizen_id, channel, body, sent_at, attempts, told_at, wrapped = row
        try:
            key = self._vault.unwrap(wrapped)
            text, payload = open_incoming(key, body)
        except (
            StorageError,
            ValueError,
            TypeError,
        ) as error:  # erased meanwhile, or damaged: no try can help
            _log.error("message_unreadable", inbox_id=inbox_id, error=error_code(error))
            await self._execute(statements.UNREADABLE, {"inbox_id": inbox_id})
            return None
        return Waiting(
            inbox_id, citizen_id, channel, key, text, payload, sent_at, attempts, told_at is not None
        )

    async def _wait_for_engine(self, message: Waiting, tries: int, error: EngineUnavailable) -> None:
        if tries >= 1:
            await self._tell_late(message)
        raise TryAgain("The engine is away; the message waits for it.", after=pause(min(tries, 3))) from error

    async def _count_failure(self, message: Waiting, error: Exception) -> None:
        code = error_code(error)
        rows = await self._execute(
            statements.COUNT_FAILURE, {"inbox_id": message.inbox_id, "error_code": code}
        )
        attempts = rows[0][0] if rows else self._max_attempts
        _log.warning("turn_failed", inbox_id=message.inbox_id, error=code, attempts=attempts)
        if attempts >= self._max_attempts:
            await self._give_up(message, code)
            return
        metrics.error_happened(code)
        if attempts >= TELL_AT:
            await self._tell_late(message)
        raise TryAgain("The turn failed; it is tried again.", after=pause(attempts - 1)) from error

    async def _tell_late(self, message: Waiting) -> None:
        """Say once that the message is kept and will be answered."""
        if message.told:
            return
        await self._execute(
            statements.TELL,
            {
                "inbox_id": message.inbox_id,
                "citizen": message.citizen_id,
                "body": seal_reply(message.key, KEPT),
                "outbox_state": self._outbox_state(message.channel),
            },
        )

    async def _give_up(self, message: Waiting, code: str) -> None:
        metrics.error_happened(code)
        await self._store(message, [GAVE_UP], state="failed", code=code)

    async def _store(
        self, message: Waiting, replies: Sequence[Reply], *, state: str, code: str | None = None
    ) -> None:
        stored = await self._execute(
            statements.STORE,
            {
                "inbox_id": message.inbox_id,
                "citizen": message.citizen_id,
                "state": state,
                "error_code": code,
                "kind": "reply" if state == "answered" else "notice",
                "bodies": [seal_reply(message.key, reply) for reply in replies],
                "outbox_state": self._outbox_state(message.channel),
            },
        )
        if stored:  # else another run was first
            metrics.turn_ended(message.channel, state, len(replies))

    def _outbox_state(self, channel: str) -> str:
        return "kept" if channel in self._pulled else "ready"

    async def _execute(self, statement: str, values: dict[str, Any]) -> list[Any]:
        async with self._pool.connection() as connection:
            cursor = await connection.execute(statement, values)
            return await cursor.fetchall() if cursor.description else []


def pause(tries: int) -> float:
    """Seconds until the next try: 1, 2, 4, 8, then 16."""
    return float(2 ** min(tries, 4))


def error_code(error: BaseException) -> str:
    """A name for what went wrong that carries nothing of what was said: the class of the error."""
    return type(error).__name__
