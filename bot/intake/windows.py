"""How many messages a platform still lets us send: counted with us, so that its refusal is never what tells us."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from psycopg_pool import AsyncConnectionPool
from sqlalchemy.ext.asyncio import AsyncSession

from bot.storage import raw_connection

# One of the messages that a window allows, if any is left; the rule's numbers are the channel's.
_TAKE = """
UPDATE channel_window SET used = used + 1
 WHERE citizen_id = %(citizen)s AND channel = %(channel)s AND kind = %(kind)s AND used < %(allowed)s
   AND opened_at > now() - make_interval(secs => %(seconds)s)
RETURNING used
"""

_GIVE_BACK = """
UPDATE channel_window SET used = used - 1
 WHERE citizen_id = %(citizen)s AND channel = %(channel)s AND kind = %(kind)s AND used > 0
"""

# Whoever was merged writes from the same address: what it opened stays open.
_MERGE = """
WITH moved AS (
    DELETE FROM channel_window WHERE citizen_id = ANY(%(sources)s::uuid[]) RETURNING channel, kind, opened_at, used
)
INSERT INTO channel_window (citizen_id, channel, kind, opened_at, used)
SELECT DISTINCT ON (channel, kind) %(target)s::uuid, channel, kind, opened_at, used FROM moved
 ORDER BY channel, kind, opened_at DESC
ON CONFLICT (citizen_id, channel, kind)
DO UPDATE SET opened_at = greatest(channel_window.opened_at, excluded.opened_at),
              used = CASE WHEN excluded.opened_at > channel_window.opened_at THEN excluded.used ELSE channel_window.used END
"""

_SHUT = """
UPDATE channel_window SET used = greatest(used, %(allowed)s)
 WHERE citizen_id = %(citizen)s AND channel = %(channel)s AND kind = %(kind)s
"""

_OPEN = """
SELECT kind, used, extract(epoch FROM now() - opened_at) FROM channel_window
 WHERE citizen_id = %(citizen)s AND channel = %(channel)s
"""


@dataclass(frozen=True, slots=True)
class WindowRule:
    """A platform's rule for one kind of window.

    Attributes:
        kind: What opens it, as :class:`bot.messages.Incoming` says.
        allowed: Messages within it.
        seconds: How long it stays open after the citizen's last word of that kind.
    """

    kind: str
    allowed: int
    seconds: float


class Windows:
    """The windows of one channel's citizens.

    Args:
        pool: Connections in autocommit.
        channel: The channel.
        rules: The platform's rules, the shortest first: what runs out soonest is used first.
    """

    def __init__(
        self,
        pool: AsyncConnectionPool[psycopg.AsyncConnection[Any]],
        channel: str,
        rules: Sequence[WindowRule],
    ) -> None:
        self._pool = pool
        self._channel = channel
        self._rules = tuple(rules)

    async def take(self, citizen_id: UUID, *, keep: int = 0) -> str | None:
        """Use one message of an open window; the window's kind, None when all are used up or shut.

        Args:
            citizen_id: Whose.
            keep: Messages of the longest window to leave for something more important.
        """
        for rule in self._rules:
            allowed = rule.allowed - (keep if rule is self._rules[-1] else 0)
            values = self._values(citizen_id, rule.kind) | {"allowed": allowed, "seconds": rule.seconds}
            if await self._rows(_TAKE, values):
                return rule.kind
        return None

    async def give_back(self, citizen_id: UUID, kind: str) -> None:
        """Undo a :meth:`take` of that kind whose message was surely not sent."""
        await self._rows(_GIVE_BACK, self._values(citizen_id, kind))

    async def left(self, citizen_id: UUID) -> int:
        """Messages that may still be sent."""
        rows = await self._rows(_OPEN, self._values(citizen_id, ""))
        rules = {rule.kind: rule for rule in self._rules}
        return sum(
            max(0, rules[kind].allowed - used)
            for kind, used, age in rows
            if kind in rules and age < rules[kind].seconds
        )

    async def is_open(self, citizen_id: UUID) -> bool:
        """Whether any window's time has not run out, used up or not."""
        rows = await self._rows(_OPEN, self._values(citizen_id, ""))
        rules = {rule.kind: rule for rule in self._rules}
        return any(kind in rules and age < rules[kind].seconds for kind, _, age in rows)

    async def shut(self, citizen_id: UUID) -> None:
        """The platform says that nothing more may be sent: its count is right, whatever ours says."""
        for rule in self._rules:
            await self._rows(_SHUT, self._values(citizen_id, rule.kind) | {"allowed": rule.allowed})

    def _values(self, citizen_id: UUID, kind: str) -> dict[str, Any]:
        return {"citizen": citizen_id, "channel": self._channel, "kind": kind}

    async def _rows(self, statement: str, values: dict[str, Any]) -> list[Any]:
        async with self._pool.connection() as connection:
            cursor = await connection.execute(statement, values)
            return await cursor.fetchall() if cursor.description else []


async def merge_windows(session: AsyncSession, sources: Sequence[UUID], target: UUID) -> None:
    """What these citizens opened is the target's from now on, in the caller's transaction."""
    connection = await raw_connection(session)
    await connection.execute(_MERGE, {"sources": list(sources), "target": target})
