"""Reading conversations. Objects for a patient are found by token only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import utc_now
from bot.conversations.lines import body_context
from bot.conversations.models import Conversation, Message
from bot.conversations.service import token_hash
from bot.conversations.views import MessageView
from bot.errors import NotFound
from bot.privacy.encryption import KeyRing

PAGE = 500


@dataclass(frozen=True, slots=True)
class ConversationView:
    """Where a conversation stands."""

    id: str
    owner: str
    epoch: int
    last_seq: int
    answered_seq: int
    patient_seq: int
    patient_seen_seq: int
    language: str
    created_at: datetime
    active_at: datetime


def opened(keys: KeyRing, row: Message) -> MessageView:
    """The line with its words."""
    body = keys.open(row.body, body_context(row.conversation_id, row.seq))
    return MessageView(
        seq=row.seq,
        client_id=row.client_id,
        author=row.author,
        agent_id=row.agent_id,
        agent_name=body.get("agent_name"),
        kind=row.kind,
        language=row.language,
        text=body["text"],
        more=body.get("more"),
        options=tuple(body.get("options", ())),
        choice=body.get("choice"),
        article_slug=row.article_slug,
        version_id=row.version_id,
        fixed_id=row.fixed_id,
        safety_tier=row.safety_tier,
        sent_at=row.created_at,
        adapted=row.adapted,
    )


def _view(row: Conversation) -> ConversationView:
    return ConversationView(
        id=row.id,
        owner=row.owner,
        epoch=row.epoch,
        last_seq=row.last_seq,
        answered_seq=row.answered_seq,
        patient_seq=row.patient_seq,
        patient_seen_seq=row.patient_seen_seq,
        language=row.language,
        created_at=row.created_at,
        active_at=row.active_at,
    )


async def conversation_for_patient(
    session: AsyncSession, token: str, *, valid_for: timedelta
) -> ConversationView:
    """The conversation this token opens. `NotFound` for a wrong, void or outdated token."""
    row = await session.scalar(
        select(Conversation).where(
            Conversation.token_hash == token_hash(token),
            Conversation.active_at > utc_now() - valid_for,
        )
    )
    if row is None:
        raise NotFound(
            "this conversation has ended", field="token", remedy="Start a new conversation."
        )
    return _view(row)


async def conversation(session: AsyncSession, conversation_id: str) -> ConversationView:
    """A conversation by id, for staff and for the process itself."""
    row = await session.get(Conversation, conversation_id)
    if row is None:
        raise NotFound("no such conversation", field="conversation_id")
    return _view(row)


async def messages_after(
    session: AsyncSession, keys: KeyRing, conversation_id: str, seq: int, limit: int = PAGE
) -> list[MessageView]:
    """The lines after `seq`, in order, at most `limit` of them."""
    rows = await session.scalars(
        select(Message)
        .where(Message.conversation_id == conversation_id, Message.seq > seq)
        .order_by(Message.seq)
        .limit(limit)
    )
    return [opened(keys, row) for row in rows]


async def was_said(session: AsyncSession, conversation_id: str, fixed_id: str) -> bool:
    """Whether a text of the catalogue was said in this conversation."""
    found = await session.scalar(
        select(Message.id)
        .where(Message.conversation_id == conversation_id, Message.fixed_id == fixed_id)
        .limit(1)
    )
    return found is not None


async def patient_lines(
    session: AsyncSession, keys: KeyRing, conversation_id: str, limit: int
) -> list[str]:
    """The patient's last lines, oldest first."""
    rows = await session.scalars(
        select(Message)
        .where(Message.conversation_id == conversation_id, Message.author == "patient")
        .order_by(Message.seq.desc())
        .limit(limit)
    )
    return [opened(keys, row).text for row in reversed(rows.all())]
