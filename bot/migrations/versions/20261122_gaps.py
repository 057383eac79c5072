"""Gaps: questions without an answer, grouped by what they mean, and what was decided on them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.db import UtcDateTime

revision = "20261122_0015"
down_revision = "20261122_0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "gaps",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("by_hand", sa.Boolean(), nullable=False),
        sa.Column("typical_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(24), nullable=True),
        sa.Column("note", sa.String(400), nullable=False),
        sa.Column("article_slug", sa.String(120), nullable=True),
        sa.Column("decided_by", sa.String(80), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gaps")),
    )
    op.create_index(op.f("ix_gaps_article_slug"), "gaps", ["article_slug"])
    op.create_table(
        "gap_entries",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("conversation_id", sa.String(32), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("article_slug", sa.String(120), nullable=True),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("gap_id", sa.Integer(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("moved_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_gap_entries_conversation_id_conversations"),
        ),
        sa.ForeignKeyConstraint(["gap_id"], ["gaps.id"], name=op.f("fk_gap_entries_gap_id_gaps")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gap_entries")),
        sa.UniqueConstraint("conversation_id", "seq", name=op.f("uq_gap_entries_conversation_id")),
    )
    for column in ("conversation_id", "gap_id", "at"):
        op.create_index(op.f(f"ix_gap_entries_{column}"), "gap_entries", [column])
    op.create_table(
        "gap_looks",
        sa.Column("gap_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_gap_looks_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(["gap_id"], ["gaps.id"], name=op.f("fk_gap_looks_gap_id_gaps")),
        sa.PrimaryKeyConstraint("gap_id", "account_id", name=op.f("pk_gap_looks")),
    )
    op.create_table(
        "gap_runs",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("until", sa.Float(), nullable=False),
        sa.Column("decisions", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(12), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("gathered_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gap_runs")),
    )


def downgrade() -> None:
    for table in ("gap_runs", "gap_looks", "gap_entries", "gaps"):
        op.drop_table(table)
