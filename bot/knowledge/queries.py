"""What is read of knowledge: the published content, versions for transcripts, missing facts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot.effects import Reason
from bot.errors import Conflict, Invalid, NotFound
from bot.knowledge import content as contents
from bot.knowledge.content import Content, Published, Source, Words
from bot.knowledge.files import SOURCE_LANGUAGE
from bot.knowledge.finding import article_of, in_state
from bot.knowledge.models import (
    Article,
    Document,
    Kind,
    KnowledgeRevision,
    MissingFact,
    State,
    Version,
)

AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class VersionInfo:
    """What stands below an answer: where its words come from and who checked them."""

    version_id: int
    slug: str
    language: str
    title: str
    sources: tuple[Source, ...]
    verified_on: date | None
    reviewed: bool


@dataclass(frozen=True, slots=True)
class Missing:
    """A fact that answers lacked, and in how many conversations."""

    key: str
    articles: tuple[str, ...]
    conversations: int


async def revision(session: AsyncSession) -> int:
    """The number of the last change; 0 while nothing was ever published."""
    return await session.scalar(select(KnowledgeRevision.revision)) or 0


async def load_content(session: AsyncSession, known: Content | None = None) -> Content:
    """All that is published now. Raises `Invalid` when nothing was ever imported.

    Published words never change, so those of versions that `known` holds, read from the same
    database, are not read again.
    """
    documents = {kind: await document(session, kind) for kind in Kind}
    clinic, figures = documents[Kind.CLINIC], documents[Kind.FIGURES]
    if clinic is None or figures is None:
        raise Invalid("there is no clinic profile yet", remedy="Run: careline kb import")
    columns = (Article.id, Article.slug, Article.domain, Article.topics, Article.related)
    articles = (await session.execute(select(*columns, Article.handoff, Article.scope))).all()
    before = {article.slug: article for article in known.articles} if known else {}
    live = await _published(session, before.values())
    found = (_article(row, live[row.id], before) for row in articles if row.id in live)
    return Content(
        revision=await revision(session),
        # Sorted here: databases do not agree on the order of hyphens.
        articles=tuple(sorted(found, key=lambda article: article.slug)),
        profile=_profile(clinic.body),
        figures=_figures(figures.body),
    )


async def current_content(session: AsyncSession, known: Content | None) -> Content:
    """All that is published now: `known` itself, if that is what it holds."""
    if known is not None and known.revision and known.revision == await revision(session):
        return known
    return await load_content(session, known)


async def document(session: AsyncSession, kind: Kind) -> Document | None:
    """The document of that kind that counts."""
    found: Document | None = await session.scalar(
        select(Document).where(Document.kind == kind.value).order_by(Document.id.desc()).limit(1)
    )
    return found


async def version_infos(session: AsyncSession, known: Collection[int] = ()) -> list[VersionInfo]:
    """Every version that patients may have read, but those `known`."""
    ids = await session.scalars(select(Version.id).where(Version.published_at.is_not(None)))
    missing = [one for one in ids if one not in known]
    return [
        info
        for start in range(0, len(missing), AT_ONCE)
        for info in await _infos(session, missing[start : start + AT_ONCE])
    ]


async def _infos(session: AsyncSession, wanted: Sequence[int]) -> list[VersionInfo]:
    columns = (
        *(Version.id, Article.slug, Version.language, Version.title, Version.sources),
        *(Version.verified_on, Version.reviewed_by),
    )
    rows = await session.execute(
        select(*columns)
        .join(Article, Article.id == Version.article_id)
        .where(Version.id.in_(wanted))
    )
    return [
        VersionInfo(id_, slug, language, title, sources_from(sources), verified_on, bool(reviewer))
        for id_, slug, language, title, sources, verified_on, reviewer in rows
    ]


def sources_from(stored: list[dict[str, str]]) -> tuple[Source, ...]:
    """The sources of a version, as stored."""
    return tuple(Source(one["title"], one["url"]) for one in stored)


async def missing_facts(session: AsyncSession) -> list[Missing]:
    """What the clinic profile lacks, what is asked most first."""
    counted = await session.execute(
        select(MissingFact.key, func.count())
        .group_by(MissingFact.key)
        .order_by(func.count().desc(), MissingFact.key)
    )
    articles: dict[str, set[str]] = {}
    pairs = select(MissingFact.key, MissingFact.article_slug).distinct()
    for key, slug in await session.execute(pairs):
        articles.setdefault(key, set()).update([slug] if slug else [])
    return [Missing(key, tuple(sorted(articles[key])), count) for key, count in counted]


def words_of(version: Version) -> Words:
    """What a stored version says."""
    return Words(
        title=version.title,
        lead=version.lead,
        more=version.more,
        variants=tuple(version.variants),
        golden=tuple(version.golden),
        sources=sources_from(version.sources),
        verified_on=version.verified_on,
        expires_on=version.expires_on,
        effective_from=version.effective_from,
        reviewed_by=version.reviewed_by,
        reviewed_on=version.reviewed_on,
    )


def is_stale(version: Version, source: Version | None, based_on: Version | None) -> bool:
    """Whether a translation was made from another meaning than the live source text has."""
    if version.language == SOURCE_LANGUAGE or source is None:
        return False
    return based_on is None or based_on.revision != source.revision


async def left_behind(session: AsyncSession, version: Version) -> bool:
    """Whether a translation, live now, would not be served: the source text says something else."""
    if version.language == SOURCE_LANGUAGE:
        return False
    source = await in_state(session, version.article_id, SOURCE_LANGUAGE, State.PUBLISHED)
    origin = await session.get(Version, version.based_on) if version.based_on else None
    return is_stale(version, source, origin)


async def sources_of(session: AsyncSession, versions: Iterable[Version]) -> dict[int, Version]:
    """The versions that these are based on, by id."""
    wanted = {version.based_on for version in versions if version.based_on is not None}
    found = await session.scalars(select(Version).where(Version.id.in_(wanted)))
    return {version.id: version for version in found}


async def unpublished(session: AsyncSession, version_id: int) -> tuple[Version, Article]:
    """A text that may still go live, in any state before that, with its article."""
    version = await session.get(Version, version_id)
    if version is None:
        raise NotFound(f"there is no draft {version_id}")
    if version.state in (State.PUBLISHED.value, State.ARCHIVED.value):
        raise Conflict("it was published already", winner=version.published_by)
    return version, await session.get_one(Article, version.article_id)


async def live_and_draft(
    session: AsyncSession, slug: str, language: str
) -> tuple[Version | None, Version | None]:
    """What is live of an article in a language, and the draft on top. Raises `NotFound`."""
    article = await article_of(session, slug)
    live = await in_state(session, article.id, language, State.PUBLISHED)
    return live, await in_state(session, article.id, language, State.DRAFT)


async def _published(
    session: AsyncSession, known: Iterable[contents.Article]
) -> dict[int, dict[str, Published]]:
    """Article id → language → live version."""
    origin = aliased(Version)
    columns = (Version.id, Version.article_id, Version.language, Version.revision)
    rows = (
        await session.execute(
            select(*columns, origin.revision)
            .outerjoin(origin, origin.id == Version.based_on)
            .where(Version.state == State.PUBLISHED.value)
        )
    ).all()
    sources = {
        article_id: number
        for _, article_id, language, number, _ in rows
        if language == SOURCE_LANGUAGE
    }
    words = {one.version_id: one.words for article in known for one in article.versions.values()}
    words |= await _words(session, [row[0] for row in rows if row[0] not in words])
    live: dict[int, dict[str, Published]] = {}
    for version_id, article_id, language, _, translated in rows:
        stale = language != SOURCE_LANGUAGE and article_id in sources
        stale = stale and translated != sources[article_id]
        found = Published(version_id, language, words[version_id], stale)
        live.setdefault(article_id, {})[language] = found
    return live


async def _words(session: AsyncSession, wanted: Sequence[int]) -> dict[int, Words]:
    """The words of these versions."""
    found: dict[int, Words] = {}
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        rows = await session.scalars(select(Version).where(Version.id.in_(some)))
        found |= {row.id: words_of(row) for row in rows}
    return found


def _article(
    row: Row[Any], versions: dict[str, Published], before: Mapping[str, contents.Article]
) -> contents.Article:
    """The article; the one from before where nothing has changed, which is told by looking."""
    made = contents.Article(
        slug=row.slug,
        domain=row.domain,
        topics=tuple(row.topics),
        related=tuple(row.related),
        handoff=Reason(row.handoff["reason"]) if row.handoff else None,
        versions=versions,
        scope={part: said for part, said in (row.scope or {}).items() if said},
    )
    known = before.get(row.slug)
    return known if known == made else made


# Read at every change of an article, and changed hardly ever.
_profile = lru_cache(maxsize=2)(contents.parse_profile)
_figures = lru_cache(maxsize=2)(contents.parse_figures)
