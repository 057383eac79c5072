"""Finding a case: by what it is about, whose it is, and the redacted words in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.handoff.models import CLAIMED, RESOLVED, WAITING, CaseWords, Handoff
from bot.handoff.queries import HandoffView, view
from bot.handoff.words import matches, plain, recent, words_context
from bot.privacy.encryption import KeyRing

PAGE = 100
LOOKED_AT = 5000
Whose = Literal["anyone", "mine", "nobody"]
Standing = Literal["any", "open", "resolved"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; an empty one is every open and recent case."""

    words: str = ""
    reason: str | None = None
    language: str | None = None
    priority: str | None = None
    site: str | None = None
    whose: Whose = "anyone"
    standing: Standing = "any"


@dataclass(frozen=True, slots=True)
class FoundCase:
    """A case, where it is about one its site, and how it ended if it did."""

    handoff: HandoffView
    site: str | None
    outcome: str | None
    resolved_at: datetime | None


@dataclass(frozen=True, slots=True)
class Found:
    """Open cases in the order of the queue, then resolved ones, the latest first."""

    cases: Sequence[FoundCase]
    more: bool


async def search(
    session: AsyncSession, keys: KeyRing, agent_id: str, wanted: Wanted, now: datetime
) -> Found:
    """Open cases, and those of the last weeks, that fit. `more`: there are others that fit."""
    rows = await session.execute(
        select(Handoff, CaseWords)
        .outerjoin(CaseWords, CaseWords.handoff_id == Handoff.id)
        .where(recent(now), *_facets(wanted, agent_id))
        .order_by(
            Handoff.resolved_at.is_not(None),
            Handoff.resolved_at.desc(),
            Handoff.priority_rank,
            Handoff.promised_by.is_(None),
            Handoff.promised_by,
            Handoff.requested_at,
        )
        .limit(LOOKED_AT)
    )
    asked = plain(wanted.words)
    fitting: list[FoundCase] = []
    for handoff, known in rows:
        if asked and not (known and matches(_words(known, keys), asked)):
            continue
        if len(fitting) == PAGE:
            return Found(fitting, more=True)
        fitting.append(
            FoundCase(
                view(handoff, keys),
                handoff.site or (known.site if known else None),
                handoff.outcome,
                handoff.resolved_at,
            )
        )
    return Found(fitting, more=False)


def _words(known: CaseWords, keys: KeyRing) -> str:
    words: str = keys.open(known.words, words_context(known.handoff_id))
    return words


def _facets(wanted: Wanted, agent_id: str) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    for column, value in (
        (Handoff.reason, wanted.reason),
        (Handoff.language, wanted.language),
        (Handoff.priority, wanted.priority),
        (func.coalesce(Handoff.site, CaseWords.site), wanted.site),
    ):
        if value is not None:
            conditions.append(column == value)
    if wanted.whose == "mine":
        conditions.append(Handoff.agent_id == agent_id)
    elif wanted.whose == "nobody":
        conditions.append(Handoff.state == WAITING)
    if wanted.standing == "resolved":
        conditions.append(Handoff.state == RESOLVED)
    elif wanted.standing == "open":
        conditions.append(Handoff.state.in_((WAITING, CLAIMED)))
    return conditions
