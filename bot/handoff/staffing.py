"""The people on shift as a policy and an estimate see them: how much they have, and could have."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.handoff.models import CLAIMED, WAITING, Handoff, Offer, Presence
from bot.handoff.presence import OFFLINE, ONLINE
from bot.handoff.skills import Needs, Skills

DEFAULT_CAPACITY = 4


@dataclass(frozen=True, slots=True)
class OnShift:
    """A person whose console is open. `load` counts their cases and what is offered to them."""

    agent_id: str
    name: str
    state: str
    since: datetime
    capacity: int
    load: int
    skills: Skills = field(default_factory=Skills)

    @property
    def free(self) -> int:
        """How many cases this person may still be given."""
        return max(0, self.capacity - self.load) if self.state == ONLINE else 0


@dataclass(frozen=True, slots=True)
class Staffing:
    """Who could answer a case with certain needs now: the input of an estimate.

    `present` counts people online, `skilled` those of them who may take the case. `slots` is how
    many cases the skilled may have at once, `free` how many more than now.
    """

    present: int
    skilled: int
    slots: int
    free: int


async def on_shift(
    session: AsyncSession, at: datetime, *, capacity: int = DEFAULT_CAPACITY
) -> list[OnShift]:
    """Everybody whose console is open, by name; `capacity` is of those who have none of theirs."""
    rows = await session.execute(_with_load().where(Presence.state != OFFLINE, Presence.until > at))
    return [_on_shift(row.Presence, row.load, capacity) for row in rows]


async def of_agent(
    session: AsyncSession, agent_id: str, at: datetime, *, capacity: int = DEFAULT_CAPACITY
) -> OnShift | None:
    """One person as they stand; None who never had a console open and was given no skills."""
    row = (await session.execute(_with_load().where(Presence.agent_id == agent_id))).one_or_none()
    if row is None:
        return None
    found = _on_shift(row.Presence, row.load, capacity)
    if row.Presence.until > at:
        return found
    return replace(found, state=OFFLINE)


async def staffing(
    session: AsyncSession, at: datetime, needs: Needs | None, *, capacity: int = DEFAULT_CAPACITY
) -> Staffing:
    """How many people could take a case with these needs, or any, and their free room.

    Pass the policy's capacity, which counts for people without one of their own.
    """
    present = [who for who in await on_shift(session, at, capacity=capacity) if who.state == ONLINE]
    skilled = [who for who in present if needs is None or who.skills.meet(needs)]
    return Staffing(
        present=len(present),
        skilled=len(skilled),
        slots=sum(who.capacity for who in skilled),
        free=sum(who.free for who in skilled),
    )


def load_of() -> ColumnElement[int]:
    """How many cases the row's person has or is offered."""
    has = (
        select(func.count(Handoff.id))
        .where(Handoff.state == CLAIMED, Handoff.agent_id == Presence.agent_id)
        .correlate(Presence)
        .scalar_subquery()
    )
    offered = (
        select(func.count(Offer.handoff_id))
        .join(Handoff, Handoff.id == Offer.handoff_id)
        .where(Handoff.state == WAITING, Offer.agent_id == Presence.agent_id)
        .correlate(Presence)
        .scalar_subquery()
    )
    return has + offered


def skills_of(row: Presence) -> Skills:
    """What the row's person can take."""
    return Skills(
        frozenset(row.languages), frozenset(row.domains), frozenset(row.sites), row.private
    )


def _with_load() -> Select[Any]:
    return select(Presence, load_of().label("load")).order_by(
        func.lower(Presence.agent_name), Presence.agent_id
    )


def _on_shift(row: Presence, load: int, capacity: int) -> OnShift:
    own = capacity if row.capacity is None else row.capacity
    return OnShift(row.agent_id, row.agent_name, row.state, row.since, own, load, skills_of(row))
