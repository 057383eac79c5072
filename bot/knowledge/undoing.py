"""Many articles at once, and the way back: what one click did is undone together.

The steps of a click carry its number. Undoing goes by them, and leaves alone what somebody has
moved on since.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from sqlalchemy import select

from bot.db import UnitOfWork
from bot.errors import Conflict, NotFound
from bot.knowledge import airing, going_back, lifecycle, steps
from bot.knowledge.editors import Editor
from bot.knowledge.finding import article_of
from bot.knowledge.life_models import ArticleStep, Verb
from bot.knowledge.models import Article, State, Version
from bot.knowledge.service import hold, revise
from bot.knowledge.steps import Done, NeedsSecond
from bot.privacy import audit

Act = Literal["verify", "archive", "submit", "owner"]
BACK = (Verb.SUBMITTED, Verb.ARCHIVED, Verb.VERIFIED, Verb.OWNED)
REVISING = frozenset((Verb.ARCHIVED, Verb.VERIFIED))


# Each has a text `life.left_…`.
Why = Literal["gone", "not_live", "no_draft", "changed", "expired", "was_wrong"]


class NoDraft(Conflict):
    """There is nothing to submit."""


@dataclass(slots=True)
class Result:
    """Which articles were changed, and which were left as they were, and why."""

    done: list[str] = field(default_factory=list)
    left: dict[str, Why] = field(default_factory=dict)


async def act(
    work: UnitOfWork,
    editor: Editor,
    what: Act,
    slugs: Sequence[str],
    batch: str,
    *,
    today: date,
    owner: str = "",
) -> Result:
    """Do one thing to many articles; those it does not fit are left and named."""
    await hold(work)
    result = Result()
    for slug in dict.fromkeys(slugs):
        try:
            if what == "verify":
                await airing.verify(work, editor, slug, today, batch=batch)
            elif what == "archive":
                await airing.archive(work, editor, slug, batch=batch)
            elif what == "submit":
                await _submit(work, editor, slug, batch)
            else:
                await assign(work, editor, slug, owner, batch)
        except (Conflict, NotFound) as error:
            result.left[slug] = _why(error)
        else:
            result.done.append(slug)
    if result.done and what in ("verify", "archive"):
        await revise(work)
    return result


def _why(error: Conflict | NotFound) -> Why:
    if isinstance(error, NotFound):
        return "gone"
    if isinstance(error, airing.NotLive):
        return "not_live"
    return "no_draft" if isinstance(error, NoDraft) else "changed"


async def assign(
    work: UnitOfWork, editor: Editor, slug: str, owner: str, batch: str | None = None
) -> None:
    """Give an article to an account, or to nobody."""
    article = await article_of(work.session, slug)
    before, article.owner = article.owner, owner
    await work.session.flush()
    await steps.record_of(work, editor, article.id, Done(Verb.OWNED, before, owner, batch=batch))
    await audit.record(work, editor.id, "article.owned", f"article:{slug}", owner=owner)


async def undo(work: UnitOfWork, editor: Editor, batch: str, way: going_back.Way) -> Result:
    """Take back what this person did under this number. Raises `NotFound` for another's.

    An article is left when one of its texts may not be live again by now (`going_back.check`).
    """
    await hold(work)
    found = await work.session.scalars(
        select(ArticleStep)
        .where(
            ArticleStep.batch == batch,
            ArticleStep.actor == editor.id,
            ArticleStep.verb.in_([one.value for one in BACK]),
        )
        .order_by(ArticleStep.id.desc())
    )
    taken = list(found)
    if not taken:
        raise NotFound("nothing to undo")
    held = await _held(work, editor, taken, way)
    result = Result(left=dict(held))
    revised = False
    for step in taken:
        slug = await steps.slug_of(work.session, step.article_id)
        if slug in held:
            continue
        last = await steps.last_of(work.session, step.article_id, step.language)
        if last.id != step.id:
            result.left[slug] = "changed"
            continue
        await _back(work, editor, step)
        revised = revised or Verb(step.verb) in REVISING
        result.done.append(slug)
        await audit.record(work, editor.id, "article.undone", f"article:{slug}", step=step.id)
    result.done = list(dict.fromkeys(result.done))
    if revised:
        await revise(work)
    return result


async def _held(
    work: UnitOfWork, editor: Editor, taken: Sequence[ArticleStep], way: going_back.Way
) -> dict[str, Why]:
    held: dict[str, Why] = {}
    for step in taken:
        if step.verb != Verb.ARCHIVED.value:
            continue
        version = await work.session.get_one(Version, step.version_id)
        slug = await steps.slug_of(work.session, step.article_id)
        try:
            await going_back.check(work.session, editor, version, way)
        except going_back.TimeIsOver:
            held[slug] = "expired"
        except NeedsSecond:
            held[slug] = "was_wrong"
    return held


async def _back(work: UnitOfWork, editor: Editor, step: ArticleStep) -> None:
    if step.verb == Verb.OWNED.value:
        article = await work.session.get_one(Article, step.article_id)
        article.owner = step.before
        await work.session.flush()
        await steps.record_of(work, editor, article.id, Done(Verb.OWNED, step.after, step.before))
        return
    version = await work.session.get_one(Version, step.version_id, populate_existing=True)
    if step.verb == Verb.SUBMITTED.value:
        await lifecycle.withdraw(work, editor, version.id)
    elif step.verb == Verb.ARCHIVED.value:
        await airing.return_to_air(work, editor, version)
    else:
        await airing.unverify(work, editor, version, step.kept_id or 0)


async def _submit(work: UnitOfWork, editor: Editor, slug: str, batch: str) -> None:
    found = await work.session.scalars(
        select(Version.id)
        .join(Article, Article.id == Version.article_id)
        .where(Article.slug == slug, Version.state == State.DRAFT.value)
    )
    drafts = list(found)
    if not drafts:
        raise NoDraft("it has no draft")
    for version_id in drafts:
        await lifecycle.submit(work, editor, version_id, batch=batch)
