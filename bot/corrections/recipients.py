"""Whom a correction reaches: who can still read the conversation, and who may be e-mailed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations.models import CLOSED, Conversation, Message
from bot.outreach.models import EMAIL, PHONE, Contact


@dataclass(frozen=True, slots=True)
class Candidate:
    """A conversation that was given the wrong answer. `readable`: its patient can open it still.

    `contact_id` is an e-mail address with consent that no later conversation has as well; `phone`
    says that only a number was left, which an agent may call.
    """

    conversation_id: str
    shown_at: datetime
    open: bool
    readable: bool
    contact_id: int | None
    address_hash: str | None
    phone: bool

    @property
    def reached(self) -> bool:
        """Whether a correction can be told at all."""
        return self.readable or self.contact_id is not None


async def candidates(
    session: AsyncSession, version_id: int, now: datetime, token_valid: timedelta
) -> Sequence[Candidate]:
    """Everybody who was given the version, the latest first."""
    shown = (
        select(Message.conversation_id, func.max(Message.created_at).label("at"))
        .where(Message.version_id == version_id)
        .group_by(Message.conversation_id)
        .subquery()
    )
    rows = await session.execute(
        # Not whole rows: a dialogue's snapshot is large, and nobody asks for it here.
        select(
            Conversation.id,
            Conversation.owner,
            Conversation.token_hash,
            Conversation.active_at,
            shown.c.at,
        )
        .join(shown, shown.c.conversation_id == Conversation.id)
        .order_by(shown.c.at.desc(), Conversation.id)
    )
    contacts = await _contacts(session, version_id)
    told: set[str] = set()
    found = []
    for key, owner, token_hash, active_at, shown_at in rows:
        email = contacts.get((key, EMAIL)) if token_hash is not None else None
        if email and email.address_hash in told:
            email = None
        if email:
            told.add(email.address_hash)
        readable = token_hash is not None and active_at > now - token_valid
        found.append(
            Candidate(
                conversation_id=key,
                shown_at=shown_at,
                open=owner != CLOSED,
                readable=readable,
                contact_id=email.id if email else None,
                address_hash=email.address_hash if email else None,
                phone=not readable and email is None and (key, PHONE) in contacts,
            )
        )
    return found


async def _contacts(session: AsyncSession, version_id: int) -> dict[tuple[str, str], Contact]:
    """Conversation and channel → the contact whose consent stands."""
    given_in = select(Message.conversation_id).where(Message.version_id == version_id)
    rows = await session.scalars(
        select(Contact).where(Contact.conversation_id.in_(given_in), Contact.withdrawn_at.is_(None))
    )
    return {(one.conversation_id, one.channel): one for one in rows}
