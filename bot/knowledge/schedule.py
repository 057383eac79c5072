"""Texts that go live by themselves, each once, whichever process comes to it first.

The plan is a row that the publish itself deletes, in its own transaction: a second process finds
neither the plan nor a text that could be published. The checks are those of every publish; what
they block goes back to its authors.
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Literal

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import Database, UnitOfWork
from bot.errors import Conflict, Invalid, NotFound
from bot.knowledge import lifecycle, steps
from bot.knowledge.base import KnowledgeBase
from bot.knowledge.checks import Finding
from bot.knowledge.editors import Editor
from bot.knowledge.life_models import PublishPlan, Verb
from bot.knowledge.models import State, Version
from bot.knowledge.publishing import publish
from bot.knowledge.refusals import Unpublishable
from bot.knowledge.service import hold
from bot.knowledge.steps import Done

log = logging.getLogger(__name__)
Outcome = Literal["published", "blocked", "later"]


async def plan(
    work: UnitOfWork, editor: Editor, version_id: int, at: datetime, now: datetime, note: str = ""
) -> Version:
    """Publish an approved text at that time; a new time takes the place of the old one.

    Where nobody else has to approve, a draft may be planned as well: its words stay as they are
    from now on. Raises `Invalid` for a time that is past.
    """
    if at <= now:
        raise Invalid("this time is past", field="publish_at", remedy="Choose a later one.")
    await hold(work)
    version = await work.session.get(Version, version_id, populate_existing=True)
    if version is None:
        raise NotFound(f"there is no text {version_id}")
    await steps.check_second(work.session, editor, version)
    allowed = (State.DRAFT, State.APPROVED)
    version, before = await lifecycle.move(work, version_id, allowed, State.APPROVED)
    await work.session.execute(delete(PublishPlan).where(PublishPlan.version_id == version_id))
    work.session.add(
        PublishPlan(
            version_id=version_id,
            publish_at=at,
            planned_by=editor.id,
            planned_name=editor.name,
            note=note.strip()[:400],
            created_at=now,
        )
    )
    await work.session.flush()
    done = Done(Verb.SCHEDULED, before, comment=note, planned_at=at)
    await lifecycle.tell(work, editor, version, done)
    return version


async def cancel(work: UnitOfWork, editor: Editor, version_id: int) -> Version:
    """The text does not go live by itself after all. One that nobody approved is a draft again."""
    await hold(work)
    at = await work.session.scalar(
        delete(PublishPlan)
        .where(PublishPlan.version_id == version_id)
        .returning(PublishPlan.publish_at)
    )
    if at is None:
        raise Conflict("nothing is planned for this text", remedy="Look at it again.")
    approved = await steps.approver(work.session, version_id) is not None
    to = State.APPROVED if approved else State.DRAFT
    version, before = await lifecycle.move(work, version_id, (State.APPROVED,), to)
    await lifecycle.tell(work, editor, version, Done(Verb.UNSCHEDULED, before, planned_at=at))
    return version


async def due(session: AsyncSession, now: datetime) -> list[PublishPlan]:
    """What should be live by now, the earliest first."""
    found = await session.scalars(
        select(PublishPlan).where(PublishPlan.publish_at <= now).order_by(PublishPlan.publish_at)
    )
    return list(found)


async def publish_due(
    database: Database, knowledge: KnowledgeBase, now: datetime, *, second_person: bool
) -> int:
    """Publish what is due; returns how many texts went live here."""
    async with database.reading() as session:
        plans = await due(session, now)
    outcomes = [await _publish(database, knowledge, one, second_person) for one in plans]
    return outcomes.count("published")


async def _publish(
    database: Database, knowledge: KnowledgeBase, planned: PublishPlan, second_person: bool
) -> Outcome:
    editor = Editor(planned.planned_by, planned.planned_name, alone=not second_person)
    try:
        await publish(database, knowledge, editor, planned.version_id, planned.note)
    except Unpublishable as error:
        found = error.as_dict()["findings"]
    except (Conflict, steps.NeedsSecond) as error:
        if not await _is_stuck(database, planned):
            return "later"
        stuck = "needs_second" if isinstance(error, steps.NeedsSecond) else "overtaken"
        found = [{"field": "", **Finding(stuck, "", "", stuck).as_words()}]
    else:
        return "published"
    async with database.work() as work:
        blocked = await lifecycle.block(work, planned.version_id, planned, found)
        await work.commit()
    if blocked is not None:
        log.info("planned text %d went back: %d findings", planned.version_id, len(found))
    return "blocked" if blocked is not None else "later"


async def _is_stuck(database: Database, planned: PublishPlan) -> bool:
    """Whether trying again would meet the same refusal: nobody has dealt with it meanwhile, and
    it is not only that others publish at this moment."""
    async with database.reading() as session:
        version = await session.get(Version, planned.version_id)
        if version is None or version.state != State.APPROVED.value:
            return False
        live = await session.scalar(
            select(Version).where(
                Version.article_id == version.article_id,
                Version.language == version.language,
                Version.state == State.PUBLISHED.value,
            )
        )
        overtaken = bool(live and live.published_at and live.published_at > version.created_at)
        return overtaken or await steps.approver(session, version.id) is None
