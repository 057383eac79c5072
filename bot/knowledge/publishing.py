"""What editors do: write a draft, publish it, go back to an older text.

A publish is one transaction and one event. The gate judges the draft before it, so that no lock is
held while texts are measured; should anything be published meanwhile, it judges again. What two
people have let pass for exactly this text does not hold it back.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import utc_now
from bot.db import Database, UnitOfWork
from bot.effects import Reason
from bot.errors import Conflict, Invalid, NotFound
from bot.knowledge import content as contents
from bot.knowledge import drafting, gate, overrides, steps
from bot.knowledge.base import KnowledgeBase
from bot.knowledge.checks import Finding
from bot.knowledge.content import Source, Words
from bot.knowledge.drafting import Seen
from bot.knowledge.editors import Editor as Editor
from bot.knowledge.files import SOURCE_LANGUAGE
from bot.knowledge.life_models import Verb
from bot.knowledge.models import Article, Origin, State, Version
from bot.knowledge.proposal import Proposal
from bot.knowledge.queries import current_content, unpublished, words_of
from bot.knowledge.service import hold, new_version, put_live, revise, said
from bot.privacy import audit
from bot.texts import LANGUAGES

ATTEMPTS = 3


class Unpublishable(Invalid):
    """The checks found what patients must not meet; nothing was published."""

    def __init__(self, findings: list[Finding]):
        count = len(findings)
        super().__init__(
            f"{count} things to fix first" if count > 1 else findings[0].message,
            field=findings[0].field,
            remedy=findings[0].remedy,
        )
        self.findings = findings

    def as_dict(self) -> dict[str, Any]:
        """The common shape, with everything that was found."""
        findings = [
            {"field": one.field, "message": one.message, "remedy": one.remedy}
            for one in self.findings
        ]
        return {**super().as_dict(), "findings": findings}


class DraftSource(BaseModel):
    """A source as typed; it may still be incomplete."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field(default="", max_length=300)
    url: str = Field(default="", max_length=1000)


class DraftText(BaseModel):
    """A draft as typed: anything may still be missing, nothing may be oversized."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field(max_length=200)
    lead: str = Field(max_length=5_000)
    more: str | None = Field(default=None, max_length=20_000)
    variants: list[str] = Field(default_factory=list, max_length=200)
    golden: list[str] = Field(default_factory=list, max_length=100)
    sources: list[DraftSource] = Field(default_factory=list, max_length=20)
    verified_on: date | None = None
    expires_on: date | None = None

    def words(self) -> Words:
        """The draft without stray space and empty lines."""
        return Words(
            title=" ".join(self.title.split()),
            lead=_text(self.lead),
            more=_text(self.more or "") or None,
            variants=_lines(self.variants),
            golden=_lines(self.golden),
            sources=tuple(Source(one.title.strip(), one.url.strip()) for one in self.sources),
            verified_on=self.verified_on,
            expires_on=self.expires_on,
        )


def _text(typed: str) -> str:
    """One kind of line end, so that a text is the same in a browser, the database and a file."""
    return "\n".join(line.rstrip() for line in typed.strip().splitlines())


def _lines(texts: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line for text in texts if (line := " ".join(text.split()))))


async def save_draft(
    work: UnitOfWork,
    editor: Editor,
    slug: str,
    language: str,
    text: DraftText,
    base_version_id: int | None,
    *,
    seen: Seen | None = None,
    translates: int | None = None,
) -> Version:
    """Keep a text that patients do not see; an article has one draft per language.

    `base_version_id` is the live version the editor had before their eyes (None: there was none),
    `seen` the draft; `Conflict` names who was first with another. `translates` is the source
    version that the editor says this text translates; 0 says that none is known.
    """
    await hold(work)
    article = await _article(work.session, slug, language)
    await steps.refuse_on_its_way(work.session, article.id, language)
    live = await _in_state(work.session, article.id, language, State.PUBLISHED)
    if (live.id if live else None) != base_version_id:
        raise _moved(live)
    draft = await _in_state(work.session, article.id, language, State.DRAFT)
    drafting.guard(draft, editor.id, seen)
    based_on = await _based_on(work.session, article, language, draft, translates)
    facts = {
        "revision": live.revision if live else 1,
        "based_on": based_on,
        "origin": Origin.EDITOR.value,
        "created_by": editor.name,
    }
    words = _keep_review(text.words(), live)
    if draft and drafting.says_already(draft, live, words.hash, based_on):
        return draft
    if draft is None:
        draft = new_version(article, language, words, **facts)
        work.session.add(draft)
    else:
        for name, value in {**said(words), **facts, "created_at": utc_now()}.items():
            setattr(draft, name, value)
    try:
        await work.session.flush()
    except IntegrityError:
        raise Conflict("another editor began a draft of this text at the same moment") from None
    await steps.written(work, editor, draft)
    await drafting.mark(work, draft, editor.id, editor.name, slug)
    return draft


async def _based_on(
    session: AsyncSession,
    article: Article,
    language: str,
    draft: Version | None,
    translates: int | None,
) -> int | None:
    if language == SOURCE_LANGUAGE or translates == 0:
        return None
    named = await drafting.named_source(session, article, language, translates)
    source = await _in_state(session, article.id, SOURCE_LANGUAGE, State.PUBLISHED)
    return drafting.origin(draft, source, named)


async def discard_draft(
    work: UnitOfWork, editor: Editor, slug: str, language: str, *, seen: Seen | None = None
) -> None:
    """Forget the draft; what it said stays among the earlier saves. Raises `NotFound` when there
    is none, `Conflict` when it is not the one the editor has `seen`."""
    article = await _article(work.session, slug, language)
    draft = await _in_state(work.session, article.id, language, State.DRAFT)
    if draft is None:
        raise NotFound("there is no draft")
    if seen is not None:
        drafting.guard(draft, editor.id, seen)
    await audit.record(
        work, editor.id, "draft.discarded", f"article:{slug}", language=language, version=draft.id
    )
    await steps.record(work, editor, draft, steps.Done(Verb.DISCARDED, draft.state))
    await work.session.delete(draft)


async def publish(
    database: Database, knowledge: KnowledgeBase, editor: Editor, version_id: int, note: str = ""
) -> tuple[Version, int]:
    """Put a draft before patients; returns it and the new knowledge revision.

    Raises `Unpublishable` with what the checks found, `Conflict` when somebody was first.
    """
    for _ in range(ATTEMPTS):
        async with database.reading() as session:
            draft, article = await _ready(session, editor, version_id)
            trial = await current_content(session, knowledge.known)
            checked = (trial.revision, draft.content_hash)
            allowed = await overrides.allowed(session, draft)
        found = await asyncio.to_thread(gate.judge, knowledge, trial, proposal(article, draft))
        if blocking := [one for one in found.blocking if gate.key_of(one) not in allowed]:
            raise Unpublishable(blocking)
        async with database.work() as work:
            revision = await hold(work)
            draft, article = await _ready(work.session, editor, version_id)
            if (revision, draft.content_hash) != checked:
                continue
            now = await _go_live(work, editor, article, draft, "version.published", note)
            await work.commit()
            return draft, now
    raise Conflict("others are publishing at this moment", remedy="Try again in a moment.")


async def held_back(database: Database, knowledge: KnowledgeBase, version_id: int) -> list[Finding]:
    """What keeps a text from patients at this moment, let pass or not."""
    async with database.reading() as session:
        draft, article = await unpublished(session, version_id)
        current = await current_content(session, knowledge.known)
    found = await asyncio.to_thread(gate.judge, knowledge, current, proposal(article, draft))
    return found.blocking


async def restore(
    database: Database, editor: Editor, version_id: int, note: str = ""
) -> tuple[Version, int]:
    """Publish a copy of an older version at once; what is live now stays in the history.

    Going back is never refused for what the text says: it was good enough before.
    """
    async with database.work() as work:
        await hold(work)
        old = await work.session.get(Version, version_id)
        if old is None or old.published_at is None:
            raise NotFound(f"there is no published version {version_id}")
        if old.state == State.PUBLISHED.value:
            raise Conflict("this version is live already", winner=old.published_by)
        article = await work.session.get_one(Article, old.article_id)
        copy = new_version(
            article,
            old.language,
            words_of(old),
            revision=old.revision,
            based_on=old.based_on,
            origin=Origin.EDITOR.value,
            created_by=editor.name,
        )
        # A draft of the same text may be waiting: the copy never passes through that state.
        copy.state = State.APPROVED.value
        text = note or f"Back to version {old.id}"
        now = await _live_at_last(work, editor, article, copy, "version.restored", text)
        await work.commit()
        return copy, now


async def _go_live(
    work: UnitOfWork, editor: Editor, article: Article, draft: Version, action: str, note: str
) -> int:
    live = await _in_state(work.session, article.id, draft.language, State.PUBLISHED)
    if live and live.published_at and live.published_at > draft.created_at:
        raise _moved(live)
    if draft.language == SOURCE_LANGUAGE:
        draft.revision = await _meaning(work.session, draft, live)
    if editor.reviewer and not draft.reviewed_by:
        draft.reviewed_by, draft.reviewed_on = editor.name, utc_now().date()
        draft.content_hash = words_of(draft).hash
    return await _live_at_last(work, editor, article, draft, action, note)


async def _live_at_last(
    work: UnitOfWork, editor: Editor, article: Article, version: Version, action: str, note: str
) -> int:
    before = version.state
    await put_live(work, version, editor.name, note.strip()[:400])
    await steps.goes_live(work, editor, version, action, before)
    subject = f"article:{article.slug}"
    language = version.language
    await audit.record(work, editor.id, action, subject, language=language, version=version.id)
    return await revise(work)


async def _meaning(session: AsyncSession, draft: Version, live: Version | None) -> int:
    """The number of what the source text says now: the same while its words are the same."""
    if live and _message(live) == _message(draft):
        return live.revision
    highest = await session.scalar(
        select(func.max(Version.revision)).where(
            Version.article_id == draft.article_id,
            Version.language == SOURCE_LANGUAGE,
            Version.published_at.is_not(None),
        )
    )
    return (highest or 0) + 1


def _message(version: Version) -> tuple[str, str, str | None]:
    """What a translation translates."""
    return version.title, version.lead, version.more


def _keep_review(words: Words, live: Version | None) -> Words:
    """Whoever reviewed the text reviewed these words; new questions need no new review."""
    if live is None or _message(live) != (words.title, words.lead, words.more):
        return words
    return replace(words, reviewed_by=live.reviewed_by, reviewed_on=live.reviewed_on)


async def _article(session: AsyncSession, slug: str, language: str) -> Article:
    if language not in LANGUAGES:
        raise Invalid(f"{language!r} is not a language of this clinic", field="language")
    article = await session.scalar(select(Article).where(Article.slug == slug))
    if article is None:
        raise NotFound(f"there is no article {slug!r}")
    return article


async def _in_state(
    session: AsyncSession, article_id: int, language: str, state: State
) -> Version | None:
    found: Version | None = await session.scalar(
        select(Version).where(
            Version.article_id == article_id,
            Version.language == language,
            Version.state == state.value,
        )
    )
    return found


async def _ready(session: AsyncSession, editor: Editor, version_id: int) -> tuple[Version, Article]:
    """A text that this editor may put before patients: a draft, or one that is approved."""
    draft = await session.get(Version, version_id)
    if draft is None:
        raise NotFound(f"there is no draft {version_id}")
    if draft.published_at:
        raise Conflict("it was published already", winner=draft.published_by)
    await steps.check_second(session, editor, draft)
    if draft.state not in (State.DRAFT.value, State.APPROVED.value):
        raise steps.OnItsWay(f"this text is {draft.state}", remedy="Approve it, or withdraw it.")
    return draft, await session.get_one(Article, draft.article_id)


def _moved(live: Version | None) -> Conflict:
    return Conflict(
        "somebody published this text meanwhile",
        winner=live.published_by if live else None,
        remedy="Compare your text with the live one, then save it again.",
    )


def proposal(article: Article, draft: Version) -> Proposal:
    """The draft as the gate judges it."""
    own = contents.Article(
        slug=article.slug,
        domain=article.domain,
        topics=tuple(article.topics),
        related=tuple(article.related),
        handoff=Reason(article.handoff["reason"]) if article.handoff else None,
    )
    return Proposal(own, draft.language, draft.id, words_of(draft))
