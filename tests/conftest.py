"""Fixtures for everybody: one embedded PostgreSQL a run, one fresh migrated database a test."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from bot.storage import Database
from bot.storage.migrate import upgrade
from serve.embedded_postgres import EmbeddedPostgres

_numbers = itertools.count(1)

UNSAFE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""The test server is thrown away, so it need not survive a crash."""


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres]:
    """A running PostgreSQL, ended and removed after the last test."""
    with (
        tempfile.TemporaryDirectory(prefix="suda-test-") as folder,
        EmbeddedPostgres(Path(folder), settings=UNSAFE) as server,
    ):
        yield server


def _at(server: EmbeddedPostgres, name: str) -> str:
    return make_url(server.url).set(database=name).render_as_string(hide_password=False)


def _run(server: EmbeddedPostgres, statement: str) -> None:
    with psycopg.connect(_at(server, "postgres"), autocommit=True) as connection:
        connection.execute(statement)


@pytest.fixture(scope="session")
def template(postgres: EmbeddedPostgres) -> str:
    """The name of a database that all migrations have been applied to."""
    _run(postgres, "CREATE DATABASE suda_template")
    upgrade(_at(postgres, "suda_template"))
    return "suda_template"


@pytest.fixture
def empty_database_url(postgres: EmbeddedPostgres) -> Iterator[str]:
    """The URL of a new database without any table."""
    name = f"test_{next(_numbers)}"
    _run(postgres, f"CREATE DATABASE {name}")
    yield _at(postgres, name)
    _run(postgres, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database_url(postgres: EmbeddedPostgres, template: str) -> Iterator[str]:
    """The URL of a fresh database at the newest revision."""
    name = f"test_{next(_numbers)}"
    _run(postgres, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    yield _at(postgres, name)
    _run(postgres, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """Sessions on a fresh migrated database."""
    async with Database(database_url) as opened:
        yield opened
