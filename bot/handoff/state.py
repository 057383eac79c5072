"""What a patient sees of who has the conversation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations.models import BOT, CLOSED, QUEUE, Conversation
from bot.handoff.models import RESOLVED, Handoff


@dataclass(frozen=True, slots=True)
class PatientState:
    """`owner` is `bot`, `queue`, `agent` or `closed`: a patient sees no agent ids.

    `seen_seq` is the last line that the agent who has the case had in sight.
    """

    owner: str
    epoch: int
    language: str
    agent_name: str | None
    promised_by: datetime | None
    requested_at: datetime | None
    seen_seq: int


async def patient_state(session: AsyncSession, conversation_id: str) -> PatientState:
    """Where the conversation stands, for its patient."""
    row = (
        await session.execute(
            select(
                Conversation.owner,
                Conversation.epoch,
                Conversation.language,
                Conversation.agent_seen_seq,
                Handoff.agent_name,
                Handoff.promised_by,
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
    return PatientState(
        owner=row.owner if row.owner in known else "agent",
        epoch=row.epoch,
        language=row.language,
        agent_name=None if row.owner in known else row.agent_name,
        promised_by=row.promised_by if waiting else None,
        requested_at=row.requested_at if waiting else None,
        seen_seq=row.agent_seen_seq,
    )
