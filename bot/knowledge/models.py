"""The tables of knowledge: articles, their versions, the clinic's documents, what was missing.

A version's words never change once it has left the draft: triggers refuse it, so that a line
in a transcript can always show the text the patient read.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base


class State(StrEnum):
    """Where a version is on its way to patients."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    PUBLISHED = "published"
    ARCHIVED = "archived"


class Origin(StrEnum):
    """Who made it: an import never replaces what an editor wrote."""

    FILE = "file"
    EDITOR = "editor"


class Kind(StrEnum):
    """The documents that articles take facts from."""

    CLINIC = "clinic"
    FIGURES = "figures"


class Article(Base):
    """One answer, whatever its languages. `handoff` is `{"reason", "priority"}` or nothing."""

    __tablename__ = "articles"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    slug: Mapped[str] = mapped_column(String(120), unique=True)
    domain: Mapped[str] = mapped_column(String(24))
    topics: Mapped[list[str]] = mapped_column(JSON)
    related: Mapped[list[str]] = mapped_column(JSON, default=list)
    handoff: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))
    scope: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    owner: Mapped[str] = mapped_column(String(80), default="")
    created_at: Mapped[datetime]


class Version(Base):
    """One text of an article in one language.

    `revision` numbers the meanings of the source language's texts. `based_on` is the source
    version a translation was made from: it is stale while the live source has another revision.
    """

    __tablename__ = "article_versions"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), index=True)
    language: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(12), default=State.DRAFT.value)
    title: Mapped[str] = mapped_column(String(200))
    lead: Mapped[str] = mapped_column(Text)
    more: Mapped[str | None] = mapped_column(Text)
    variants: Mapped[list[str]] = mapped_column(JSON)
    golden: Mapped[list[str]] = mapped_column(JSON)
    sources: Mapped[list[dict[str, str]]] = mapped_column(JSON)
    verified_on: Mapped[date | None]
    expires_on: Mapped[date | None]
    effective_from: Mapped[date | None]
    reviewed_by: Mapped[str] = mapped_column(String(80), default="")
    reviewed_on: Mapped[date | None]
    revision: Mapped[int] = mapped_column(default=1)
    based_on: Mapped[int | None] = mapped_column(ForeignKey("article_versions.id"))
    content_hash: Mapped[str] = mapped_column(String(64))
    origin: Mapped[str] = mapped_column(String(8))
    note: Mapped[str] = mapped_column(String(400), default="")
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(80))
    published_at: Mapped[datetime | None]
    published_by: Mapped[str | None] = mapped_column(String(80))
    # How often the draft was saved, and the account that did it last: whoever saves names the
    # number they had before their eyes.
    saves: Mapped[int] = mapped_column(default=1, server_default="1")
    saved_by: Mapped[str] = mapped_column(String(32), default="", server_default="")

    __table_args__ = (
        Index(
            "uq_article_versions_published",
            "article_id",
            "language",
            unique=True,
            sqlite_where=text("state = 'published'"),
            postgresql_where=text("state = 'published'"),
        ),
        Index(
            "uq_article_versions_draft",
            "article_id",
            "language",
            unique=True,
            sqlite_where=text("state = 'draft'"),
            postgresql_where=text("state = 'draft'"),
        ),
    )


class Document(Base):
    """The clinic profile, or the file of figures, as TOML; the newest of its kind counts.

    `note` is why it was changed, for colleagues.
    """

    __tablename__ = "knowledge_documents"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    kind: Mapped[str] = mapped_column(String(12), index=True)
    body: Mapped[str] = mapped_column(Text)
    content_hash: Mapped[str] = mapped_column(String(64))
    origin: Mapped[str] = mapped_column(String(8))
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(80))
    note: Mapped[str] = mapped_column(String(400), default="")


class MissingFact(Base):
    """A conversation in which an answer lacked a fact of the clinic profile."""

    __tablename__ = "missing_facts"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    key: Mapped[str] = mapped_column(String(80))
    article_slug: Mapped[str | None] = mapped_column(String(120))
    conversation_id: Mapped[str] = mapped_column(String(32), index=True)
    at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("key", "conversation_id"),)


class KnowledgeRevision(Base):
    """One row. It grows in the transaction of each publish, so that every process can see it."""

    __tablename__ = "knowledge_revisions"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    revision: Mapped[int]
    changed_at: Mapped[datetime]


# What a version says. All of it but the text's place in the world (state, dates of publishing).
WORDS: tuple[str, ...] = (
    *("article_id", "language", "title", "lead", "more", "variants", "golden", "sources"),
    *("verified_on", "expires_on", "effective_from", "reviewed_by", "reviewed_on"),
    *("revision", "based_on", "content_hash", "origin", "created_at", "created_by"),
)

_REFUSAL = "a version that has left the draft does not change"

IMMUTABLE_SQLITE: tuple[str, ...] = (
    (
        f"CREATE TRIGGER article_versions_keep BEFORE UPDATE OF {', '.join(WORDS)} "
        "ON article_versions WHEN OLD.state <> 'draft' "
        f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
    ),
    (
        "CREATE TRIGGER article_versions_stay BEFORE DELETE ON article_versions "
        f"WHEN OLD.state <> 'draft' BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
    ),
)
IMMUTABLE_POSTGRESQL: tuple[str, ...] = (
    (
        "CREATE FUNCTION article_versions_refuse() RETURNS trigger AS $$ BEGIN "
        f"RAISE EXCEPTION '{_REFUSAL}'; END $$ LANGUAGE plpgsql"
    ),
    (
        f"CREATE TRIGGER article_versions_keep BEFORE UPDATE OF {', '.join(WORDS)} "
        "ON article_versions FOR EACH ROW WHEN (OLD.state <> 'draft') "
        "EXECUTE FUNCTION article_versions_refuse()"
    ),
    (
        "CREATE TRIGGER article_versions_stay BEFORE DELETE ON article_versions "
        "FOR EACH ROW WHEN (OLD.state <> 'draft') EXECUTE FUNCTION article_versions_refuse()"
    ),
)
