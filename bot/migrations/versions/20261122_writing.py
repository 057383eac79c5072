"""What each side has seen, who is named in a note, and lines made from an article."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.db import UtcDateTime

revision = "20261122_0006"
down_revision = "20261122_0005"
branch_labels = None
depends_on = None

SEEN = ("patient_seen_seq", "agent_seen_seq")


def upgrade() -> None:
    for name in SEEN:
        op.add_column(
            "conversations", sa.Column(name, sa.Integer(), nullable=False, server_default="0")
        )
    op.add_column(
        "messages", sa.Column("adapted", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.create_table(
        "note_mentions",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("note_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["note_id"], ["notes.id"], name=op.f("fk_note_mentions_note_id_notes")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_note_mentions_account_id_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note_mentions")),
    )
    op.create_index(op.f("ix_note_mentions_note_id"), "note_mentions", ["note_id"])
    op.create_index(
        "ix_note_mentions_account_id_seen_at", "note_mentions", ["account_id", "seen_at"]
    )


def downgrade() -> None:
    op.drop_table("note_mentions")
    op.drop_column("messages", "adapted")
    for name in SEEN:
        op.drop_column("conversations", name)
