"""Alembic's entry: runs migrations on the connection that ``bot.storage.migrate`` hands over.

It knows no models: a migration says itself what it does, and ``tests/integration/test_database.py`` compares the two.
"""

from __future__ import annotations

from alembic import context

from bot.errors import ConfigError

connection = context.config.attributes.get("connection")
if connection is None:
    raise ConfigError("Run migrations with bot.storage.migrate.upgrade(url), not with the alembic command.")

context.configure(connection=connection, transaction_per_migration=True)
with context.begin_transaction():
    context.run_migrations()
