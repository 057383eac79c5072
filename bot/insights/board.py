"""The live board: who waits now, which promises are in danger, who is here and what they have."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import UtcDateTime
from bot.handoff.models import RESOLVED, WAITING, Handoff, Presence
from bot.handoff.presence import OFFLINE
from bot.insights.queries import agent_names

AT_RISK = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class OpenCase:
    """A case that is not resolved."""

    reason: str
    language: str
    waiting: bool
    agent_id: str | None
    requested_at: datetime
    first_promised_by: datetime | None
    replied: bool


@dataclass(frozen=True, slots=True)
class Line:
    """Some open cases together: how many wait, since when the oldest, and their promises."""

    key: str
    waiting: int
    oldest: timedelta | None
    at_risk: int
    broken: int


@dataclass(frozen=True, slots=True)
class Load:
    """A person: whether they are here, and what they have."""

    name: str
    presence: str
    cases: int
    unanswered: int


@dataclass(frozen=True, slots=True)
class Board:
    """How things stand at one moment."""

    all: Line
    by_language: Sequence[Line]
    by_reason: Sequence[Line]
    people: Sequence[Load]


async def board(session: AsyncSession, now: datetime) -> Board:
    """Read it."""
    rows = await session.execute(
        select(
            Handoff.reason,
            Handoff.language,
            Handoff.state == WAITING,
            Handoff.agent_id,
            Handoff.requested_at,
            func.coalesce(Handoff.first_promised_by, Handoff.promised_by, type_=UtcDateTime()),
            Handoff.first_reply_at.is_not(None),
        ).where(Handoff.state != RESOLVED)
    )
    cases = [OpenCase(*row) for row in rows]
    present = await presence(session, now)
    return Board(
        line("all", cases, now),
        _lines(cases, "language", now),
        _lines(cases, "reason", now),
        people(cases, await agent_names(session), present),
    )


def line(key: str, cases: Sequence[OpenCase], now: datetime) -> Line:
    """Cases as one line. A promise counts until a person has replied, whoever has the case.

    It is broken when the first time is over, also where a later one was told since.
    """
    waiting = [case for case in cases if case.waiting]
    promised = [case.first_promised_by for case in cases if not case.replied]
    oldest = min((case.requested_at for case in waiting), default=None)
    return Line(
        key,
        len(waiting),
        now - oldest if oldest else None,
        sum(now <= by < now + AT_RISK for by in promised if by),
        sum(by < now for by in promised if by),
    )


def people(cases: Sequence[OpenCase], names: dict[str, str], present: dict[str, str]) -> list[Load]:
    """Whoever is here or has a case, by name."""
    held: dict[str, list[OpenCase]] = defaultdict(list)
    for case in cases:
        if case.agent_id:
            held[case.agent_id].append(case)
    here = {one for one, state in present.items() if state != OFFLINE}
    loads = [
        Load(
            names.get(one, one),
            present.get(one, OFFLINE),
            len(held[one]),
            sum(not case.replied for case in held[one]),
        )
        for one in here | held.keys()
    ]
    return sorted(loads, key=lambda one: one.name.casefold())


def _lines(cases: Sequence[OpenCase], attribute: str, now: datetime) -> list[Line]:
    found: dict[str, list[OpenCase]] = defaultdict(list)
    for case in cases:
        found[getattr(case, attribute)].append(case)
    lines = [line(key, some, now) for key, some in found.items()]
    return sorted(lines, key=lambda one: (-one.waiting, one.key))


async def presence(session: AsyncSession, now: datetime) -> dict[str, str]:
    """Who is here, by account."""
    found = await session.execute(
        select(Presence.agent_id, Presence.state).where(Presence.until > now)
    )
    return {agent_id: state for agent_id, state in found}
