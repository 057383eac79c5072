"""Open cases about a subject: whom something new may concern.

A case is about what its packet names, and about the topics of the answers that were given in its
conversation.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations.models import Message
from bot.handoff.models import RESOLVED, Handoff
from bot.handoff.packet import sealed
from bot.privacy.encryption import KeyRing

BATCH = 200


@dataclass(frozen=True, slots=True)
class TopicCase:
    """An open case, without a word of the patient."""

    handoff_id: int
    conversation_id: str
    reason: str
    state: str
    agent_name: str | None
    language: str
    site: str | None
    topics: tuple[str, ...]
    requested_at: datetime


async def open_cases_on(
    session: AsyncSession,
    keys: KeyRing,
    topics: Collection[str],
    slugs: Collection[str],
    sites: Collection[str] = (),
) -> list[TopicCase]:
    """All open cases on these topics, or in which one of these articles was given, the longest
    waiting first.

    A case that is known to be about another site than `sites` is left out; no sites mean all.
    """
    found: list[TopicCase] = []
    after = 0
    # What a case is about is sealed, so every open one is looked at, a batch at a time.
    while rows := await _batch(session, after):
        after = rows[-1].id
        given = await session.scalars(
            select(Message.conversation_id)
            .where(
                Message.conversation_id.in_([row.conversation_id for row in rows]),
                Message.article_slug.in_(list(slugs)),
            )
            .distinct()
        )
        answered = set(given)
        for row in rows:
            named = tuple(sealed(row, keys).get("topics", ()))
            about = not set(named).isdisjoint(topics) or row.conversation_id in answered
            if about and not (sites and row.site and row.site not in sites):
                found.append(_case(row, named))
    return sorted(found, key=lambda one: one.requested_at)


async def _batch(session: AsyncSession, after: int) -> Sequence[Handoff]:
    rows = await session.scalars(
        select(Handoff)
        .where(Handoff.state != RESOLVED, Handoff.id > after)
        .order_by(Handoff.id)
        .limit(BATCH)
    )
    return rows.all()


def _case(row: Handoff, topics: tuple[str, ...]) -> TopicCase:
    return TopicCase(
        handoff_id=row.id,
        conversation_id=row.conversation_id,
        reason=row.reason,
        state=row.state,
        agent_name=row.agent_name,
        language=row.language,
        site=row.site,
        topics=topics,
        requested_at=row.requested_at,
    )
