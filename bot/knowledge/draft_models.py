"""The tables behind drafting: what each save said, and who has which text open."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base


class DraftSave(Base):
    """What a draft said when somebody saved it. It outlives the draft, so that what was discarded
    or merged away can be had back."""

    __tablename__ = "draft_saves"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"))
    language: Mapped[str] = mapped_column(String(8))
    number: Mapped[int]
    words: Mapped[dict[str, Any]] = mapped_column(JSON)
    account_id: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(80))
    began_at: Mapped[datetime]
    saved_at: Mapped[datetime]

    __table_args__ = (Index("ix_draft_saves_article_id_language", "article_id", "language"),)


class TextPresence(Base):
    """Somebody has a text open in one tab; over when `until` has passed without another beat."""

    __tablename__ = "text_presence"

    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), primary_key=True)
    language: Mapped[str] = mapped_column(String(8), primary_key=True)
    tab: Mapped[str] = mapped_column(String(32), primary_key=True)
    account_id: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(80))
    since: Mapped[datetime]
    until: Mapped[datetime] = mapped_column(index=True)
