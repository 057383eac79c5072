"""The facts of a period, read from the log in a handful of statements.

Only ids, codes and times are read. What takes part in a statement is bounded by an index on a
time; dividing and sorting is left to `measures.py`, which is the same on both databases.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import column, select, table
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations.models import Message
from bot.db import UtcDateTime
from bot.handoff.models import Handoff, HandoffEvent
from bot.insights import visits
from bot.insights.dialect import has_table
from bot.insights.facts import CaseLife, Facts, Rating, SafetyEvent
from bot.insights.lives import Event, Opened, life
from bot.insights.periods import Period
from bot.insights.turns import turn_ends
from bot.staff.models import Account

RATINGS = table(
    "ratings",
    column("handoff_id"),
    column("about"),
    column("score"),
    column("language"),
    column("agent_id"),
    column("at", UtcDateTime()),
)
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
                ratings = facts.ratings
                facts = replace(
                    facts,
                    cases=[one for one in facts.cases if getattr(one, name) == value],
                    ratings=None
                    if ratings is None
                    else [one for one in ratings if getattr(one, name) == value],
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
    """The cases that were asked for in the period, with all that happened to them until now."""
    inside = (Handoff.requested_at >= period.start) & (Handoff.requested_at < period.end)
    opened = await session.execute(
        select(
            Handoff.id,
            Handoff.conversation_id,
            Handoff.reason,
            Handoff.language,
            Handoff.requested_at,
        )
        .where(inside)
        .order_by(Handoff.id)
    )
    lines = await session.execute(
        select(
            HandoffEvent.handoff_id,
            HandoffEvent.kind,
            HandoffEvent.at,
            HandoffEvent.agent_id,
            HandoffEvent.promised_by,
            HandoffEvent.detail,
        )
        .join(Handoff, Handoff.id == HandoffEvent.handoff_id)
        .where(inside)
        .order_by(HandoffEvent.id)
    )
    happened: dict[int, list[Event]] = defaultdict(list)
    for handoff_id, *event in lines:
        happened[handoff_id].append(Event(*event))
    return [life(Opened(*row), happened[row.id]) for row in opened]


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


async def ratings(session: AsyncSession, period: Period) -> list[Rating] | None:
    """What patients said in the period; None where the product cannot ask them yet."""
    if not await has_table(session, RATINGS.name):
        return None
    found = await session.execute(
        select(RATINGS.c.about, RATINGS.c.score, RATINGS.c.language, RATINGS.c.at)
        .add_columns(RATINGS.c.agent_id, Handoff.reason)
        .outerjoin_from(RATINGS, Handoff, Handoff.id == RATINGS.c.handoff_id)
        .where(RATINGS.c.at >= period.start, RATINGS.c.at < period.end)
    )
    return [Rating(*row) for row in found]


async def agent_names(session: AsyncSession) -> dict[str, str]:
    """What colleagues call whom."""
    found = await session.execute(select(Account.id, Account.display_name))
    return {account_id: name for account_id, name in found}
