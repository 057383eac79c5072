"""Nobody called me back: the case before this one, and what becomes of it.

An open case is raised; for a closed one the new case names it, so that the agent reads its
history. Either way a task stays behind that does not end with the chat, and the patient is told
what was found.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import utc_now
from bot.conversations import service as conversations
from bot.conversations.models import Message
from bot.db import UnitOfWork
from bot.effects import Priority, Reason
from bot.events import OwnerChanged
from bot.handoff import history
from bot.handoff.cases import locked, notice, packet_context
from bot.handoff.follow_ups import Kind, hasten, open_follow_up, open_task
from bot.handoff.history import Happened
from bot.handoff.models import CLAIMED, RESOLVED, Handoff, HandoffEvent
from bot.handoff.vanished import agent_gone
from bot.privacy import audit
from bot.privacy.encryption import KeyRing

# A time as patients read it, in a language.
Said = Callable[[datetime, str], str]
MISSED: Kind = "called_back_missed"
# Whoever has the case and wrote within so long is still at it.
ANSWERING = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Earlier:
    """The case before: what it was about and how it ended."""

    handoff_id: int
    conversation_id: str
    reason: str
    requested_at: datetime
    resolved_at: datetime | None
    outcome: str | None
    agent_name: str | None
    promised_by: datetime | None

    def as_packet(self) -> dict[str, Any]:
        """What the next case says of it, for whoever takes it."""
        return {
            "handoff_id": self.handoff_id,
            "conversation_id": self.conversation_id,
            "reason": self.reason,
            "requested_at": self.requested_at.isoformat(),
            "resolved_at": self.resolved_at.isoformat() if self.resolved_at else None,
            "outcome": self.outcome,
            "agent_name": self.agent_name,
        }


async def earlier_case(session: AsyncSession, conversation_ids: Sequence[str]) -> Earlier | None:
    """The latest case in these conversations: this one, and others of the same verified contact."""
    row: Handoff | None = await session.scalar(
        select(Handoff)
        .where(Handoff.conversation_id.in_(conversation_ids))
        .order_by(Handoff.id.desc())
        .limit(1)
    )
    return _earlier(row) if row else None


async def tell_again(
    work: UnitOfWork, keys: KeyRing, conversation_id: str, found: Earlier | None, said: Said
) -> None:
    """Tell the patient what was found. A new case was opened just before."""
    language = (await locked(work, conversation_id)).language
    if found is None:
        line = notice("desk.earlier_none", language)
    else:
        line = notice("desk.earlier_found", language, time=said(found.requested_at, language))
    await conversations.post_system(work, keys, conversation_id, [line])


async def raise_open(
    work: UnitOfWork, keys: KeyRing, conversation_id: str, language: str, said: Said
) -> Earlier | None:
    """Make the open case at least high, once for each silence, and tell the patient.

    None when there is none, when a person is answering in it, or when it was raised for this
    and nobody has answered since. The caller has changed or locked the conversation.
    """
    row: Handoff | None = await work.session.scalar(
        select(Handoff).where(Handoff.conversation_id == conversation_id, Handoff.state != RESOLVED)
    )
    if row is None or not await _is_silent(work, row):
        return None
    if row.priority_rank > Priority.HIGH.rank:
        row.priority, row.priority_rank = Priority.HIGH.value, Priority.HIGH.rank
        await work.session.flush()
    await history.record(
        work,
        row.id,
        conversation_id,
        Happened.RAISED,
        promised_by=row.promised_by,
        reason=Reason.NO_FOLLOWUP.value,
        priority=row.priority,
        language=row.language,
    )
    await audit.record(work, "patient", "handoff.raised", conversation_id, handoff=row.id)
    text_id = "desk.earlier_with_agent" if row.state == CLAIMED else "desk.earlier_waiting"
    times = {} if row.state == CLAIMED else {"time": said(row.requested_at, language)}
    line = notice(text_id, language, **times)
    await conversations.post_system(work, keys, conversation_id, [line])
    work.emit(OwnerChanged(conversation_id))
    return _earlier(row)


async def link(
    work: UnitOfWork, keys: KeyRing, handoff_id: int, conversation_ids: Sequence[str]
) -> None:
    """Name the latest case of these conversations in the packet of an open one, once."""
    found = await earlier_case(work.session, conversation_ids)
    row = await work.session.get(Handoff, handoff_id)
    if found is None or row is None:
        return
    context = packet_context(row.conversation_id)
    packet = {"again": found.as_packet(), **keys.open(row.packet, context)}
    row.packet = keys.seal(packet, context)
    await work.session.flush()


async def remember(
    work: UnitOfWork,
    keys: KeyRing,
    conversation_id: str,
    handoff_id: int,
    due_at: datetime,
    now: datetime,
) -> None:
    """What was planned for this patient is due now, and one task outlives the chat."""
    await hasten(work, conversation_id, now)
    if await open_task(work, conversation_id, MISSED) is None:
        await open_follow_up(
            work,
            keys,
            conversation_id=conversation_id,
            handoff_id=handoff_id,
            kind=MISSED,
            due_at=due_at,
            owner_id=None,
            note=None,
            now=now,
        )


async def _is_silent(work: UnitOfWork, row: Handoff) -> bool:
    """Whether this silence is news: nobody is answering, and it was not raised since the last
    word of a person."""
    word, raised = await _last_word(work.session, row), await _last_raised(work, row.id)
    if raised is not None and (word is None or word <= raised):
        return False
    if row.state != CLAIMED or word is None:
        return True
    now = utc_now()
    gone = await work.session.scalar(
        select(Handoff.id).where(Handoff.id == row.id, agent_gone(now))
    )
    return gone is not None or now - word >= ANSWERING


async def _last_word(session: AsyncSession, row: Handoff) -> datetime | None:
    """When a person last wrote to the patient of this case, or spoke to them by phone."""
    wrote = await session.scalar(
        select(func.max(Message.created_at)).where(
            Message.conversation_id == row.conversation_id,
            Message.author == "agent",
            Message.created_at >= row.requested_at,
        )
    )
    spoke = await session.scalar(
        select(func.max(HandoffEvent.at)).where(
            HandoffEvent.conversation_id == row.conversation_id,
            history.reached_by_phone(),
            HandoffEvent.at >= row.requested_at,
        )
    )
    return max((at for at in (wrote, spoke) if at is not None), default=None)


async def _last_raised(work: UnitOfWork, handoff_id: int) -> datetime | None:
    events = await history.of_handoff(work.session, handoff_id)
    # What was opened because nobody came back is as high as it gets already.
    told = (Happened.RAISED, Happened.REQUESTED)
    return max(
        (
            one.at
            for one in events
            if one.kind in told and one.detail.get("reason") == Reason.NO_FOLLOWUP.value
        ),
        default=None,
    )


def _earlier(row: Handoff) -> Earlier:
    return Earlier(
        row.id,
        row.conversation_id,
        row.reason,
        row.requested_at,
        row.resolved_at,
        row.outcome,
        row.agent_name,
        row.promised_by,
    )
