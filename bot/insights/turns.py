"""How the assistant ended its turns: read from the lines it said and what it wrote down."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Set
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations.models import Conversation, Gap, Message, Turn
from bot.handoff.history import Happened
from bot.handoff.models import HandoffEvent
from bot.insights.facts import TurnEnd
from bot.insights.periods import Period

# The first that is true of a turn names its end.
ORDER = ("answer", "clarify", "no_answer", "clinical", "decline", "chitchat", "handed_over")
OUTCOMES = (*ORDER, "other", "failed", "dropped")
# A turn's lines are written within its transaction, just before the turn itself.
LONGEST_TURN = timedelta(minutes=1)
Marks = dict[str, list[tuple[datetime, str]]]


async def turn_ends(session: AsyncSession, period: Period) -> list[TurnEnd]:
    """Every attempt to answer in the period, and how it ended."""
    rows = await session.execute(
        select(Turn.conversation_id, Turn.outcome, Turn.at, Conversation.language)
        .join(Conversation, Conversation.id == Turn.conversation_id)
        .where(Turn.at >= period.start, Turn.at < period.end)
        .order_by(Turn.conversation_id, Turn.at)
    )
    marks = await _marks(session, period)
    before: dict[str, datetime] = {}
    ends = []
    for conversation_id, outcome, at, language in rows:
        since = max(before.get(conversation_id, at - LONGEST_TURN), at - LONGEST_TURN)
        said = _between(marks[conversation_id], since, at)
        ends.append(TurnEnd(end_of(outcome, said), language, at))
        before[conversation_id] = at
    return ends


def end_of(outcome: str, said: Set[str]) -> str:
    """One word for a turn: how it was committed, else the most telling thing in it."""
    if outcome != "committed":
        return {"fallback": "failed"}.get(outcome, outcome)
    return next((kind for kind in ORDER if kind in said), "other")


def _between(marks: list[tuple[datetime, str]], after: datetime, until: datetime) -> set[str]:
    found = set()
    for at, kind in marks[bisect_left(marks, (after, "")) :]:
        if at > until:
            break
        if at > after:
            found.add(kind)
    return found


async def _marks(session: AsyncSession, period: Period) -> Marks:
    """What was said and written down in the assistant's turns, in order, by conversation."""
    start, end = period.start - LONGEST_TURN, period.end
    said = await session.execute(
        select(Message.conversation_id, Message.created_at, Message.kind).where(
            Message.created_at >= start, Message.created_at < end, Message.author == "bot"
        )
    )
    gaps = await session.execute(
        select(Gap.conversation_id, Gap.at, Gap.outcome).where(
            Gap.at >= start, Gap.at < end, Gap.outcome == "no_answer"
        )
    )
    requests = await session.execute(
        select(HandoffEvent.conversation_id, HandoffEvent.at).where(
            HandoffEvent.kind == Happened.REQUESTED.value,
            HandoffEvent.at >= start,
            HandoffEvent.at < end,
        )
    )
    marks: Marks = defaultdict(list)
    rows: Iterable[tuple[str, datetime, str]] = (
        *((one, at, kind) for one, at, kind in said),
        *((one, at, kind) for one, at, kind in gaps),
        *((one, at, "handed_over") for one, at in requests),
    )
    for conversation_id, at, kind in rows:
        marks[conversation_id].append((at, kind))
    for found in marks.values():
        found.sort()
    return marks
