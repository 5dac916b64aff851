"""Whether a database is at the newest schema, asked without Alembic: importing that takes longer than a start should."""

from __future__ import annotations

from pathlib import Path

import psycopg

from bot.storage.database import libpq_url

_VERSIONS = Path(__file__).parent / "migrations" / "versions"


def newest() -> str:
    """The newest revision of this code: files are named after their revisions, in a row."""
    return max(path.stem for path in _VERSIONS.glob("[0-9]*.py"))


def is_newest(database_url: str) -> bool:
    """True when there is nothing to migrate; False also when the database is empty, newer, or does not answer."""
    try:
        with psycopg.connect(libpq_url(database_url), connect_timeout=5) as connection:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except psycopg.Error:
        return False
    return row is not None and row[0] == newest()
