"""Who is there: online, away or offline, by the heartbeat of an open console.

However many consoles and processes tell of a person, there is one row. A person counts as
present while the row says `online` and its time is not over. Every function takes the time.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import UnitOfWork, table_of
from bot.events import PresenceChanged
from bot.handoff.cases import Agent
from bot.handoff.models import Presence
from bot.handoff.skills import Skills
from bot.privacy import audit

State = Literal["online", "away"]
ONLINE = "online"
OFFLINE = "offline"


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


async def here(session: AsyncSession, at: datetime) -> frozenset[str]:
    """The ids of everybody who takes cases now."""
    return frozenset(await session.scalars(select(Presence.agent_id).where(is_present(at))))


async def gone(session: AsyncSession, at: datetime) -> frozenset[str]:
    """The ids of everybody who has had a console open and takes no cases now."""
    return frozenset(await session.scalars(select(Presence.agent_id).where(~is_present(at))))


def is_present(at: datetime) -> ColumnElement[bool]:
    """The row's person takes cases now."""
    return (Presence.state == ONLINE) & (Presence.until > at)


def is_gone(at: datetime) -> ColumnElement[bool]:
    """No console of the row's person is open any more."""
    return (Presence.state == OFFLINE) | (Presence.until <= at)


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
    statement = work.insert(Presence).values(
        agent_id=agent_id, **{**nothing, **values, **(update_with or {})}
    )
    changed = await work.session.execute(
        statement.on_conflict_do_update(
            index_elements=["agent_id"], set_=update_with or values, where=condition
        ).returning(table_of(Presence).c.agent_id)
    )
    return changed.one_or_none() is not None
