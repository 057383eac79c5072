"""The tables of a conversation."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Float, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base

BOT = "bot"
QUEUE = "queue"
CLOSED = "closed"
AGENT_PREFIX = "agent:"


def agent_owner(agent_id: str) -> str:
    """The owner string of an agent."""
    return f"{AGENT_PREFIX}{agent_id}"


def agent_of(owner: str) -> str | None:
    """The agent's id, when an agent owns the conversation."""
    return owner.removeprefix(AGENT_PREFIX) if owner.startswith(AGENT_PREFIX) else None


class Conversation(Base):
    """One patient's thread. `id` is public and is Rasa's sender_id; the token is the key to it.

    `owner` and `epoch` say who may write: every write names the pair it believes in.
    `patient_seq` is the last patient message, `answered_seq` the last one the assistant is done
    with: while the owner is `bot` and they differ, a turn waits. The lease columns say which
    process works on it. `patient_seen_seq` and `agent_seen_seq` are the last lines that the
    patient's chat, and the agent who has the case, had in sight.
    """

    __tablename__ = "conversations"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    owner: Mapped[str] = mapped_column(String(40), default=BOT)
    epoch: Mapped[int] = mapped_column(default=1)
    last_seq: Mapped[int] = mapped_column(default=0)
    patient_seq: Mapped[int] = mapped_column(default=0)
    answered_seq: Mapped[int] = mapped_column(default=0)
    patient_seen_seq: Mapped[int] = mapped_column(default=0)
    agent_seen_seq: Mapped[int] = mapped_column(default=0)
    language: Mapped[str] = mapped_column(String(8), default="en")
    snapshot: Mapped[bytes | None] = mapped_column(LargeBinary)
    lease_token: Mapped[int] = mapped_column(default=0)
    lease_holder: Mapped[str | None] = mapped_column(String(32))
    lease_until: Mapped[float] = mapped_column(Float, default=0.0)
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    active_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    close_reason: Mapped[str | None] = mapped_column(String(40))

    __table_args__ = (
        Index(
            "ix_conversations_waiting",
            "lease_until",
            sqlite_where=text("owner = 'bot' AND patient_seq > answered_seq"),
            postgresql_where=text("owner = 'bot' AND patient_seq > answered_seq"),
        ),
        Index("ix_conversations_idle", "owner", "active_at"),
    )


class Message(Base):
    """A stored line. `body` is sealed; the other columns hold no words of a patient.

    `adapted`: an agent sent the version's words changed, so they are not what was published.
    """

    __tablename__ = "messages"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    seq: Mapped[int]
    client_id: Mapped[str | None] = mapped_column(String(64))
    author: Mapped[str] = mapped_column(String(8))
    agent_id: Mapped[str | None] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(16), default="text")
    epoch: Mapped[int]
    language: Mapped[str] = mapped_column(String(8))
    body: Mapped[bytes] = mapped_column(LargeBinary)
    article_slug: Mapped[str | None] = mapped_column(String(120))
    version_id: Mapped[int | None] = mapped_column(index=True)
    adapted: Mapped[bool] = mapped_column(default=False)
    fixed_id: Mapped[str | None] = mapped_column(String(80))
    fixed_hash: Mapped[str | None] = mapped_column(String(16))
    safety_tier: Mapped[str | None] = mapped_column(String(8))
    safety_category: Mapped[str | None] = mapped_column(String(40))
    created_at: Mapped[datetime] = mapped_column(index=True)

    __table_args__ = (
        UniqueConstraint("conversation_id", "seq"),
        UniqueConstraint("conversation_id", "client_id", name="uq_messages_client_id"),
    )


class Turn(Base):
    """What became of one attempt to answer: `committed`, `dropped` or `fallback`, and why."""

    __tablename__ = "turns"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    seq: Mapped[int]
    outcome: Mapped[str] = mapped_column(String(12))
    cause: Mapped[str | None] = mapped_column(String(60))
    milliseconds: Mapped[int] = mapped_column(default=0)
    at: Mapped[datetime] = mapped_column(index=True)


class Gap(Base):
    """A question that found no answer. Its words stay in the message it points at."""

    __tablename__ = "gap_questions"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    seq: Mapped[int]
    outcome: Mapped[str] = mapped_column(String(20))
    article_slug: Mapped[str | None] = mapped_column(String(120))
    at: Mapped[datetime]


class QuestionCopy(Base):
    """A question that the assistant answered, redacted. Sealed all the same, and kept for weeks:
    it shows editors what a change of an answer means for what people ask."""

    __tablename__ = "question_copies"

    message_id: Mapped[int] = mapped_column(
        ForeignKey("messages.id"), primary_key=True, autoincrement=False
    )
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    language: Mapped[str] = mapped_column(String(8))
    words: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime] = mapped_column(index=True)
