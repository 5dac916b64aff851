"""One listening PostgreSQL connection a process, whose notifications fan out to whoever asked.

It outlives restarts of PostgreSQL. What was notified while it was away is lost, so after each gap every subscriber is
called once with an empty payload, which means: look for yourself.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import psycopg
import structlog
from psycopg import sql

_log = structlog.get_logger(__name__)

CHECK_EVERY = 15.0
"""Seconds of silence after which the connection is asked whether it still lives."""


class Listener:
    """Subscriptions to PostgreSQL's NOTIFY.

    ::

        listener = Listener(url)
        listener.on("suda_outbox", callback)
        async with listener:
            ...

    Args:
        url: PostgreSQL URL as libpq reads it.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._callbacks: dict[str, list[Callable[[str], None]]] = {}
        self._task: asyncio.Task[None] | None = None
        self._connected = asyncio.Event()

    @property
    def connected(self) -> bool:
        """Whether notifications arrive at this moment."""
        return self._connected.is_set()

    def on(self, channel: str, callback: Callable[[str], None]) -> Callable[[], None]:
        """Call ``callback(payload)`` in the event loop for each notification on ``channel``, and ``callback("")`` after a gap.

        Returns:
            A function that ends the subscription.

        Raises:
            RuntimeError: The listener runs already and does not listen to this channel.
        """
        if self._task is not None and channel not in self._callbacks:
            raise RuntimeError("Name every channel before the listener starts.")
        callbacks = self._callbacks.setdefault(channel, [])
        callbacks.append(callback)
        return lambda: callbacks.remove(callback)

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run(), name="listener")
        with contextlib.suppress(TimeoutError):  # PostgreSQL may come later; until then subscribers poll
            await asyncio.wait_for(self._connected.wait(), 5)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def _run(self) -> None:
        pause = 0.2
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(
                    self._url, autocommit=True, application_name="suda listener", connect_timeout=10
                ) as connection:
                    for channel in self._callbacks:
                        await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
                    self._connected.set()
                    pause = 0.2
                    self._call_all()
                    await self._deliver(connection)
            except psycopg.OperationalError as error:
                _log.warning("listener_lost", error=type(error).__name__, again_in=pause)
            finally:
                self._connected.clear()
            await asyncio.sleep(pause)
            pause = min(pause * 2, 2.0)

    async def _deliver(self, connection: psycopg.AsyncConnection[Any]) -> None:
        while True:
            async for notification in connection.notifies(timeout=CHECK_EVERY):
                for callback in tuple(self._callbacks.get(notification.channel, ())):
                    callback(notification.payload)
            await connection.execute("SELECT 1")

    def _call_all(self) -> None:
        for callbacks in self._callbacks.values():
            for callback in tuple(callbacks):
                callback("")
