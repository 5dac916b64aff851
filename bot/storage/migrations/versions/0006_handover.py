"""Conversations handed over to a person (转人工): what waits, who took it, what clerks said; words are sealed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006_handover"
down_revision = "0005_knowledge"
branch_labels = None
depends_on = None

MOMENT = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.create_table(
        "handover",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("danger", sa.Boolean(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("clerk", sa.Text(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("taken_at", MOMENT, nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("since", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("until", MOMENT, nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'taken', 'handed_back', 'withdrawn', 'erased')",
            name=op.f("ck_handover_state"),
        ),
        sa.CheckConstraint("reason IN ('asked', 'stuck', 'danger')", name=op.f("ck_handover_reason")),
        sa.CheckConstraint(
            "state <> 'taken' OR (clerk IS NOT NULL AND taken_at IS NOT NULL)", name=op.f("ck_handover_taken")
        ),
        sa.CheckConstraint(
            "(state IN ('waiting', 'taken')) = (closed_at IS NULL)", name=op.f("ck_handover_closed")
        ),
        sa.ForeignKeyConstraint(["citizen_id"], ["citizen.id"], name=op.f("fk_handover_citizen_id_citizen")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
    )
    op.create_index(
        "uq_handover_open",
        "handover",
        ["citizen_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('waiting', 'taken')"),
    )
    op.create_index("ix_handover_citizen_id", "handover", ["citizen_id"])
    op.create_table(
        "handover_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("handover_id", sa.Uuid(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("clerk", sa.Text(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "action IN ('opened', 'asked_again', 'taken', 'taken_over', 'handed_back', 'withdrawn', 'erased')",
            name=op.f("ck_handover_event_action"),
        ),
        sa.ForeignKeyConstraint(
            ["handover_id"], ["handover.id"], name=op.f("fk_handover_event_handover_id_handover")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_event")),
    )
    op.create_index("ix_handover_event_handover_id_id", "handover_event", ["handover_id", "id"])
    op.create_table(
        "handover_line",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("handover_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("clerk", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["handover_id"], ["handover.id"], name=op.f("fk_handover_line_handover_id_handover")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_line")),
        sa.UniqueConstraint("handover_id", "key", name=op.f("uq_handover_line_handover_id_key")),
    )


def downgrade() -> None:
    op.drop_table("handover_line")
    op.drop_table("handover_event")
    op.drop_table("handover")
