"""Files into the database, as often as you like: `careline kb import`.

A file becomes a published version when it is new, or when it changed and the live version still
comes from a file. What an editor published is never replaced. All of it happens or none.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from sqlalchemy import select

from bot.clock import utc_now
from bot.db import Database, UnitOfWork
from bot.errors import Invalid
from bot.knowledge import facts, files, profile, queries
from bot.knowledge.content import (
    ARTICLES_DIR,
    CLINIC_FILE,
    FIGURES_FILE,
    by_slug,
    words_of,
)
from bot.knowledge.files import SOURCE_LANGUAGE, ArticleFile
from bot.knowledge.models import Article, Document, Kind, Origin, State, Version
from bot.knowledge.service import hold, new_version, put_live, revise
from bot.privacy import audit

ACTOR = "import"
LONGEST_TITLE = 200
Status = Literal["created", "updated", "unchanged", "kept", "stale"]


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of one file, and why."""

    file: str
    status: Status
    reason: str = ""


@dataclass(slots=True)
class ImportReport:
    """What became of all files. A stale translation is listed beside what happened to it."""

    entries: list[Imported] = field(default_factory=list)
    revision: int | None = None

    def count(self, status: Status) -> int:
        """How many files ended so."""
        return sum(entry.status == status for entry in self.entries)

    @property
    def changed(self) -> bool:
        """Whether anything was written."""
        return bool(self.count("created") + self.count("updated"))

    def lines(self, *, changes_only: bool = False) -> list[str]:
        """The report in words; with `changes_only`, nothing when nothing was written."""
        if changes_only and not self.changed:
            return []
        counts = Counter(entry.status for entry in self.entries)
        summary = ", ".join(f"{count} {status}" for status, count in sorted(counts.items()))
        told = [entry for entry in self.entries if entry.reason]
        return [
            f"Content: {summary}",
            *(f"  {entry.status}: {entry.file}: {entry.reason}" for entry in told),
        ]


@dataclass(frozen=True, slots=True)
class _Folder:
    articles: dict[str, dict[str, ArticleFile]]
    documents: dict[Kind, tuple[str, str]]


async def import_directory(database: Database, data_dir: Path) -> ImportReport:
    """Bring the database up to the files. Raises `Invalid` naming file, field and remedy."""
    folder = await asyncio.to_thread(_read, data_dir)
    report = ImportReport()
    async with database.work() as work:
        await hold(work)
        known = {row.slug: row for row in await work.session.scalars(select(Article))}
        versions = await _versions(work)
        for slug, twins in folder.articles.items():
            article = await _article(work, known.get(slug), twins, report)
            await _languages(work, article, twins, versions.get(article.id, []), report)
        for kind, (name, body) in folder.documents.items():
            await _document(work, kind, name, body, report)
        if report.changed:
            report.revision = await revise(work)
            await audit.record(
                work,
                ACTOR,
                "knowledge.imported",
                f"revision:{report.revision}",
                created=report.count("created"),
                updated=report.count("updated"),
            )
        await work.commit()
    return report


def _read(data_dir: Path) -> _Folder:
    articles = by_slug(files.read_articles(data_dir / ARTICLES_DIR))
    for twins in articles.values():
        for file in twins.values():
            if len(file.title) > LONGEST_TITLE:
                raise Invalid(
                    f"{file.path}: title: longer than {LONGEST_TITLE} characters",
                    field="title",
                    remedy="Shorten it.",
                )
    profile.load(data_dir / CLINIC_FILE)
    facts.load(data_dir / FIGURES_FILE)
    documents = {Kind.CLINIC: CLINIC_FILE, Kind.FIGURES: FIGURES_FILE}
    return _Folder(
        dict(sorted(articles.items())),
        {kind: (name, _text(data_dir / name)) for kind, name in documents.items()},
    )


def _text(path: Path) -> str:
    return path.read_text("utf-8-sig")


async def _versions(work: UnitOfWork) -> dict[int, list[Version]]:
    """Article id → its versions that are or were published, oldest first."""
    rows = await work.session.scalars(
        select(Version).where(Version.published_at.is_not(None)).order_by(Version.id)
    )
    found: dict[int, list[Version]] = {}
    for row in rows:
        found.setdefault(row.article_id, []).append(row)
    return found


async def _article(
    work: UnitOfWork,
    known: Article | None,
    twins: dict[str, ArticleFile],
    report: ImportReport,
) -> Article:
    """The article row; what is not versioned follows the file of the source language."""
    file = next(_source_first(twins))
    wanted = {
        "domain": file.domain.value,
        "topics": list(file.topics),
        "related": list(file.related),
        "handoff": file.handoff.model_dump(mode="json", exclude_none=True)
        if file.handoff
        else None,
        "scope": file.scope.model_dump(mode="json", exclude_none=True),
    }
    article = known or Article(slug=file.slug, owner="", created_at=utc_now())
    if known and any(getattr(known, name) != value for name, value in wanted.items()):
        report.entries.append(Imported(str(file.path), "updated", "its topics, links or handoff"))
    for name, value in wanted.items():
        setattr(article, name, value)
    work.session.add(article)
    await work.session.flush()
    return article


def _source_first(twins: dict[str, ArticleFile]) -> Iterator[ArticleFile]:
    yield from sorted(twins.values(), key=lambda file: file.language != SOURCE_LANGUAGE)


async def _languages(
    work: UnitOfWork,
    article: Article,
    twins: dict[str, ArticleFile],
    versions: list[Version],
    report: ImportReport,
) -> None:
    for file in _source_first(twins):
        made = await _version(work, article, file, versions, report)
        if made:
            versions.append(made)
        source = _live(versions, SOURCE_LANGUAGE)
        live = _live(versions, file.language)
        based_on = next((one for one in versions if live and one.id == live.based_on), None)
        if live and source and queries.is_stale(live, source, based_on):
            of = based_on.revision if based_on else file.translates
            reason = f"it translates revision {of} of the English text, now at {source.revision}"
            report.entries.append(Imported(str(file.path), "stale", reason))


async def _version(
    work: UnitOfWork,
    article: Article,
    file: ArticleFile,
    versions: list[Version],
    report: ImportReport,
) -> Version | None:
    """A new version when the file says something new and may say it."""
    live, words = _live(versions, file.language), words_of(file)
    based_on = _translated(versions, file)
    where = str(file.path)
    if live and live.content_hash == words.hash and _same_place(live, file, versions):
        report.entries.append(Imported(where, "unchanged"))
        return None
    if live and live.origin == Origin.EDITOR.value:
        by = f"version {live.id}, published by {live.published_by}, is live"
        report.entries.append(Imported(where, "kept", by))
        return None
    version = new_version(
        article,
        file.language,
        words,
        revision=file.revision or 1,
        based_on=based_on.id if based_on else None,
        origin=Origin.FILE.value,
        created_by=ACTOR,
    )
    await put_live(work, version, ACTOR)
    report.entries.append(Imported(where, "updated" if live else "created"))
    return version


def _live(versions: list[Version], language: str) -> Version | None:
    found = [v for v in versions if v.language == language and v.state == State.PUBLISHED.value]
    return found[-1] if found else None


def _translated(versions: list[Version], file: ArticleFile) -> Version | None:
    """The source version that a translation says it was made from, as the files numbered it."""
    if file.language == SOURCE_LANGUAGE:
        return None
    found = [
        version
        for version in versions
        if version.language == SOURCE_LANGUAGE
        and version.origin == Origin.FILE.value
        and version.revision == file.translates
    ]
    return found[-1] if found else None


def _same_place(live: Version, file: ArticleFile, versions: list[Version]) -> bool:
    """Whether the numbers agree too: a revision, or the revision that is translated."""
    if live.origin == Origin.EDITOR.value:
        return True
    if file.language == SOURCE_LANGUAGE:
        return live.revision == file.revision
    source = next((version for version in versions if version.id == live.based_on), None)
    translated = _translated(versions, file)
    return (source and source.revision) == (translated and translated.revision)


async def _document(
    work: UnitOfWork, kind: Kind, name: str, body: str, report: ImportReport
) -> None:
    digest = hashlib.sha256(body.encode()).hexdigest()
    live = await queries.document(work.session, kind)
    if live and live.content_hash == digest:
        report.entries.append(Imported(name, "unchanged"))
        return
    if live and live.origin == Origin.EDITOR.value:
        report.entries.append(Imported(name, "kept", f"{live.created_by} changed it here"))
        return
    work.session.add(
        Document(
            kind=kind.value,
            body=body,
            content_hash=digest,
            origin=Origin.FILE.value,
            created_at=utc_now(),
            created_by=ACTOR,
        )
    )
    report.entries.append(Imported(name, "updated" if live else "created"))
