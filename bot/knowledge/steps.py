"""What was done to a text, by whom, when and why: the record that approval rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import utc_now
from bot.db import UnitOfWork
from bot.errors import Conflict, Forbidden
from bot.knowledge.editors import Editor
from bot.knowledge.life_models import ArticleStep, PublishPlan, Verb
from bot.knowledge.models import Article, State, Version

ON_ITS_WAY = (State.IN_REVIEW.value, State.APPROVED.value)


class OnItsWay(Conflict):
    """The text is with the reviewers, or waits for its hour: it takes no other words now."""

    code = "on_its_way"


class NeedsSecond(Forbidden):
    """Nobody else has approved the text."""

    code = "needs_second"


@dataclass(frozen=True, slots=True)
class Done:
    """One step, to be recorded."""

    verb: Verb
    before: str = ""
    after: str = ""
    comment: str = ""
    findings: Sequence[dict[str, Any]] = ()
    planned_at: datetime | None = None
    kept_id: int | None = None
    batch: str | None = None
    at: datetime = field(default_factory=utc_now)


async def record(work: UnitOfWork, editor: Editor, version: Version, done: Done) -> None:
    """Append one step of a text."""
    await record_of(work, editor, version.article_id, done, version.language, version.id)


async def record_of(
    work: UnitOfWork,
    editor: Editor,
    article_id: int,
    done: Done,
    language: str | None = None,
    version_id: int | None = None,
) -> None:
    """Append one step of an article; of one of its texts, when that is named."""
    row = {
        "article_id": article_id,
        "language": language,
        "version_id": version_id,
        "verb": done.verb.value,
        "before": done.before,
        "after": done.after,
        "actor": editor.id,
        "actor_name": editor.name,
        "comment": done.comment.strip(),
        "findings": list(done.findings),
        "planned_at": done.planned_at,
        "kept_id": done.kept_id,
        "batch": done.batch,
        "at": done.at,
    }
    await work.session.execute(insert(ArticleStep).values(row))


# --- who wrote it, who approved it


async def written(work: UnitOfWork, editor: Editor, draft: Version) -> None:
    """Somebody wrote at a draft: they are one of its authors from now on."""
    if editor.id not in await authors(work.session, draft.id):
        await record(work, editor, draft, Done(Verb.WRITTEN, "", draft.state))


async def authors(session: AsyncSession, version_id: int) -> dict[str, str]:
    """Id and name of everybody who wrote at this text."""
    return {
        one.actor: one.actor_name
        for one in await _own(session, version_id)
        if one.verb == Verb.WRITTEN.value
    }


async def approver(session: AsyncSession, version_id: int) -> str | None:
    """The id of who approved the text as it stands."""
    found = None
    for one in await _own(session, version_id):
        if one.verb == Verb.APPROVED.value:
            found = one.actor
        elif one.after == State.DRAFT.value:
            found = None
    return found


async def check_second(session: AsyncSession, editor: Editor, version: Version) -> None:
    """Refuse what nobody but its authors has approved, where a second person is asked for."""
    if editor.alone:
        return
    who = await approver(session, version.id)
    if version.state != State.APPROVED.value or who is None:
        raise NeedsSecond(
            "a second person has to approve this text first", remedy="Submit it for review."
        )
    if who in await authors(session, version.id):
        raise NeedsSecond("its author approved it", remedy="Ask another reviewer.")


async def refuse_on_its_way(session: AsyncSession, article_id: int, language: str) -> None:
    """A text in review, or approved, is not written at: what was read is what is approved."""
    state = await session.scalar(
        select(Version.state).where(
            Version.article_id == article_id,
            Version.language == language,
            Version.state.in_(ON_ITS_WAY),
        )
    )
    if state is not None:
        said = "is in review" if state == State.IN_REVIEW.value else "is approved"
        raise OnItsWay(f"this text {said}", remedy="Withdraw it first, then save yours.")


async def goes_live(
    work: UnitOfWork, editor: Editor, version: Version, action: str, before: str
) -> None:
    """A text is live from now on. What was planned for it is over."""
    planned_at = await work.session.scalar(
        delete(PublishPlan)
        .where(PublishPlan.version_id == version.id)
        .returning(PublishPlan.publish_at)
    )
    verb = Verb.RESTORED if action == "version.restored" else Verb.PUBLISHED
    done = Done(verb, before, State.PUBLISHED.value, comment=version.note, planned_at=planned_at)
    await record(work, editor, version, done)


# --- reading


async def of_text(session: AsyncSession, article_id: int, language: str) -> list[ArticleStep]:
    """Everything that was done to an article's text, and to the article itself, newest first."""
    found = await session.scalars(
        select(ArticleStep)
        .where(
            ArticleStep.article_id == article_id,
            or_(ArticleStep.language == language, ArticleStep.language.is_(None)),
        )
        .order_by(ArticleStep.id.desc())
    )
    return list(found)


async def last_of(session: AsyncSession, article_id: int, language: str | None) -> ArticleStep:
    """The newest step of a text, or of the article itself. There has to be one."""
    where: Any = (
        ArticleStep.language.is_(None) if language is None else ArticleStep.language == language
    )
    found = await session.scalars(
        select(ArticleStep)
        .where(ArticleStep.article_id == article_id, where)
        .order_by(ArticleStep.id.desc())
        .limit(1)
    )
    return found.one()


async def slug_of(session: AsyncSession, article_id: int) -> str:
    """The name of the article that an id belongs to."""
    return (await session.get_one(Article, article_id)).slug


async def _own(session: AsyncSession, version_id: int) -> list[ArticleStep]:
    """The steps of one text, oldest first: none of a draft that had its number and is gone."""
    found = await session.scalars(
        select(ArticleStep).where(ArticleStep.version_id == version_id).order_by(ArticleStep.id)
    )
    rows = list(found)
    gone = [at for at, one in enumerate(rows) if one.verb == Verb.DISCARDED.value]
    return rows[gone[-1] + 1 :] if gone else rows
