"""Hotline calls: the call, what was said in it, what clerks did with it; recordings among the attachments."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0012_calls"
down_revision = "0011_attachments"
branch_labels = None
depends_on = None

MOMENT = sa.TIMESTAMP(timezone=True)
NOW = sa.text("now()")
FALSE = sa.text("false")


def upgrade() -> None:
    op.create_table(
        "call",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("danger", sa.Boolean(), server_default=FALSE, nullable=False),
        sa.Column("mixed", sa.Boolean(), server_default=FALSE, nullable=False),
        sa.Column("caller", sa.LargeBinary(), nullable=True),
        sa.Column("caller_channel", sa.Integer(), nullable=True),
        sa.Column("rejected", sa.Text(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("revision", sa.Integer(), server_default="0", nullable=False),
        sa.Column("drafted", sa.Integer(), server_default="0", nullable=False),
        sa.Column("edited", sa.Boolean(), server_default=FALSE, nullable=False),
        sa.Column("cases", JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("updated_at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("link_hash", sa.LargeBinary(), nullable=True),
        sa.Column("link_until", MOMENT, nullable=True),
        sa.Column("link_tries", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'draft', 'empty', 'filed', 'continued', 'dropped', 'erased')",
            name=op.f("ck_call_state"),
        ),
        sa.CheckConstraint("source IN ('recording', 'live')", name=op.f("ck_call_source")),
        sa.ForeignKeyConstraint(["citizen_id"], ["citizen.id"], name=op.f("fk_call_citizen_id_citizen")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call")),
        sa.UniqueConstraint("external_id", name=op.f("uq_call_external_id")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_call_link_hash")),
    )
    op.create_index(
        "ix_call_waiting",
        "call",
        ["danger", "created_at"],
        postgresql_where=sa.text("state IN ('open', 'draft', 'empty')"),
    )
    op.create_index("ix_call_citizen_id", "call", ["citizen_id"])
    op.create_index("ix_call_updated_at", "call", ["updated_at"])
    op.create_table(
        "call_segment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("speaker", sa.Text(), nullable=False),
        sa.Column("channel", sa.Integer(), nullable=True),
        sa.Column("start", sa.Double(), nullable=False),
        sa.Column("until", sa.Double(), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=True),
        sa.Column("final", sa.Boolean(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "speaker IN ('caller', 'operator', 'unknown')", name=op.f("ck_call_segment_speaker")
        ),
        sa.ForeignKeyConstraint(
            ["call_id"], ["call.id"], name=op.f("fk_call_segment_call_id_call"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_segment")),
        sa.UniqueConstraint("call_id", "key", name=op.f("uq_call_segment_call_id_key")),
    )
    op.create_table(
        "call_step",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("clerk", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"], ["call.id"], name=op.f("fk_call_step_call_id_call"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_step")),
    )
    op.create_index("ix_call_step_call_id_id", "call_step", ["call_id", "id"])
    op.add_column("attachment", sa.Column("call_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_attachment_call_id_call"), "attachment", "call", ["call_id"], ["id"])
    op.create_index(op.f("ix_attachment_call_id"), "attachment", ["call_id"])
    op.create_unique_constraint(
        op.f("uq_attachment_call_id_object_name"), "attachment", ["call_id", "object_name"]
    )
    op.drop_constraint(op.f("ck_attachment_whose"), "attachment", type_="check")
    op.create_check_constraint(
        op.f("ck_attachment_whose"),
        "attachment",
        "(citizen_id IS NULL) = (inbox_id IS NULL AND call_id IS NULL)",
    )


def downgrade() -> None:
    op.execute("DELETE FROM attachment WHERE call_id IS NOT NULL")
    op.drop_constraint(op.f("ck_attachment_whose"), "attachment", type_="check")
    op.create_check_constraint(
        op.f("ck_attachment_whose"), "attachment", "(citizen_id IS NULL) = (inbox_id IS NULL)"
    )
    op.drop_column("attachment", "call_id")
    op.drop_table("call_step")
    op.drop_table("call_segment")
    op.drop_table("call")
