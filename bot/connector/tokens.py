"""One access token for all processes, kept in the database, refreshed once however many need it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import psycopg
from psycopg_pool import AsyncConnectionPool

from bot.errors import DeliveryError, PlatformAway, StorageError
from bot.storage.sealing import Vault, open_text, seal

Ask = Callable[[bool], Awaitable[tuple[str, float]]]
"""Asks the platform for a token; True: a new one although the old is not expired. Returns it and the seconds it lives."""

EARLY = 300.0
"""Seconds before its end at which a token counts as expired: a call that is under way must not meet the end."""

FORCED_EVERY = 60.0
"""Seconds between two refreshes before a token's end: platforms allow few a day, and what such a one does not cure no other will."""
FAILED = 2.0
"""Seconds for which a failed ask counts for whoever waited for it."""
PATIENCE = "12s"
"""How long a process waits for another that asks."""

_READ = """
SELECT sealed, extract(epoch FROM expires_at - now()), coalesce(extract(epoch FROM now() - forced_at), 1e9)
  FROM platform_token WHERE name = %(name)s
"""
_WRITE = """
INSERT INTO platform_token (name, sealed, expires_at, refreshed_at, forced_at)
VALUES (%(name)s, %(sealed)s, now() + make_interval(secs => %(seconds)s), now(), CASE WHEN %(forced)s THEN now() END)
ON CONFLICT (name) DO UPDATE
   SET sealed = excluded.sealed, expires_at = excluded.expires_at, refreshed_at = excluded.refreshed_at,
       forced_at = coalesce(excluded.forced_at, platform_token.forced_at)
"""
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%(name)s, 7))"


class TokenKeeper:
    """Keeps one token; one a process and platform account.

    Args:
        pool: Connections in autocommit.
        vault: Seals the token at rest.
        name: Of the account, such as ``wechat:<appid>``.
        ask: Asks the platform.
    """

    def __init__(
        self,
        pool: AsyncConnectionPool[psycopg.AsyncConnection[Any]],
        vault: Vault,
        name: str,
        ask: Ask,
    ) -> None:
        self._pool = pool
        self._key = vault.derive("platform token")
        self._name = name
        self._ask = ask
        self._refreshing = asyncio.Lock()
        self._known: tuple[str, float] | None = None
        self._failed: tuple[Exception, float] | None = None

    async def get(self) -> str:
        """A token that is good as far as we know.

        Raises:
            PlatformAway: It cannot be asked for now.
            DeliveryError: The platform refuses: the account's id or secret is wrong.
        """
        if self._known is not None and self._known[1] > time.monotonic():
            return self._known[0]
        return await self._renew(bad=None)

    async def replace(self, bad: str) -> str:
        """Another token than ``bad``, which the platform refused; asked for once, whoever comes first.

        Raises:
            PlatformAway, DeliveryError: As :meth:`get`.
        """
        if self._known is not None and self._known[0] != bad and self._known[1] > time.monotonic():
            return self._known[0]
        return await self._renew(bad=bad)

    async def _renew(self, *, bad: str | None) -> str:
        # First in turn within the process, so that a crowd takes one connection; then among the processes.
        async with self._refreshing:
            if self._known is not None and self._known[0] != bad and self._known[1] > time.monotonic():
                return self._known[0]
            if self._failed is not None and self._failed[1] > time.monotonic():
                raise PlatformAway(str(self._failed[0])) from self._failed[0]
            try:
                return await self._ask_alone(bad)
            except DeliveryError as error:
                self._failed = (error, time.monotonic() + FAILED)
                raise

    async def _ask_alone(self, bad: str | None) -> str:
        async with self._pool.connection() as connection, connection.transaction():
            try:
                await connection.execute(f"SET LOCAL lock_timeout = '{PATIENCE}'")
                await connection.execute(_LOCK, {"name": self._name})
            except psycopg.errors.LockNotAvailable as error:
                raise PlatformAway("Another process has been asking for the token too long.") from error
            row = await (await connection.execute(_READ, {"name": self._name})).fetchone()
            if row is not None:
                token, left = self._open(row[0]), float(row[1])
                if token is not None and token != bad and left > EARLY:
                    return self._keep(token, left)
                if bad is not None and row[2] < FORCED_EVERY:
                    raise PlatformAway("The platform refuses a token that was made a moment ago.")
            token, seconds = await self._ask(bad is not None)
            sealed = seal(self._key, token, bound_to=self._name)
            values = {"name": self._name, "sealed": sealed, "seconds": seconds, "forced": bad is not None}
            await connection.execute(_WRITE, values)
        return self._keep(token, seconds)

    def _open(self, sealed: bytes) -> str | None:
        try:
            return open_text(self._key, sealed, bound_to=self._name)
        except StorageError:  # another master key sealed it: ask for a new one
            return None

    def _keep(self, token: str, seconds: float) -> str:
        self._known = (token, time.monotonic() + max(1.0, seconds - EARLY))
        return token
