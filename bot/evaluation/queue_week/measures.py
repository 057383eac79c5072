"""What came of a week: read from the handoffs and their history, as any report would."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.evaluation.queue_week.clinic import open_time
from bot.handoff.estimate import quantile
from bot.handoff.history import Happened
from bot.handoff.models import Handoff, HandoffEvent
from bot.handoff.promise_life import BROKEN, KEPT, RENEGOTIATED
from bot.handoff.waiting import InLine
from bot.knowledge.hours import Hours

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Offer:
    """A case that was handed out, and who waited then."""

    case: InLine
    line: Sequence[InLine]

    @property
    def passed_over(self) -> bool:
        """Whether an earlier case of equal priority and skills, promised no later, still waits."""
        mine = self.case
        return any(
            one.id != mine.id
            and one.rank == mine.rank
            and one.needs == mine.needs
            and one.requested_at < mine.requested_at
            and _sooner(one.first_promised_by, mine.first_promised_by)
            for one in self.line
        )


@dataclass(frozen=True, slots=True)
class Figures:
    """One line of the report. Shares are between 0 and 1, times in minutes."""

    way: str
    load: float
    cases: int
    kept: float
    warned: float
    not_kept: int
    inside: float
    inside_open: float
    width: float
    promised: float
    wait_p50: float
    wait_p90: float
    left: float
    passed_over: int

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


async def figures(
    session: AsyncSession, way: str, load: float, hours: Hours, offers: Sequence[Offer]
) -> Figures:
    """The figures of a week that is over."""
    cases = (await session.scalars(select(Handoff))).all()
    warned = await _warned(session)
    judged = [one for one in cases if one.promise_state in (KEPT, BROKEN, RENEGOTIATED)]
    failed = [one for one in judged if one.promise_state != KEPT]
    replied = [one for one in cases if one.first_reply_at and one.promised_low]
    opened = [one for one in replied if hours.is_open(one.requested_at)]
    widths = sorted(
        (one.promised_high - one.promised_low) / MINUTE
        for one in replied
        if one.promised_high and one.promised_low
    )
    waits = sorted(
        open_time(one.requested_at, one.first_reply_at, hours) / MINUTE
        for one in replied
        if one.first_reply_at
    )
    lengths = sorted(
        (one.first_promised_by - one.requested_at) / MINUTE
        for one in opened
        if one.first_promised_by
    )
    return Figures(
        way=way,
        load=load,
        cases=len(cases),
        kept=1 - len(failed) / max(1, len(judged)),
        warned=_share([warned.get(one.id) is not None and _ahead(warned, one) for one in failed]),
        not_kept=len(failed),
        inside=_share([_inside(one) for one in replied]),
        inside_open=_share([_inside(one) for one in opened]),
        width=quantile(widths, 0.5),
        promised=quantile(lengths, 0.5),
        wait_p50=quantile(waits, 0.5),
        wait_p90=quantile(waits, 0.9),
        left=_share([one.outcome == "patient_left" for one in cases]),
        passed_over=sum(one.passed_over for one in offers),
    )


async def _warned(session: AsyncSession) -> dict[int, datetime]:
    """When each was warned first."""
    found = await session.execute(
        select(HandoffEvent.handoff_id, HandoffEvent.at)
        .where(HandoffEvent.kind == Happened.PROMISE_WARNED.value)
        .order_by(HandoffEvent.id.desc())
    )
    return dict(found.tuples().all())


def _ahead(warned: dict[int, datetime], case: Handoff) -> bool:
    return case.first_promised_by is not None and warned[case.id] <= case.first_promised_by


def _inside(case: Handoff) -> bool:
    if not (case.promised_low and case.promised_high and case.first_reply_at):
        return False
    return case.promised_low <= case.first_reply_at <= case.promised_high


def _sooner(one: datetime | None, other: datetime | None) -> bool:
    return one is not None and (other is None or one <= other)


def _share(which: Sequence[bool]) -> float:
    return sum(which) / len(which) if which else 1.0
