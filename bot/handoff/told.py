"""What colleagues did with an agent's cases while the agent was looking elsewhere.

Read from the history, so that whoever comes back from lunch is told too, in any process.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations.models import Conversation, agent_owner
from bot.handoff.history import Happened
from bot.handoff.models import HandoffEvent

TOLD_FOR = timedelta(hours=24)
LOOKED_AT = 500
# `taken`: a colleague has it now. `given`: it is yours now. `put_back`: it waits in the queue.
What = Literal["taken", "given", "put_back"]


@dataclass(frozen=True, slots=True)
class News:
    """One thing a colleague did. `by` is an account id, None for the clinic itself."""

    id: int
    what: What
    by: str | None
    conversation_id: str


async def told(
    session: AsyncSession, agent_id: str, after: int, now: datetime
) -> tuple[Sequence[News], int]:
    """What is new to this agent after the event `after`, and the last event that was looked at.

    What no longer holds is no news: a case that was given and has gone on to somebody else, or one
    that was taken and has come back.
    """
    rows = await session.execute(
        select(HandoffEvent, Conversation.owner)
        .join(Conversation, Conversation.id == HandoffEvent.conversation_id)
        .where(
            HandoffEvent.id > after,
            HandoffEvent.at > now - TOLD_FOR,
            HandoffEvent.kind.in_((Happened.TRANSFERRED, Happened.TAKEN_OVER, Happened.RELEASED)),
        )
        .order_by(HandoffEvent.id.desc())
        .limit(LOOKED_AT)
    )
    events = rows.all()
    # The newest of each case: what came before it has been overtaken.
    found = {
        event.conversation_id: News(event.id, what, event.agent_id, event.conversation_id)
        for event, owner in reversed(events)
        if (what := _what(event, agent_id)) and _holds(what, owner == agent_owner(agent_id))
    }
    return list(found.values()), max([after, *(event.id for event, _ in events)])


def _what(event: HandoffEvent, agent_id: str) -> What | None:
    if event.agent_id == agent_id:
        return None
    to, held_by = event.detail.get("to"), event.detail.get("held_by")
    if to == agent_id:
        return "given"
    if held_by != agent_id:
        return None
    back = event.kind == Happened.RELEASED or to == "queue"
    return "put_back" if back else "taken"


def _holds(what: What, is_mine: bool) -> bool:
    return is_mine if what == "given" else not is_mine
