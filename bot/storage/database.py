"""Sessions on PostgreSQL: one engine a process, opened and closed where the process begins and ends."""

from __future__ import annotations

import select
from types import TracebackType
from typing import Any, Self, cast

import orjson
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool
from sqlalchemy import event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from bot.errors import ConfigError

_POSTGRES = frozenset({"postgresql", "postgres", "postgresql+psycopg", "postgresql+psycopg_async"})


def sqlalchemy_url(url: str) -> URL:
    """The URL for SQLAlchemy: ``postgres://`` and ``postgresql://`` are read with the psycopg 3 driver.

    Raises:
        ConfigError: It is no PostgreSQL URL. The message does not repeat it: it may hold a password.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise ConfigError(
            "DATABASE_URL cannot be read: it must look like postgresql://user:password@host/name."
        ) from error
    if parsed.drivername not in _POSTGRES:
        raise ConfigError(f"DATABASE_URL names {parsed.drivername!r}: only PostgreSQL is supported.")
    return parsed.set(drivername="postgresql+psycopg")


def libpq_url(url: str) -> str:
    """The same URL as libpq reads it, for psycopg and Procrastinate, password included."""
    return sqlalchemy_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def autocommit_pool(
    url: str, size: int, name: str, options: str = "", *, patience: float = 5.0
) -> AsyncConnectionPool[AsyncConnection[Any]]:
    """Connections on which each statement is a transaction, for what runs on psycopg directly; open it as a context.

    Args:
        url: As libpq reads it.
        size: Connections at most.
        name: How PostgreSQL's own views call them.
        options: For the server, such as ``-c synchronous_commit=off``.
        patience: Seconds to wait for a free connection.
    """
    return AsyncConnectionPool(
        url,
        min_size=1,
        max_size=size,
        open=False,
        timeout=patience,
        kwargs={"autocommit": True, "application_name": name, "options": options},
    )


def _dumps(value: Any) -> str:
    return orjson.dumps(value).decode()


def _refuse_dead(dbapi_connection: Any, _record: Any, _proxy: Any) -> None:
    """Make the pool replace a connection that the server has closed.

    An idle connection has nothing to say: if its socket is readable the server went away or is about to. Looking costs
    a few microseconds where SQLAlchemy's ``pool_pre_ping`` costs a round trip.
    """
    connection = dbapi_connection.driver_connection
    if connection.closed:
        raise DisconnectionError
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN | select.POLLHUP | select.POLLERR)
    if poll.poll(0):
        raise DisconnectionError


class Database:
    """An engine and its session factory.

    ::

        database = Database(url)
        async with database.session() as session, session.begin():
            ...

    Args:
        url: Any form of a PostgreSQL URL, see :func:`sqlalchemy_url`.
        pool_size: Connections kept; as many again may open under load.
        echo: Log each statement (never in production: statements carry personal data).
    """

    def __init__(self, url: str, *, pool_size: int = 8, echo: bool = False) -> None:
        self.url = libpq_url(url)
        self.engine: AsyncEngine = create_async_engine(
            sqlalchemy_url(url),
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_use_lifo=True,
            hide_parameters=True,
            json_serializer=_dumps,
            json_deserializer=orjson.loads,
            echo=echo,
            connect_args={"connect_timeout": 10, "application_name": "suda"},
        )
        event.listen(self.engine.sync_engine, "checkout", _refuse_dead)
        self.session: async_sessionmaker[AsyncSession] = async_sessionmaker(
            self.engine, expire_on_commit=False
        )

    async def dispose(self) -> None:
        """Close every connection."""
        await self.engine.dispose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.dispose()


async def raw_connection(session: AsyncSession) -> AsyncConnection[Any]:
    """The psycopg connection under a session's open transaction.

    What is run on it commits or rolls back with the session, which is how a job is deferred together with its row::

        await task.configure(lock=..., connection=await raw_connection(session)).defer_async(...)
    """
    fairy = await (await session.connection()).get_raw_connection()
    return cast("AsyncConnection[Any]", fairy.driver_connection)
