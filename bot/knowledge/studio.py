"""What the studio shows of one article: its texts with their history, and a preview."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.knowledge import article_list, marking
from bot.knowledge.article_list import Wish
from bot.knowledge.articles import about_of
from bot.knowledge.base import KnowledgeBase
from bot.knowledge.checks import Finding, Reference, text_findings
from bot.knowledge.content import Words
from bot.knowledge.facts import UnknownFigure
from bot.knowledge.files import SOURCE_LANGUAGE
from bot.knowledge.finding import article_of
from bot.knowledge.lookups import LOOKUPS, ProfileFacts
from bot.knowledge.markdown import blocks, plain
from bot.knowledge.models import State, Version
from bot.knowledge.queries import is_stale
from bot.knowledge.render import placeholders, render
from bot.knowledge.steps import ON_ITS_WAY
from bot.texts import LANGUAGES

Json = dict[str, Any]


async def list_articles(
    session: AsyncSession, today: date, *, q: str = "", topic: str = "", language: str = ""
) -> list[Json]:
    """All articles whose titles, questions or slug hold every word of `q`."""
    wish = Wish(q=q, topic=topic, language=language)
    return await article_list.list_articles(session, today, wish)


async def article_detail(session: AsyncSession, slug: str) -> Json:
    """One article: per language what is live, the draft, and what was published before."""
    article = await article_of(session, slug)
    versions = (
        await session.scalars(
            select(Version).where(Version.article_id == article.id).order_by(Version.id.desc())
        )
    ).all()
    known = {version.id: version for version in versions}
    return {
        "slug": article.slug,
        "domain": article.domain,
        "topics": list(article.topics),
        "related": list(article.related),
        "about": about_of(article).model_dump(),
        "languages": {
            language: _language([one for one in versions if one.language == language], known)
            for language in LANGUAGES
        },
    }


def version_json(version: Version) -> Json:
    """One version, as the studio edits it."""
    return {
        "id": version.id,
        "state": version.state,
        "title": version.title,
        "lead": version.lead,
        "more": version.more,
        "variants": list(version.variants),
        "golden": list(version.golden),
        "sources": list(version.sources),
        "verified_on": _day(version.verified_on),
        "expires_on": _day(version.expires_on),
        "reviewed_by": version.reviewed_by,
        "reviewed_on": _day(version.reviewed_on),
        "published_at": version.published_at.isoformat() if version.published_at else None,
        "published_by": version.published_by if version.origin == "editor" else None,
        "note": version.note,
        "saves": version.saves,
        "saved_by": version.created_by,
        "saved_at": version.created_at.isoformat(),
        "based_on": version.based_on,
    }


def preview(
    knowledge: KnowledgeBase, language: str, title: str, lead: str, more: str | None
) -> Json:
    """The text as a patient would see it today, and what the text itself shows to be wrong."""
    content = knowledge.content
    reference = Reference(content.profile, content.figures, knowledge.today(content))
    words = Words(title, lead.strip(), (more or "").strip() or None, (), (), (), None, None)
    found = text_findings("preview", language, words, reference)
    facts = _Lenient(knowledge.facts(language))
    fields = {"title": title, "lead": lead, "more": more or ""}
    return {
        "terms": {name: marking.marks(text, language) for name, text in fields.items()},
        "facts": _filled(f"{lead}\n{more or ''}", facts),
        "blocks": blocks(render(words.lead, facts)),
        "more": blocks(render(words.more, facts)) if words.more else None,
        "problems": [_problem(one) for one in found if one.field in ("title", "lead", "more")],
    }


@dataclass(frozen=True, slots=True)
class _Lenient:
    """Facts that show the name of what is missing: the problems beside the preview say why."""

    facts: ProfileFacts

    def clinic(self, key: str) -> str:
        return self.facts.clinic(key) or f"⟨{key}⟩"

    def figure(self, key: str) -> str | None:
        try:
            return self.facts.figure(key)
        except UnknownFigure:
            return f"⟨{key}⟩"

    def lookup(self, key: str) -> str | None:
        return self.facts.lookup(key) if key in LOOKUPS else f"⟨{key}⟩"


def _filled(text: str, facts: _Lenient) -> list[Json]:
    """The places of a text in their order, and what stands in them today."""
    found = []
    for kind, key in dict.fromkeys(placeholders(text)):
        value = {"clinic": facts.clinic, "fact": facts.figure, "lookup": facts.lookup}[kind](key)
        said = plain(value) if value else None
        found.append({"place": f"{{{{ {kind}.{key} }}}}", "kind": kind, "value": said})
    return found


def _problem(finding: Finding) -> Json:
    return {"field": finding.field, **finding.as_words()}


def _language(versions: list[Version], known: dict[int, Version]) -> Json:
    """`versions` are of one language, newest first; `known` are those of the article."""
    live = next((one for one in versions if one.state == State.PUBLISHED.value), None)
    draft = next((one for one in versions if one.state == State.DRAFT.value), None)
    pending = next((one for one in versions if one.state in ON_ITS_WAY), None)
    source = next(
        (
            one
            for one in known.values()
            if one.language == SOURCE_LANGUAGE and one.state == State.PUBLISHED.value
        ),
        None,
    )
    stale = live is not None and is_stale(live, source, known.get(live.based_on or 0))
    # By publishing, not by id: a draft is as old as its first line.
    published = [one for one in versions if one.published_at]
    published.sort(key=lambda one: (one.published_at, one.id), reverse=True)
    return {
        "live": version_json(live) if live else None,
        "draft": version_json(draft) if draft else None,
        "pending": version_json(pending) if pending else None,
        "stale": stale,
        "history": [version_json(one) for one in published],
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
