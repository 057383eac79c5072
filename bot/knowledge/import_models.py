"""The tables of files that editors took into drafts, so that a file can be taken back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base

TAKEN, REMOVED = "taken", "removed"


class Import(Base):
    """One file whose answers became drafts. `report` says what became of every row."""

    __tablename__ = "knowledge_imports"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    file: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(8), default=TAKEN)
    report: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_by: Mapped[str] = mapped_column(ForeignKey("accounts.id"))
    created_name: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]
    removed_name: Mapped[str | None] = mapped_column(String(80))
    removed_at: Mapped[datetime | None]


class ImportedDraft(Base):
    """A draft that came from a file, as it was then.

    `content_hash` tells whether an editor has changed it since; `text` makes it again after it
    was removed. `version_id` is no foreign key: drafts may be deleted.
    """

    __tablename__ = "knowledge_import_drafts"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("knowledge_imports.id"))
    version_id: Mapped[int | None]
    slug: Mapped[str] = mapped_column(String(120))
    language: Mapped[str] = mapped_column(String(8))
    domain: Mapped[str] = mapped_column(String(24))
    topics: Mapped[list[str]] = mapped_column(JSON)
    new_article: Mapped[bool]
    content_hash: Mapped[str] = mapped_column(String(64))
    text: Mapped[dict[str, Any]] = mapped_column(JSON)

    __table_args__ = (
        UniqueConstraint("import_id", "slug", "language", name="uq_knowledge_import_drafts_text"),
    )
