"""Corrections of answers that were wrong, and files that editors took into drafts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.db import UtcDateTime

revision = "20261122_0014"
down_revision = "20261122_0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _corrections()
    _recipients()
    _imports()


def _corrections() -> None:
    op.create_table(
        "corrections",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=120), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_hash", sa.String(length=16), nullable=False),
        sa.Column("with_answer", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("author_id", sa.String(length=32), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("released_by", sa.String(length=32), nullable=True),
        sa.Column("released_at", UtcDateTime(), nullable=True),
        sa.Column("stopped_by", sa.String(length=32), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        _key("corrections", "version_id", "article_versions"),
        _key("corrections", "author_id", "accounts"),
        _key("corrections", "released_by", "accounts"),
        _key("corrections", "stopped_by", "accounts"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrections")),
    )
    op.create_index(op.f("ix_corrections_version_id"), "corrections", ["version_id"])
    op.create_index("ix_corrections_state", "corrections", ["state"])
    draft = sa.text("state = 'draft'")
    op.create_index(
        "uq_corrections_draft",
        "corrections",
        ["version_id"],
        unique=True,
        sqlite_where=draft,
        postgresql_where=draft,
    )


def _recipients() -> None:
    op.create_table(
        "correction_recipients",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("correction_id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=True),
        sa.Column("address_hash", sa.String(length=64), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.Column("version_id", sa.Integer(), nullable=True),
        sa.Column("mailed", sa.String(length=12), nullable=True),
        sa.Column("mail_id", sa.Integer(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=True),
        _key("correction_recipients", "correction_id", "corrections"),
        _key("correction_recipients", "conversation_id", "conversations"),
        _key("correction_recipients", "contact_id", "contacts"),
        _key("correction_recipients", "mail_id", "outbox"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction_recipients")),
        sa.UniqueConstraint(
            "correction_id", "conversation_id", name="uq_correction_recipients_once"
        ),
        sa.UniqueConstraint(
            "correction_id", "address_hash", name="uq_correction_recipients_address"
        ),
    )
    op.create_index(
        op.f("ix_correction_recipients_conversation_id"),
        "correction_recipients",
        ["conversation_id"],
    )
    op.create_index(
        "ix_correction_recipients_due", "correction_recipients", ["correction_id", "state"]
    )


def _imports() -> None:
    op.create_table(
        "knowledge_imports",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("file", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.Column("created_by", sa.String(length=32), nullable=False),
        sa.Column("created_name", sa.String(length=80), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("removed_name", sa.String(length=80), nullable=True),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        _key("knowledge_imports", "created_by", "accounts"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_imports")),
    )
    op.create_table(
        "knowledge_import_drafts",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=True),
        sa.Column("slug", sa.String(length=120), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("domain", sa.String(length=24), nullable=False),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("new_article", sa.Boolean(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("text", sa.JSON(), nullable=False),
        _key("knowledge_import_drafts", "import_id", "knowledge_imports"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_import_drafts")),
        sa.UniqueConstraint(
            "import_id", "slug", "language", name="uq_knowledge_import_drafts_text"
        ),
    )


def _key(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name)


def downgrade() -> None:
    for table in (
        *("knowledge_import_drafts", "knowledge_imports"),
        *("correction_recipients", "corrections"),
    ):
        op.drop_table(table)
