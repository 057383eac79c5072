"""Drafts that two people write: how often one was saved, what each save said, who is there."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.db import UtcDateTime

revision = "20261122_0010"
down_revision = "20261122_0009"
branch_labels = None
depends_on = None

VERSIONS = "article_versions"


def upgrade() -> None:
    op.add_column(VERSIONS, sa.Column("saves", sa.Integer(), nullable=False, server_default="1"))
    op.add_column(
        VERSIONS, sa.Column("saved_by", sa.String(length=32), nullable=False, server_default="")
    )
    op.create_table(
        "draft_saves",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("began_at", UtcDateTime(), nullable=False),
        sa.Column("saved_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_draft_saves_article_id_articles")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_saves")),
    )
    op.create_index("ix_draft_saves_article_id_language", "draft_saves", ["article_id", "language"])
    op.create_table(
        "text_presence",
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("tab", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_text_presence_article_id_articles")
        ),
        sa.PrimaryKeyConstraint("article_id", "language", "tab", name=op.f("pk_text_presence")),
    )
    op.create_index(op.f("ix_text_presence_until"), "text_presence", ["until"])


def downgrade() -> None:
    op.drop_table("text_presence")
    op.drop_table("draft_saves")
    op.drop_column(VERSIONS, "saved_by")
    op.drop_column(VERSIONS, "saves")
