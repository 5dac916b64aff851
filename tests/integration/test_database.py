"""Sessions, migrations and what happens when the server goes away."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules
from typing import Any

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import NullPool, create_engine, text

import bot
from bot.errors import ConfigError, StorageError
from bot.storage import Base, Database, libpq_url, raw_connection, sqlalchemy_url
from bot.storage.migrate import current, head, upgrade
from bot.storage.revision import is_newest, newest


@pytest.mark.parametrize("form", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_form_of_url_is_read(form: str) -> None:
    assert libpq_url(f"{form}://me:p%40ss@db:5433/suda") == "postgresql://me:p%40ss@db:5433/suda"


@pytest.mark.parametrize("url", ["mysql://u:secret@h/d", "not a url secret"])
def test_a_wrong_url_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(ConfigError) as raised:
        libpq_url(url)
    assert "secret" not in str(raised.value)


def test_a_start_sees_without_alembic_whether_there_is_anything_to_migrate(empty_database_url: str) -> None:
    assert newest() == head()
    assert not is_newest(empty_database_url)
    upgrade(empty_database_url, "0003_intake")
    assert not is_newest(empty_database_url)
    upgrade(empty_database_url)
    assert is_newest(empty_database_url)
    assert not is_newest("postgresql://nobody@127.0.0.1:9/none")


def test_several_processes_may_migrate_at_once(empty_database_url: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(upgrade, [empty_database_url] * 4))
    assert current(empty_database_url) == head()


def test_a_newer_database_is_left_alone(empty_database_url: str) -> None:
    upgrade(empty_database_url)
    with psycopg.connect(empty_database_url) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999_future'")
    with pytest.raises(StorageError, match="9999_future"):
        upgrade(empty_database_url)


def test_an_unreachable_database_is_named_as_such() -> None:
    with pytest.raises(StorageError, match="does not answer"):
        upgrade("postgresql://nobody@127.0.0.1:1/none")


def load_tables() -> None:
    """Import ``bot.<room>.tables`` of every room that has one, so that ``Base.metadata`` is whole."""
    for room in iter_modules(bot.__path__, "bot."):
        if room.ispkg and find_spec(f"{room.name}.tables") is not None:
            import_module(f"{room.name}.tables")


def include_name(name: str | None, kind: str, _parents: Any) -> bool:
    """Whether a table is described by a model: not Procrastinate's, and not the engine's, which lives in another box."""
    return not (kind == "table" and name is not None and name.startswith(("procrastinate_", "engine_")))


def test_migrations_and_models_describe_the_same_tables(database_url: str) -> None:
    load_tables()
    engine = create_engine(sqlalchemy_url(database_url), poolclass=NullPool)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "include_name": include_name,
                "target_metadata": Base.metadata,
                "compare_type": True,
                "compare_server_default": True,
            },
        )
        differences = compare_metadata(context, Base.metadata)
    assert differences == []


async def test_a_connection_closed_by_the_server_is_replaced_unnoticed(
    database: Database, database_url: str
) -> None:
    async with database.session() as session:
        await session.execute(text("SELECT 1"))
    with psycopg.connect(database_url, autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND datname = current_database()"  # and wait until they have ended
        )
    async with database.session() as session:
        assert (await session.execute(text("SELECT 41 + 1"))).scalar() == 42


async def test_what_runs_on_the_raw_connection_rolls_back_with_the_session(database: Database) -> None:
    async with database.session() as session, session.begin():
        await session.execute(text("CREATE TABLE note (words text)"))
    async with database.session() as session:
        connection = await raw_connection(session)
        await connection.execute("INSERT INTO note VALUES ('kept?')")
        assert (await session.execute(text("SELECT count(*) FROM note"))).scalar() == 1
        await session.rollback()
    async with database.session() as session:
        assert (await session.execute(text("SELECT count(*) FROM note"))).scalar() == 0
