"""Bring a database to the newest schema, from code, safely from several processes at once."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, NullPool, create_engine, text
from sqlalchemy.exc import OperationalError

from bot.errors import StorageError
from bot.storage.database import sqlalchemy_url

MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 0x53554441  # "SUDA"; any constant does, as long as every version of Suda uses the same


def alembic_config(connection: Connection | None = None) -> Config:
    """Alembic's configuration without an ``alembic.ini``."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def head() -> str:
    """The newest revision this code knows."""
    newest = ScriptDirectory.from_config(alembic_config()).get_current_head()
    if newest is None:
        raise StorageError("There are no migrations: the installation is incomplete.")
    return newest


def current(database_url: str) -> str | None:
    """The revision a database is at; None for an empty one."""
    engine = create_engine(sqlalchemy_url(database_url), poolclass=NullPool, hide_parameters=True)
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    except OperationalError as error:
        raise StorageError(
            "The database does not answer: is it running, and is DATABASE_URL right?"
        ) from error
    finally:
        engine.dispose()


def upgrade(database_url: str, revision: str = "head") -> None:
    """Apply what is missing. Processes that call this together take turns; all but the first find nothing to do.

    Raises:
        StorageError: The database does not answer, or it is newer than this code.
    """
    engine = create_engine(sqlalchemy_url(database_url), poolclass=NullPool, hide_parameters=True)
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _LOCK})
            connection.commit()
            try:
                _refuse_newer(connection)
                command.upgrade(alembic_config(connection), revision)
            finally:
                connection.rollback()
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _LOCK})
                connection.commit()
    except OperationalError as error:
        raise StorageError(
            "The database does not answer: is it running, and is DATABASE_URL right?"
        ) from error
    finally:
        engine.dispose()


def _refuse_newer(connection: Connection) -> None:
    present = MigrationContext.configure(connection).get_current_revision()
    connection.rollback()
    known = {script.revision for script in ScriptDirectory.from_config(alembic_config()).walk_revisions()}
    if present is not None and present not in known:
        raise StorageError(
            f"The database is at revision {present}, which this version of Suda does not know: install the newer version."
        )
