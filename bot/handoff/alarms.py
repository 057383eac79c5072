"""A case that nobody claims within the policy's time raises an alarm, once for each wait."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import UnitOfWork
from bot.effects import Priority
from bot.events import AlarmRaised, OwnerChanged
from bot.handoff import history
from bot.handoff.history import Happened
from bot.handoff.models import WAITING, Handoff
from bot.handoff.order import waiting_since


@dataclass(frozen=True, slots=True)
class Alarmed:
    """A case that waited too long."""

    handoff_id: int
    conversation_id: str
    since: datetime


def alarmed() -> ColumnElement[bool]:
    """The case waits, and an alarm was raised for this wait."""
    return (Handoff.state == WAITING) & (Handoff.alarmed_at >= waiting_since())


async def any_due(session: AsyncSession, at: datetime, after: Mapping[Priority, timedelta]) -> bool:
    """Whether `raise_due` has something to do."""
    found = await session.scalar(select(Handoff.id).where(_due(at, after)).limit(1))
    return found is not None


async def raise_due(
    work: UnitOfWork, at: datetime, after: Mapping[Priority, timedelta]
) -> list[Alarmed]:
    """Raise what is due. `after` says how long each priority may wait; those it lacks may wait.

    One conditional update: of two processes each case alarms one of them.
    """
    rows = await work.session.execute(
        update(Handoff)
        .where(_due(at, after))
        .values(alarmed_at=at)
        .returning(Handoff.id, Handoff.conversation_id, Handoff.requested_at, Handoff.queued_at)
        .execution_options(synchronize_session=False)
    )
    raised = [
        Alarmed(row.id, row.conversation_id, row.queued_at or row.requested_at) for row in rows
    ]
    for one in raised:
        await history.record(work, one.handoff_id, one.conversation_id, Happened.ALARMED, at=at)
        work.emit(AlarmRaised(one.conversation_id))
        work.emit(OwnerChanged(one.conversation_id))
    return raised


def _due(at: datetime, after: Mapping[Priority, timedelta]) -> ColumnElement[bool]:
    too_long = [
        (Handoff.priority == priority.value) & (waiting_since() <= at - span)
        for priority, span in after.items()
    ]
    silent = Handoff.alarmed_at.is_(None) | (Handoff.alarmed_at < waiting_since())
    return (Handoff.state == WAITING) & silent & or_(False, *too_long)
