"""Conversations that the same address was left in: perhaps, but not surely, of the same patient."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.outreach.models import Contact


async def linked_conversations(session: AsyncSession, conversation_id: str) -> Sequence[str]:
    """The ids of the others, whose contact is not withdrawn. Only staff may hear of them."""
    here = select(Contact.address_hash).where(
        Contact.conversation_id == conversation_id, Contact.withdrawn_at.is_(None)
    )
    found = await session.scalars(
        select(Contact.conversation_id)
        .where(
            Contact.address_hash.in_(here),
            Contact.withdrawn_at.is_(None),
            Contact.conversation_id != conversation_id,
        )
        .distinct()
    )
    return found.all()
