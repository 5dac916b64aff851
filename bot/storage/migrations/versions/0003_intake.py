"""Inbox and outbox, and an index that keeps the job engine's look at a citizen's lock cheap in a backlog."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003_intake"
down_revision = "0002_core"
branch_labels = None
depends_on = None

MOMENT = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.create_table(
        "inbox",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("sent_at", MOMENT, nullable=False),
        sa.Column("created_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("told_at", MOMENT, nullable=True),
        sa.Column("handled_at", MOMENT, nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'answered', 'failed')", name=op.f("ck_inbox_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
        sa.UniqueConstraint("channel", "external_id", name=op.f("uq_inbox_channel_external_id")),
    )
    op.create_index("ix_inbox_citizen_id_id", "inbox", ["citizen_id", "id"])
    op.create_index("ix_inbox_waiting", "inbox", ["id"], postgresql_where=sa.text("state = 'waiting'"))
    op.create_index("ix_inbox_failed", "inbox", ["id"], postgresql_where=sa.text("state = 'failed'"))
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("inbox_id", sa.BigInteger(), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("push_key", sa.Text(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('kept', 'ready', 'sent', 'failed')", name=op.f("ck_outbox_state")),
        sa.CheckConstraint("kind IN ('reply', 'notice', 'push')", name=op.f("ck_outbox_kind")),
        sa.ForeignKeyConstraint(["inbox_id"], ["inbox.id"], name=op.f("fk_outbox_inbox_id_inbox")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("inbox_id", "seq", name=op.f("uq_outbox_inbox_id_seq")),
        sa.UniqueConstraint("push_key", "seq", name=op.f("uq_outbox_push_key_seq")),
    )
    op.create_index("ix_outbox_citizen_id_id", "outbox", ["citizen_id", "id"])
    op.create_index(
        "ix_outbox_ready", "outbox", ["citizen_id", "id"], postgresql_where=sa.text("state = 'ready'")
    )
    # Claiming a job asks whether its lock has an earlier one. Procrastinate's own index leads with the id, so that
    # question reads every waiting job; measured in docs/performance.md.
    op.execute(
        "CREATE INDEX suda_jobs_lock_idx ON procrastinate_jobs (lock) WHERE status IN ('todo', 'doing')"
    )
