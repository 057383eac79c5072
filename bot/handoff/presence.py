"""Who is there: online, away or offline, by the heartbeat of an open console.

However many consoles and processes tell of a person, there is one row. A person counts as
present while the row says `online` and its time is not over. Every function takes the time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, func, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import UnitOfWork, table_of
from bot.events import PresenceChanged
from bot.handoff.cases import Agent
from bot.handoff.models import CLAIMED, WAITING, Handoff, Offer, Presence
from bot.handoff.skills import Needs, Skills
from bot.privacy import audit

State = Literal["online", "away"]
ONLINE = "online"
AWAY = "away"
OFFLINE = "offline"
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


async def beat(work: UnitOfWork, agent: Agent, at: datetime, grace: timedelta) -> None:
    """A console of this person is open. Whoever was offline is online; who is away stays away."""
    renewed = await work.session.scalar(
        update(Presence)
        .where(Presence.agent_id == agent.id, Presence.state != OFFLINE)
        .values(seen_at=at, until=at + grace, agent_name=agent.name)
        .returning(Presence.agent_id)
    )
    if renewed is not None:
        return
    told = {"agent_name": agent.name, "state": ONLINE, "since": at}
    came = await _upsert(
        work,
        agent.id,
        told | {"seen_at": at, "until": at + grace},
        Presence.state == OFFLINE,
    )
    if came:
        work.emit(PresenceChanged(agent.id))


async def choose(
    work: UnitOfWork, agent: Agent, state: State, at: datetime, grace: timedelta
) -> None:
    """The person says whether they take cases. Saying so is a heartbeat too."""
    told = {"agent_name": agent.name, "state": state, "since": at}
    changed = await _upsert(
        work, agent.id, told | {"seen_at": at, "until": at + grace}, Presence.state != state
    )
    if changed:
        work.emit(PresenceChanged(agent.id))


async def expire(work: UnitOfWork, at: datetime) -> Sequence[str]:
    """Note that people are gone whose time is over. Of two processes one gets each of them."""
    gone = await work.session.scalars(
        update(Presence)
        .where(Presence.state != OFFLINE, Presence.until <= at)
        .values(state=OFFLINE, since=at)
        .returning(Presence.agent_id)
        .execution_options(synchronize_session=False)
    )
    ids = gone.all()
    for agent_id in ids:
        work.emit(PresenceChanged(agent_id))
    return ids


async def any_expired(session: AsyncSession, at: datetime) -> bool:
    """Whether `expire` has something to do."""
    found = await session.scalar(
        select(Presence.agent_id).where(Presence.state != OFFLINE, Presence.until <= at).limit(1)
    )
    return found is not None


async def set_skills(
    work: UnitOfWork,
    actor: str,
    agent: Agent,
    skills: Skills,
    capacity: int | None,
    at: datetime,
) -> None:
    """What a person can take, and how many cases at once; None leaves that to the policy."""
    can: dict[str, Any] = {
        "languages": sorted(skills.languages),
        "domains": sorted(skills.domains),
        "sites": sorted(skills.sites),
        "private": skills.private,
        "capacity": capacity,
    }
    never_seen = {"agent_name": agent.name, "state": OFFLINE, "since": at}
    await _upsert(work, agent.id, never_seen | {"seen_at": at, "until": at}, None, update_with=can)
    await audit.record(
        work,
        actor,
        "staff.skills_set",
        agent.id,
        capacity=capacity,
        languages=",".join(can["languages"]),
        domains=",".join(can["domains"]),
        sites=",".join(can["sites"]),
        private=int(skills.private),
    )
    work.emit(PresenceChanged(agent.id))


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
    return OnShift(
        found.agent_id, found.name, OFFLINE, found.since, found.capacity, found.load, found.skills
    )


async def staffing(
    session: AsyncSession, at: datetime, needs: Needs, *, capacity: int = DEFAULT_CAPACITY
) -> Staffing:
    """How many people could take a case with these needs at this time, and their free room.

    Pass the policy's capacity, which counts for people without one of their own.
    """
    present = [who for who in await on_shift(session, at, capacity=capacity) if who.state == ONLINE]
    skilled = [who for who in present if who.skills.meet(needs)]
    return Staffing(
        present=len(present),
        skilled=len(skilled),
        slots=sum(who.capacity for who in skilled),
        free=sum(who.free for who in skilled),
    )


def is_present(at: datetime) -> ColumnElement[bool]:
    """The row's person takes cases now."""
    return (Presence.state == ONLINE) & (Presence.until > at)


def is_gone(at: datetime) -> ColumnElement[bool]:
    """No console of the row's person is open any more."""
    return (Presence.state == OFFLINE) | (Presence.until <= at)


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


async def _upsert(
    work: UnitOfWork,
    agent_id: str,
    values: dict[str, Any],
    condition: ColumnElement[bool] | None,
    *,
    update_with: dict[str, Any] | None = None,
) -> bool:
    """Insert the person's row, or update it where `condition` holds. Whether anything changed."""
    nothing: dict[str, Any] = {"languages": [], "domains": [], "sites": [], "private": True}
    make = postgresql_insert if work.is_postgresql else sqlite_insert
    statement = make(table_of(Presence)).values(
        agent_id=agent_id, **{**nothing, **values, **(update_with or {})}
    )
    changed = await work.session.execute(
        statement.on_conflict_do_update(
            index_elements=["agent_id"], set_=update_with or values, where=condition
        ).returning(table_of(Presence).c.agent_id)
    )
    return changed.one_or_none() is not None
