"""What editors do with a draft: publish it, and go back to an older text.

A publish is one transaction and one event. The gate judges the draft before it, so that no lock is
held while texts are measured; should anything be published meanwhile, it judges again. What two
people have let pass for exactly this text does not hold it back.
"""

from __future__ import annotations

import asyncio

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import utc_now
from bot.db import Database, UnitOfWork
from bot.effects import Reason
from bot.errors import Conflict, NotFound
from bot.knowledge import content as contents
from bot.knowledge import drafting, gate, going_back, overrides, steps
from bot.knowledge.base import KnowledgeBase
from bot.knowledge.checks import Finding
from bot.knowledge.editors import Editor
from bot.knowledge.files import SOURCE_LANGUAGE
from bot.knowledge.finding import in_state
from bot.knowledge.going_back import Way
from bot.knowledge.models import Article, Origin, State, Version
from bot.knowledge.proposal import Proposal
from bot.knowledge.queries import current_content, left_behind, unpublished, words_of
from bot.knowledge.refusals import Unpublishable
from bot.knowledge.saving import message, overtaken
from bot.knowledge.service import hold, new_version, put_live, revise
from bot.privacy import audit

ATTEMPTS = 3


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
            wanted = await proposal(session, article, draft)
        found = await asyncio.to_thread(gate.judge, knowledge, trial, wanted)
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
        wanted = await proposal(session, article, draft)
    found = await asyncio.to_thread(gate.judge, knowledge, current, wanted)
    return found.blocking


async def restore(
    database: Database, editor: Editor, version_id: int, way: Way, note: str = ""
) -> tuple[Version, int]:
    """Publish a copy of an older version at once; what is live now stays in the history.

    No gate holds it back: it was good enough before. Raises what `going_back.check` does.
    """
    async with database.work() as work:
        await hold(work)
        old = await going_back.older(work.session, version_id)
        await going_back.check(work.session, editor, old, way)
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
    live = await in_state(work.session, article.id, draft.language, State.PUBLISHED)
    if drafting.is_behind(draft, live):
        raise overtaken(live)
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
    if live and message(live) == message(draft):
        return live.revision
    highest = await session.scalar(
        select(func.max(Version.revision)).where(
            Version.article_id == draft.article_id,
            Version.language == SOURCE_LANGUAGE,
            Version.published_at.is_not(None),
        )
    )
    return (highest or 0) + 1


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


async def proposal(session: AsyncSession, article: Article, draft: Version) -> Proposal:
    """The draft as the gate judges it."""
    own = contents.Article(
        slug=article.slug,
        domain=article.domain,
        topics=tuple(article.topics),
        related=tuple(article.related),
        handoff=Reason(article.handoff["reason"]) if article.handoff else None,
        scope=dict(article.scope or {}),
    )
    stale = await left_behind(session, draft)
    return Proposal(own, draft.language, draft.id, words_of(draft), stale)
