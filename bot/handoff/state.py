"""What a patient sees of who has the conversation, and of the line while they wait."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations.models import BOT, CLOSED, QUEUE, Conversation
from bot.effects import Priority
from bot.handoff.forecast import Outlook
from bot.handoff.models import RESOLVED, Handoff

Look = Callable[[AsyncSession, int], Awaitable[Outlook | None]]


@dataclass(frozen=True, slots=True)
class PatientState:
    """`owner` is `bot`, `queue`, `agent` or `closed`: a patient sees no agent ids.

    `moved` says that a later time than the first was told; `outlook` is there while they wait.
    `seen_seq` is the last line that the agent who has the case had in sight. An `urgent` case
    stays open when the patient ends the chat.
    """

    owner: str
    epoch: int
    language: str
    agent_name: str | None
    promised_by: datetime | None
    requested_at: datetime | None
    moved: bool = False
    outlook: Outlook | None = None
    seen_seq: int = 0
    urgent: bool = False


async def patient_state(
    session: AsyncSession, conversation_id: str, look: Look | None = None
) -> PatientState:
    """Where the conversation stands, for its patient. `look` tells the place in the line."""
    row = (
        await session.execute(
            select(
                Conversation.owner,
                Conversation.epoch,
                Conversation.language,
                Handoff.id.label("handoff_id"),
                Conversation.agent_seen_seq,
                Handoff.agent_name,
                Handoff.priority,
                Handoff.promised_by,
                Handoff.first_promised_by,
                Handoff.requested_at,
            )
            .outerjoin(
                Handoff,
                (Handoff.conversation_id == Conversation.id) & (Handoff.state != RESOLVED),
            )
            .where(Conversation.id == conversation_id)
        )
    ).one()
    known = (BOT, QUEUE, CLOSED)
    waiting = row.owner == QUEUE
    outlook = None
    if waiting and look is not None and row.handoff_id is not None:
        outlook = await look(session, row.handoff_id)
    return PatientState(
        owner=row.owner if row.owner in known else "agent",
        epoch=row.epoch,
        language=row.language,
        agent_name=None if row.owner in known else row.agent_name,
        promised_by=row.promised_by if waiting else None,
        requested_at=row.requested_at if waiting else None,
        moved=waiting and row.promised_by != row.first_promised_by,
        outlook=outlook,
        seen_seq=row.agent_seen_seq,
        urgent=row.priority == Priority.URGENT.value,
    )
