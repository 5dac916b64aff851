"""Citizens, cases and their events; the database itself keeps events from being changed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002_core"
down_revision = "0001_jobs"
branch_labels = None
depends_on = None

MOMENT = sa.TIMESTAMP(timezone=True)

GUARD = """
CREATE FUNCTION suda_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER case_event_rows BEFORE UPDATE OR DELETE ON case_event
    FOR EACH ROW EXECUTE FUNCTION suda_refuse_change();
CREATE TRIGGER case_event_table BEFORE TRUNCATE ON case_event
    FOR EACH STATEMENT EXECUTE FUNCTION suda_refuse_change();
"""


def upgrade() -> None:
    identity()
    cases()
    events()


def identity() -> None:
    op.create_table(
        "citizen",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("forgotten_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_citizen")),
    )
    op.create_table(
        "citizen_address",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("address_hash", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_address", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["citizen_id"], ["citizen.id"], name=op.f("fk_citizen_address_citizen_id_citizen")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_citizen_address")),
        sa.UniqueConstraint("address_hash", name=op.f("uq_citizen_address_address_hash")),
    )
    op.create_index("ix_citizen_address_citizen_id", "citizen_address", ["citizen_id"])


def cases() -> None:
    op.create_table(
        "case_",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("filing_key", sa.LargeBinary(), nullable=False),
        sa.Column("tracking_hash", sa.LargeBinary(), nullable=True),
        sa.Column("inbox_id", sa.BigInteger(), nullable=True),
        sa.Column("issue", sa.Integer(), nullable=False),
        sa.Column("citizen_id", sa.Uuid(), nullable=True),
        sa.Column("anonymous", sa.Boolean(), nullable=False),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("urgency", sa.Text(), nullable=False),
        sa.Column("emergency", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("category_path", sa.Text(), nullable=True),
        sa.Column("category_confidence", sa.Float(), nullable=True),
        sa.Column("category_set_by", sa.Text(), nullable=False),
        sa.Column("catalogue_version", sa.Text(), nullable=True),
        sa.Column("understanding", JSONB(), nullable=False),
        sa.Column("district", sa.Text(), nullable=True),
        sa.Column("street", sa.Text(), nullable=True),
        sa.Column("community", sa.Text(), nullable=True),
        sa.Column("occurred", JSONB(), nullable=False),
        sa.Column("dispatch_kind", sa.Text(), nullable=True),
        sa.Column("decision", JSONB(), nullable=False),
        sa.Column("assist_units", JSONB(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("lead_unit_id", sa.Text(), nullable=True),
        sa.Column("lead_unit", sa.Text(), nullable=True),
        sa.Column("dispatch_due_at", MOMENT, nullable=True),
        sa.Column("dispatched_at", MOMENT, nullable=True),
        sa.Column("due_at", MOMENT, nullable=True),
        sa.Column("accepted_at", MOMENT, nullable=True),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("extensions", sa.Integer(), server_default="0", nullable=False),
        sa.Column("supervised", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("master_id", sa.BigInteger(), nullable=True),
        sa.Column("contacted", sa.Boolean(), nullable=True),
        sa.Column("solved", sa.Text(), nullable=True),
        sa.Column("satisfaction", sa.Text(), nullable=True),
        sa.Column("survey_attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("counted", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("excluded_because", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["citizen_id"], ["citizen.id"], name=op.f("fk_case__citizen_id_citizen")),
        sa.ForeignKeyConstraint(["master_id"], ["case_.id"], name=op.f("fk_case__master_id_case_")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_")),
        sa.UniqueConstraint("number", name=op.f("uq_case__number")),
        sa.UniqueConstraint("filing_key", name=op.f("uq_case__filing_key")),
        sa.UniqueConstraint("tracking_hash", name=op.f("uq_case__tracking_hash")),
    )
    op.create_index(
        "ix_case__citizen_id_id",
        "case_",
        ["citizen_id", "id"],
        postgresql_where=sa.text("citizen_id IS NOT NULL"),
    )
    op.create_index("ix_case__due_at", "case_", ["due_at"], postgresql_where=sa.text("closed_at IS NULL"))
    for column in ("created_at", "category", "state", "lead_unit_id"):
        op.create_index(f"ix_case__{column}", "case_", [column])
    op.create_table(
        "case_text",
        sa.Column("case_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_.id"], name=op.f("fk_case_text_case_id_case_")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_text")),
    )


def events() -> None:
    op.create_table(
        "case_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("data", JSONB(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_.id"], name=op.f("fk_case_event_case_id_case_")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_event")),
        sa.UniqueConstraint("case_id", "seq", name=op.f("uq_case_event_case_id_seq")),
    )
    op.create_table(
        "case_note",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_.id"], name=op.f("fk_case_note_case_id_case_")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_note")),
        sa.UniqueConstraint("case_id", "seq", name=op.f("uq_case_note_case_id_seq")),
    )
    for statement in GUARD.strip().replace("$$;\n", "$$;;\n").split(";;\n"):
        op.execute(sa.text(statement.replace(":", "\\:")))
