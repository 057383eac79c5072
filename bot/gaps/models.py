"""The tables of gaps. A patient's words lie here redacted, and sealed all the same."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Float, ForeignKey, LargeBinary, String, UniqueConstraint, func
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base

OPEN = "open"
WRITING = "writing"
DISMISSED = "dismissed"
ONLY_ROW = 1


class KnownGap(Base):
    """A group of questions that ask for the same. `typical_id` is the question that names it.

    What a person decided stays: a gap that is written, dismissed or put together `by_hand` keeps
    its questions when the others are grouped anew.
    """

    __tablename__ = "gaps"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    state: Mapped[str] = mapped_column(String(12), default=OPEN)
    by_hand: Mapped[bool] = mapped_column(default=False)
    typical_id: Mapped[int | None]
    reason: Mapped[str | None] = mapped_column(String(24))
    note: Mapped[str] = mapped_column(String(400), default="")
    article_slug: Mapped[str | None] = mapped_column(String(120), index=True)
    decided_by: Mapped[str | None] = mapped_column(String(80))
    decided_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Unanswered(Base):
    """One question that found no answer: a redacted, sealed copy and what is known of it.

    `kind` says how it failed, `article_slug` which answer was wrong. `moved_at` is when it was put
    into its gap after it was asked.
    """

    __tablename__ = "gap_entries"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    seq: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    article_slug: Mapped[str | None] = mapped_column(String(120))
    language: Mapped[str] = mapped_column(String(8))
    text: Mapped[bytes] = mapped_column(LargeBinary)
    gap_id: Mapped[int | None] = mapped_column(ForeignKey("gaps.id"), index=True)
    at: Mapped[datetime] = mapped_column(index=True)
    moved_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("conversation_id", "seq"),)

    @hybrid_property
    def came_at(self) -> datetime:
        """When it came into its gap: whoever looked before has not seen it there."""
        return self.moved_at or self.at

    @came_at.inplace.expression
    @classmethod
    def _came_at(cls) -> ColumnElement[datetime]:
        return func.coalesce(cls.moved_at, cls.at)


class GapLook(Base):
    """When a member of staff last looked at a gap."""

    __tablename__ = "gap_looks"

    gap_id: Mapped[int] = mapped_column(ForeignKey("gaps.id"), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    seen_at: Mapped[datetime]


class GapRun(Base):
    """One row: who groups now, how far it is, and what was decided meanwhile.

    `token` and `until` are the lease of the process that works; `decisions` grows whenever a
    person changes a gap, so that a grouping made of an older state is not kept.
    """

    __tablename__ = "gap_runs"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    token: Mapped[int] = mapped_column(default=0)
    until: Mapped[float] = mapped_column(Float, default=0.0)
    decisions: Mapped[int] = mapped_column(default=0)
    stage: Mapped[str] = mapped_column(String(12), default="")
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    added: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    gathered_at: Mapped[datetime | None]
