"""The small verbs that write knowledge: what an import and an editor's publish have in common."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select, update

from bot.clock import utc_now
from bot.db import UnitOfWork
from bot.events import KnowledgeChanged
from bot.knowledge.content import Words
from bot.knowledge.models import Article, KnowledgeRevision, MissingFact, State, Version

ONLY_ROW = 1


async def hold(work: UnitOfWork) -> int:
    """Wait until nobody else publishes, and keep others waiting until this transaction ends.

    Returns the revision in force. What was read before the wait may be out of date.
    """
    await work.session.execute(
        work.insert(KnowledgeRevision)
        .values(id=ONLY_ROW, revision=0, changed_at=utc_now())
        .on_conflict_do_nothing(index_elements=["id"])
    )
    found = await work.session.execute(select(KnowledgeRevision.revision).with_for_update())
    return int(found.scalar_one())


async def revise(work: UnitOfWork) -> int:
    """Count one change of what is published, and tell every process at commit. Needs `hold`."""
    changed = await work.session.execute(
        update(KnowledgeRevision)
        .values(revision=KnowledgeRevision.revision + 1, changed_at=utc_now())
        .returning(KnowledgeRevision.revision)
    )
    revision = int(changed.scalar_one())
    work.emit(KnowledgeChanged(revision))
    return revision


async def record_missing_fact(
    work: UnitOfWork, key: str, article_slug: str | None, conversation_id: str
) -> None:
    """Remember that an answer lacked a fact; once per conversation, however often it is asked."""
    await work.session.execute(
        work.insert(MissingFact)
        .values(key=key, article_slug=article_slug, conversation_id=conversation_id, at=utc_now())
        .on_conflict_do_nothing(index_elements=["key", "conversation_id"])
    )


async def put_live(work: UnitOfWork, version: Version, actor: str, note: str = "") -> None:
    """Publish a version in place of the one that is live in its language."""
    await work.session.execute(
        update(Version)
        .where(
            Version.article_id == version.article_id,
            Version.language == version.language,
            Version.state == State.PUBLISHED.value,
        )
        .values(state=State.ARCHIVED.value)
    )
    version.state = State.PUBLISHED.value
    version.published_at = utc_now()
    version.published_by = actor
    version.note = note
    work.session.add(version)
    await work.session.flush()


def new_article(slug: str, domain: str, topics: Iterable[str], owner: str = "") -> Article:
    """A row for an article that has no text yet. `owner`: an account, or nobody."""
    return Article(
        slug=slug,
        domain=domain,
        topics=list(dict.fromkeys(topics)),
        related=[],
        handoff=None,
        scope={},
        owner=owner,
        created_at=utc_now(),
    )


def new_version(article: Article, language: str, words: Words, **facts: Any) -> Version:
    """A row that says `words`. `facts`: revision, based_on, origin, created_by."""
    return Version(
        article_id=article.id,
        language=language,
        state=State.DRAFT.value,
        created_at=utc_now(),
        note="",
        **said(words),
        **facts,
    )


def said(words: Words) -> dict[str, Any]:
    """The columns that hold the words of a version."""
    return {
        "title": words.title,
        "lead": words.lead,
        "more": words.more,
        "variants": list(words.variants),
        "golden": list(words.golden),
        "sources": [{"title": one.title, "url": one.url} for one in words.sources],
        "verified_on": words.verified_on,
        "expires_on": words.expires_on,
        "effective_from": words.effective_from,
        "reviewed_by": words.reviewed_by,
        "reviewed_on": words.reviewed_on,
        "content_hash": words.hash,
    }
