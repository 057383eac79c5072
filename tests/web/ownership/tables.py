"""What the machine sees of one conversation: the rows, as any process would find them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations.models import Conversation, Message, Turn
from bot.handoff.models import (
    RESOLVED,
    FollowUp,
    Handoff,
    HandoffEvent,
    Offer,
    Presence,
)
from bot.outreach.models import CallAttempt, Callback, Contact


@dataclass(frozen=True, slots=True)
class Tables:
    """Everything about one conversation, and who is there."""

    conversation: Conversation
    lines: Sequence[Message]
    cases: Sequence[Handoff]
    history: Sequence[HandoffEvent]
    turns: Sequence[Turn]
    tasks: Sequence[FollowUp]
    contacts: Sequence[Contact]
    calls: Sequence[Callback]
    attempts: Sequence[CallAttempt]
    offers: Sequence[Offer]
    presence: Sequence[Presence]

    @property
    def open_case(self) -> Handoff | None:
        """The case that is not resolved."""
        return next((case for case in self.cases if case.state != RESOLVED), None)

    def said(self, *fixed_ids: str) -> int:
        """How often one of these texts was said."""
        return sum(line.fixed_id in fixed_ids for line in self.lines)

    def happened(self, *kinds: str) -> list[HandoffEvent]:
        """What of these kinds has happened, in order."""
        return [one for one in self.history if one.kind in kinds]


async def read_tables(session: AsyncSession, conversation_id: str) -> Tables:
    """Read them in one transaction."""

    async def rows(model: Any, *order: Any) -> Sequence[Any]:
        about = model.conversation_id == conversation_id
        return (await session.scalars(select(model).where(about).order_by(*order))).all()

    return Tables(
        conversation=await session.get_one(Conversation, conversation_id),
        lines=await rows(Message, Message.seq),
        cases=await rows(Handoff, Handoff.id),
        history=await rows(HandoffEvent, HandoffEvent.id),
        turns=await rows(Turn, Turn.id),
        tasks=await rows(FollowUp, FollowUp.id),
        contacts=await rows(Contact, Contact.id),
        calls=await rows(Callback, Callback.id),
        attempts=(await session.scalars(select(CallAttempt))).all(),
        offers=(await session.scalars(select(Offer))).all(),
        presence=(await session.scalars(select(Presence))).all(),
    )
