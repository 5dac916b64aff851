"""Attachments: files of messages and of cases, and objects that are to be removed from their store."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011_attachments"
down_revision = "0010_platforms"
branch_labels = None
depends_on = None

MOMENT = sa.TIMESTAMP(timezone=True)
NOW = sa.text("now()")


def upgrade() -> None:
    op.create_table(
        "attachment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("citizen_id", sa.Uuid(), nullable=True),
        sa.Column("inbox_id", sa.BigInteger(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("origin", sa.LargeBinary(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("media_type", sa.Text(), nullable=True),
        sa.Column("object_name", sa.Text(), nullable=True),
        sa.Column("thumb_name", sa.Text(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("scan", sa.Text(), server_default="off", nullable=False),
        sa.Column("created_at", MOMENT, server_default=NOW, nullable=False),
        sa.CheckConstraint("state IN ('kept', 'refused')", name=op.f("ck_attachment_state")),
        sa.CheckConstraint("scan IN ('off', 'clean', 'unscanned')", name=op.f("ck_attachment_scan")),
        sa.CheckConstraint(
            "state = 'refused' OR (object_name IS NOT NULL AND sealed IS NOT NULL)",
            name=op.f("ck_attachment_whole"),
        ),
        sa.CheckConstraint("(citizen_id IS NULL) = (inbox_id IS NULL)", name=op.f("ck_attachment_whose")),
        sa.ForeignKeyConstraint(
            ["citizen_id"], ["citizen.id"], name=op.f("fk_attachment_citizen_id_citizen")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
        sa.UniqueConstraint("inbox_id", "position", name=op.f("uq_attachment_inbox_id_position")),
        sa.UniqueConstraint("origin", name=op.f("uq_attachment_origin")),
    )
    for column in ("citizen_id", "object_name", "thumb_name", "created_at"):
        op.create_index(op.f(f"ix_attachment_{column}"), "attachment", [column])
    op.create_table(
        "case_attachment",
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("attachment_id", sa.BigInteger(), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_.id"], name=op.f("fk_case_attachment_case_id_case_")),
        sa.ForeignKeyConstraint(
            ["attachment_id"],
            ["attachment.id"],
            name=op.f("fk_case_attachment_attachment_id_attachment"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("case_id", "attachment_id", name=op.f("pk_case_attachment")),
    )
    op.create_index(op.f("ix_case_attachment_attachment_id"), "case_attachment", ["attachment_id"])
    op.create_table(
        "attachment_gone",
        sa.Column("object_name", sa.Text(), nullable=False),
        sa.Column("since", MOMENT, server_default=NOW, nullable=False),
        sa.PrimaryKeyConstraint("object_name", name=op.f("pk_attachment_gone")),
    )


def downgrade() -> None:
    op.drop_table("attachment_gone")
    op.drop_table("case_attachment")
    op.drop_table("attachment")
