"""E-mails on their way out: written down with what caused them, sent afterwards, each of them once.

Sending is no part of any transaction. Who sends claims the row by a conditional update, for as
long as a mail server may take; a process that died in between leaves the row to the next one, and
the message id is the same, so that mail servers see a repetition as one.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, insert, select, update

from bot.db import Database, UnitOfWork
from bot.outreach.models import DROPPED, DUE, FAILED, SENDING, SENT, Contact, Mail
from bot.outreach.smtp import NotSent
from bot.privacy.encryption import KeyRing

ROUND = 20
CLAIMED_FOR = timedelta(minutes=2)
# After the last of these an e-mail is given up: two days of a mail server that is down.
BACKOFF = tuple(timedelta(minutes=one) for one in (1, 5, 15, 60, 240, 720, 1440))


@dataclass(frozen=True, slots=True)
class Claimed:
    """An e-mail that this process sends now. `number` is how often it has been tried."""

    id: int
    contact_id: int | None
    template: str
    language: str
    message_id: str
    number: int
    recipient: str = field(repr=False)
    values: Mapping[str, str] = field(repr=False)
    link: str = field(repr=False)
    unsubscribe: str = field(repr=False)


async def put(
    work: UnitOfWork,
    keys: KeyRing,
    template: str,
    language: str,
    body: Mapping[str, Any],
    at: datetime,
    *,
    contact_id: int | None,
    domain: str,
) -> int:
    """Write an e-mail down, to be sent once this transaction is committed. Returns its id."""
    message_id = f"<{secrets.token_hex(16)}@{domain}>"
    created = await work.session.scalar(
        insert(Mail)
        .values(
            contact_id=contact_id,
            template=template,
            language=language,
            body=keys.seal(dict(body), _context(message_id)),
            next_at=at,
            message_id=message_id,
            created_at=at,
        )
        .returning(Mail.id)
    )
    return created or 0


async def due(database: Database, at: datetime) -> list[int]:
    """E-mails whose time has come, also those that somebody claimed and never finished."""
    async with database.reading() as session:
        rows = await session.scalars(_due(at).order_by(Mail.next_at).limit(ROUND))
        return list(rows)


async def claim(work: UnitOfWork, keys: KeyRing, mail_id: int, at: datetime) -> Claimed | None:
    """Take an e-mail to send it now. None when another process was first, or when it is moot:
    consent was withdrawn meanwhile, or the patient has read what it tells of."""
    won = await work.session.scalar(
        update(Mail)
        .where(Mail.id.in_(_due(at).where(Mail.id == mail_id)), Mail.next_at <= at)
        .values(state=SENDING, attempts=Mail.attempts + 1, next_at=at + CLAIMED_FOR)
        .returning(Mail.id)
        .execution_options(synchronize_session=False)
    )
    row = await work.session.get(Mail, mail_id, populate_existing=True) if won else None
    if row is None:
        return None
    if await _is_moot(work, row):
        await _end(work, mail_id, DROPPED, at)
        return None
    body = keys.open(row.body, _context(row.message_id))
    return Claimed(
        row.id,
        row.contact_id,
        row.template,
        row.language,
        row.message_id,
        row.attempts,
        body["recipient"],
        body["values"],
        body.get("link", ""),
        body.get("unsubscribe", ""),
    )


async def sent(work: UnitOfWork, mail_id: int, at: datetime) -> None:
    """It is out. Whom it went to and what it held is forgotten."""
    await _end(work, mail_id, SENT, at)


async def not_sent(work: UnitOfWork, claimed: Claimed, failed: NotSent, at: datetime) -> None:
    """Try again later, each time after a longer while, or give up."""
    if failed.for_good or claimed.number > len(BACKOFF):
        await _end(work, claimed.id, FAILED, at, error=failed.code)
        return
    await work.session.execute(
        update(Mail)
        .where(Mail.id == claimed.id, Mail.state == SENDING)
        .values(state=DUE, next_at=at + BACKOFF[claimed.number - 1], error=failed.code)
    )


async def _is_moot(work: UnitOfWork, row: Mail) -> bool:
    if row.contact_id is None:
        return False
    contact = await work.session.get(Contact, row.contact_id, populate_existing=True)
    if contact is None or contact.withdrawn_at is not None:
        return True
    return row.template == "reply" and contact.seen_seq >= contact.mailed_seq


async def _end(
    work: UnitOfWork, mail_id: int, state: str, at: datetime, error: str | None = None
) -> None:
    await work.session.execute(
        update(Mail)
        .where(Mail.id == mail_id)
        .values(state=state, ended_at=at, body=b"", error=error)
    )


def _due(at: datetime) -> Select[tuple[int]]:
    return select(Mail.id).where(Mail.state.in_((DUE, SENDING)), Mail.next_at <= at)


def _context(message_id: str) -> str:
    return f"outbox:{message_id}"
