"""What an article is, whatever its languages: starting one, and saying what it is about.

Topics, scope and related articles belong to the article and not to a text, so they are saved by
themselves; a change counts at once, and the editor can take it back.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import UnitOfWork
from bot.errors import Conflict, Invalid
from bot.knowledge import topics
from bot.knowledge.editors import Editor
from bot.knowledge.files import Domain, Scope
from bot.knowledge.finding import article_of
from bot.knowledge.models import Article, Version
from bot.knowledge.saving import DraftText, save_draft
from bot.knowledge.service import hold, new_article, revise
from bot.knowledge.topics import Ends
from bot.privacy import audit

LONGEST_SLUG = 80
LISTS = ("topics", "related")


class About(BaseModel):
    """What the article is about, and for whom."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    topics: list[str] = Field(default_factory=list, max_length=40)
    related: list[str] = Field(default_factory=list, max_length=40)
    scope: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _known(self) -> Self:
        unknown = sorted(self.scope.keys() - Scope.model_fields.keys())
        if unknown:
            raise ValueError(f"there is no scope “{unknown[0]}”")
        self.scope = {key: text[:120] for key, text in self.scope.items() if text}
        self.topics = list(dict.fromkeys(self.topics))
        self.related = list(dict.fromkeys(self.related))
        return self


class NewArticle(BaseModel):
    """The least a new article needs."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    title: str = Field(min_length=1, max_length=200)
    language: str = Field(pattern="^(en|es)$")
    domain: Domain
    topics: list[str] = Field(min_length=1, max_length=40)
    slug: str = Field(default="", max_length=LONGEST_SLUG, pattern="^([a-z0-9]+(-[a-z0-9]+)*)?$")
    variants: list[str] = Field(default_factory=list, max_length=200)


def slug_of(title: str) -> str:
    """The title as a name: lower case, no marks, words joined by hyphens; may be empty."""
    bare = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "-", bare.replace("'", "")).strip("-")
    if len(name) > LONGEST_SLUG:
        name = name[:LONGEST_SLUG].rsplit("-", 1)[0]
    return name


async def start(work: UnitOfWork, editor: Editor, new: NewArticle) -> tuple[Article, Version]:
    """A new article with a draft that has its title, and the questions it is to answer.

    Without a slug it gets one from its title, numbered when that is taken. Raises `Conflict` for a
    slug that is named and taken, `Invalid` for topics no article answers.
    """
    await hold(work)
    _answered_by_articles(new.topics)
    slug = await _free_slug(work.session, new)
    article = new_article(slug, new.domain.value, new.topics, editor.id)
    work.session.add(article)
    try:
        await work.session.flush()
    except IntegrityError:
        raise _taken(slug) from None
    await audit.record(work, editor.id, "article.started", f"article:{slug}")
    text = DraftText(title=new.title, lead="", variants=new.variants)
    draft = await save_draft(work, editor, slug, new.language, text, None)
    return article, draft


async def describe(
    work: UnitOfWork, editor: Editor, slug: str, base: About, mine: About
) -> Article:
    """Save what the article is about, given what the editor had before their eyes.

    What others added to or took from a list meanwhile stays. Raises `Conflict` naming the field
    where both said different things.
    """
    await hold(work)
    article = await article_of(work.session, slug)
    _answered_by_articles(one for one in mine.topics if one not in article.topics)
    await _exist(work.session, [one for one in mine.related if one not in article.related], slug)
    wanted = _together(about_of(article), base, mine)
    if not wanted.topics:
        remedy = "Choose at least one topic."
        raise Invalid("an article is about something", field="topics", remedy=remedy)
    now = about_of(article)
    changed = [name for name in About.model_fields if getattr(wanted, name) != getattr(now, name)]
    if not changed:
        return article
    for name in changed:
        setattr(article, name, getattr(wanted, name))
    await work.session.flush()
    subject = f"article:{slug}"
    await audit.record(work, editor.id, "article.described", subject, fields=",".join(changed))
    await revise(work)
    return article


def about_of(article: Article) -> About:
    """What is stored."""
    return About(
        topics=list(article.topics),
        related=list(article.related),
        scope={key: text for key, text in (article.scope or {}).items() if text},
    )


def topic_map(language: str) -> list[dict[str, Any]]:
    """The topics that articles answer, in the order of the map."""
    known = topics.standard()
    return [
        {"id": one, "area": one.split(".")[0], "title": known.root[one].title(language)}
        for one in known.ending(Ends.ARTICLE)
    ]


def _together(theirs: About, base: About, mine: About) -> About:
    merged: dict[str, Any] = {}
    for name in About.model_fields:
        then, now, wish = (getattr(one, name) for one in (base, theirs, mine))
        if name in LISTS:
            kept = [one for one in wish if one in now or one not in then]
            merged[name] = kept + [one for one in now if one not in then and one not in wish]
        elif now not in (then, wish) and wish != then:
            raise Conflict(
                f"somebody changed the field “{name}” meanwhile",
                remedy="Look at what stands there now, then save again.",
            )
        else:
            merged[name] = now if wish == then else wish
    return About(**merged)


def _answered_by_articles(wanted: Iterable[str]) -> None:
    known = set(topics.standard().ending(Ends.ARTICLE))
    for one in wanted:
        if one not in known:
            raise Invalid(
                f"no article answers the topic “{one[:80]}”",
                field="topics",
                remedy="Choose a topic of the list.",
            )


async def _exist(session: AsyncSession, slugs: list[str], own: str) -> None:
    known = set(await session.scalars(select(Article.slug).where(Article.slug.in_(slugs))))
    for slug in slugs:
        if slug not in known or slug == own:
            raise Invalid(
                f"there is no other article “{slug[:80]}”",
                field="related",
                remedy="Choose an article of the list.",
            )


async def _free_slug(session: AsyncSession, new: NewArticle) -> str:
    wish = new.slug or slug_of(new.title)
    if not wish:
        remedy = "Give it a name of lower-case letters, digits and hyphens."
        raise Invalid("no name can be made of this title", field="slug", remedy=remedy)
    taken = await _taken_slugs(session, wish)
    if wish not in taken:
        return wish
    if new.slug:
        raise _taken(wish)
    return next(name for n in range(2, 10_000) if (name := f"{wish}-{n}") not in taken)


async def _taken_slugs(session: AsyncSession, wish: str) -> set[str]:
    found = select(Article.slug).where(Article.slug.startswith(wish, autoescape=True))
    return set(await session.scalars(found))


def _taken(slug: str) -> Conflict:
    return Conflict(
        f"there is an article named {slug!r} already", remedy="Open that one, or choose a name."
    )
