"""The tables of a handoff."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base

WAITING = "waiting"
CLAIMED = "claimed"
RESOLVED = "resolved"


class Handoff(Base):
    """The request for a person: why, how soon, the packet, the promise and how it ended.

    A conversation has at most one that is not resolved; the partial unique index holds that.
    """

    __tablename__ = "handoffs"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    reason: Mapped[str] = mapped_column(String(24))
    priority: Mapped[str] = mapped_column(String(8))
    priority_rank: Mapped[int]
    state: Mapped[str] = mapped_column(String(12), default=WAITING)
    agent_id: Mapped[str | None] = mapped_column(String(32))
    agent_name: Mapped[str | None] = mapped_column(String(80))
    language: Mapped[str] = mapped_column(String(8))
    packet: Mapped[bytes] = mapped_column(LargeBinary)
    requested_at: Mapped[datetime]
    promised_by: Mapped[datetime | None]
    claimed_at: Mapped[datetime | None]
    first_reply_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(24))
    # What whoever takes it must bring, as `language:es` or `topic:bill`; set by a transfer.
    need: Mapped[str | None] = mapped_column(String(60))

    __table_args__ = (
        Index(
            "uq_handoffs_open",
            "conversation_id",
            unique=True,
            sqlite_where=text("state <> 'resolved'"),
            postgresql_where=text("state <> 'resolved'"),
        ),
        Index("ix_handoffs_queue", "state", "priority_rank", "promised_by", "requested_at"),
    )


class Note(Base):
    """An agent's internal line. Nothing that talks to patients reads this table."""

    __tablename__ = "notes"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    agent_id: Mapped[str] = mapped_column(String(32))
    agent_name: Mapped[str] = mapped_column(String(80))
    body: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]


class HandoffEvent(Base):
    """What happened to a handoff, and when: the one history that promises and measures read.

    `detail` holds codes and numbers, never words of a person.
    """

    __tablename__ = "handoff_events"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    handoff_id: Mapped[int] = mapped_column(ForeignKey("handoffs.id"), index=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    kind: Mapped[str] = mapped_column(String(24))
    agent_id: Mapped[str | None] = mapped_column(String(32))
    promised_by: Mapped[datetime | None]
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime]

    __table_args__ = (Index("ix_handoff_events_kind_at", "kind", "at"),)


class CaseLink(Base):
    """A handoff that takes an earlier one up again."""

    __tablename__ = "case_links"

    handoff_id: Mapped[int] = mapped_column(ForeignKey("handoffs.id"), primary_key=True)
    earlier_id: Mapped[int] = mapped_column(ForeignKey("handoffs.id"), index=True)


class CaseWords(Base):
    """What a case can be found by: its redacted words up to a message, sealed all the same.

    Redaction is good, not perfect, and an index is read by nobody: so it lies in no clear text.
    """

    __tablename__ = "case_words"

    handoff_id: Mapped[int] = mapped_column(ForeignKey("handoffs.id"), primary_key=True)
    upto_seq: Mapped[int]
    site: Mapped[str | None] = mapped_column(String(60))
    words: Mapped[bytes] = mapped_column(LargeBinary)


class CaseView(Base):
    """A console in which a conversation is open, as of when it last said so."""

    __tablename__ = "case_views"

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    console_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    agent_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"))
    agent_name: Mapped[str] = mapped_column(String(80))
    seen_at: Mapped[datetime]


class IdentityCheck(Base):
    """An agent asked whom they speak with. `body` holds names and the authority, sealed."""

    __tablename__ = "identity_checks"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    handoff_id: Mapped[int] = mapped_column(ForeignKey("handoffs.id"), index=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    agent_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"))
    agent_name: Mapped[str] = mapped_column(String(80))
    concerns: Mapped[str] = mapped_column(String(12))
    method: Mapped[str] = mapped_column(String(40))
    verified: Mapped[bool]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime]
