"""What is published, as values: everything that is needed to answer, read at one moment."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path

from pydantic import ValidationError

from bot.effects import ArticleRef, Option, Reason
from bot.errors import Invalid
from bot.knowledge import facts, files, profile
from bot.knowledge.facts import Figures
from bot.knowledge.files import SOURCE_LANGUAGE, ArticleFile
from bot.knowledge.problems import explain
from bot.knowledge.profile import ClinicProfile

CLINIC_FILE = "clinic.toml"
FIGURES_FILE = "facts.toml"
ARTICLES_DIR = "knowledge"


@dataclass(frozen=True, slots=True)
class Source:
    """The primary page a statement comes from."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Words:
    """What one version says, and on what authority."""

    title: str
    lead: str
    more: str | None
    variants: tuple[str, ...]
    golden: tuple[str, ...]
    sources: tuple[Source, ...]
    verified_on: date | None
    expires_on: date | None
    effective_from: date | None = None
    reviewed_by: str = ""
    reviewed_on: date | None = None

    @property
    def hash(self) -> str:
        """Equal for equal words."""
        as_text = json.dumps(
            [
                *(self.title, self.lead, self.more, self.variants, self.golden),
                [[source.title, source.url] for source in self.sources],
                *(str(self.verified_on), str(self.expires_on), str(self.effective_from)),
                *(self.reviewed_by, str(self.reviewed_on)),
            ],
            ensure_ascii=False,
        )
        return hashlib.sha256(as_text.encode()).hexdigest()

    def current(self, today: date) -> bool:
        """The last day it may be shown is `expires_on` itself."""
        begun = self.effective_from is None or self.effective_from <= today
        return begun and not self.ended(today)

    def ended(self, today: date) -> bool:
        """Whether the last day it may be shown is over."""
        return self.expires_on is not None and self.expires_on < today

    @property
    def questions(self) -> tuple[str, ...]:
        """What it is found by, beside its text."""
        return (self.title, *self.variants)


@dataclass(frozen=True, slots=True)
class Published:
    """A published version. `stale`: it translates a source text that has changed since."""

    version_id: int
    language: str
    words: Words
    stale: bool = False


@dataclass(frozen=True, slots=True)
class Article:
    """One answer in all its languages. `scope` says whom it is for, by the fields of a scope; an
    empty one that it is for everybody."""

    slug: str
    domain: str
    topics: tuple[str, ...]
    related: tuple[str, ...] = ()
    handoff: Reason | None = None
    versions: Mapping[str, Published] = field(default_factory=dict)
    scope: Mapping[str, str] = field(default_factory=dict)

    def ref(self, version: Published) -> ArticleRef:
        """What a line that quotes the version carries."""
        return ArticleRef(
            slug=self.slug,
            version_id=version.version_id,
            language=version.language,
            title=version.words.title,
            topics=self.topics,
        )

    def option(self, version: Published) -> Option:
        """The article as one choice of a clarification."""
        return Option(slug=self.slug, title=version.words.title, topics=self.topics)


@dataclass(frozen=True, slots=True)
class Content:
    """All that is published, with the clinic's facts. Articles are in the order of their slugs."""

    revision: int
    articles: tuple[Article, ...]
    profile: ClinicProfile
    figures: Figures


@lru_cache(maxsize=4)
def parse_profile(body: str, where: str = CLINIC_FILE) -> ClinicProfile:
    """The profile from its TOML; the same object for the same text. Raises `Invalid`."""
    try:
        return ClinicProfile.model_validate(tomllib.loads(body))
    except ValidationError as error:
        raise explain(error, where) from None


@lru_cache(maxsize=4)
def parse_figures(body: str, where: str = FIGURES_FILE) -> Figures:
    """The figures from their TOML; the same object for the same text. Raises `Invalid`."""
    try:
        return Figures.model_validate(tomllib.loads(body))
    except ValidationError as error:
        raise explain(error, where) from None


def words_of(file: ArticleFile) -> Words:
    """What a file says."""
    return Words(
        title=file.title,
        lead=file.lead,
        more=file.more,
        variants=file.variants,
        golden=file.golden,
        sources=tuple(Source(source.title, source.url) for source in file.sources),
        verified_on=file.verified_on,
        expires_on=file.expires_on,
        reviewed_by=file.reviewed_by,
        reviewed_on=file.reviewed_on,
    )


def by_slug(articles: list[ArticleFile]) -> dict[str, dict[str, ArticleFile]]:
    """Files as slug → language → file. Raises `Invalid` when two files claim one place."""
    grouped: dict[str, dict[str, ArticleFile]] = {}
    for file in articles:
        twins = grouped.setdefault(file.slug, {})
        if file.language in twins:
            raise Invalid(
                f"{file.path}: slug: {twins[file.language].path} has it already",
                field="slug",
                remedy="Give one of the two another slug.",
            )
        twins[file.language] = file
    return grouped


def from_files(data_dir: Path) -> Content:
    """The starter content as it lies, without a database: ids are negative, revision is 0."""
    grouped = by_slug(files.read_articles(data_dir / ARTICLES_DIR))
    articles = []
    next_id = -1
    for slug, twins in sorted(grouped.items()):
        versions = {}
        for language, file in sorted(twins.items()):
            versions[language] = Published(next_id, language, words_of(file), _stale(file, twins))
            next_id -= 1
        lead = twins.get(SOURCE_LANGUAGE) or next(iter(twins.values()))
        articles.append(
            Article(
                slug=slug,
                domain=lead.domain.value,
                topics=lead.topics,
                related=lead.related,
                handoff=lead.handoff.reason if lead.handoff else None,
                versions=versions,
                scope=lead.scope.model_dump(exclude_none=True),
            )
        )
    return Content(
        revision=0,
        articles=tuple(articles),
        profile=profile.load(data_dir / CLINIC_FILE),
        figures=facts.load(data_dir / FIGURES_FILE),
    )


def _stale(file: ArticleFile, twins: dict[str, ArticleFile]) -> bool:
    source = twins.get(SOURCE_LANGUAGE)
    return (
        file.language != SOURCE_LANGUAGE
        and source is not None
        and file.translates != source.revision
    )
