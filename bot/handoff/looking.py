"""Who has a conversation open, so that two agents do not answer the same patient.

A console says what it shows, and says it again now and then; one that stopped saying so, because
its process or its network went away, is forgotten after a while. No person has to tidy up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import utc_now
from bot.conversations.models import Conversation
from bot.db import UnitOfWork
from bot.errors import NotFound
from bot.events import LookersChanged
from bot.handoff.cases import Agent
from bot.handoff.models import CaseView

SAY_EVERY = timedelta(seconds=20)
BELIEVED_FOR = timedelta(seconds=50)


@dataclass(frozen=True, slots=True)
class Console:
    """One console of an agent; two windows are two."""

    id: str
    agent: Agent


async def look(work: UnitOfWork, console: Console, conversation_id: str | None) -> None:
    """The console shows this conversation, or none, as of now."""
    now = utc_now()
    elsewhere = [CaseView.console_id == console.id]
    if conversation_id is not None:
        elsewhere.append(CaseView.conversation_id != conversation_id)
    left = await work.session.scalars(
        delete(CaseView).where(*elsewhere).returning(CaseView.conversation_id)
    )
    for one in left.all():
        work.emit(LookersChanged(one))
    if conversation_id is None:
        return
    again = await work.session.scalar(
        update(CaseView)
        .where(CaseView.console_id == console.id, CaseView.conversation_id == conversation_id)
        .values(seen_at=now)
        .returning(CaseView.console_id)
    )
    if again is not None:
        return
    await _forget(work, conversation_id)
    if await work.session.get(Conversation, conversation_id) is None:
        raise NotFound("no such conversation", field="conversation_id")
    await work.session.execute(
        insert(CaseView).values(
            conversation_id=conversation_id,
            console_id=console.id,
            agent_id=console.agent.id,
            agent_name=console.agent.name,
            seen_at=now,
        )
    )
    work.emit(LookersChanged(conversation_id))


async def lookers(session: AsyncSession, conversation_id: str, besides: str) -> Sequence[str]:
    """The names of the other agents who have it open."""
    found = await session.scalars(
        select(CaseView.agent_name)
        .where(
            CaseView.conversation_id == conversation_id,
            CaseView.agent_id != besides,
            CaseView.seen_at > utc_now() - BELIEVED_FOR,
        )
        .distinct()
        .order_by(CaseView.agent_name)
    )
    return found.all()


async def _forget(work: UnitOfWork, conversation_id: str) -> None:
    """Consoles that went away without a word."""
    await work.session.execute(
        delete(CaseView).where(
            CaseView.conversation_id == conversation_id,
            CaseView.seen_at <= utc_now() - BELIEVED_FOR,
        )
    )
