"""All published answers as one page to read, print and mark: `careline kb export --html`.

The file needs nothing from outside and runs nothing. Facts stand in their places as a patient
would read them on that day; what a patient would not be shown is said beside the answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from bot import texts
from bot.knowledge import wording
from bot.knowledge.content import Article, Content, Published, Source
from bot.knowledge.facts import UnknownFigure
from bot.knowledge.files import Domain
from bot.knowledge.lookups import ProfileFacts
from bot.knowledge.markdown import Block, blocks
from bot.knowledge.plans import PlanNames
from bot.knowledge.render import render

TEMPLATES = Path(__file__).resolve().parent / "templates"


@dataclass(frozen=True, slots=True)
class Answer:
    """One article in one language, as the page shows it. `warnings` say why patients do not."""

    number: int
    anchor: str
    slug: str
    title: str
    lead: list[Block]
    more: list[Block]
    sources: tuple[Source, ...]
    dates: str
    handoff: str
    warnings: list[str]


@dataclass(frozen=True, slots=True)
class Chapter:
    """The answers of one domain."""

    anchor: str
    title: str
    answers: list[Answer]


@dataclass(frozen=True, slots=True)
class Part:
    """Everything in one language."""

    language: str
    chapters: list[Chapter]
    untranslated: list[str]
    reviewed: int

    @property
    def count(self) -> int:
        return sum(len(chapter.answers) for chapter in self.chapters)


def book(content: Content, now: datetime, languages: Sequence[str] = texts.LANGUAGES) -> str:
    """The page. It is titled in the first of the languages."""
    plans = PlanNames.of(content.profile)
    parts = []
    for language in languages:
        facts = ProfileFacts(content.profile, content.figures, plans, language, "", now)
        parts.append(_part(content, facts))
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    today = now.astimezone(content.profile.zone).date()
    return environment.get_template("book.html").render(
        parts=parts,
        clinic=content.profile.name,
        demo=content.profile.demo,
        revision=str(content.revision),
        day={language: wording.day(today, language) for language in languages},
        year=str(today.year),
        # Our own file: the only text of the page that is not escaped.
        style=Markup((TEMPLATES / "book.css").read_text("utf-8")),  # noqa: S704
        t=lambda text_id, language, **values: texts.get(f"book.{text_id}", language, **values).text,
    )


def _part(content: Content, facts: ProfileFacts) -> Part:
    language = facts.language
    chapters, number, reviewed = [], 0, 0
    for domain in Domain:
        answers = []
        for article in content.articles:
            version = article.versions.get(language)
            if article.domain == domain and version:
                number += 1
                reviewed += bool(version.words.reviewed_by)
                answers.append(_answer(number, article, version, facts))
        if answers:
            title = texts.get(f"book.domain_{domain}", language).text
            chapters.append(Chapter(f"{language}-{domain}", title, answers))
    missing = [
        next(iter(article.versions.values())).words.title
        for article in content.articles
        if article.versions and language not in article.versions
    ]
    return Part(language, chapters, missing, reviewed)


def _answer(number: int, article: Article, version: Published, facts: ProfileFacts) -> Answer:
    words, language = version.words, facts.language
    shown = _Shown(facts)
    lead = render(words.lead, shown)
    more = render(words.more, shown) if words.more else ""
    reason = f"console.reason_{article.handoff}"
    handed = texts.get(reason, language).text if article.handoff else ""
    return Answer(
        number=number,
        anchor=f"{language}-{article.slug}",
        slug=article.slug,
        title=words.title,
        lead=blocks(lead),
        more=blocks(more),
        sources=words.sources,
        dates=_dates(version, language),
        handoff=texts.get("book.handoff", language, reason=handed).text if handed else "",
        warnings=list(_warnings(version, facts, shown, lead)),
    )


def _dates(version: Published, language: str) -> str:
    words = version.words

    def said(text_id: str, **values: str) -> str:
        return texts.get(f"book.{text_id}", language, **values).text

    parts = []
    if words.verified_on:
        parts.append(said("checked", date=wording.month_day(words.verified_on, language)))
    if words.expires_on:
        parts.append(said("valid", date=wording.month_day(words.expires_on, language)))
    if words.reviewed_by and words.reviewed_on:
        date = wording.month_day(words.reviewed_on, language)
        parts.append(said("reviewed", name=words.reviewed_by, date=date))
    else:
        parts.append(said("unreviewed"))
    return "; ".join(parts) + "."


def _warnings(version: Published, facts: ProfileFacts, shown: _Shown, lead: str) -> Iterator[str]:
    words, language = version.words, facts.language

    def said(text_id: str, **values: str) -> str:
        return texts.get(f"book.{text_id}", language, **values).text

    if words.expires_on and words.expires_on < facts.today:
        yield said("expired", date=wording.month_day(words.expires_on, language))
    elif words.effective_from and words.effective_from > facts.today:
        yield said("not_yet", date=wording.month_day(words.effective_from, language))
    if version.stale:
        yield said("stale")
    if shown.missing:
        yield said("missing", facts=", ".join(shown.missing))
    if not lead.strip():
        yield said("nothing_left")


@dataclass(frozen=True, slots=True)
class _Shown:
    """Facts as a patient reads them; a place that only a question can fill says so."""

    facts: ProfileFacts
    missing: dict[str, None] = field(default_factory=dict)

    def clinic(self, key: str) -> str:
        value = self.facts.clinic(key)
        if value is None:
            self.missing[key] = None
        return value or f"⟨{key}⟩"

    def figure(self, key: str) -> str | None:
        try:
            return self.facts.figure(key)
        except UnknownFigure:
            self.missing[key] = None
            return f"⟨{key}⟩"

    def lookup(self, key: str) -> str:
        known = f"book.lookup_{key}" in texts.catalogue(self.facts.language)
        text_id = f"book.lookup_{key}" if known else "book.lookup"
        return f"*{texts.get(text_id, self.facts.language).text}*"
