"""The history of a handoff: one line for everything that happens to it, in the same transaction.

Promises, the queue and the measures read it; nothing ever changes a line.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import utc_now
from bot.db import UnitOfWork
from bot.handoff.models import HandoffEvent

# The outcome of a call in which the patient was spoken to.
REACHED = "reached"


class Happened(StrEnum):
    """What can happen to a handoff. A promise has its own life: given, warned, moved, ended."""

    REQUESTED = "requested"
    RAISED = "raised"
    CLAIMED = "claimed"
    TAKEN_OVER = "taken_over"
    RELEASED = "released"
    TRANSFERRED = "transferred"
    OFFERED = "offered"
    OFFER_LAPSED = "offer_lapsed"
    VANISHED = "vanished"
    ALARMED = "alarmed"
    FIRST_REPLY = "first_reply"
    RESOLVED = "resolved"
    RETURNED_TO_BOT = "returned_to_bot"
    REOPENED = "reopened"
    PATIENT_LEFT = "patient_left"
    CHAT_ENDED = "chat_ended"
    PROMISE_GIVEN = "promise_given"
    PROMISE_WARNED = "promise_warned"
    PROMISE_RENEGOTIATED = "promise_renegotiated"
    PROMISE_KEPT = "promise_kept"
    PROMISE_BROKEN = "promise_broken"
    FOLLOW_UP_OPENED = "follow_up_opened"
    FOLLOW_UP_DUE = "follow_up_due"
    FOLLOW_UP_DONE = "follow_up_done"
    RATED = "rated"
    CALL_PLANNED = "call_planned"
    CALLED = "called"
    CALL_ENDED = "call_ended"


async def record(
    work: UnitOfWork,
    handoff_id: int,
    conversation_id: str,
    kind: Happened,
    *,
    agent_id: str | None = None,
    promised_by: datetime | None = None,
    at: datetime | None = None,
    **detail: str | int | float | None,
) -> None:
    """Append one line. `detail` holds codes and numbers, never words of a person."""
    await work.session.execute(
        insert(HandoffEvent).values(
            handoff_id=handoff_id,
            conversation_id=conversation_id,
            kind=kind.value,
            agent_id=agent_id,
            promised_by=promised_by,
            detail=detail,
            at=at or utc_now(),
        )
    )


def reached_by_phone() -> ColumnElement[bool]:
    """The event is a call in which somebody spoke with the patient."""
    outcome: ColumnElement[str] = HandoffEvent.detail["outcome"].as_string()
    return (HandoffEvent.kind == Happened.CALLED.value) & (outcome == REACHED)


async def of_handoff(session: AsyncSession, handoff_id: int) -> Sequence[HandoffEvent]:
    """Everything that happened to a handoff, oldest first."""
    found = await session.scalars(
        select(HandoffEvent).where(HandoffEvent.handoff_id == handoff_id).order_by(HandoffEvent.id)
    )
    return found.all()
