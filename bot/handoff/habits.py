"""What handling and replying take here, learned from the history of handoffs."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.handoff.estimate import (
    PRIOR_CASES,
    PRIOR_HANDLING_CV2,
    PRIOR_HANDLING_SECONDS,
    PRIOR_REPLY_SECONDS,
    PRIOR_REPLY_SIGMA,
    Habits,
    Start,
    shrunk,
    surprise,
)
from bot.handoff.history import Happened
from bot.handoff.models import RESOLVED, Handoff, HandoffEvent

HANDLED = 300
PROMISES = 500
SURPRISES = 150
# A case that was left open over night says nothing of how long it takes.
LONGEST = timedelta(hours=2).total_seconds()


async def learned(session: AsyncSession) -> Habits:
    """The habits of the desk, by its last cases; without any, the stated prior."""
    handled = await session.execute(
        select(Handoff.claimed_at, Handoff.resolved_at)
        .where(
            Handoff.state == RESOLVED,
            Handoff.resolved_at.is_not(None),
            Handoff.claimed_at.is_not(None),
        )
        .order_by(Handoff.resolved_at.desc())
        .limit(HANDLED)
    )
    promised = await session.execute(
        select(HandoffEvent.at, HandoffEvent.detail, Handoff.first_reply_at)
        .join(Handoff, Handoff.id == HandoffEvent.handoff_id)
        .where(
            HandoffEvent.kind == Happened.PROMISE_GIVEN.value, Handoff.first_reply_at.is_not(None)
        )
        .order_by(HandoffEvent.id.desc())
        .limit(PROMISES)
    )
    times = [_seconds(begun, ended) for begun, ended in handled.tuples() if begun and ended]
    waits: defaultdict[Start, list[tuple[float, float]]] = defaultdict(list)
    for at, detail, replied in promised.tuples():
        if replied is not None and "modelled" in detail:
            actual = replied - at - timedelta(seconds=detail["begin"])
            off = surprise(timedelta(seconds=detail["modelled"]), detail["sigma"], actual)
            waits[Start(detail["start"])].append((actual.total_seconds(), off))
    return of(times, waits)


def of(handled: Sequence[float], waits: dict[Start, list[tuple[float, float]]]) -> Habits:
    """Habits from seconds of handling, and from waits with their surprises, the latest first."""
    times = [min(one, LONGEST) for one in handled]
    mean, cv2 = shrunk(times, PRIOR_HANDLING_SECONDS, PRIOR_HANDLING_CV2, PRIOR_CASES)
    replies = [math.log(max(1.0, wait)) for wait, _ in waits.get(Start.FREE, ())[:SURPRISES]]
    middle, sigma = _log_normal(replies)
    return Habits(
        handling=mean,
        handling_cv2=cv2,
        cases=len(times) + PRIOR_CASES,
        reply=middle,
        reply_sigma=sigma,
        surprises={start: [off for _, off in of[:SURPRISES]] for start, of in waits.items()},
    )


def _log_normal(logs: Sequence[float]) -> tuple[float, float]:
    """The middle and the spread, drawn towards the prior."""
    weight = len(logs) + PRIOR_CASES
    prior = math.log(PRIOR_REPLY_SECONDS)
    mean = (sum(logs) + PRIOR_CASES * prior) / weight
    squares = sum((one - mean) ** 2 for one in logs)
    variance = (squares + PRIOR_CASES * PRIOR_REPLY_SIGMA**2) / weight
    return math.exp(mean), math.sqrt(variance)


def _seconds(begun: datetime, ended: datetime) -> float:
    return max(1.0, (ended - begun).total_seconds())
