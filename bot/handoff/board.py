"""The queue as one agent sees it: a window on each part, and how much there is in truth.

Only what is shown is opened: the counts and marks come from columns, so a thousand waiting cases
cost no more than a page of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, false, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.handoff.alarms import alarmed
from bot.handoff.models import CLAIMED, RESOLVED, WAITING, Handoff, Offer, Presence
from bot.handoff.order import queue_order, waiting_since
from bot.handoff.queries import HandoffView, view
from bot.handoff.skills import Skills, needs_of
from bot.handoff.staffing import skills_of
from bot.handoff.vanished import agent_gone, touched
from bot.privacy.encryption import KeyRing

PAGE = 50
MOST_ARRIVALS = 200


@dataclass(frozen=True, slots=True)
class QueueLine:
    """A handoff in the list. `able`: this agent has the skills it needs. `agent_gone`: it was
    left in the middle by an agent whose console is gone."""

    view: HandoffView
    able: bool
    alarmed: bool
    offered_to: str | None
    offered_until: datetime | None
    agent_gone: bool


@dataclass(frozen=True, slots=True)
class Counts:
    """How many there are, whatever is shown."""

    waiting: int
    mine: int
    others: int
    alarmed: int


@dataclass(frozen=True, slots=True)
class Board:
    """Open handoffs. `offered` waits too, for this agent in particular."""

    waiting: Sequence[QueueLine]
    offered: Sequence[QueueLine]
    mine: Sequence[QueueLine]
    others: Sequence[QueueLine]
    counts: Counts


async def board(
    session: AsyncSession, keys: KeyRing, agent_id: str, at: datetime, *, limit: int = PAGE
) -> Board:
    """The open handoffs in the order of the queue, `limit` of each part."""
    own = await session.get(Presence, agent_id)
    skills = skills_of(own) if own else Skills()

    async def part(*conditions: ColumnElement[bool]) -> list[QueueLine]:
        rows = await session.execute(_lines(at).where(*conditions).limit(limit))
        return [_line(row, keys, skills) for row in rows]

    held = Handoff.state == CLAIMED
    return Board(
        waiting=await part(Handoff.state == WAITING),
        offered=await part(Handoff.state == WAITING, Offer.agent_id == agent_id),
        mine=await part(held, Handoff.agent_id == agent_id),
        others=await part(held, Handoff.agent_id != agent_id),
        counts=await _counts(session, agent_id),
    )


@dataclass(frozen=True, slots=True)
class Arrival:
    """A case that waits, and since when: one that was put back arrives again."""

    id: int
    since: datetime
    reason: str
    priority: str
    language: str


async def arrivals(session: AsyncSession, since: datetime) -> Sequence[Arrival]:
    """What came into the queue after `since` and waits still, wherever in the queue it stands."""
    came = waiting_since()
    rows = await session.execute(
        select(Handoff.id, came, Handoff.reason, Handoff.priority, Handoff.language)
        .where(Handoff.state == WAITING, came > since)
        .order_by(came.desc())
        .limit(MOST_ARRIVALS)
    )
    return [Arrival(*row) for row in rows]


def _lines(at: datetime) -> Select[Any]:
    gone = case((and_(Handoff.state == CLAIMED, agent_gone(at), touched()), True), else_=False)
    return (
        select(
            Handoff,
            Offer.agent_id.label("offered_to"),
            Offer.until.label("offered_until"),
            func.coalesce(alarmed(), false()).label("alarmed"),
            gone.label("gone"),
        )
        .outerjoin(Offer, and_(Offer.handoff_id == Handoff.id, Handoff.state == WAITING))
        .order_by(*queue_order())
    )


def _line(row: Any, keys: KeyRing, skills: Skills) -> QueueLine:
    found: Handoff = row.Handoff
    needs = needs_of(found.language, found.reason, found.domain, found.site, found.need)
    return QueueLine(
        view=view(found, keys),
        able=skills.meet(needs),
        alarmed=bool(row.alarmed),
        offered_to=row.offered_to,
        offered_until=row.offered_until,
        agent_gone=bool(row.gone),
    )


async def _counts(session: AsyncSession, agent_id: str) -> Counts:
    def number(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

    row = (
        await session.execute(
            select(
                number(Handoff.state == WAITING),
                number(and_(Handoff.state == CLAIMED, Handoff.agent_id == agent_id)),
                number(and_(Handoff.state == CLAIMED, Handoff.agent_id != agent_id)),
                number(alarmed()),
            ).where(Handoff.state != RESOLVED)
        )
    ).one()
    return Counts(*(int(count) for count in row))
