"""The line of waiting cases, in the one order that the queue and the patients' places follow.

By urgency, then by the time that was promised first, then by age. A promise that was moved keeps
its place: whoever is told to wait longer must not be passed for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.effects import Priority, Reason
from bot.handoff.models import CLAIMED, WAITING, Handoff

RECENT = timedelta(hours=1)
ORDER: tuple[Any, ...] = (
    Handoff.priority_rank,
    Handoff.first_promised_by.is_(None),
    Handoff.first_promised_by,
    Handoff.requested_at,
    Handoff.id,
)


@dataclass(frozen=True, slots=True)
class InLine:
    """A waiting case, as far as its place depends on it."""

    id: int
    rank: int
    reason: str
    language: str
    first_promised_by: datetime | None
    requested_at: datetime

    @property
    def priority(self) -> Priority:
        return list(Priority)[self.rank]

    @property
    def needs(self) -> frozenset[str]:
        """What not everybody can do."""
        return needs_of(self.language)

    def before(self, other: InLine) -> bool:
        """Whether this one is served first: `ORDER`, in Python."""
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


def needs_of(language: str) -> frozenset[str]:
    """The skills that a case in this language asks for; everybody speaks English."""
    return frozenset() if language == "en" else frozenset({f"language:{language}"})


async def look(session: AsyncSession, at: datetime) -> Line:
    """The line as it is."""
    found = await session.execute(_in_line().where(Handoff.state == WAITING).order_by(*ORDER))
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


def reason_of(case: InLine) -> Reason:
    return Reason(case.reason)


def _in_line() -> Any:
    return select(
        Handoff.id,
        Handoff.priority_rank,
        Handoff.reason,
        Handoff.language,
        Handoff.first_promised_by,
        Handoff.requested_at,
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
