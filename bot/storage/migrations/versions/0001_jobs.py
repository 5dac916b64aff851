"""Procrastinate's own schema, frozen as it was in version 3.10.0."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0001_jobs"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    schema = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    # Several statements at once, with percent signs in them: neither SQLAlchemy nor psycopg may look for parameters.
    op.get_bind().exec_driver_sql(schema, execution_options={"no_parameters": True})
