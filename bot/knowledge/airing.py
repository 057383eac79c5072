"""What is on the air: taken off it and brought back, and verified without a change.

A verified text is a new version with the same words and new days; the moment since which patients
read those words stays the same. Whoever calls these verbs counts the change (`service.revise`)
once for all that they did.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import select, update

from bot.db import UnitOfWork
from bot.errors import Conflict
from bot.knowledge import going_back, steps
from bot.knowledge.editors import Editor
from bot.knowledge.finding import article_of, in_state
from bot.knowledge.life_models import ArticleStep, Verb
from bot.knowledge.models import Article, Origin, State, Version
from bot.knowledge.queries import words_of
from bot.knowledge.service import hold, new_version
from bot.knowledge.steps import Done
from bot.privacy import audit
from bot.texts import LANGUAGES

A_YEAR = timedelta(days=365)


class NotLive(Conflict):
    """No text of the article is before patients."""


async def archive(
    work: UnitOfWork,
    editor: Editor,
    slug: str,
    languages: Sequence[str] = LANGUAGES,
    comment: str = "",
    batch: str | None = None,
) -> list[Version]:
    """Take an article off the air in these languages. `Conflict` when it is not on it."""
    article, live = await _live(work, slug, languages)
    for version in live:
        await _state(work, version, State.PUBLISHED, State.ARCHIVED)
        done = Done(
            Verb.ARCHIVED, State.PUBLISHED.value, State.ARCHIVED.value, comment, batch=batch
        )
        await steps.record(work, editor, version, done)
    await _tell(work, editor, article, "article.archived", live)
    return live


async def bring_back(
    work: UnitOfWork, editor: Editor, slug: str, way: going_back.Way
) -> list[Version]:
    """Put back on the air what was taken off it, in the words it had.

    Raises what `going_back.check` raises of any of its texts, and then none is back.
    """
    await hold(work)
    article = await article_of(work.session, slug)
    back = []
    for language in LANGUAGES:
        found = await work.session.scalars(
            select(ArticleStep)
            .where(
                ArticleStep.article_id == article.id,
                ArticleStep.language == language,
                ArticleStep.verb == Verb.ARCHIVED.value,
            )
            .order_by(ArticleStep.id.desc())
            .limit(1)
        )
        step = found.first()
        if step and await _nothing_live(work, article.id, language):
            version = await work.session.get_one(Version, step.version_id)
            await going_back.check(work.session, editor, version, way)
            back.append(await return_to_air(work, editor, version))
    if not back:
        raise Conflict("nothing of it was taken off the air", remedy="Look at its history.")
    await _tell(work, editor, article, "article.returned", back)
    return back


async def return_to_air(
    work: UnitOfWork, editor: Editor, version: Version, batch: str | None = None
) -> Version:
    """One text as it was before it was archived."""
    await _state(work, version, State.ARCHIVED, State.PUBLISHED)
    done = Done(Verb.RETURNED, State.ARCHIVED.value, State.PUBLISHED.value, batch=batch)
    await steps.record(work, editor, version, done)
    return version


async def verify(
    work: UnitOfWork,
    editor: Editor,
    slug: str,
    today: date,
    languages: Sequence[str] = LANGUAGES,
    batch: str | None = None,
) -> list[Version]:
    """The facts of what is live were checked today and hold; it is valid as long again as it was.

    `Conflict` when it is not live.
    """
    article, live = await _live(work, slug, languages)
    fresh = [await _verified(work, editor, article, one, today, batch) for one in live]
    await _tell(work, editor, article, "article.verified", fresh)
    return fresh


async def _verified(
    work: UnitOfWork,
    editor: Editor,
    article: Article,
    live: Version,
    today: date,
    batch: str | None,
) -> Version:
    copy = new_version(
        article,
        live.language,
        words_of(live),
        revision=live.revision,
        based_on=live.based_on,
        origin=Origin.EDITOR.value,
        created_by=editor.name,
    )
    copy.verified_on, copy.expires_on = today, today + _span(live)
    copy.content_hash = words_of(copy).hash
    # Never a draft on the way: one may be waiting. Nor live beside the other for a moment.
    await _state(work, live, State.PUBLISHED, State.ARCHIVED)
    copy.state = State.PUBLISHED.value
    copy.published_at, copy.published_by = live.published_at, editor.name
    work.session.add(copy)
    await work.session.flush()
    state = State.PUBLISHED.value
    await steps.record(
        work, editor, copy, Done(Verb.VERIFIED, state, state, kept_id=live.id, batch=batch)
    )
    return copy


async def unverify(work: UnitOfWork, editor: Editor, version: Version, earlier_id: int) -> None:
    """The text as it was before it was verified."""
    earlier = await work.session.get_one(Version, earlier_id)
    await _state(work, version, State.PUBLISHED, State.ARCHIVED)
    await _state(work, earlier, State.ARCHIVED, State.PUBLISHED)
    state = State.PUBLISHED.value
    done = Done(Verb.UNVERIFIED, state, state, kept_id=version.id)
    await steps.record(work, editor, earlier, done)


def _span(live: Version) -> timedelta:
    """How long a check of this text is good for."""
    if live.verified_on and live.expires_on and live.expires_on > live.verified_on:
        return live.expires_on - live.verified_on
    return A_YEAR


async def _live(
    work: UnitOfWork, slug: str, languages: Sequence[str]
) -> tuple[Article, list[Version]]:
    await hold(work)
    article = await article_of(work.session, slug)
    found = await work.session.scalars(
        select(Version)
        .where(
            Version.article_id == article.id,
            Version.language.in_(languages),
            Version.state == State.PUBLISHED.value,
        )
        .order_by(Version.language)
    )
    live = list(found)
    if not live:
        raise NotLive("nothing of it is live", remedy="Look at it again.")
    return article, live


async def _nothing_live(work: UnitOfWork, article_id: int, language: str) -> bool:
    return await in_state(work.session, article_id, language, State.PUBLISHED) is None


async def _state(work: UnitOfWork, version: Version, before: State, after: State) -> None:
    """Conditional: `Conflict` when the text is no longer where it was thought to be."""
    changed = await work.session.scalar(
        update(Version)
        .where(Version.id == version.id, Version.state == before.value)
        .values(state=after.value)
        .returning(Version.id)
        .execution_options(synchronize_session=False)
    )
    if changed is None:
        raise Conflict("somebody was faster", remedy="Look at it again.")
    await work.session.refresh(version)


async def _tell(
    work: UnitOfWork, editor: Editor, article: Article, action: str, versions: Sequence[Version]
) -> None:
    subject = f"article:{article.slug}"
    for one in versions:
        await audit.record(work, editor.id, action, subject, language=one.language, version=one.id)
