"""What falls due: live texts whose day comes, and owners told of it 30, 7 and 1 days ahead.

A text is due on the last day it is valid. One without such a day is due a year after its facts
were checked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import and_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import UnitOfWork
from bot.knowledge.life_models import ArticleStep, DueNotice, PublishPlan, Verb
from bot.knowledge.models import Article, State, Version

AHEAD = (30, 7, 1)
A_YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Due:
    """A live text and the last day it is valid. `told` are the reminders that went out."""

    version_id: int
    slug: str
    language: str
    title: str
    owner: str
    verified_on: date | None
    due_on: date
    told: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Waiting:
    """A text that waits for somebody: `verb` says what was done to it last."""

    version_id: int
    slug: str
    language: str
    title: str
    state: str
    verb: str
    by: str
    comment: str
    findings: int
    at: datetime
    mine: bool


@dataclass(frozen=True, slots=True)
class Planned:
    """A text that goes live by itself."""

    version_id: int
    slug: str
    language: str
    title: str
    at: datetime
    by: str


async def everything_due(
    session: AsyncSession, *, until: date | None = None, owned: bool = False
) -> list[Due]:
    """Live texts with the day they fall due, the earliest first; those that do so until a day,
    and those that somebody owns, or all."""
    columns = (
        *(Version.id, Version.language, Version.title, Version.verified_on, Version.expires_on),
        *(Article.slug, Article.owner),
    )
    wanted = (
        select(*columns)
        .join(Article, Article.id == Version.article_id)
        .where(Version.state == State.PUBLISHED.value)
    )
    if until is not None:
        checked = and_(Version.expires_on.is_(None), Version.verified_on <= until - A_YEAR)
        wanted = wanted.where(or_(Version.expires_on <= until, checked))
    if owned:
        wanted = wanted.where(Article.owner != "")
    told: dict[int, list[int]] = {}
    for notice in await session.execute(select(DueNotice.version_id, DueNotice.days)):
        told.setdefault(notice.version_id, []).append(notice.days)
    found = [
        Due(
            row.id,
            row.slug,
            row.language,
            row.title,
            row.owner,
            row.verified_on,
            day,
            tuple(sorted(told.get(row.id, ()))),
        )
        for row in await session.execute(wanted)
        if (day := due_on(row.verified_on, row.expires_on))
    ]
    return sorted(found, key=lambda one: (one.due_on, one.slug, one.language))


def due_on(verified_on: date | None, expires_on: date | None) -> date | None:
    """The last day on which a text is good."""
    return expires_on or (verified_on + A_YEAR if verified_on else None)


def step_ahead(due: date, today: date) -> int | None:
    """Which reminder is in order today: the closest that is reached, none when it is too early
    or the day is over."""
    left = (due - today).days
    reached = [days for days in AHEAD if 0 <= left <= days]
    return min(reached, default=None)


async def to_tell(session: AsyncSession, today: date, *, owned: bool) -> list[tuple[Due, int]]:
    """Texts of which somebody is to be told today, with how many days ahead that is; `owned`:
    only those that have an owner."""
    soon = await everything_due(session, until=today + timedelta(days=max(AHEAD)), owned=owned)
    steps = [(one, step_ahead(one.due_on, today)) for one in soon]
    return [(one, days) for one, days in steps if days is not None and days not in one.told]


async def notice_due(
    work: UnitOfWork, today: date, now: datetime, *, owned: bool
) -> dict[str, list[Due]]:
    """Write down which owners are to be told of what, each text once for each of the days.

    Returns owner → texts that this process has to tell of, "" for those that nobody owns; another
    process gets none of them.
    """
    mine: dict[str, list[Due]] = {}
    for one, days in await to_tell(work.session, today, owned=owned):
        won = await work.session.scalar(
            work.insert(DueNotice)
            .values(version_id=one.version_id, days=days, owner=one.owner, mailed=False, at=now)
            .on_conflict_do_nothing(index_elements=["version_id", "days"])
            .returning(DueNotice.version_id)
        )
        if won is not None:
            mine.setdefault(one.owner, []).append(one)
    return mine


async def mailed(work: UnitOfWork, told: Iterable[Due], today: date) -> None:
    """An e-mail to the owner tells of these."""
    for one in told:
        await work.session.execute(
            update(DueNotice)
            .where(
                DueNotice.version_id == one.version_id,
                DueNotice.days == step_ahead(one.due_on, today),
            )
            .values(mailed=True)
        )


async def waiting(session: AsyncSession, account: str) -> list[Waiting]:
    """Texts in review, and drafts that came back to this person, the longest waiting first."""
    states = (State.IN_REVIEW.value, State.DRAFT.value)
    rows = await session.execute(
        select(Version, Article.slug)
        .join(Article, Article.id == Version.article_id)
        .where(Version.state.in_(states))
    )
    texts = {version.id: (version, slug) for version, slug in rows}
    steps: dict[int, list[ArticleStep]] = {}
    for step in await session.scalars(
        select(ArticleStep).where(ArticleStep.version_id.in_(texts)).order_by(ArticleStep.id)
    ):
        steps.setdefault(step.version_id or 0, []).append(step)
    found = [
        one
        for version_id, (version, slug) in texts.items()
        if (one := _waits(version, slug, steps.get(version_id, []), account))
    ]
    return sorted(found, key=lambda one: one.at)


def _waits(
    version: Version, slug: str, steps: Sequence[ArticleStep], account: str
) -> Waiting | None:
    came = (Verb.SUBMITTED, Verb.SENT_BACK, Verb.BLOCKED)
    last = next((one for one in reversed(steps) if Verb(one.verb) in came), None)
    if last is None or last.after != version.state:
        return None
    mine = any(one.actor == account and one.verb == Verb.WRITTEN.value for one in steps)
    if version.state == State.DRAFT.value and not mine:
        return None
    return Waiting(
        version.id,
        slug,
        version.language,
        version.title,
        version.state,
        last.verb,
        last.actor_name,
        last.comment,
        len(last.findings),
        last.at,
        mine,
    )


async def planned(session: AsyncSession) -> list[Planned]:
    """What goes live by itself, the earliest first."""
    rows = await session.execute(
        select(PublishPlan, Version.language, Version.title, Article.slug)
        .join(Version, Version.id == PublishPlan.version_id)
        .join(Article, Article.id == Version.article_id)
        .order_by(PublishPlan.publish_at)
    )
    return [
        Planned(plan.version_id, slug, language, title, plan.publish_at, plan.planned_name)
        for plan, language, title, slug in rows
    ]
