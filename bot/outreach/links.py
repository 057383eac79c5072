"""Links in e-mails: unguessable, hashed, expiring, and bound to one conversation or contact.

A link back to a conversation works once. It is exchanged for a token of that browser's own, so
that the screen where the patient first wrote goes on working too.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import utc_now
from bot.conversations import queries
from bot.conversations.models import Conversation
from bot.conversations.queries import ConversationView
from bot.conversations.service import TOKEN_BYTES, token_hash
from bot.db import UnitOfWork
from bot.errors import NotFound
from bot.outreach.models import Contact, Link
from bot.privacy import audit

RETURN, UNSUBSCRIBE = "return", "unsubscribe"
UNSUBSCRIBE_FOR = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Target:
    """What a valid link points to."""

    link_id: int
    conversation_id: str
    contact_id: int
    language: str


async def make(work: UnitOfWork, contact: Contact, purpose: str, expires_at: datetime) -> str:
    """A new link for this contact. Returns its secret part, which is kept nowhere."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    await work.session.execute(
        insert(Link).values(
            token_hash=token_hash(token),
            purpose=purpose,
            conversation_id=contact.conversation_id,
            contact_id=contact.id,
            expires_at=expires_at,
        )
    )
    return token


async def look(session: AsyncSession, token: str, purpose: str, at: datetime) -> Target:
    """Where a link leads, without using it. Raises `NotFound` when used, expired or unknown."""
    found = (
        select(Link.id, Link.conversation_id, Link.contact_id, Contact.language)
        .join(Contact, Contact.id == Link.contact_id)
        .join(Conversation, Conversation.id == Link.conversation_id)
        .where(Link.token_hash == token_hash(token), Link.purpose == purpose, Link.expires_at > at)
    )
    if purpose == RETURN:
        found = found.where(Link.used_at.is_(None), Conversation.token_hash.is_not(None))
    row = (await session.execute(found)).one_or_none()
    if row is None:
        raise NotFound("this link does not work any more", field="token")
    return Target(row.id, row.conversation_id, row.contact_id, row.language)


async def use(work: UnitOfWork, token: str, at: datetime) -> tuple[str, str]:
    """Exchange a link back for a patient's token; returns it and the language.

    The second to try gets `NotFound`, like everybody after the link's time.
    """
    target = await look(work.session, token, RETURN, at)
    session_token = secrets.token_urlsafe(TOKEN_BYTES)
    won = await work.session.scalar(
        update(Link)
        .where(Link.id == target.link_id, Link.used_at.is_(None))
        .values(used_at=at, session_hash=token_hash(session_token))
        .returning(Link.id)
    )
    if won is None:
        raise NotFound("this link does not work any more", field="token")
    await audit.record(work, "patient", "link.used", target.conversation_id, link=target.link_id)
    return session_token, target.language


async def end_sessions(work: UnitOfWork, conversation_id: str) -> None:
    """Void what links were exchanged for. A link that was not used yet still leads back."""
    await work.session.execute(
        update(Link).where(Link.conversation_id == conversation_id).values(session_hash=None)
    )


async def conversation_of(
    session: AsyncSession, token: str, *, valid_for: timedelta
) -> ConversationView:
    """The conversation of a patient's token, the first one or one from a link.

    Raises `NotFound` for a wrong, void or outdated one. Ending the chat voids them all.
    """
    try:
        return await queries.conversation_for_patient(session, token, valid_for=valid_for)
    except NotFound:
        since = utc_now() - valid_for
        row = await session.scalar(
            select(Conversation.id)
            .join(Link, Link.conversation_id == Conversation.id)
            .where(
                Link.session_hash == token_hash(token),
                Conversation.token_hash.is_not(None),
                (Conversation.active_at > since) | (Link.used_at > since),
            )
        )
        if row is None:
            raise
    return await queries.conversation(session, row)
