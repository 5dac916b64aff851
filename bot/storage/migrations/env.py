"""Alembic's entry: runs migrations on the connection that ``bot.storage.migrate`` hands over."""

from __future__ import annotations

from alembic import context

from bot.errors import ConfigError
from bot.storage.base import Base
from bot.storage.migrate import include_name, load_tables

connection = context.config.attributes.get("connection")
if connection is None:
    raise ConfigError("Run migrations with bot.storage.migrate.upgrade(url), not with the alembic command.")

load_tables()
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    include_name=include_name,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
