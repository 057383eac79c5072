"""Every article with what is live, what is on its way and what was taken off the air.

Read in light columns, without the words: ten thousand texts are no more than a glance.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot.knowledge.files import SOURCE_LANGUAGE
from bot.knowledge.models import Article, State, Version
from bot.texts import LANGUAGES

AT_ONCE = 500
WORKING = (State.DRAFT.value, State.IN_REVIEW.value, State.APPROVED.value)
SHOWN = (*WORKING, State.PUBLISHED.value)


@dataclass(slots=True)
class Text:
    """One text, without its words."""

    id: int
    state: str
    title: str
    hash: str
    verified_on: date | None
    expires_on: date | None
    reviewed: bool
    at: datetime
    stale: bool = False


@dataclass(slots=True)
class Entry:
    """One article with what is live and what is on its way, by language."""

    id: int
    slug: str
    topics: list[str]
    owner: str
    live: dict[str, Text] = field(default_factory=dict)
    working: dict[str, Text] = field(default_factory=dict)
    archived: dict[str, Text] = field(default_factory=dict)

    def texts(self, language: str = "") -> list[Text]:
        """What can be read of it, in one language or in all."""
        found = [
            text
            for texts in (self.live, self.working, {} if self.live else self.archived)
            for one, text in texts.items()
            if not language or one == language
        ]
        return found

    def states(self, language: str, today: date) -> set[str]:
        """Everything that is true of it in a language."""
        found = set()
        live, working = self.live.get(language), self.working.get(language)
        if live:
            found.add("published")
            if live.stale:
                found.add("stale")
            if live.expires_on and live.expires_on < today:
                found.add("expired")
        elif language in self.archived:
            found.add("archived")
        elif not working:
            found.add("missing")
        if working:
            found.add(working.state)
        return found

    def first(self, name: str) -> date | None:
        """The earliest of a day of what is live."""
        days = [day for one in self.live.values() if (day := getattr(one, name))]
        return min(days, default=None)


async def entries(session: AsyncSession) -> list[Entry]:
    rows = await session.execute(
        select(Article.id, Article.slug, Article.topics, Article.owner).order_by(Article.slug)
    )
    found = {row.id: Entry(row.id, row.slug, list(row.topics), row.owner) for row in rows}
    revisions: dict[int, tuple[int, int | None]] = {}
    for row in await _texts(session, Version.state.in_(SHOWN)):
        entry, text = found[row.article_id], _text(row)
        if row.state == State.PUBLISHED.value:
            entry.live[row.language] = text
            revisions[row.id] = (row.revision, row.origin)
        else:
            entry.working[row.language] = text
    for entry in found.values():
        _mark_stale(entry, revisions)
    silent = [entry.id for entry in found.values() if len(entry.live) < len(LANGUAGES)]
    for ids in batches(silent):
        old = (Version.state == State.ARCHIVED.value, Version.published_at.is_not(None))
        for row in await _texts(session, *old, Version.article_id.in_(ids)):
            if row.language not in found[row.article_id].live:
                found[row.article_id].archived[row.language] = _text(row)
    return [entry for entry in found.values() if entry.texts()]


async def _texts(session: AsyncSession, *where: Any) -> Sequence[Row[Any]]:
    origin = aliased(Version)
    columns = (
        *(Version.id, Version.article_id, Version.language, Version.state, Version.title),
        *(Version.content_hash, Version.verified_on, Version.expires_on, Version.reviewed_by),
        *(Version.revision, Version.created_at, Version.published_at),
        origin.revision.label("origin"),
    )
    found = await session.execute(
        select(*columns)
        .outerjoin(origin, origin.id == Version.based_on)
        .where(*where)
        .order_by(Version.id)
    )
    return found.all()


def _text(row: Row[Any]) -> Text:
    return Text(
        row.id,
        row.state,
        row.title,
        row.content_hash,
        row.verified_on,
        row.expires_on,
        bool(row.reviewed_by),
        max(filter(None, (row.created_at, row.published_at))),
    )


def _mark_stale(entry: Entry, revisions: Mapping[int, tuple[int, int | None]]) -> None:
    source = entry.live.get(SOURCE_LANGUAGE)
    if source is None:
        return
    for language, text in entry.live.items():
        if language != SOURCE_LANGUAGE:
            text.stale = revisions[text.id][1] != revisions[source.id][0]


def batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """So many ids as one statement takes on every database."""
    for start in range(0, len(ids), AT_ONCE):
        yield ids[start : start + AT_ONCE]
