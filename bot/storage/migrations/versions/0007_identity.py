"""One citizen on several channels, and erasure: link codes, merged citizens, orders to erase."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007_identity"
down_revision = "0006_handover"
branch_labels = None
depends_on = None

MOMENT = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.add_column("citizen", sa.Column("merged_into", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_citizen_merged_into_citizen"), "citizen", "citizen", ["merged_into"], ["id"]
    )
    op.create_index(
        "ix_citizen_merged_into",
        "citizen",
        ["merged_into"],
        postgresql_where=sa.text("merged_into IS NOT NULL"),
    )
    # The digest of a sealed note stands in an event, so a note that changes hands is not sealed anew.
    op.add_column("case_note", sa.Column("sealed_key", sa.LargeBinary(), nullable=True))
    link_codes()
    erasure()


def link_codes() -> None:
    op.create_table(
        "link_code",
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.Column("used_in", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["citizen_id"], ["citizen.id"], name=op.f("fk_link_code_citizen_id_citizen")),
        sa.PrimaryKeyConstraint("citizen_id", name=op.f("pk_link_code")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_link_code_code_hash")),
    )
    op.create_table(
        "link_try",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["citizen_id"], ["citizen.id"], name=op.f("fk_link_try_citizen_id_citizen")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_try")),
    )
    op.create_index("ix_link_try_at", "link_try", ["at"])


def erasure() -> None:
    op.create_table(
        "erasure_request",
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("erased_at", MOMENT, nullable=True),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.CheckConstraint("done_at IS NULL OR erased_at IS NOT NULL", name=op.f("ck_erasure_request_order")),
        sa.ForeignKeyConstraint(
            ["citizen_id"], ["citizen.id"], name=op.f("fk_erasure_request_citizen_id_citizen")
        ),
        sa.PrimaryKeyConstraint("citizen_id", name=op.f("pk_erasure_request")),
    )
    op.create_index(
        "ix_erasure_request_open", "erasure_request", ["due_at"], postgresql_where=sa.text("done_at IS NULL")
    )


def downgrade() -> None:
    op.drop_table("erasure_request")
    op.drop_table("link_try")
    op.drop_table("link_code")
    op.drop_column("case_note", "sealed_key")
    op.drop_index("ix_citizen_merged_into", table_name="citizen")
    op.drop_column("citizen", "merged_into")
