"""The tables of a text's life: what was done to it, what is planned, what was told of.

None of them changes words. Steps are append-only and have no foreign keys: what was done to a
draft outlives the draft.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base
from bot.knowledge.models import WORDS


class Verb(StrEnum):
    """What can be done to an article, or to one of its texts."""

    WRITTEN = "written"
    DISCARDED = "discarded"
    SUBMITTED = "submitted"
    WITHDRAWN = "withdrawn"
    APPROVED = "approved"
    SENT_BACK = "sent_back"
    SCHEDULED = "scheduled"
    UNSCHEDULED = "unscheduled"
    BLOCKED = "blocked"
    PUBLISHED = "published"
    RESTORED = "restored"
    VERIFIED = "verified"
    UNVERIFIED = "unverified"
    ARCHIVED = "archived"
    RETURNED = "returned"
    OWNED = "owned"


class ArticleStep(Base):
    """Who did what to a text, when and why. Triggers refuse updates and deletes.

    `before` and `after` are states, or owners. `kept_id` is the version that the step left
    behind: the words as they were sent back, or the one that was verified. `batch` joins the
    steps of one click, so that they are undone together.
    """

    __tablename__ = "article_steps"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    article_id: Mapped[int]
    language: Mapped[str | None] = mapped_column(String(8))
    version_id: Mapped[int | None] = mapped_column(index=True)
    verb: Mapped[str] = mapped_column(String(16))
    before: Mapped[str] = mapped_column(String(80), default="")
    after: Mapped[str] = mapped_column(String(80), default="")
    actor: Mapped[str] = mapped_column(String(80))
    actor_name: Mapped[str] = mapped_column(String(80))
    comment: Mapped[str] = mapped_column(Text, default="")
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    planned_at: Mapped[datetime | None]
    kept_id: Mapped[int | None]
    batch: Mapped[str | None] = mapped_column(String(32), index=True)
    at: Mapped[datetime]

    __table_args__ = (Index("ix_article_steps_text", "article_id", "language"),)


class PublishPlan(Base):
    """A text that goes live by itself. The row is there while that is still to happen: whoever
    deletes it does it."""

    __tablename__ = "publish_plans"

    version_id: Mapped[int] = mapped_column(
        ForeignKey("article_versions.id"), primary_key=True, autoincrement=False
    )
    publish_at: Mapped[datetime] = mapped_column(index=True)
    planned_by: Mapped[str] = mapped_column(String(80))
    planned_name: Mapped[str] = mapped_column(String(80))
    note: Mapped[str] = mapped_column(String(400), default="")
    created_at: Mapped[datetime]


class DueNotice(Base):
    """An owner was told that a text falls due in so many days; once, by whichever process."""

    __tablename__ = "due_notices"

    version_id: Mapped[int] = mapped_column(
        ForeignKey("article_versions.id"), primary_key=True, autoincrement=False
    )
    days: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    owner: Mapped[str] = mapped_column(String(80))
    mailed: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime]


STEPS_SQLITE = tuple(
    f"CREATE TRIGGER article_steps_no_{verb.lower()} BEFORE {verb} ON article_steps "
    "BEGIN SELECT RAISE(ABORT, 'article_steps is append-only'); END"
    for verb in ("UPDATE", "DELETE")
)
STEPS_POSTGRESQL = (
    (
        "CREATE FUNCTION article_steps_refuse() RETURNS trigger AS $$ BEGIN "
        "RAISE EXCEPTION 'article_steps is append-only'; END $$ LANGUAGE plpgsql"
    ),
    (
        "CREATE TRIGGER article_steps_append_only BEFORE UPDATE OR DELETE OR TRUNCATE "
        "ON article_steps FOR EACH STATEMENT EXECUTE FUNCTION article_steps_refuse()"
    ),
)

# Which meaning a text has, and who approved it, is settled on its way to patients. What it says,
# from the moment it leaves the draft; the rest, from the moment it leaves that way.
SETTLED_LATE: tuple[str, ...] = ("reviewed_by", "reviewed_on", "revision", "content_hash")
_SAID = ", ".join(name for name in WORDS if name not in SETTLED_LATE)
_LATE = ", ".join(SETTLED_LATE)
_ON_ITS_WAY = "OLD.state IN ('draft', 'in_review', 'approved')"
_REFUSAL = "a version that has left the draft does not change"

KEEP_SQLITE: tuple[str, ...] = (
    "DROP TRIGGER article_versions_keep",
    (
        f"CREATE TRIGGER article_versions_keep BEFORE UPDATE OF {_SAID} "
        "ON article_versions WHEN OLD.state <> 'draft' "
        f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
    ),
    (
        f"CREATE TRIGGER article_versions_settle BEFORE UPDATE OF {_LATE} "
        f"ON article_versions WHEN NOT ({_ON_ITS_WAY}) "
        f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
    ),
)
KEEP_POSTGRESQL: tuple[str, ...] = (
    "DROP TRIGGER article_versions_keep ON article_versions",
    (
        f"CREATE TRIGGER article_versions_keep BEFORE UPDATE OF {_SAID} "
        "ON article_versions FOR EACH ROW WHEN (OLD.state <> 'draft') "
        "EXECUTE FUNCTION article_versions_refuse()"
    ),
    (
        f"CREATE TRIGGER article_versions_settle BEFORE UPDATE OF {_LATE} "
        f"ON article_versions FOR EACH ROW WHEN (NOT ({_ON_ITS_WAY})) "
        "EXECUTE FUNCTION article_versions_refuse()"
    ),
)
