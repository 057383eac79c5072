"""Silence ends a conversation that no person is responsible for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select, update

from bot.clock import utc_now
from bot.conversations.models import BOT, CLOSED, Conversation
from bot.db import UnitOfWork
from bot.events import OwnerChanged


async def close_idle(work: UnitOfWork, idle: timedelta, limit: int = 200) -> Sequence[str]:
    """Close conversations of the bot that were silent for `idle` and owe no answer.

    Those of the queue and of agents stay: their case has a promise. Returns the closed ids.
    """
    silent = (
        (Conversation.owner == BOT)
        & (Conversation.patient_seq <= Conversation.answered_seq)
        & (Conversation.active_at < utc_now() - idle)
    )
    due = select(Conversation.id).where(silent).limit(limit)
    closed = await work.session.scalars(
        update(Conversation)
        .where(Conversation.id.in_(due), silent)
        .values(
            owner=CLOSED,
            epoch=Conversation.epoch + 1,
            closed_at=utc_now(),
            close_reason="idle",
            snapshot=None,
        )
        .returning(Conversation.id)
        .execution_options(synchronize_session=False)
    )
    ids = closed.all()
    for conversation_id in ids:
        work.emit(OwnerChanged(conversation_id))
    return ids
