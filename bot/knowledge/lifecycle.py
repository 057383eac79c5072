"""A text on its way: submitted, withdrawn, approved, sent back.

Every move is one conditional update under the lock of publishing, one step that says who and why,
and one audit event, in the same transaction. What a reviewer sent back is kept as it was read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import delete, select, update

from bot.db import UnitOfWork
from bot.errors import Conflict, Forbidden, Invalid, NotFound
from bot.knowledge import steps
from bot.knowledge.editors import Editor
from bot.knowledge.life_models import ArticleStep, PublishPlan, Verb
from bot.knowledge.models import Article, Origin, State, Version
from bot.knowledge.queries import words_of
from bot.knowledge.service import hold, new_version
from bot.knowledge.steps import Done
from bot.privacy import audit

COMMENT_CHARS = 1_000
PENDING = (State.IN_REVIEW, State.APPROVED)


async def submit(
    work: UnitOfWork, editor: Editor, version_id: int, comment: str = "", batch: str | None = None
) -> Version:
    """Ask for a review of a draft. Its words stay as they are until it comes back."""
    version, before = await move(work, version_id, (State.DRAFT,), State.IN_REVIEW)
    await tell(work, editor, version, Done(Verb.SUBMITTED, before, comment=comment, batch=batch))
    return version


async def withdraw(
    work: UnitOfWork, editor: Editor, version_id: int, comment: str = "", batch: str | None = None
) -> Version:
    """Take a text back to write at it again; what was planned for it is off."""
    version, before = await move(work, version_id, PENDING, State.DRAFT)
    await _unplan(work, version_id)
    await tell(work, editor, version, Done(Verb.WITHDRAWN, before, comment=comment, batch=batch))
    return version


async def approve(
    work: UnitOfWork, editor: Editor, version_id: int, today: date, comment: str = ""
) -> Version:
    """A reviewer's name stands for the text from now on.

    Raises `Forbidden` for anybody else and, where a second person is asked for, for its authors.
    """
    _require_reviewer(editor)
    version, before = await move(work, version_id, (State.IN_REVIEW,), State.APPROVED)
    if not editor.alone and editor.id in await steps.authors(work.session, version_id):
        raise Forbidden("you wrote this text", remedy="Ask another reviewer to approve it.")
    version.reviewed_by, version.reviewed_on = editor.name, today
    version.content_hash = words_of(version).hash
    await work.session.flush()
    await tell(work, editor, version, Done(Verb.APPROVED, before, comment=comment))
    return version


async def send_back(work: UnitOfWork, editor: Editor, version_id: int, comment: str) -> Version:
    """Give a text back to its authors, with what is to be done. The words that were read stay
    in the history beside what becomes of them."""
    _require_reviewer(editor)
    if not comment.strip():
        raise Invalid(
            "a text is not sent back without a word", field="comment", remedy="Say what to change."
        )
    version, before = await move(work, version_id, PENDING, State.DRAFT)
    await _unplan(work, version_id)
    kept = await keep(work, version)
    await tell(work, editor, version, Done(Verb.SENT_BACK, before, comment=comment, kept_id=kept))
    return version


async def block(
    work: UnitOfWork,
    version_id: int,
    plan: PublishPlan,
    findings: Sequence[dict[str, Any]],
) -> Version | None:
    """A planned text goes back to its authors with what the checks found; None when somebody
    else has dealt with it, or has planned it anew."""
    await hold(work)
    if not await _unplan(work, version_id, PublishPlan.publish_at == plan.publish_at):
        return None
    version, before = await move(work, version_id, (State.APPROVED,), State.DRAFT)
    kept = await keep(work, version)
    done = Done(Verb.BLOCKED, before, findings=findings, planned_at=plan.publish_at, kept_id=kept)
    await tell(work, Editor(plan.planned_by, plan.planned_name), version, done)
    return version


async def move(
    work: UnitOfWork, version_id: int, allowed: tuple[State, ...], to: State
) -> tuple[Version, str]:
    """Change a text's state, if it is in one of those; returns it with the state it was in.

    Raises `NotFound`, and `Conflict` with who moved it before.
    """
    await hold(work)
    before = await work.session.scalar(select(Version.state).where(Version.id == version_id))
    if before is None:
        raise NotFound(f"there is no text {version_id}")
    moved = await work.session.scalar(
        update(Version)
        .where(Version.id == version_id, Version.state.in_([one.value for one in allowed]))
        .values(state=to.value)
        .returning(Version.id)
        .execution_options(synchronize_session=False)
    )
    if moved is None:
        raise Conflict(
            f"this text is {before.replace('_', ' ')} now",
            winner=await _last_actor(work, version_id),
            remedy="Look at it again.",
        )
    return await work.session.get_one(Version, version_id, populate_existing=True), before


async def keep(work: UnitOfWork, version: Version) -> int:
    """A copy of the words as they are, for the history; nobody was ever served it."""
    article = await work.session.get_one(Article, version.article_id)
    copy = new_version(
        article,
        version.language,
        words_of(version),
        revision=version.revision,
        based_on=version.based_on,
        origin=Origin.EDITOR.value,
        created_by=version.created_by,
    )
    copy.state = State.ARCHIVED.value
    work.session.add(copy)
    await work.session.flush()
    return copy.id


async def _unplan(work: UnitOfWork, version_id: int, *more: Any) -> bool:
    gone = await work.session.scalar(
        delete(PublishPlan)
        .where(PublishPlan.version_id == version_id, *more)
        .returning(PublishPlan.version_id)
    )
    return gone is not None


async def tell(work: UnitOfWork, editor: Editor, version: Version, done: Done) -> None:
    """Record a step of a text, and its audit event; `after` is the state the text has now."""
    comment = done.comment[:COMMENT_CHARS]
    await steps.record(work, editor, version, replace(done, after=version.state, comment=comment))
    await audit.record(
        work,
        editor.id,
        f"version.{done.verb.value}",
        f"article:{await steps.slug_of(work.session, version.article_id)}",
        language=version.language,
        version=version.id,
    )


async def _last_actor(work: UnitOfWork, version_id: int) -> str | None:
    found: str | None = await work.session.scalar(
        select(ArticleStep.actor_name)
        .where(ArticleStep.version_id == version_id)
        .order_by(ArticleStep.id.desc())
        .limit(1)
    )
    return found


def _require_reviewer(editor: Editor) -> None:
    if not editor.reviewer:
        raise Forbidden("only a reviewer does this", remedy="Ask a reviewer.")
