"""How far each side has seen the conversation: it only grows, and never beyond the last line."""

from __future__ import annotations

from typing import Literal

from sqlalchemy import update

from bot.conversations.models import Conversation, agent_owner
from bot.db import UnitOfWork
from bot.events import LinesSeen


async def patient_saw(work: UnitOfWork, conversation_id: str, seq: int) -> bool:
    """The patient's chat showed the lines up to `seq`. False when that is no news."""
    return await _saw(work, conversation_id, "patient", seq)


async def agent_saw(work: UnitOfWork, conversation_id: str, agent_id: str, seq: int) -> bool:
    """So did the agent's screen. Whoever only reads along has not seen it for the patient."""
    mine = Conversation.owner == agent_owner(agent_id)
    return await _saw(work, conversation_id, "agent", seq, mine)


async def _saw(
    work: UnitOfWork,
    conversation_id: str,
    by: Literal["patient", "agent"],
    seq: int,
    *conditions: object,
) -> bool:
    column = Conversation.patient_seen_seq if by == "patient" else Conversation.agent_seen_seq
    changed = await work.session.scalar(
        update(Conversation)
        .where(
            Conversation.id == conversation_id,
            column < seq,
            Conversation.last_seq >= seq,
            *conditions,  # type: ignore[arg-type]
        )
        .values({column: seq})
        .returning(Conversation.id)
    )
    if changed is not None:
        work.emit(LinesSeen(conversation_id, by, seq))
    return changed is not None
