"""What patients thought where an article was the answer.

A rating of the assistant belongs to a conversation, not to a line. So it counts for every article
that the assistant answered with in that conversation, once, whatever the version: a hint about
which texts to look at, not a verdict. Ratings of people count for nothing here.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations.models import Message
from bot.handoff.models import Rating
from bot.knowledge.article_list import Rated

ABOUT = "assistant"


async def by_article(session: AsyncSession, since: datetime) -> dict[str, Rated]:
    """Slug → mean and number of the ratings given since then."""
    answered = (
        select(Message.conversation_id, Message.article_slug)
        .where(
            Message.author == "bot",
            Message.article_slug.is_not(None),
            Message.version_id.is_not(None),
            Message.conversation_id.in_(
                select(Rating.conversation_id).where(Rating.about == ABOUT, Rating.at >= since)
            ),
        )
        .distinct()
        .subquery()
    )
    rows = await session.execute(
        select(answered.c.article_slug, func.avg(Rating.score), func.count())
        .join(Rating, Rating.conversation_id == answered.c.conversation_id)
        .where(Rating.about == ABOUT, Rating.at >= since)
        .group_by(answered.c.article_slug)
    )
    return {slug: Rated(float(mean), count) for slug, mean, count in rows}
