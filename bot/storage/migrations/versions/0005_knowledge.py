"""Questions the knowledge base had no answer to, without personal data, for editors."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005_knowledge"
down_revision = "0004_engine"
branch_labels = None
depends_on = None

MOMENT = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.create_table(
        "unanswered_question",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("words_hash", sa.LargeBinary(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("asked", sa.Integer(), server_default="1", nullable=False),
        sa.Column("first_asked_at", MOMENT, nullable=False),
        sa.Column("last_asked_at", MOMENT, nullable=False),
        sa.Column("nearest_article", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'covered', 'dismissed')", name=op.f("ck_unanswered_question_state")
        ),
        sa.CheckConstraint("asked >= 1", name=op.f("ck_unanswered_question_asked")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unanswered_question")),
        sa.UniqueConstraint("words_hash", name=op.f("uq_unanswered_question_words_hash")),
    )
    op.create_index(
        "ix_unanswered_question_open",
        "unanswered_question",
        ["asked", "last_asked_at"],
        postgresql_where=sa.text("state = 'open'"),
    )


def downgrade() -> None:
    op.drop_table("unanswered_question")
