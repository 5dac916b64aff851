"""Messaging platforms: replies that their own request waits for, windows, one token for all processes, replays."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010_platforms"
down_revision = "0009_handover_read"
branch_labels = None
depends_on = None

MOMENT = sa.TIMESTAMP(timezone=True)

STATE = "ck_outbox_state"
BEFORE = "'kept', 'ready', 'sent', 'failed'"


def upgrade() -> None:
    op.add_column("inbox", sa.Column("held", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.create_index("ix_inbox_held", "inbox", ["id"], postgresql_where=sa.text("held"))
    op.add_column("outbox", sa.Column("handed_to", sa.BigInteger(), nullable=True))
    op.add_column("outbox", sa.Column("sending_at", MOMENT, nullable=True))
    op.create_index("ix_outbox_held", "outbox", ["inbox_id"], postgresql_where=sa.text("state = 'held'"))
    op.create_index(
        "ix_outbox_untold", "outbox", ["citizen_id"], postgresql_where=sa.text("state = 'untold'")
    )
    op.drop_constraint(op.f(STATE), "outbox", type_="check")
    op.create_check_constraint(op.f(STATE), "outbox", f"state IN ({BEFORE}, 'held', 'untold')")
    op.create_table(
        "channel_window",
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("citizen_id", "channel", "kind", name=op.f("pk_channel_window")),
    )
    op.create_table(
        "platform_token",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("refreshed_at", MOMENT, nullable=False),
        sa.Column("forced_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_platform_token")),
    )
    op.create_table(
        "platform_nonce",
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("message", sa.LargeBinary(), nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_platform_nonce")),
    )
    op.create_index("ix_platform_nonce_seen_at", "platform_nonce", ["seen_at"])


def downgrade() -> None:
    op.drop_table("platform_nonce")
    op.drop_table("platform_token")
    op.drop_table("channel_window")
    op.execute("UPDATE outbox SET state = 'failed' WHERE state IN ('held', 'untold')")
    op.drop_constraint(op.f(STATE), "outbox", type_="check")
    op.create_check_constraint(op.f(STATE), "outbox", f"state IN ({BEFORE})")
    op.drop_index("ix_outbox_untold", table_name="outbox")
    op.drop_index("ix_outbox_held", table_name="outbox")
    op.drop_column("outbox", "sending_at")
    op.drop_column("outbox", "handed_to")
    op.drop_index("ix_inbox_held", table_name="inbox")
    op.drop_column("inbox", "held")
