"""One case given to one person by the policy. It stays in the queue until the person claims it.

So nothing is promised to the patient that the person has not seen, and an offer that is not
taken up is simply over.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, exists, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import UnitOfWork, table_of
from bot.events import OwnerChanged
from bot.handoff import history
from bot.handoff.cases import lock_conversation_of
from bot.handoff.history import Happened
from bot.handoff.models import WAITING, Handoff, Offer, Presence
from bot.handoff.presence import is_present
from bot.handoff.staffing import load_of
from bot.privacy import audit

POLICY = "policy"


async def offer(
    work: UnitOfWork,
    handoff_id: int,
    agent_id: str,
    at: datetime,
    lasts: timedelta,
    *,
    capacity: int,
) -> bool:
    """Offer a waiting case to a present person with room; False when that has changed meanwhile.

    The conversation's row is taken first, then the person's, so that two processes neither offer
    one case twice nor fill one person beyond the capacity.
    """
    await lock_conversation_of(work, handoff_id)
    if not await _has_room(work, agent_id, at, capacity):
        return False
    conversation_id = await work.session.scalar(
        select(Handoff.conversation_id).where(Handoff.id == handoff_id, Handoff.state == WAITING)
    )
    if conversation_id is None:
        return False
    made = await work.session.execute(
        work.insert(Offer)
        .values(handoff_id=handoff_id, agent_id=agent_id, offered_at=at, until=at + lasts)
        .on_conflict_do_nothing(index_elements=["handoff_id"])
        .returning(table_of(Offer).c.handoff_id)
    )
    if made.one_or_none() is None:
        return False
    await history.record(
        work, handoff_id, conversation_id, Happened.OFFERED, agent_id=agent_id, at=at
    )
    await audit.record(
        work, POLICY, "handoff.offered", conversation_id, handoff=handoff_id, agent=agent_id
    )
    work.emit(OwnerChanged(conversation_id))
    return True


async def lapsed(session: AsyncSession, at: datetime) -> list[int]:
    """Cases whose offer is over: not taken up in time, or its person is not present any more."""
    there = exists().where(Presence.agent_id == Offer.agent_id, is_present(at))
    waits = exists().where(Handoff.id == Offer.handoff_id, Handoff.state == WAITING)
    found = await session.scalars(
        select(Offer.handoff_id).where((Offer.until <= at) | ~there | ~waits)
    )
    return list(found.all())


async def lapse(work: UnitOfWork, handoff_id: int, at: datetime) -> bool:
    """End an offer that is over; False when it was taken up or ended meanwhile."""
    await lock_conversation_of(work, handoff_id)
    there = exists().where(Presence.agent_id == Offer.agent_id, is_present(at))
    waits = exists(select(literal(1)).where(Handoff.id == handoff_id, Handoff.state == WAITING))
    agent_id = await work.session.scalar(
        delete(Offer)
        .where(Offer.handoff_id == handoff_id, (Offer.until <= at) | ~there | ~waits)
        .returning(Offer.agent_id)
        .execution_options(synchronize_session=False)
    )
    if agent_id is None:
        return False
    conversation_id = await work.session.scalar(
        select(Handoff.conversation_id).where(Handoff.id == handoff_id, Handoff.state == WAITING)
    )
    if conversation_id is None:
        return False
    await history.record(
        work, handoff_id, conversation_id, Happened.OFFER_LAPSED, agent_id=agent_id, at=at
    )
    await audit.record(
        work, POLICY, "handoff.offer_lapsed", conversation_id, handoff=handoff_id, agent=agent_id
    )
    work.emit(OwnerChanged(conversation_id))
    return True


async def withdraw(work: UnitOfWork, handoff_id: int) -> None:
    """Somebody has claimed the case: whoever it was offered to is not asked any more."""
    await work.session.execute(
        delete(Offer)
        .where(Offer.handoff_id == handoff_id)
        .execution_options(synchronize_session=False)
    )


async def _has_room(work: UnitOfWork, agent_id: str, at: datetime, capacity: int) -> bool:
    row = await work.session.scalar(
        select(Presence)
        .where(Presence.agent_id == agent_id, is_present(at))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        return False
    # Counted after the lock: what the other process just committed is seen.
    load = await work.session.scalar(select(load_of()).where(Presence.agent_id == agent_id))
    return (load or 0) < (capacity if row.capacity is None else row.capacity)
