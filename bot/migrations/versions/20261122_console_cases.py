"""Cases taken up again, found by words, looked at together; identity checks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.db import UtcDateTime

revision = "20261122_0005"
down_revision = "20261122_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("handoffs", sa.Column("need", sa.String(length=60), nullable=True))
    _links()
    _words()
    _views()
    _identity_checks()


def _key(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))


def _links() -> None:
    op.create_table(
        "case_links",
        sa.Column("handoff_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("earlier_id", sa.Integer(), nullable=False),
        _key("case_links", "handoff_id", "handoffs"),
        _key("case_links", "earlier_id", "handoffs"),
        sa.PrimaryKeyConstraint("handoff_id", name=op.f("pk_case_links")),
    )
    op.create_index(op.f("ix_case_links_earlier_id"), "case_links", ["earlier_id"])


def _words() -> None:
    op.create_table(
        "case_words",
        sa.Column("handoff_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("upto_seq", sa.Integer(), nullable=False),
        sa.Column("site", sa.String(length=60), nullable=True),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        _key("case_words", "handoff_id", "handoffs"),
        sa.PrimaryKeyConstraint("handoff_id", name=op.f("pk_case_words")),
    )


def _views() -> None:
    op.create_table(
        "case_views",
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("console_id", sa.String(length=32), nullable=False),
        sa.Column("agent_id", sa.String(length=32), nullable=False),
        sa.Column("agent_name", sa.String(length=80), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        _key("case_views", "conversation_id", "conversations"),
        _key("case_views", "agent_id", "accounts"),
        sa.PrimaryKeyConstraint("conversation_id", "console_id", name=op.f("pk_case_views")),
    )


def _identity_checks() -> None:
    op.create_table(
        "identity_checks",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("handoff_id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("agent_id", sa.String(length=32), nullable=False),
        sa.Column("agent_name", sa.String(length=80), nullable=False),
        sa.Column("concerns", sa.String(length=12), nullable=False),
        sa.Column("method", sa.String(length=40), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        _key("identity_checks", "handoff_id", "handoffs"),
        _key("identity_checks", "conversation_id", "conversations"),
        _key("identity_checks", "agent_id", "accounts"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_checks")),
    )
    op.create_index(op.f("ix_identity_checks_handoff_id"), "identity_checks", ["handoff_id"])
    op.create_index(
        op.f("ix_identity_checks_conversation_id"), "identity_checks", ["conversation_id"]
    )


def downgrade() -> None:
    for table in ("identity_checks", "case_views", "case_words", "case_links"):
        op.drop_table(table)
    op.drop_column("handoffs", "need")
