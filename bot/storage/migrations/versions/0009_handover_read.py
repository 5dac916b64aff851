"""That a clerk read a handover unmasked is one of its steps."""

from __future__ import annotations

from alembic import op

revision = "0009_handover_read"
down_revision = "0008_site"
branch_labels = None
depends_on = None

NAME = "ck_handover_event_action"
BEFORE = "'opened', 'asked_again', 'taken', 'taken_over', 'handed_back', 'withdrawn', 'erased'"


def upgrade() -> None:
    op.drop_constraint(op.f(NAME), "handover_event", type_="check")
    op.create_check_constraint(op.f(NAME), "handover_event", f"action IN ({BEFORE}, 'read')")


def downgrade() -> None:
    op.execute("DELETE FROM handover_event WHERE action = 'read'")
    op.drop_constraint(op.f(NAME), "handover_event", type_="check")
    op.create_check_constraint(op.f(NAME), "handover_event", f"action IN ({BEFORE})")
