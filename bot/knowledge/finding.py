"""One article, and one text of it, found by name."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import Invalid, NotFound
from bot.knowledge.models import Article, State, Version
from bot.texts import LANGUAGES


async def article_of(session: AsyncSession, slug: str, language: str | None = None) -> Article:
    """The article of that name.

    Raises `NotFound`, and `Invalid` for a `language` that no text can have.
    """
    if language is not None and language not in LANGUAGES:
        raise Invalid(f"{language!r} is not a language of this clinic", field="language")
    found: Article | None = await session.scalar(select(Article).where(Article.slug == slug))
    if found is None:
        raise NotFound(f"there is no article {slug!r}", field="slug")
    return found


async def in_state(
    session: AsyncSession, article_id: int, language: str, state: State
) -> Version | None:
    """The one text of an article in this state: the draft, or what is live."""
    found: Version | None = await session.scalar(
        select(Version).where(
            Version.article_id == article_id,
            Version.language == language,
            Version.state == state.value,
        )
    )
    return found
