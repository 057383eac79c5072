"""The tables of reaching patients who have left."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base

EMAIL, PHONE = "email", "phone"
OPEN = "open"
DUE, SENDING, SENT, FAILED, DROPPED = "due", "sending", "sent", "failed", "dropped"


class Contact(Base):
    """How a patient may be reached about one conversation, with consent, until it is withdrawn.

    The address is sealed, and gone after a withdrawal; `address_hash` finds the same address in
    other conversations. `seen_seq` and `seen_at` say what the patient's screen showed last and
    when a screen was there; `mailed_seq` is the last line an e-mail told of.
    """

    __tablename__ = "contacts"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    channel: Mapped[str] = mapped_column(String(8))
    address: Mapped[bytes | None] = mapped_column(LargeBinary)
    address_hash: Mapped[str] = mapped_column(String(64), index=True)
    language: Mapped[str] = mapped_column(String(8))
    best_time: Mapped[str] = mapped_column(String(12))
    days: Mapped[str] = mapped_column(String(40))
    saved_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    seen_seq: Mapped[int] = mapped_column(default=0)
    seen_at: Mapped[datetime]
    mailed_seq: Mapped[int] = mapped_column(default=0)
    mailed_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("conversation_id", "channel", name="uq_contacts_channel"),)


class ConsentEvent(Base):
    """Consent given or withdrawn: who by hash, what for, in which words. Triggers refuse changes.

    `conversation_id` is no foreign key: the proof outlives what it was given for.
    """

    __tablename__ = "consent_ledger"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[datetime]
    event: Mapped[str] = mapped_column(String(12))
    channel: Mapped[str] = mapped_column(String(8))
    purpose: Mapped[str] = mapped_column(String(24))
    language: Mapped[str] = mapped_column(String(8))
    wording_id: Mapped[str | None] = mapped_column(String(80))
    wording_hash: Mapped[str | None] = mapped_column(String(16))
    contact_hash: Mapped[str] = mapped_column(String(64), index=True)
    conversation_id: Mapped[str] = mapped_column(String(32), index=True)
    how: Mapped[str] = mapped_column(String(12))


class OutreachSecret(Base):
    """One sealed random value that makes address hashes useless to whoever reads only the table."""

    __tablename__ = "outreach_secrets"

    name: Mapped[str] = mapped_column(String(16), primary_key=True)
    value: Mapped[bytes] = mapped_column(LargeBinary)


class Mail(Base):
    """An e-mail to be sent once. `body` is sealed: the recipient and what the template is told."""

    __tablename__ = "outbox"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"), index=True)
    template: Mapped[str] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(8))
    body: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(String(8), default=DUE)
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime]
    message_id: Mapped[str] = mapped_column(String(80), unique=True)
    error: Mapped[str | None] = mapped_column(String(40))
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_outbox_state_next_at", "state", "next_at"),)


class Link(Base):
    """A link in an e-mail. Only hashes of the link and of the token it was exchanged for."""

    __tablename__ = "outreach_links"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    purpose: Mapped[str] = mapped_column(String(12))
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), index=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    session_hash: Mapped[str | None] = mapped_column(String(64), unique=True)


class Callback(Base):
    """A call that is owed: when, to which contact, and how it ended.

    `held_by` and `held_until` keep two agents from calling one patient at once.
    """

    __tablename__ = "callbacks"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    handoff_id: Mapped[int | None] = mapped_column(ForeignKey("handoffs.id"), index=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), index=True)
    state: Mapped[str] = mapped_column(String(12), default=OPEN)
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    held_by: Mapped[str | None] = mapped_column(ForeignKey("accounts.id"))
    held_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_callbacks_state_due_at", "state", "due_at"),)


class CallAttempt(Base):
    """One call: who made it, when, and what came of it."""

    __tablename__ = "call_attempts"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    callback_id: Mapped[int] = mapped_column(ForeignKey("callbacks.id"), index=True)
    agent_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"))
    outcome: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime]


LEDGER_SQLITE = tuple(
    f"CREATE TRIGGER consent_ledger_no_{verb.lower()} BEFORE {verb} ON consent_ledger "
    "BEGIN SELECT RAISE(ABORT, 'consent_ledger is append-only'); END"
    for verb in ("UPDATE", "DELETE")
)
LEDGER_POSTGRESQL = (
    (
        "CREATE FUNCTION consent_ledger_refuse() RETURNS trigger AS $$ BEGIN "
        "RAISE EXCEPTION 'consent_ledger is append-only'; END $$ LANGUAGE plpgsql"
    ),
    (
        "CREATE TRIGGER consent_ledger_append_only BEFORE UPDATE OR DELETE OR TRUNCATE "
        "ON consent_ledger FOR EACH STATEMENT EXECUTE FUNCTION consent_ledger_refuse()"
    ),
)
