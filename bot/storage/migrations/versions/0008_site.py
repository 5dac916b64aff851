"""Keyed hashes of a case's place, by which another case of the same place is found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008_site"
down_revision = "0007_identity"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("case_", sa.Column("site_hash", sa.LargeBinary(), nullable=True))
    op.add_column("case_", sa.Column("spot_hash", sa.LargeBinary(), nullable=True))
    op.create_index(
        "ix_case__site", "case_", ["site_hash", "category"], postgresql_where=sa.text("closed_at IS NULL")
    )


def downgrade() -> None:
    op.drop_index("ix_case__site", table_name="case_")
    op.drop_column("case_", "spot_hash")
    op.drop_column("case_", "site_hash")
