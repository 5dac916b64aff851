"""The engine's two tables in PostgreSQL, in as few round trips as a turn allows."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import List, Optional, Tuple
from uuid import UUID

import psycopg
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from engine.faults import TurnError

_STATE = """
SELECT (SELECT max(seq) FROM engine_event WHERE conversation_id = %(conversation)s), conversation_id, replies
FROM (SELECT 1) AS one LEFT JOIN engine_turn ON inbox_id = %(inbox)s
"""

# A conversation is read from its last session on: what came before is out of Rasa's sight as well.
_ROWS = """
SELECT seq, data FROM engine_event WHERE conversation_id = %(conversation)s AND seq >= coalesce(
    (SELECT max(seq) FROM engine_event WHERE conversation_id = %(conversation)s AND starts_session), 0)
ORDER BY seq
"""

_KEEP = """
WITH event AS (
    INSERT INTO engine_event (conversation_id, seq, starts_session, data)
    VALUES (%(conversation)s, %(seq)s, %(starts)s, %(data)s)
)
INSERT INTO engine_turn (inbox_id, conversation_id, replies) VALUES (%(inbox)s, %(conversation)s, %(replies)s)
"""

_FORGET = """
WITH events AS (DELETE FROM engine_event WHERE conversation_id = %(conversation)s),
     turns AS (DELETE FROM engine_turn WHERE conversation_id = %(conversation)s)
SELECT 1
"""


@dataclass(frozen=True)
class Recorded:
    """What the database knows when a turn begins.

    Attributes:
        seq: Number of the conversation's last turn, 0 for none.
        conversation: Whose turn carried this inbox id already, if any.
        replies: That turn's replies, sealed.
    """

    seq: int
    conversation: Optional[UUID]
    replies: Optional[bytes]


class TurnTables:
    """Reads and writes of ``engine_event`` and ``engine_turn``.

    Every method raises :class:`engine.faults.TurnError` (503, ``storage``) when PostgreSQL cannot be reached.

    Args:
        url: A libpq URL; SQLAlchemy's ``postgresql+psycopg://`` is understood too.
        connections: The most that are open at a time.
    """

    def __init__(self, url: str, connections: int = 4) -> None:
        self._pool = AsyncConnectionPool(
            url.replace("postgresql+psycopg://", "postgresql://", 1),
            min_size=1,
            max_size=connections,
            timeout=5.0,
            open=False,
            kwargs={"autocommit": True, "application_name": "suda engine", "connect_timeout": 5},
        )
        self._opening = asyncio.Lock()

    async def _ready(self) -> AsyncConnectionPool:
        if self._pool.closed:
            async with self._opening:
                if self._pool.closed:
                    await self._pool.open()
        return self._pool

    async def _rows(self, query: str, values: dict) -> List[Tuple]:
        """Run one statement; a connection that the server closed meanwhile is replaced and the statement run once more.

        Running again is harmless: reads change nothing, and a write that arrived after all meets its own primary key.
        """
        pool = await self._ready()
        for last in (False, True):
            try:
                async with pool.connection() as connection:
                    cursor = await connection.execute(query, values, prepare=True)
                    return await cursor.fetchall() if cursor.description else []
            except psycopg.errors.UniqueViolation:
                raise
            except (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout) as error:
                if last or isinstance(error, PoolTimeout):
                    raise TurnError(503, "storage", "The database cannot be reached.") from error
                await pool.check()
            except psycopg.Error as error:
                raise TurnError(503, "storage", f"The database refuses: {type(error).__name__}.") from error
        raise AssertionError("unreachable")

    async def recorded(self, conversation: UUID, inbox_id: int) -> Recorded:
        """Where the conversation stands, and whether this message was answered before."""
        ((seq, other, replies),) = await self._rows(_STATE, {"conversation": conversation, "inbox": inbox_id})
        return Recorded(seq or 0, other, replies)

    async def events(self, conversation: UUID) -> List[Tuple[int, bytes]]:
        """The sealed turns of the conversation's last session, oldest first, as ``(seq, data)``."""
        return await self._rows(_ROWS, {"conversation": conversation})

    async def keep(
        self, conversation: UUID, seq: int, starts_session: bool, data: bytes, inbox_id: int, replies: bytes
    ) -> None:
        """Write one turn, its events and its replies, all or nothing.

        Raises:
            TurnError: 503, ``conflict``: another engine has taken a turn of this conversation, or this very message.
        """
        values = {
            "conversation": conversation,
            "seq": seq,
            "starts": starts_session,
            "data": data,
            "inbox": inbox_id,
            "replies": replies,
        }
        try:
            await self._rows(_KEEP, values)
        except psycopg.errors.UniqueViolation as error:
            raise TurnError(503, "conflict", "Another engine has moved this conversation on.") from error

    async def forget(self, conversation: UUID) -> None:
        """Delete everything of one conversation."""
        await self._rows(_FORGET, {"conversation": conversation})

    async def delete_older(self, cutoff: datetime) -> int:
        """Delete what no conversation needs any more and was written before ``cutoff``; returns the number of rows."""
        ((count,),) = await self._rows("SELECT engine_delete_older(%(cutoff)s)", {"cutoff": cutoff})
        return int(count)

    async def reachable(self) -> bool:
        """Whether the tables can be read now."""
        try:
            await self._rows("SELECT 1 FROM engine_turn LIMIT 1", {})
        except TurnError:
            return False
        return True

    async def close(self) -> None:
        """Close every connection."""
        if not self._pool.closed:
            await self._pool.close()
