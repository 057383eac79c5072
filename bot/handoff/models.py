"""The tables of a handoff."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base

WAITING = "waiting"
CLAIMED = "claimed"
RESOLVED = "resolved"


class Handoff(Base):
    """The request for a person: why, how soon, the packet, the promise and how it ended.

    A conversation has at most one that is not resolved; the partial unique index holds that.
    `first_promised_by` with its range is what the patient was told first, and what counts;
    `promised_by` is what they were told last.
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
    requested_at: Mapped[datetime] = mapped_column(index=True)
    first_promised_by: Mapped[datetime | None]
    promised_by: Mapped[datetime | None]
    promised_low: Mapped[datetime | None]
    promised_high: Mapped[datetime | None]
    promise_state: Mapped[str | None] = mapped_column(String(12))
    warned_at: Mapped[datetime | None]
    claimed_at: Mapped[datetime | None]
    first_reply_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(24))
    # What a case needs, beside language and reason, readable without opening the packet.
    domain: Mapped[str | None] = mapped_column(String(16))
    site: Mapped[str | None] = mapped_column(String(64))
    queued_at: Mapped[datetime | None]
    alarmed_at: Mapped[datetime | None]
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
        Index("ix_handoffs_queue", "state", "priority_rank", "first_promised_by", "requested_at"),
        Index("ix_handoffs_promised_by", "promised_by"),
        Index("ix_handoffs_resolved_at", "resolved_at"),
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


class NoteMention(Base):
    """A note names an agent. `seen_at` is when they opened it."""

    __tablename__ = "note_mentions"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    note_id: Mapped[int] = mapped_column(ForeignKey("notes.id"), index=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"))
    seen_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_note_mentions_account_id_seen_at", "account_id", "seen_at"),)


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


class Presence(Base):
    """Who is there. One row for each person, however many consoles of theirs are open.

    A console's heartbeat moves `until`; whoever's time is over is not there, whatever `state`
    says. Empty skills set no limit; without a capacity the policy's counts.
    """

    __tablename__ = "presence"

    agent_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    agent_name: Mapped[str] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(8))
    since: Mapped[datetime]
    seen_at: Mapped[datetime]
    until: Mapped[datetime] = mapped_column(index=True)
    capacity: Mapped[int | None]
    languages: Mapped[list[str]] = mapped_column(JSON)
    domains: Mapped[list[str]] = mapped_column(JSON)
    sites: Mapped[list[str]] = mapped_column(JSON)
    private: Mapped[bool] = mapped_column(default=True)


class Offer(Base):
    """A waiting case that the policy gave to a person who has not opened it yet.

    The case stays in the queue meanwhile; the primary key lets no two people get it.
    """

    __tablename__ = "offers"

    handoff_id: Mapped[int] = mapped_column(ForeignKey("handoffs.id"), primary_key=True)
    agent_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    offered_at: Mapped[datetime]
    until: Mapped[datetime]


class FollowUp(Base):
    """A task that is due at a time: to call back, to look into a bad rating, to mend an answer.

    `role` says who looks after it while nobody owns it. `note` is sealed; `detail` holds codes
    and numbers, never words of a person.
    """

    __tablename__ = "follow_ups"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    handoff_id: Mapped[int | None] = mapped_column(ForeignKey("handoffs.id"))
    kind: Mapped[str] = mapped_column(String(24))
    role: Mapped[str] = mapped_column(String(12))
    owner_id: Mapped[str | None] = mapped_column(ForeignKey("accounts.id"))
    state: Mapped[str] = mapped_column(String(8))
    due_at: Mapped[datetime]
    note: Mapped[bytes | None] = mapped_column(LargeBinary)
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_by: Mapped[str | None] = mapped_column(ForeignKey("accounts.id"))
    created_at: Mapped[datetime]
    done_by: Mapped[str | None] = mapped_column(ForeignKey("accounts.id"))
    done_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(24))

    __table_args__ = (Index("ix_follow_ups_due", "state", "due_at"),)


class Rating(Base):
    """What a patient thinks of the person who helped in a case, or of the assistant.

    One for each case, and one for the assistant in each conversation. `reason` is sealed;
    `reason_copy` is what of it may be read elsewhere.
    """

    __tablename__ = "ratings"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    handoff_id: Mapped[int | None] = mapped_column(ForeignKey("handoffs.id"))
    about: Mapped[str] = mapped_column(String(10))
    agent_id: Mapped[str | None] = mapped_column(ForeignKey("accounts.id"))
    score: Mapped[int]
    reason: Mapped[bytes | None] = mapped_column(LargeBinary)
    reason_copy: Mapped[str | None] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(8))
    follow_up_id: Mapped[int | None] = mapped_column(ForeignKey("follow_ups.id"))
    at: Mapped[datetime]
    changed_at: Mapped[datetime]

    __table_args__ = (
        Index(
            "uq_ratings_person",
            "handoff_id",
            unique=True,
            sqlite_where=text("about = 'person'"),
            postgresql_where=text("about = 'person'"),
        ),
        Index(
            "uq_ratings_assistant",
            "conversation_id",
            unique=True,
            sqlite_where=text("about = 'assistant'"),
            postgresql_where=text("about = 'assistant'"),
        ),
        Index("ix_ratings_about_at", "about", "at"),
    )


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
