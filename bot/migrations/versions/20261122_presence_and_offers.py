"""Who is there, what is offered to whom, and what a case needs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.db import UtcDateTime

revision = "20261122_0004"
down_revision = "20261122_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("handoffs", sa.Column("domain", sa.String(length=16), nullable=True))
    op.add_column("handoffs", sa.Column("site", sa.String(length=64), nullable=True))
    op.add_column("handoffs", sa.Column("queued_at", UtcDateTime(), nullable=True))
    op.add_column("handoffs", sa.Column("alarmed_at", UtcDateTime(), nullable=True))
    op.create_table(
        "presence",
        sa.Column("agent_id", sa.String(length=32), nullable=False),
        sa.Column("agent_name", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("domains", sa.JSON(), nullable=False),
        sa.Column("sites", sa.JSON(), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["accounts.id"], name=op.f("fk_presence_agent_id_accounts")
        ),
        sa.PrimaryKeyConstraint("agent_id", name=op.f("pk_presence")),
    )
    op.create_index(op.f("ix_presence_until"), "presence", ["until"])
    op.create_table(
        "offers",
        sa.Column("handoff_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("agent_id", sa.String(length=32), nullable=False),
        sa.Column("offered_at", UtcDateTime(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["handoff_id"], ["handoffs.id"], name=op.f("fk_offers_handoff_id_handoffs")
        ),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["accounts.id"], name=op.f("fk_offers_agent_id_accounts")
        ),
        sa.PrimaryKeyConstraint("handoff_id", name=op.f("pk_offers")),
    )
    op.create_index(op.f("ix_offers_agent_id"), "offers", ["agent_id"])


def downgrade() -> None:
    op.drop_table("offers")
    op.drop_table("presence")
    for column in ("alarmed_at", "queued_at", "site", "domain"):
        op.drop_column("handoffs", column)
