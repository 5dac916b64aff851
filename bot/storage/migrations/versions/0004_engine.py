"""What the engine remembers: the events of each turn and the replies it gave, sealed with the citizen's key."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import BYTEA, UUID

revision = "0004_engine"
down_revision = "0003_intake"
branch_labels = None
depends_on = None

# A conversation is loaded from its last session on, so what lies before that goes when it is old, and all of it goes
# when the whole conversation is old. One function, so that the engine and the app's periodic work delete alike.
DELETE_OLDER = """
CREATE FUNCTION engine_delete_older(cutoff timestamptz) RETURNS bigint LANGUAGE sql AS $$
    WITH turns AS (
        DELETE FROM engine_turn WHERE at < cutoff RETURNING 1
    ), events AS (
        DELETE FROM engine_event AS old WHERE old.at < cutoff AND (
            EXISTS (SELECT 1 FROM engine_event AS later WHERE later.conversation_id = old.conversation_id
                    AND later.seq > old.seq AND later.starts_session)
            OR NOT EXISTS (SELECT 1 FROM engine_event AS fresh WHERE fresh.conversation_id = old.conversation_id
                           AND fresh.at >= cutoff)
        ) RETURNING 1
    )
    SELECT (SELECT count(*) FROM turns) + (SELECT count(*) FROM events)
$$
"""


def upgrade() -> None:
    op.create_table(
        "engine_event",
        sa.Column("conversation_id", UUID(as_uuid=True), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("starts_session", sa.Boolean(), nullable=False),
        sa.Column("at", sa.TIMESTAMP(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.Column("data", BYTEA(), nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", "seq", name="pk_engine_event"),
    )
    op.create_index("ix_engine_event_at", "engine_event", ["at"])
    op.create_table(
        "engine_turn",
        sa.Column("inbox_id", sa.BigInteger(), nullable=False),
        sa.Column("conversation_id", UUID(as_uuid=True), nullable=False),
        sa.Column("at", sa.TIMESTAMP(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.Column("replies", BYTEA(), nullable=False),
        sa.PrimaryKeyConstraint("inbox_id", name="pk_engine_turn"),
    )
    op.create_index("ix_engine_turn_conversation_id", "engine_turn", ["conversation_id"])
    op.create_index("ix_engine_turn_at", "engine_turn", ["at"])
    op.execute(DELETE_OLDER)


def downgrade() -> None:
    op.execute("DROP FUNCTION engine_delete_older(timestamptz)")
    op.drop_table("engine_turn")
    op.drop_table("engine_event")
