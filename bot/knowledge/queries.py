"""What is read of knowledge: the published content, versions for transcripts, missing facts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.effects import Reason
from bot.errors import Conflict, Invalid, NotFound
from bot.knowledge import content as contents
from bot.knowledge.content import Content, Published, Source, Words
from bot.knowledge.files import SOURCE_LANGUAGE
from bot.knowledge.models import (
    Article,
    Document,
    Kind,
    KnowledgeRevision,
    MissingFact,
    State,
    Version,
)


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


async def load_content(session: AsyncSession) -> Content:
    """All that is published now. Raises `Invalid` when nothing was ever imported."""
    documents = {kind: await document(session, kind) for kind in Kind}
    clinic, figures = documents[Kind.CLINIC], documents[Kind.FIGURES]
    if clinic is None or figures is None:
        raise Invalid("there is no clinic profile yet", remedy="Run: careline kb import")
    articles = (await session.scalars(select(Article).order_by(Article.slug))).all()
    live = await _published(session)
    return Content(
        revision=await revision(session),
        articles=tuple(_article(row, live[row.id]) for row in articles if row.id in live),
        profile=contents.parse_profile(clinic.body),
        figures=contents.parse_figures(figures.body),
    )


async def document(session: AsyncSession, kind: Kind) -> Document | None:
    """The document of that kind that counts."""
    found: Document | None = await session.scalar(
        select(Document).where(Document.kind == kind.value).order_by(Document.id.desc()).limit(1)
    )
    return found


async def version_infos(session: AsyncSession) -> list[VersionInfo]:
    """Every version that patients may have read."""
    columns = (
        *(Version.id, Article.slug, Version.language, Version.title, Version.sources),
        *(Version.verified_on, Version.reviewed_by),
    )
    rows = await session.execute(
        select(*columns)
        .join(Article, Article.id == Version.article_id)
        .where(Version.published_at.is_not(None))
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
    article_id = await session.scalar(select(Article.id).where(Article.slug == slug))
    if article_id is None:
        raise NotFound(f"there is no article {slug!r}", field="article")
    states = (State.PUBLISHED.value, State.DRAFT.value)
    rows = await session.scalars(
        select(Version).where(
            Version.article_id == article_id,
            Version.language == language,
            Version.state.in_(states),
        )
    )
    found = {row.state: row for row in rows}
    return found.get(states[0]), found.get(states[1])


async def _published(session: AsyncSession) -> dict[int, dict[str, Published]]:
    """Article id → language → live version."""
    rows = (
        await session.scalars(select(Version).where(Version.state == State.PUBLISHED.value))
    ).all()
    origins = await sources_of(session, rows)
    sources = {row.article_id: row for row in rows if row.language == SOURCE_LANGUAGE}
    live: dict[int, dict[str, Published]] = {}
    for row in rows:
        stale = is_stale(row, sources.get(row.article_id), origins.get(row.based_on or 0))
        live.setdefault(row.article_id, {})[row.language] = Published(
            row.id, row.language, words_of(row), stale
        )
    return live


def _article(row: Article, versions: dict[str, Published]) -> contents.Article:
    return contents.Article(
        slug=row.slug,
        domain=row.domain,
        topics=tuple(row.topics),
        related=tuple(row.related),
        handoff=Reason(row.handoff["reason"]) if row.handoff else None,
        versions=versions,
    )
