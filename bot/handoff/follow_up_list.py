"""Reading follow-up tasks: what is due, what is planned and what was done lately."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations.models import Conversation
from bot.handoff.cases import packet_context
from bot.handoff.follow_up_work import Worker
from bot.handoff.follow_ups import DONE, DUE, EDITOR_ROLE, PLANNED, SUPERVISOR_ROLE, note_context
from bot.handoff.models import FollowUp, Handoff
from bot.privacy.encryption import KeyRing

PAGE = 200
DONE_SHOWN = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class FollowUpView:
    """A task, opened. `question` is what its case was about, redacted."""

    id: int
    conversation_id: str
    handoff_id: int | None
    kind: str
    state: str
    owner_id: str | None
    due_at: datetime
    note: Any
    detail: dict[str, Any]
    created_by: str | None
    created_at: datetime
    done_by: str | None
    done_at: datetime | None
    outcome: str | None
    language: str
    reason: str | None
    question: str | None


@dataclass(frozen=True, slots=True)
class FollowUps:
    """Tasks by state, those that are due longest first; done ones, the last one first."""

    due: Sequence[FollowUpView]
    planned: Sequence[FollowUpView]
    done: Sequence[FollowUpView]


async def for_agents(
    session: AsyncSession, keys: KeyRing, worker: Worker, now: datetime
) -> FollowUps:
    """What this agent looks after: their own tasks and those of nobody in their roles."""
    mine: list[Any] = [FollowUp.role != EDITOR_ROLE]
    if SUPERVISOR_ROLE not in worker.roles:
        unowned = FollowUp.owner_id.is_(None) & FollowUp.role.in_(worker.roles)
        mine.append(or_(FollowUp.owner_id == worker.id, unowned))
    return await _listed(session, keys, mine, now)


async def for_editors(session: AsyncSession, keys: KeyRing, now: datetime) -> FollowUps:
    """The answers that agents reported."""
    return await _listed(session, keys, [FollowUp.role == EDITOR_ROLE], now)


async def _listed(
    session: AsyncSession, keys: KeyRing, whose: Sequence[Any], now: datetime
) -> FollowUps:
    rows = await session.execute(
        select(FollowUp, Conversation.language, Handoff)
        .join(Conversation, Conversation.id == FollowUp.conversation_id)
        .outerjoin(Handoff, Handoff.id == FollowUp.handoff_id)
        .where(*whose, or_(FollowUp.state != DONE, FollowUp.done_at > now - DONE_SHOWN))
        # What is done comes last, so that a long day never crowds out what waits.
        .order_by(FollowUp.state == DONE, FollowUp.due_at, FollowUp.id)
        .limit(PAGE)
    )
    views = [_view(*row, keys) for row in rows.tuples()]
    # Planned until a job says otherwise; the clock knows earlier.
    due = [one for one in views if one.state == DUE or (one.state == PLANNED and one.due_at <= now)]
    done = sorted((one for one in views if one.done_at), key=_done_at, reverse=True)
    ids = {one.id for one in (*due, *done)}
    return FollowUps(due, [one for one in views if one.id not in ids], done)


def _done_at(view: FollowUpView) -> datetime:
    return view.done_at or view.due_at


def _view(row: FollowUp, language: str, handoff: Handoff | None, keys: KeyRing) -> FollowUpView:
    packet: dict[str, Any] = {}
    if handoff is not None:
        packet = keys.open(handoff.packet, packet_context(handoff.conversation_id))
    return FollowUpView(
        id=row.id,
        conversation_id=row.conversation_id,
        handoff_id=row.handoff_id,
        kind=row.kind,
        state=row.state,
        owner_id=row.owner_id,
        due_at=row.due_at,
        note=keys.open(row.note, note_context(row.conversation_id)) if row.note else None,
        detail=row.detail,
        created_by=row.created_by,
        created_at=row.created_at,
        done_by=row.done_by,
        done_at=row.done_at,
        outcome=row.outcome,
        language=language,
        reason=handoff.reason if handoff else None,
        question=packet.get("question"),
    )
