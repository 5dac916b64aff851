"""Where the parts of the installation are reached from a command: the database, the running system."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from bot.errors import ConfigError
from bot.settings import Settings
from serve.embedded_postgres import EmbeddedPostgres, running_url


def database_url(settings: Settings) -> str:
    """The database of a process that does not start one itself.

    Raises:
        ConfigError: There is no ``DATABASE_URL`` and no embedded server runs.
    """
    url = known_database_url(settings)
    if url is None:
        raise ConfigError("There is no database to use: set DATABASE_URL, or start the system with suda up.")
    return url


def known_database_url(settings: Settings) -> str | None:
    """The configured database, else the embedded one that runs; None when there is none."""
    if settings.database_url is not None:
        return settings.database_url.get_secret_value()
    return running_url(settings.data_dir)


@contextmanager
def database(settings: Settings) -> Iterator[str]:
    """The database for the length of a command; the embedded server is started when nothing runs."""
    url = known_database_url(settings)
    if url is not None:
        yield url
        return
    with EmbeddedPostgres(settings.data_dir) as postgres:
        yield postgres.url
