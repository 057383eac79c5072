"""The life of a text: steps, plans, what owners were told, and where to write to them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.db import UtcDateTime
from bot.knowledge.life_models import (
    KEEP_POSTGRESQL,
    KEEP_SQLITE,
    STEPS_POSTGRESQL,
    STEPS_SQLITE,
)
from bot.knowledge.models import IMMUTABLE_POSTGRESQL, IMMUTABLE_SQLITE

revision = "20261122_0012"
down_revision = "20261122_0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _steps()
    _plans()
    op.add_column(
        "accounts", sa.Column("email", sa.String(length=254), nullable=False, server_default="")
    )
    sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in (
        (*STEPS_SQLITE, *KEEP_SQLITE)
        if sqlite
        else (
            *STEPS_POSTGRESQL,
            *KEEP_POSTGRESQL,
        )
    ):
        op.execute(statement)


def _steps() -> None:
    op.create_table(
        "article_steps",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=True),
        sa.Column("version_id", sa.Integer(), nullable=True),
        sa.Column("verb", sa.String(length=16), nullable=False),
        sa.Column("before", sa.String(length=80), nullable=False),
        sa.Column("after", sa.String(length=80), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("actor_name", sa.String(length=80), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("planned_at", UtcDateTime(), nullable=True),
        sa.Column("kept_id", sa.Integer(), nullable=True),
        sa.Column("batch", sa.String(length=32), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article_steps")),
    )
    op.create_index("ix_article_steps_text", "article_steps", ["article_id", "language"])
    op.create_index(op.f("ix_article_steps_version_id"), "article_steps", ["version_id"])
    op.create_index(op.f("ix_article_steps_batch"), "article_steps", ["batch"])


def _plans() -> None:
    op.create_table(
        "publish_plans",
        sa.Column("version_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("publish_at", UtcDateTime(), nullable=False),
        sa.Column("planned_by", sa.String(length=80), nullable=False),
        sa.Column("planned_name", sa.String(length=80), nullable=False),
        sa.Column("note", sa.String(length=400), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        *_version("publish_plans"),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_publish_plans")),
    )
    op.create_index(op.f("ix_publish_plans_publish_at"), "publish_plans", ["publish_at"])
    op.create_table(
        "due_notices",
        sa.Column("version_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("days", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("owner", sa.String(length=80), nullable=False),
        sa.Column("mailed", sa.Boolean(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        *_version("due_notices"),
        sa.PrimaryKeyConstraint("version_id", "days", name=op.f("pk_due_notices")),
    )


def _version(table: str) -> tuple[sa.ForeignKeyConstraint]:
    name = op.f(f"fk_{table}_version_id_article_versions")
    return (sa.ForeignKeyConstraint(["version_id"], ["article_versions.id"], name=name),)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER article_versions_settle")
        op.execute("DROP TRIGGER article_versions_keep")
        op.execute(IMMUTABLE_SQLITE[0])
    else:
        op.execute("DROP TRIGGER article_versions_settle ON article_versions")
        op.execute("DROP TRIGGER article_versions_keep ON article_versions")
        op.execute(IMMUTABLE_POSTGRESQL[1])
    op.drop_column("accounts", "email")
    for table in ("due_notices", "publish_plans", "article_steps"):
        op.drop_table(table)
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION article_steps_refuse()")
