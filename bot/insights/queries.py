"""The facts of a period, read from the log in a handful of statements.

Only ids, codes and times are read. What takes part in a statement is bounded by an index on a
time; dividing and sorting is left to `measures.py`, which is the same on both databases.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations.models import Message
from bot.handoff.history import Happened
from bot.handoff.models import CaseLink, Handoff, HandoffEvent
from bot.handoff.models import Rating as Score
from bot.insights import visits
from bot.insights.facts import CaseLife, Facts, Rating, SafetyEvent
from bot.insights.lives import Event, Opened, life
from bot.insights.periods import Period
from bot.insights.turns import turn_ends
from bot.staff.models import Account

# A safety text that comes later than this belongs to another line.
SAFETY_PATIENCE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which facts: empty means all. Reason, site and agent are about cases."""

    reason: str = ""
    site: str = ""
    language: str = ""
    agent: str = ""

    def narrow(self, facts: Facts) -> Facts:
        """The facts that are wanted."""
        if self.language:
            facts = facts.in_language(self.language)
        for name in ("reason", "site"):
            if value := getattr(self, name):
                facts = replace(
                    facts,
                    cases=[one for one in facts.cases if getattr(one, name) == value],
                    ratings=[one for one in facts.ratings if getattr(one, name) == value],
                )
        return facts.of_agent(self.agent) if self.agent else facts


async def facts(
    session: AsyncSession, period: Period, *, now: datetime, silence: timedelta
) -> Facts:
    """Everything about a period. `silence` is what ends a contact."""
    cases = await case_lives(session, period)
    return Facts(
        now=now,
        cases=cases,
        contacts=await visits.contacts(session, period, now=now, silence=silence),
        safety=await safety_events(session, period),
        turns=await turn_ends(session, period),
        ratings=await ratings(session, period),
        names=await agent_names(session),
    )


async def case_lives(session: AsyncSession, period: Period) -> list[CaseLife]:
    """The cases that were asked for in the period, with all that happened to them until now.

    A case that was reopened goes on as a handoff of its own; its life is told in one piece.
    """
    earlier = await _reopenings(session, period)
    opened = await session.execute(
        select(
            Handoff.id,
            Handoff.conversation_id,
            Handoff.reason,
            Handoff.language,
            Handoff.requested_at,
            Handoff.site,
        )
        .where(_inside(period))
        .order_by(Handoff.id)
    )
    rows = {row.id: row for row in opened if row.id not in earlier}
    happened: dict[int, list[Event]] = defaultdict(list)
    for handoff_id, event in await _events(session, period):
        first = _first(handoff_id, earlier)
        if first == handoff_id or event.kind != Happened.REQUESTED:
            happened[first].append(event)
    return [life(Opened(*row), happened[one]) for one, row in rows.items()]


def _inside(period: Period) -> ColumnElement[bool]:
    return (Handoff.requested_at >= period.start) & (Handoff.requested_at < period.end)


def _first(handoff_id: int, earlier: Mapping[int, int]) -> int:
    while handoff_id in earlier:
        handoff_id = earlier[handoff_id]
    return handoff_id


async def _reopenings(session: AsyncSession, period: Period) -> dict[int, int]:
    """The earlier handoff of each that takes one up again, since the period began."""
    found = await session.execute(
        select(CaseLink.handoff_id, CaseLink.earlier_id)
        .join(Handoff, Handoff.id == CaseLink.handoff_id)
        .where(Handoff.requested_at >= period.start)
    )
    return {handoff_id: before for handoff_id, before in found}


async def _events(session: AsyncSession, period: Period) -> list[tuple[int, Event]]:
    """The history of the period's cases and of those that go on after it, in order."""
    reopened = exists().where(CaseLink.handoff_id == Handoff.id)
    found = await session.execute(
        select(
            HandoffEvent.handoff_id,
            HandoffEvent.kind,
            HandoffEvent.at,
            HandoffEvent.agent_id,
            HandoffEvent.promised_by,
            HandoffEvent.detail,
        )
        .join(Handoff, Handoff.id == HandoffEvent.handoff_id)
        .where(_inside(period) | (reopened & (Handoff.requested_at >= period.start)))
        .order_by(HandoffEvent.id)
    )
    return [(handoff_id, Event(*line)) for handoff_id, *line in found]


async def safety_events(session: AsyncSession, period: Period) -> list[SafetyEvent]:
    """What the gate stopped or marked, with the first safety text that followed."""
    marked = await _safety_lines(session, period, "patient")
    texts = defaultdict(list)
    for conversation_id, *_, at in await _safety_lines(session, period, "system"):
        texts[conversation_id].append(at)
    return [
        SafetyEvent(tier, category or "", language, at, _soon(texts[conversation_id], at))
        for conversation_id, tier, category, language, at in marked
    ]


def _soon(texts: Sequence[datetime], at: datetime) -> datetime | None:
    """The first safety text after a line. Both may carry the same moment."""
    return next((text for text in texts if at <= text <= at + SAFETY_PATIENCE), None)


async def _safety_lines(
    session: AsyncSession, period: Period, author: str
) -> Sequence[tuple[str, str, str | None, str, datetime]]:
    patience = SAFETY_PATIENCE if author == "system" else timedelta(0)
    found = await session.execute(
        select(
            Message.conversation_id,
            Message.safety_tier,
            Message.safety_category,
            Message.language,
            Message.created_at,
        )
        .where(
            Message.created_at >= period.start,
            Message.created_at < period.end + patience,
            Message.author == author,
            Message.safety_tier.is_not(None),
        )
        .order_by(Message.conversation_id, Message.seq)
    )
    return [(one, tier or "", category, spoken, at) for one, tier, category, spoken, at in found]


async def ratings(session: AsyncSession, period: Period) -> list[Rating]:
    """What patients said in the period."""
    found = await session.execute(
        select(
            Score.about,
            Score.score,
            Score.language,
            Score.at,
            Score.agent_id,
            Handoff.reason,
            Handoff.site,
        )
        .outerjoin(Handoff, Handoff.id == Score.handoff_id)
        .where(Score.at >= period.start, Score.at < period.end)
    )
    return [Rating(*row) for row in found]


async def agent_names(session: AsyncSession) -> dict[str, str]:
    """What colleagues call whom."""
    found = await session.execute(select(Account.id, Account.display_name))
    return {account_id: name for account_id, name in found}
