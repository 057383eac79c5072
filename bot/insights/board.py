"""The live board: who waits now, which promises are in danger, who is here and what they have."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import column, select, table
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import UtcDateTime
from bot.handoff.models import RESOLVED, WAITING, Handoff
from bot.insights.dialect import has_table
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
    promised_by: datetime | None
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
    """A person: whether they are here (None: not known), and what they have."""

    name: str
    presence: str | None
    cases: int
    unanswered: int


@dataclass(frozen=True, slots=True)
class Board:
    """How things stand at one moment."""

    all: Line
    by_language: Sequence[Line]
    by_reason: Sequence[Line]
    people: Sequence[Load]
    presence_known: bool


async def board(session: AsyncSession, now: datetime) -> Board:
    """Read it."""
    rows = await session.execute(
        select(
            Handoff.reason,
            Handoff.language,
            Handoff.state == WAITING,
            Handoff.agent_id,
            Handoff.requested_at,
            Handoff.promised_by,
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
        present is not None,
    )


def line(key: str, cases: Sequence[OpenCase], now: datetime) -> Line:
    """Cases as one line. A promise counts until a person has replied, whoever has the case."""
    waiting = [case for case in cases if case.waiting]
    promised = [case.promised_by for case in cases if case.promised_by and not case.replied]
    oldest = min((case.requested_at for case in waiting), default=None)
    return Line(
        key,
        len(waiting),
        now - oldest if oldest else None,
        sum(now <= by < now + AT_RISK for by in promised),
        sum(by < now for by in promised),
    )


def people(
    cases: Sequence[OpenCase], names: dict[str, str], present: dict[str, str] | None
) -> list[Load]:
    """Whoever is here or has a case, by name."""
    held: dict[str, list[OpenCase]] = defaultdict(list)
    for case in cases:
        if case.agent_id:
            held[case.agent_id].append(case)
    here = {one for one, state in (present or {}).items() if state != "offline"}
    loads = [
        Load(
            names.get(one, one),
            None if present is None else present.get(one, "offline"),
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


PRESENCE = table(
    "presence",
    column("agent_id"),
    column("state"),
    column("until", UtcDateTime()),
)


async def presence(session: AsyncSession, now: datetime) -> dict[str, str] | None:
    """Who is here, by account; None where the product cannot tell."""
    if not await has_table(session, PRESENCE.name):
        return None
    found = await session.execute(
        select(PRESENCE.c.agent_id, PRESENCE.c.state).where(PRESENCE.c.until > now)
    )
    return {agent_id: state for agent_id, state in found}
