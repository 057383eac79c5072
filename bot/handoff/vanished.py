"""An agent whose console is gone: untouched cases return to the queue, touched ones are flagged.

A case is touched when its agent has written to the patient, or reached them by phone, since
claiming it. The flag is no
column: it holds as long as the agent is gone, so it clears when the agent comes back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations import service as conversations
from bot.conversations.models import QUEUE, Message, agent_owner
from bot.db import UnitOfWork
from bot.events import OwnerChanged
from bot.handoff import history, promise_life
from bot.handoff.cases import Excuse, Promiser, lock_conversation_of, move
from bot.handoff.history import Happened
from bot.handoff.models import CLAIMED, WAITING, Handoff, HandoffEvent, Presence
from bot.handoff.presence import is_gone
from bot.privacy import audit
from bot.privacy.encryption import KeyRing

CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class Left:
    """A case whose agent is gone."""

    handoff_id: int
    agent_id: str


def touched() -> ColumnElement[bool]:
    """The case's agent has written or spoken to the patient since claiming it."""
    wrote = exists().where(
        Message.conversation_id == Handoff.conversation_id,
        Message.author == "agent",
        Message.agent_id == Handoff.agent_id,
        Message.created_at >= Handoff.claimed_at,
    )
    spoke = exists().where(
        HandoffEvent.conversation_id == Handoff.conversation_id,
        history.reached_by_phone(),
        HandoffEvent.agent_id == Handoff.agent_id,
        HandoffEvent.at >= Handoff.claimed_at,
    )
    return wrote | spoke


def agent_gone(at: datetime) -> ColumnElement[bool]:
    """The case's agent has no console open any more."""
    return exists().where(Presence.agent_id == Handoff.agent_id, is_gone(at))


async def left_behind(session: AsyncSession, at: datetime) -> list[Left]:
    """Untouched cases of agents who are gone, the longest held first."""
    rows = await session.execute(
        select(Handoff.id, Handoff.agent_id)
        .where(Handoff.state == CLAIMED, agent_gone(at), ~touched())
        .order_by(Handoff.claimed_at)
    )
    return [Left(row.id, row.agent_id) for row in rows]


async def take_back(
    work: UnitOfWork,
    keys: KeyRing,
    left: Left,
    at: datetime,
    *,
    promise: Promiser,
    excuse: Excuse,
) -> bool:
    """Put a case into the queue again and tell its patient. False when that is not due any more:
    the agent came back, wrote, or somebody else was faster."""
    await lock_conversation_of(work, left.handoff_id)
    row = await work.session.scalar(
        select(Handoff).where(
            Handoff.id == left.handoff_id,
            Handoff.state == CLAIMED,
            Handoff.agent_id == left.agent_id,
            agent_gone(at),
            ~touched(),
        )
    )
    if row is None:
        return False
    conversation_id, holder = row.conversation_id, row.agent_name or ""
    await work.session.execute(
        update(Handoff)
        .where(Handoff.id == row.id)
        .values(
            state=WAITING,
            agent_id=None,
            agent_name=None,
            claimed_at=None,
            queued_at=at,
        )
    )
    promised_by = await promise_life.put_back(work, row.id, promise, at)
    notices = excuse(row, holder, promised_by)
    await move(work, conversation_id, agent_owner(left.agent_id), QUEUE)
    await conversations.post_system(work, keys, conversation_id, notices)
    await _vanished(work, left, conversation_id, at, returned=1, promised_by=promised_by)
    return True


async def flag_touched(work: UnitOfWork, agent_id: str, at: datetime) -> int:
    """Write down that this agent left cases in the middle; supervisors see them flagged."""
    rows = await work.session.execute(
        select(Handoff.id, Handoff.conversation_id).where(
            Handoff.state == CLAIMED, Handoff.agent_id == agent_id, touched()
        )
    )
    found = rows.all()
    for handoff_id, conversation_id in found:
        left = Left(handoff_id, agent_id)
        await _vanished(work, left, conversation_id, at, returned=0, promised_by=None)
        work.emit(OwnerChanged(conversation_id))
    return len(found)


async def _vanished(
    work: UnitOfWork,
    left: Left,
    conversation_id: str,
    at: datetime,
    *,
    returned: int,
    promised_by: datetime | None,
) -> None:
    await history.record(
        work,
        left.handoff_id,
        conversation_id,
        Happened.VANISHED,
        agent_id=left.agent_id,
        promised_by=promised_by,
        at=at,
        returned=returned,
    )
    await audit.record(
        work,
        CLOCK,
        "handoff.agent_vanished",
        conversation_id,
        handoff=left.handoff_id,
        held_by=left.agent_id,
        returned=returned,
    )
