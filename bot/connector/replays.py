"""Requests that were signed once and are shown again with other contents: refused, in all processes."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from typing import Any

import psycopg
from psycopg_pool import AsyncConnectionPool

KNOWN = 20_000
"""Marks a process remembers by itself; older ones are looked up."""
CLEAN_EVERY = 500
"""Checks between two removals of marks that are too old to matter."""

_NOTE = """
WITH new AS (
    INSERT INTO platform_nonce (mark, message, seen_at) VALUES (%(mark)s, %(message)s, now())
    ON CONFLICT (mark) DO NOTHING RETURNING message
)
SELECT message FROM new UNION ALL SELECT message FROM platform_nonce WHERE mark = %(mark)s LIMIT 1
"""
_CLEAN = "DELETE FROM platform_nonce WHERE seen_at < now() - make_interval(secs => %(seconds)s)"


class ReplayGuard:
    """Binds each signed nonce to the one message it came with.

    A platform's second and third try of a message may carry the same nonce: that is no replay.

    Args:
        pool: Connections in autocommit.
        platform: Name that keeps platforms apart.
        seconds: How long a signature counts as fresh; marks are kept twice as long.
    """

    def __init__(
        self,
        pool: AsyncConnectionPool[psycopg.AsyncConnection[Any]],
        platform: str,
        seconds: float,
    ) -> None:
        self._pool = pool
        self._platform = platform
        self._seconds = seconds
        self._known: OrderedDict[bytes, bytes] = OrderedDict()
        self._checks = 0

    async def is_replay(self, timestamp: str, nonce: str, message: str) -> bool:
        """Whether this nonce was seen with another message; else it is bound to this one."""
        mark = _digest(self._platform, timestamp, nonce)
        own = _digest(message)
        bound = self._known.get(mark)
        if bound is None:
            bound = await self._note(mark, own)
            self._known[mark] = bound
            if len(self._known) > KNOWN:
                self._known.popitem(last=False)
        return bound != own

    async def _note(self, mark: bytes, message: bytes) -> bytes:
        async with self._pool.connection() as connection:
            self._checks += 1
            if self._checks % CLEAN_EVERY == 0:
                await connection.execute(_CLEAN, {"seconds": 2 * self._seconds})
            row = None
            while row is None:  # noted by another process in this instant: not to be seen yet
                row = await (await connection.execute(_NOTE, {"mark": mark, "message": message})).fetchone()
        return bytes(row[0])


def _digest(*parts: str) -> bytes:
    return hashlib.blake2b("\x00".join(parts).encode("utf-8", "surrogatepass"), digest_size=16).digest()
