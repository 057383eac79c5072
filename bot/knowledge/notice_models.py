"""The tables of notices: what patients are told for a time, and who was told.

A version's words never change; a message that said one names it for good.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base


class NoticeKind(StrEnum):
    """What it is about."""

    CLOSURE = "closure"
    PORTAL = "portal"
    PLAN = "plan"
    DOCTOR = "doctor"
    OTHER = "other"


class Stage(StrEnum):
    """Where the newest text of a notice is on its way to patients."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    PUBLISHED = "published"
    TAKEN_BACK = "taken_back"


class Notice(Base):
    """A notice. `head_id` is its newest version, `live_id` the one that patients are told."""

    __tablename__ = "notices"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    stage: Mapped[str] = mapped_column(String(12), default=Stage.DRAFT.value)
    head_id: Mapped[int | None]
    live_id: Mapped[int | None] = mapped_column(index=True)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    changed_by: Mapped[str] = mapped_column(String(80))


class NoticeVersion(Base):
    """One text of a notice in both languages, with where and when it is told.

    `at_start`: told at the start of a chat. `topics`: told before answers about them.
    """

    __tablename__ = "notice_versions"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notices.id"), index=True)
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(12))
    en: Mapped[str] = mapped_column(Text)
    es: Mapped[str] = mapped_column(Text)
    sites: Mapped[list[str]] = mapped_column(JSON)
    topics: Mapped[list[str]] = mapped_column(JSON)
    at_start: Mapped[bool]
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    content_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(80))
    published_at: Mapped[datetime | None]
    published_by: Mapped[str | None] = mapped_column(String(80))

    __table_args__ = (UniqueConstraint("notice_id", "number"),)


class NoticeTold(Base):
    """A conversation in which a notice was told, and in which version. Once for each notice."""

    __tablename__ = "notices_told"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notices.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("notice_versions.id"), index=True)
    conversation_id: Mapped[str] = mapped_column(String(32))
    at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("notice_id", "conversation_id"),
        Index("ix_notices_told_conversation_id", "conversation_id"),
    )
