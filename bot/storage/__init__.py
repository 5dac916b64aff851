"""PostgreSQL: sessions, the table registry, migrations, and the sealing of personal text."""

from bot.storage.base import Base
from bot.storage.database import Database, autocommit_pool, libpq_url, raw_connection, sqlalchemy_url

__all__ = ["Base", "Database", "autocommit_pool", "libpq_url", "raw_connection", "sqlalchemy_url"]
