"""Who has a text open: each tab says so now and then, and is gone when it stops."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import utc_now
from bot.db import UnitOfWork
from bot.knowledge.draft_models import TextPresence
from bot.knowledge.files import SOURCE_LANGUAGE
from bot.knowledge.finding import article_of
from bot.knowledge.models import State, Version

BEAT_SECONDS = 6
GRACE = timedelta(seconds=20)


async def beat(
    work: UnitOfWork, slug: str, language: str, tab: str, account_id: str, name: str
) -> dict[str, Any]:
    """Say that this tab has the text open; returns who else has, and what the server holds."""
    now = utc_now()
    article = await article_of(work.session, slug, language)
    await work.session.execute(delete(TextPresence).where(TextPresence.until < now))
    here = await work.session.get(TextPresence, (article.id, language, tab))
    if here is None or here.account_id != account_id:
        if here is not None:
            await work.session.delete(here)
            await work.session.flush()
        here = TextPresence(
            article_id=article.id,
            language=language,
            tab=tab,
            account_id=account_id,
            name=name,
            since=now,
            until=now,
        )
        work.session.add(here)
    here.name, here.until = name, now + GRACE
    await work.session.flush()
    others = await work.session.scalars(
        select(TextPresence)
        .where(
            TextPresence.article_id == article.id,
            TextPresence.tab != tab,
            TextPresence.until >= now,
        )
        .order_by(TextPresence.since, TextPresence.tab)
    )
    return {
        "others": [_other(one, account_id) for one in others],
        "stands": await stands(work.session, article.id, language),
    }


async def leave(work: UnitOfWork, slug: str, language: str, tab: str, account_id: str) -> None:
    """The tab has closed the text; fine when it was not known to have it open."""
    article = await article_of(work.session, slug, language)
    await work.session.execute(
        delete(TextPresence).where(
            TextPresence.article_id == article.id,
            TextPresence.language == language,
            TextPresence.tab == tab,
            TextPresence.account_id == account_id,
        )
    )


async def stands(session: AsyncSession, article_id: int, language: str) -> dict[str, Any]:
    """What the server holds of a text now: the live version, the draft and who saved it last, and
    the live text that translations are made from."""
    found = await session.scalars(
        select(Version).where(
            Version.article_id == article_id,
            Version.state.in_([State.PUBLISHED.value, State.DRAFT.value]),
        )
    )
    known = {(one.language, one.state): one for one in found}
    draft = known.get((language, State.DRAFT.value))
    live = known.get((language, State.PUBLISHED.value))
    source = known.get((SOURCE_LANGUAGE, State.PUBLISHED.value))
    return {
        "live": live.id if live else None,
        "published_by": live.published_by if live else None,
        "draft": draft.id if draft else None,
        "saves": draft.saves if draft else 0,
        "saved_by": draft.created_by if draft else None,
        "source": source.id if source else None,
    }


def _other(one: TextPresence, account_id: str) -> dict[str, Any]:
    since: datetime = one.since
    return {
        "name": one.name,
        "you": one.account_id == account_id,
        "language": one.language,
        "since": since.isoformat(),
    }
