"""One access token for all processes, kept in the database, refreshed once however many need it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import psycopg
from psycopg_pool import AsyncConnectionPool

from bot.errors import StorageError
from bot.storage.sealing import Vault, open_text, seal

Ask = Callable[[bool], Awaitable[tuple[str, float]]]
"""Asks the platform for a token; True: a new one although the old is not expired. Returns it and the seconds it lives."""

EARLY = 300.0
"""Seconds before its end at which a token counts as expired: a call that is under way must not meet the end."""

_READ = "SELECT sealed, extract(epoch FROM expires_at - now()) FROM platform_token WHERE name = %(name)s"
_WRITE = """
INSERT INTO platform_token (name, sealed, expires_at, refreshed_at)
VALUES (%(name)s, %(sealed)s, now() + make_interval(secs => %(seconds)s), now())
ON CONFLICT (name) DO UPDATE
   SET sealed = excluded.sealed, expires_at = excluded.expires_at, refreshed_at = excluded.refreshed_at
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
            async with self._pool.connection() as connection, connection.transaction():
                await connection.execute(_LOCK, {"name": self._name})
                row = await (await connection.execute(_READ, {"name": self._name})).fetchone()
                if row is not None:
                    token, left = self._open(row[0]), float(row[1])
                    if token is not None and token != bad and left > EARLY:
                        return self._keep(token, left)
                token, seconds = await self._ask(bad is not None)
                sealed = seal(self._key, token, bound_to=self._name)
                await connection.execute(_WRITE, {"name": self._name, "sealed": sealed, "seconds": seconds})
            return self._keep(token, seconds)

    def _open(self, sealed: bytes) -> str | None:
        try:
            return open_text(self._key, sealed, bound_to=self._name)
        except StorageError:  # another master key sealed it: ask for a new one
            return None

    def _keep(self, token: str, seconds: float) -> str:
        self._known = (token, time.monotonic() + max(1.0, seconds - EARLY))
        return token
