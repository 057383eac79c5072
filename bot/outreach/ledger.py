"""The consent ledger: every yes and every no, with the words it was given to. It only grows.

It never holds an address: whoever has one can prove by its hash what was agreed with it.
"""

from __future__ import annotations

import csv
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Literal

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import texts
from bot.db import UnitOfWork
from bot.outreach.models import EMAIL, ConsentEvent, Contact

How = Literal["form", "chat", "link", "wrong_number"]
PURPOSES = {EMAIL: "reply_notice", "phone": "callback"}
COLUMNS = (
    *("at", "event", "channel", "purpose", "language", "wording_id", "wording_hash"),
    *("contact_hash", "conversation_id", "how"),
)
BATCH = 500


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of a consent, and the hash that pins them."""

    id: str
    hash: str
    text: str


def wording(channel: str, language: str, clinic: str) -> Wording:
    """What a patient agrees to for this channel, as it is worded today."""
    fixed = texts.get(f"outreach.consent_{channel}", language, clinic=clinic)
    return Wording(fixed.id, fixed.hash, fixed.text)


async def given(
    work: UnitOfWork, contact_hash: str, contact: Contact, words: Wording, at: datetime
) -> None:
    """Write down that consent was given in the form, to these words."""
    await _append(work, "given", contact, contact_hash, "form", at, words)


async def withdrawn(work: UnitOfWork, contact: Contact, how: How, at: datetime) -> None:
    """Write down that consent was taken back, and by which way."""
    await _append(work, "withdrawn", contact, contact.address_hash, how, at, None)


async def _append(
    work: UnitOfWork,
    event: str,
    contact: Contact,
    contact_hash: str,
    how: How,
    at: datetime,
    words: Wording | None,
) -> None:
    await work.session.execute(
        insert(ConsentEvent).values(
            at=at,
            event=event,
            channel=contact.channel,
            purpose=PURPOSES[contact.channel],
            language=contact.language,
            wording_id=words.id if words else None,
            wording_hash=words.hash if words else None,
            contact_hash=contact_hash,
            conversation_id=contact.conversation_id,
            how=how,
        )
    )


async def events(session: AsyncSession) -> AsyncIterator[ConsentEvent]:
    """The whole ledger, oldest first."""
    last = 0
    while True:
        rows = await session.scalars(
            select(ConsentEvent)
            .where(ConsentEvent.id > last)
            .order_by(ConsentEvent.id)
            .limit(BATCH)
        )
        batch = rows.all()
        for row in batch:
            yield row
        if len(batch) < BATCH:
            return
        last = batch[-1].id


async def export(session: AsyncSession, out: IO[str]) -> int:
    """Write the ledger as CSV: hashes, no addresses. Returns how many events there are."""
    sheet = csv.writer(out, lineterminator="\n")
    sheet.writerow(COLUMNS)
    count = 0
    async for row in events(session):
        values = {name: getattr(row, name) for name in COLUMNS} | {"at": row.at.isoformat()}
        sheet.writerow([values[name] or "" for name in COLUMNS])
        count += 1
    return count
