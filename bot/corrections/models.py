"""The tables of corrections: the text that puts an answer right, and whom it goes to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base

DRAFT, RELEASED, STOPPED, DONE, DISCARDED = "draft", "released", "stopped", "done", "discarded"
DUE, SENT, GONE, FAILED = "due", "sent", "gone", "failed"


class Correction(Base):
    """A text for everybody who was given a version that is wrong. It changes only as a draft.

    `text_hash` pins what the person who released it had read. `with_answer`: the article as it is
    then published follows the text.
    """

    __tablename__ = "corrections"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("article_versions.id"), index=True)
    slug: Mapped[str] = mapped_column(String(120))
    language: Mapped[str] = mapped_column(String(8))
    title: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    text_hash: Mapped[str] = mapped_column(String(16))
    with_answer: Mapped[bool]
    state: Mapped[str] = mapped_column(String(12), default=DRAFT)
    author_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"))
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    released_by: Mapped[str | None] = mapped_column(ForeignKey("accounts.id"))
    released_at: Mapped[datetime | None]
    stopped_by: Mapped[str | None] = mapped_column(ForeignKey("accounts.id"))
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_corrections_state", "state"),
        Index(
            "uq_corrections_draft",
            "version_id",
            unique=True,
            sqlite_where=sql("state = 'draft'"),
            postgresql_where=sql("state = 'draft'"),
        ),
    )


class CorrectionRecipient(Base):
    """One conversation that a released correction goes to; the constraint lets it be one time.

    `seq` is the line it became there, `version_id` the corrected answer that followed.
    `contact_id` is the e-mail address that is told too: of several conversations with the same
    address only one has it.
    """

    __tablename__ = "correction_recipients"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    correction_id: Mapped[int] = mapped_column(ForeignKey("corrections.id"))
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))
    address_hash: Mapped[str | None] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(8), default=DUE)
    attempts: Mapped[int] = mapped_column(default=0)
    seq: Mapped[int | None]
    version_id: Mapped[int | None]
    mailed: Mapped[str | None] = mapped_column(String(12))
    mail_id: Mapped[int | None] = mapped_column(ForeignKey("outbox.id"))
    at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("correction_id", "conversation_id", name="uq_correction_recipients_once"),
        UniqueConstraint("correction_id", "address_hash", name="uq_correction_recipients_address"),
        Index("ix_correction_recipients_due", "correction_id", "state"),
    )
