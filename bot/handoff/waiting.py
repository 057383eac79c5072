"""The line of waiting cases, as patients' places and estimates see it.

The order is `queue_order`'s.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.effects import Priority
from bot.handoff.models import CLAIMED, WAITING, Handoff
from bot.handoff.order import queue_order
from bot.handoff.skills import Needs, needs_of

RECENT = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class InLine:
    """A waiting case, as far as its place depends on it."""

    id: int
    rank: int
    reason: str
    language: str
    first_promised_by: datetime | None
    requested_at: datetime
    domain: str | None = None
    site: str | None = None
    need: str | None = None

    @property
    def priority(self) -> Priority:
        return list(Priority)[self.rank]

    @property
    def needs(self) -> Needs:
        """What not everybody may be able to do."""
        return needs_of(self.language, self.reason, self.domain, self.site, self.need)

    def before(self, other: InLine) -> bool:
        """Whether this one is served first: `queue_order`, in Python."""
        return _key(self) < _key(other)


@dataclass(frozen=True, slots=True)
class Line:
    """Everybody who waits, how many cases are held, and how many came lately by rank."""

    waiting: Sequence[InLine]
    held: int
    lately: Counter[int]

    def ahead_of(self, case: InLine) -> Sequence[InLine]:
        """The cases that are served before this one, which may itself be in the line."""
        return [one for one in self.waiting if one.id != case.id and one.before(case)]


async def look(session: AsyncSession, at: datetime) -> Line:
    """The line as it is."""
    found = await session.execute(
        _in_line().where(Handoff.state == WAITING).order_by(*queue_order())
    )
    held = await session.scalar(select(func.count()).where(Handoff.state == CLAIMED))
    lately = await session.execute(
        select(Handoff.priority_rank, func.count())
        .where(Handoff.requested_at > at - RECENT, Handoff.requested_at <= at)
        .group_by(Handoff.priority_rank)
    )
    return Line([InLine(*row) for row in found], held or 0, Counter(dict(lately.tuples().all())))


async def case_in_line(session: AsyncSession, handoff_id: int) -> tuple[InLine, str] | None:
    """One case as it would stand in the line, and its state."""
    row = (
        await session.execute(_in_line().add_columns(Handoff.state).where(Handoff.id == handoff_id))
    ).one_or_none()
    return (InLine(*row[:-1]), row[-1]) if row else None


def _in_line() -> Any:
    return select(
        Handoff.id,
        Handoff.priority_rank,
        Handoff.reason,
        Handoff.language,
        Handoff.first_promised_by,
        Handoff.requested_at,
        Handoff.domain,
        Handoff.site,
        Handoff.need,
    )


def _key(case: InLine) -> tuple[Any, ...]:
    promised = case.first_promised_by
    return (
        case.rank,
        promised is None,
        promised or case.requested_at,
        case.requested_at,
        case.id,
    )
