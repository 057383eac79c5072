"""The life of a promise: what was told first, its range, and what became of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.db import UtcDateTime

revision = "20261122_0003"
down_revision = "20261122_0002"
branch_labels = None
depends_on = None

TIMES = ("first_promised_by", "promised_low", "promised_high", "warned_at")


def upgrade() -> None:
    for name in TIMES:
        op.add_column("handoffs", sa.Column(name, UtcDateTime(), nullable=True))
    op.add_column("handoffs", sa.Column("promise_state", sa.String(length=12), nullable=True))
    # What became of the promises before this is not known, so those are judged no more.
    op.execute("UPDATE handoffs SET first_promised_by = promised_by")
    op.execute(
        "UPDATE handoffs SET promise_state = 'given' "
        "WHERE promised_by IS NOT NULL AND first_reply_at IS NULL AND state <> 'resolved'"
    )
    op.drop_index("ix_handoffs_queue", "handoffs")
    op.create_index(
        "ix_handoffs_queue",
        "handoffs",
        ["state", "priority_rank", "first_promised_by", "requested_at"],
    )
    op.create_index("ix_handoffs_promised_by", "handoffs", ["promised_by"])
    op.create_index("ix_handoffs_resolved_at", "handoffs", ["resolved_at"])


def downgrade() -> None:
    op.drop_index("ix_handoffs_resolved_at", "handoffs")
    op.drop_index("ix_handoffs_promised_by", "handoffs")
    op.drop_index("ix_handoffs_queue", "handoffs")
    op.create_index(
        "ix_handoffs_queue",
        "handoffs",
        ["state", "priority_rank", "promised_by", "requested_at"],
    )
    for name in (*TIMES, "promise_state"):
        op.drop_column("handoffs", name)
