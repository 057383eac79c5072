"""Conversations that the same address was left in.

That is no proof that they are of the same patient, for anybody can write any address. Whoever
opened the link that was sent to it, or answered the phone under it, has it.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.handoff.history import REACHED
from bot.outreach.links import RETURN
from bot.outreach.models import Callback, Contact, Link


async def linked_conversations(session: AsyncSession, conversation_id: str) -> Sequence[str]:
    """The ids of the others, whose contact is not withdrawn. Only staff may hear of them."""
    return await _others(session, conversation_id)


async def conversations_of_verified_contact(
    session: AsyncSession, conversation_id: str
) -> Sequence[str]:
    """Those of them in which, as in this one, the address was shown to be the patient's."""
    return await _others(session, conversation_id, _is_verified())


async def _others(
    session: AsyncSession, conversation_id: str, *also: ColumnElement[bool]
) -> Sequence[str]:
    here = select(Contact.address_hash).where(
        Contact.conversation_id == conversation_id, Contact.withdrawn_at.is_(None), *also
    )
    found = await session.scalars(
        select(Contact.conversation_id)
        .where(
            Contact.address_hash.in_(here),
            Contact.withdrawn_at.is_(None),
            Contact.conversation_id != conversation_id,
            *also,
        )
        .distinct()
    )
    return found.all()


def _is_verified() -> ColumnElement[bool]:
    """Somebody opened the link that was sent to the address, or answered the phone."""
    opened = exists().where(
        Link.contact_id == Contact.id, Link.purpose == RETURN, Link.used_at.is_not(None)
    )
    answered = exists().where(Callback.contact_id == Contact.id, Callback.state == REACHED)
    return opened | answered
