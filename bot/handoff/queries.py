"""What the console reads: a case with its packet and notes, and what the bot holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import utc_now
from bot.conversations import queries as conversations
from bot.conversations.models import BOT, Conversation, Message
from bot.conversations.views import MessageView
from bot.handoff.cases import note_context
from bot.handoff.models import RESOLVED, Handoff, Note
from bot.handoff.packet import packet, sealed
from bot.privacy.encryption import KeyRing
from bot.privacy.redaction import Copied


@dataclass(frozen=True, slots=True)
class HandoffView:
    """A handoff as the queue shows it. `question` is the patient's first line, redacted."""

    id: int
    conversation_id: str
    reason: str
    priority: str
    language: str
    state: str
    agent_id: str | None
    agent_name: str | None
    requested_at: datetime
    promised_by: datetime | None
    first_reply_at: datetime | None
    question: str
    promise_state: str | None = None
    need: str | None = None


@dataclass(frozen=True, slots=True)
class NoteView:
    """An internal line, opened."""

    id: int
    agent_name: str
    text: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class LiveConversation:
    """A conversation that the bot holds and that an agent may take over."""

    id: str
    language: str
    active_at: datetime
    last_line: str


@dataclass(frozen=True, slots=True)
class Case:
    """Everything an agent sees of one conversation."""

    conversation: conversations.ConversationView
    messages: Sequence[MessageView]
    handoff: HandoffView | None
    packet: dict[str, Any] | None
    notes: Sequence[NoteView]


async def case(session: AsyncSession, keys: KeyRing, conversation_id: str) -> Case:
    """One conversation with its latest handoff. The caller records that it was read."""
    conversation = await conversations.conversation(session, conversation_id)
    row = await session.scalar(
        select(Handoff)
        .where(Handoff.conversation_id == conversation_id)
        .order_by(Handoff.id.desc())
        .limit(1)
    )
    first = max(0, conversation.last_seq - conversations.PAGE)
    lines = await conversations.messages_after(session, keys, conversation_id, first)
    return Case(
        conversation,
        lines,
        view(row, keys) if row and row.state != RESOLVED else None,
        packet(row, keys, lines) if row else None,
        await notes(session, keys, conversation_id),
    )


async def packet_so_far(
    session: AsyncSession, keys: KeyRing, conversation_id: str, copied: Copied
) -> dict[str, Any]:
    """The packet of a handoff that nobody asked for: an agent takes over by their own will."""
    held = await conversations.conversation(session, conversation_id)
    last = await conversations.patient_lines(session, keys, conversation_id, 1)
    question = copied(last[0], held.language) if last else ""
    return {"question": question, "topics": [], "details": {}}


async def notes(session: AsyncSession, keys: KeyRing, conversation_id: str) -> list[NoteView]:
    """The internal lines on a conversation, oldest first."""
    rows = await session.scalars(
        select(Note).where(Note.conversation_id == conversation_id).order_by(Note.id)
    )
    context = note_context(conversation_id)
    return [
        NoteView(row.id, row.agent_name, keys.open(row.body, context), row.created_at)
        for row in rows
    ]


async def live_bot_conversations(
    session: AsyncSession, keys: KeyRing, *, within: timedelta, limit: int = 50
) -> list[LiveConversation]:
    """What the bot holds and where somebody wrote lately, the latest first."""
    rows = await session.execute(
        select(Conversation, Message)
        .join(
            Message,
            (Message.conversation_id == Conversation.id)
            & (Message.seq == Conversation.patient_seq),
        )
        .where(Conversation.owner == BOT, Conversation.active_at > utc_now() - within)
        .order_by(Conversation.active_at.desc())
        .limit(limit)
    )
    return [
        LiveConversation(
            conversation.id,
            conversation.language,
            conversation.active_at,
            conversations.opened(keys, message).text,
        )
        for conversation, message in rows
    ]


def view(row: Handoff, keys: KeyRing) -> HandoffView:
    """A handoff's row with its question opened."""
    return HandoffView(
        id=row.id,
        conversation_id=row.conversation_id,
        reason=row.reason,
        priority=row.priority,
        language=row.language,
        state=row.state,
        agent_id=row.agent_id,
        agent_name=row.agent_name,
        requested_at=row.requested_at,
        promised_by=row.promised_by,
        first_reply_at=row.first_reply_at,
        question=sealed(row, keys).get("question") or "",
        promise_state=row.promise_state,
        need=row.need,
    )
