"""Whether a patient has seen what a person wrote, and the e-mail when they have not.

A line counts as seen once it was sent to an open chat of the conversation. Every process says now
and then which chats are open at it, so that all of them know when a patient has left.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations.models import Conversation, Message
from bot.db import UnitOfWork
from bot.outreach.models import EMAIL, Contact

# An open chat is reported three times within this time.
GONE_AFTER = timedelta(seconds=60)
# Who did not come back is told once more after a day, not with every line.
REMIND_AFTER = timedelta(hours=24)
ROUND = 50


@dataclass(frozen=True, slots=True)
class Unseen:
    """A person's reply that its patient does not know of. `seq` is its last line."""

    contact_id: int
    mailed_seq: int
    seq: int


async def present(work: UnitOfWork, shown: Mapping[str, int], at: datetime) -> None:
    """These conversations are open on a screen, up to these lines."""
    rows = await work.session.scalars(
        select(Contact).where(Contact.conversation_id.in_(shown), Contact.withdrawn_at.is_(None))
    )
    for contact in rows.all():
        seq = shown[contact.conversation_id]
        further = case((Contact.seen_seq < seq, seq), else_=Contact.seen_seq)
        await work.session.execute(
            update(Contact)
            .where(Contact.id == contact.id)
            .values(seen_at=at, seen_seq=further)
            .execution_options(synchronize_session=False)
        )


async def unseen(session: AsyncSession, wait: timedelta, at: datetime) -> Sequence[Unseen]:
    """Replies that have waited long enough, of patients who left an e-mail and are gone."""
    last = func.max(Message.seq)
    rows = await session.execute(
        select(Contact.id, Contact.mailed_seq, last)
        .join(Conversation, Conversation.id == Contact.conversation_id)
        .join(Message, Message.conversation_id == Contact.conversation_id)
        .where(
            Contact.channel == EMAIL,
            Contact.withdrawn_at.is_(None),
            Contact.seen_at <= at - GONE_AFTER,
            Conversation.token_hash.is_not(None),
            Message.author == "agent",
            Message.seq > Contact.seen_seq,
            Message.seq > Contact.mailed_seq,
            Message.created_at <= at - wait,
            or_(
                Contact.mailed_seq <= Contact.seen_seq,
                Contact.mailed_at <= at - REMIND_AFTER,
            ),
        )
        .group_by(Contact.id, Contact.mailed_seq)
        .limit(ROUND)
    )
    return [Unseen(*row) for row in rows]


async def claim(work: UnitOfWork, found: Unseen, at: datetime) -> Contact | None:
    """Take the duty of telling this patient; None when another process has it."""
    won = await work.session.scalar(
        update(Contact)
        .where(
            Contact.id == found.contact_id,
            Contact.mailed_seq == found.mailed_seq,
            Contact.withdrawn_at.is_(None),
        )
        .values(mailed_seq=found.seq, mailed_at=at)
        .returning(Contact.id)
        .execution_options(synchronize_session=False)
    )
    return await work.session.get(Contact, won, populate_existing=True) if won else None
