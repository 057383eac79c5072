"""Push: the longest waiting case goes to the least loaded person who is there and can take it.

`match` decides and touches nothing; `push` writes what it decided, one transaction a case, each
of which looks again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import Database
from bot.handoff.history import Happened
from bot.handoff.models import WAITING, Handoff, HandoffEvent, Offer
from bot.handoff.offers import offer
from bot.handoff.order import queue_order
from bot.handoff.policy import QueuePolicy
from bot.handoff.presence import ONLINE
from bot.handoff.skills import Needs, needs_of
from bot.handoff.staffing import OnShift, on_shift

AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class Unassigned:
    """A waiting case. `passed` counts how often each person let it go by."""

    id: int
    needs: Needs
    passed: Mapping[str, int]


def match(
    cases: Sequence[Unassigned], people: Sequence[OnShift], *, unskilled: bool
) -> list[tuple[int, str]]:
    """Which case goes to whom, `(case id, agent id)`; `cases` come in the order of the queue.

    Nobody gets more than the capacity. Of those who can take a case, whoever passed it least
    often comes first, then the least loaded. Without the skills nobody gets a case, unless
    `unskilled` allows it and nobody present has them.
    """
    present = [who for who in people if who.state == ONLINE]
    free = {who.agent_id: who.free for who in present}
    load = {who.agent_id: who.load for who in present}
    given: list[tuple[int, str]] = []
    for case in cases:
        if not any(free.values()):
            break
        able = [who for who in present if who.skills.meet(case.needs)]
        if not able and unskilled:
            able = present
        choice = [who.agent_id for who in able if free[who.agent_id] > 0]
        if not choice:
            continue
        chosen = min(choice, key=lambda one: (case.passed.get(one, 0), load[one], one))
        free[chosen] -= 1
        load[chosen] += 1
        given.append((case.id, chosen))
    return given


async def push(database: Database, at: datetime, policy: QueuePolicy) -> int:
    """Offer what waits, and return how many cases found somebody."""
    async with database.reading() as session:
        people = await on_shift(session, at, capacity=policy.capacity)
        if not any(who.free for who in people):
            return 0
        cases = await unassigned(session)
    made = 0
    for case_id, agent_id in match(cases, people, unskilled=policy.unskilled):
        async with database.work() as work:
            done = await offer(work, case_id, agent_id, at, policy.offer, capacity=policy.capacity)
            if done:
                await work.commit()
                made += 1
    return made


async def unassigned(session: AsyncSession, limit: int = AT_ONCE) -> list[Unassigned]:
    """What waits and is offered to nobody, in the order of the queue."""
    rows = await session.execute(
        select(
            Handoff.id,
            Handoff.language,
            Handoff.reason,
            Handoff.domain,
            Handoff.site,
            Handoff.need,
        )
        .where(Handoff.state == WAITING, ~exists().where(Offer.handoff_id == Handoff.id))
        .order_by(*queue_order())
        .limit(limit)
    )
    passed = await _passed(session)
    return [
        Unassigned(
            row.id,
            needs_of(row.language, row.reason, row.domain, row.site, row.need),
            passed.get(row.id, Counter()),
        )
        for row in rows
    ]


async def _passed(session: AsyncSession) -> Mapping[int, Counter[str]]:
    rows = await session.execute(
        select(HandoffEvent.handoff_id, HandoffEvent.agent_id, func.count())
        .join(Handoff, Handoff.id == HandoffEvent.handoff_id)
        .where(Handoff.state == WAITING, HandoffEvent.kind == Happened.OFFER_LAPSED.value)
        .group_by(HandoffEvent.handoff_id, HandoffEvent.agent_id)
    )
    found: dict[int, Counter[str]] = {}
    for handoff_id, agent_id, times in rows:
        found.setdefault(handoff_id, Counter())[agent_id or ""] = times
    return found
