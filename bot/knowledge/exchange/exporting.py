"""The published base back into files: `careline kb export`.

The files are canonical and lie where `kb import` looks for them, so that an export can be read
as a difference, and importing it changes nothing. Drafts go to a folder that no import reads.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import Database
from bot.errors import Invalid
from bot.knowledge import files, queries
from bot.knowledge.content import ARTICLES_DIR, CLINIC_FILE, FIGURES_FILE
from bot.knowledge.files import SOURCE_LANGUAGE, ArticleFile
from bot.knowledge.models import Article, Kind, State, Version
from bot.knowledge.problems import explain

DRAFTS_DIR = "drafts"
Status = Literal["written", "unchanged", "refused", "left"]


@dataclass(frozen=True, slots=True)
class Exported:
    """What became of one file, and why when it was not written."""

    file: str
    status: Status
    reason: str = ""


@dataclass(slots=True)
class ExportReport:
    """What became of all files. `refused`: the text cannot stand in a file, so it is missing."""

    folder: Path
    entries: list[Exported] = field(default_factory=list)

    def count(self, status: Status) -> int:
        """How many files ended so."""
        return sum(entry.status == status for entry in self.entries)

    @property
    def complete(self) -> bool:
        """Whether everything that is published is in the folder now."""
        return not self.count("refused")

    def lines(self) -> list[str]:
        """The report in words."""
        told = [entry for entry in self.entries if entry.reason]
        return [
            f"{self.count('written')} files written to {self.folder}, "
            f"{self.count('unchanged')} were so already",
            *(f"  {entry.status}: {entry.file}: {entry.reason}" for entry in told),
        ]


async def export_directory(
    database: Database, folder: Path, *, drafts: bool = False
) -> ExportReport:
    """Write the published base below `folder`; raises `Invalid` when nothing was ever imported.

    Only files whose text differs are touched. An article file that the base does not know is
    left and named, because an import would take it.
    """
    report = ExportReport(folder)
    async with database.reading() as session:
        texts = await _documents(session)
        texts |= await _articles(session, report, State.PUBLISHED, ARTICLES_DIR)
        if drafts:
            texts |= await _articles(session, report, State.DRAFT, DRAFTS_DIR)
    await asyncio.to_thread(_write, folder, texts, report)
    return report


async def _documents(session: AsyncSession) -> dict[str, str]:
    found: dict[str, str] = {}
    for kind, name in ((Kind.CLINIC, CLINIC_FILE), (Kind.FIGURES, FIGURES_FILE)):
        document = await queries.document(session, kind)
        if document is None:
            raise Invalid("there is no clinic profile yet", remedy="Run: careline kb import")
        found[name] = document.body
    return found


async def _articles(
    session: AsyncSession, report: ExportReport, state: State, folder: str
) -> dict[str, str]:
    """Path → text of all versions in a state, by slug and language."""
    rows = await session.execute(
        select(Article, Version)
        .join(Version, Version.article_id == Article.id)
        .where(Version.state == state.value)
        .order_by(Article.slug, Version.language)
    )
    numbers = await _Numbers.of(session)
    found: dict[str, str] = {}
    for article, version in rows:
        content = _content(article, version, numbers)
        name = f"{folder}/{article.domain}/{article.slug}.{version.language}.md"
        if state is State.DRAFT:
            # A draft may lack anything; what it has is written as it stands.
            found[name] = files.write_article(_unchecked(content))
            continue
        try:
            found[name] = files.write_article(ArticleFile.model_validate(content))
        except ValidationError as error:
            report.entries.append(Exported(name, "refused", explain(error, name).message))
    return found


@dataclass(frozen=True, slots=True)
class _Numbers:
    """What the files call `revision` and `translates`."""

    revisions: dict[int, int]
    sources: dict[int, list[int]]

    @classmethod
    async def of(cls, session: AsyncSession) -> _Numbers:
        rows = await session.execute(
            select(Version.id, Version.article_id, Version.revision).where(
                Version.language == SOURCE_LANGUAGE, Version.published_at.is_not(None)
            )
        )
        revisions: dict[int, int] = {}
        sources: dict[int, list[int]] = {}
        for version_id, article_id, revision in rows:
            revisions[version_id] = revision
            sources.setdefault(article_id, []).append(revision)
        return cls(revisions, sources)

    def translates(self, version: Version) -> int:
        """The source revision; for a source that nobody knows, a number that no source has."""
        if version.based_on in self.revisions:
            return self.revisions[version.based_on]
        known = self.sources.get(version.article_id, [])
        if not known:
            return 1
        return min(known) - 1 or max(known) + 1


def _content(article: Article, version: Version, numbers: _Numbers) -> dict[str, Any]:
    source = version.language == SOURCE_LANGUAGE
    return {
        "domain": article.domain,
        "slug": article.slug,
        "topics": tuple(article.topics),
        "language": version.language,
        "title": version.title,
        "revision": version.revision if source else None,
        "translates": None if source else numbers.translates(version),
        "variants": tuple(version.variants),
        "golden": tuple(version.golden),
        "related": tuple(article.related),
        "scope": article.scope,
        "handoff": article.handoff,
        "sources": version.sources,
        "verified_on": version.verified_on,
        "expires_on": version.expires_on,
        "reviewed_by": version.reviewed_by,
        "reviewed_on": version.reviewed_on,
        "lead": version.lead,
        "more": version.more,
    }


def _unchecked(content: dict[str, Any]) -> ArticleFile:
    parts = {
        "scope": files.Scope.model_validate(content["scope"] or {}),
        "handoff": files.HandoffRule.model_validate(content["handoff"])
        if content["handoff"]
        else None,
        "sources": tuple(files.Source.model_construct(**one) for one in content["sources"]),
    }
    return ArticleFile.model_construct(**{**content, **parts})


def _write(folder: Path, texts: dict[str, str], report: ExportReport) -> None:
    for name, text in texts.items():
        path = folder / name
        same = path.is_file() and path.read_bytes() == text.encode()
        if not same:
            _replace(path, text)
        report.entries.append(Exported(name, "unchanged" if same else "written"))
    refused = {entry.file for entry in report.entries if entry.status == "refused"}
    for path in sorted((folder / ARTICLES_DIR).glob("*/*.md")):
        name = path.relative_to(folder).as_posix()
        if name not in texts and name not in refused:
            reason = "it is not published here; an import of this folder would take it"
            report.entries.append(Exported(name, "left", reason))


def _replace(path: Path, text: str) -> None:
    """All of the new file or all of the old one, whatever happens meanwhile."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as new:
        new.write(text.encode())
    os.chmod(new.name, 0o644)
    os.replace(new.name, path)
