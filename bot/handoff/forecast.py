"""What the desk can promise now: the line, the people and their habits, put together.

`StaffingOf` is the seam to presence: whoever knows who is online says so there. Where nobody
does, the clinic's usual number of people is taken for present.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.effects import Priority, Reason
from bot.handoff.estimate import Estimate, Habits, Lane, Staffing, estimate
from bot.handoff.habits import learned
from bot.handoff.models import CLAIMED
from bot.handoff.promise import AgentHours, Promise, PromisePolicy, promise
from bot.handoff.skills import Needs
from bot.handoff.staffing import staffing
from bot.handoff.waiting import InLine, Line, case_in_line, look

# Who can answer a case with these needs now, or any case; None: not known.
StaffingOf = Callable[[AsyncSession, Needs | None], Awaitable[Staffing | None]]
HABITS_LAST = timedelta(minutes=10)
LINE_LASTS = timedelta(seconds=2)
NEW = 0
ONE_HAND = Lane(0, Staffing(agents=1, slots=1, free=1))
COARSE = 5


@dataclass(frozen=True, slots=True)
class Terms:
    """The clinic's side: its policy, its hours, and how many people usually answer.

    `hours` are those in which a case about this site is answered, or about none (None).
    """

    policy: PromisePolicy
    hours: Callable[[str | None], AgentHours]
    people: int
    at_once: int


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a waiting patient sees: the place in the line and when a reply is likely.

    Without `low` it may come at any moment until `high`.
    """

    position: int
    low: datetime | None
    high: datetime | None


async def nobody_known(session: AsyncSession, needs: Needs | None) -> Staffing | None:
    """No presence is known."""
    return None


def who_is_there(clock: Clock, capacity: Callable[[], int]) -> StaffingOf:
    """People as presence knows them. With no console open nothing is known: people come and go,
    and the clinic's usual number says more than an empty desk at one moment."""

    async def present(session: AsyncSession, needs: Needs | None) -> Staffing | None:
        found = await staffing(session, clock(), needs, capacity=capacity())
        return Staffing(found.skilled, found.slots, found.free) if found.present else None

    return present


class Forecast:
    """Estimates for cases that are asked for or wait. Reads only."""

    def __init__(
        self, terms: Callable[[], Terms], *, clock: Clock, staffing: StaffingOf = nobody_known
    ):
        self._terms = terms
        self._clock = clock
        self._staffing = staffing
        self._habits: tuple[datetime, Habits] | None = None
        self._line: tuple[datetime, Line] | None = None

    @property
    def policy(self) -> PromisePolicy:
        """The policy in force."""
        return self._terms().policy

    async def asked(
        self,
        session: AsyncSession,
        priority: Priority,
        reason: Reason,
        language: str,
        *,
        domain: str | None = None,
        site: str | None = None,
    ) -> Promise:
        """The promise for a case that is asked for now, as its row will have it."""
        at = self._clock()
        limit = self.policy.limit(priority, reason)
        case = InLine(NEW, priority.rank, reason.value, language, at + limit, at, domain, site)
        line = await look(session, at)
        ahead = [one for one in line.waiting if self._is_served_before(one, case, limit)]
        return await self._promise(session, case, ahead, line, at)

    async def again(self, session: AsyncSession, handoff_id: int, *, fresh: bool = True) -> Promise:
        """The promise that an open case would get now, in the place it has."""
        at = self._clock()
        found = await case_in_line(session, handoff_id)
        if found is None:
            raise LookupError(handoff_id)
        case, state = found
        line = await (look(session, at) if fresh else self._recent(session, at))
        if state == CLAIMED:
            return await self._promise(session, case, (), line, at, lanes=(ONE_HAND,))
        return await self._promise(session, case, line.ahead_of(case), line, at)

    async def outlook(self, session: AsyncSession, handoff_id: int) -> Outlook | None:
        """What the patient of a waiting case sees; None when it waits no longer."""
        at = self._clock()
        line = await self._recent(session, at)
        case = _of(line, handoff_id)
        if case is None:
            # Newer than what was seen last: look again.
            self._line = None
            line = await self._recent(session, at)
            case = _of(line, handoff_id)
        if case is None:
            return None
        ahead = line.ahead_of(case)
        given = await self._promise(session, case, ahead, line, at)
        # In steps of some minutes: what changes all the time tells nothing.
        low, high = _coarse(given.low, 0), _coarse(given.high, COARSE - 1)
        return Outlook(len(ahead) + 1, low if low and low > at else None, high)

    async def _promise(
        self,
        session: AsyncSession,
        case: InLine,
        ahead: Sequence[InLine],
        line: Line,
        at: datetime,
        lanes: Sequence[Lane] | None = None,
    ) -> Promise:
        terms = self._terms()
        hours = terms.hours(case.site)
        is_open = hours.is_open(at)
        lanes = lanes or await self._lanes(session, case, ahead, line, terms, is_open=is_open)
        likely = await self._likely(session, case, lanes, line, at, closed=not is_open)
        limit = terms.policy.limit(case.priority, Reason(case.reason))
        theirs = [
            one.first_promised_by
            for one in ahead
            if one.rank == case.rank and one.first_promised_by is not None
        ]
        not_before = max(theirs, default=None) if case.id == NEW else None
        return promise(
            at,
            limit,
            terms.policy,
            hours,
            likely,
            position=len(ahead) + 1,
            not_before=not_before,
        )

    async def _likely(
        self,
        session: AsyncSession,
        case: InLine,
        lanes: Sequence[Lane],
        line: Line,
        at: datetime,
        *,
        closed: bool,
    ) -> Estimate:
        habits = await self._learned(session, at)
        urgent = sum(count for rank, count in line.lately.items() if rank < case.rank)
        hands = max(1, lanes[0].staffing.slots) * 3600
        overtaking = 0.0 if closed else urgent * habits.handling / hands
        return estimate(lanes, habits, overtaking, closed=closed)

    async def _lanes(
        self,
        session: AsyncSession,
        case: InLine,
        ahead: Sequence[InLine],
        line: Line,
        terms: Terms,
        *,
        is_open: bool,
    ) -> Sequence[Lane]:
        """The whole desk, and where not everybody can answer, those who can."""
        usual = _usual(terms, line.held if is_open else 0)
        if not is_open:
            return (Lane(len(ahead), usual),)
        everybody = await self._staffing(session, None) or usual
        able = await self._staffing(session, case.needs)
        lanes = [Lane(len(ahead), everybody)]
        if able and able.agents < everybody.agents:
            same = sum(1 for one in ahead if one.needs == case.needs)
            lanes.append(Lane(same, able))
        return lanes

    def _is_served_before(self, one: InLine, new: InLine, limit: timedelta) -> bool:
        """Of equal rank, whoever came before is, unless theirs may wait longer by policy."""
        if one.rank != new.rank:
            return one.rank < new.rank
        theirs = self.policy.limit(one.priority, Reason(one.reason))
        return theirs <= limit or one.before(new)

    async def _learned(self, session: AsyncSession, at: datetime) -> Habits:
        if self._habits is None or not timedelta() <= at - self._habits[0] < HABITS_LAST:
            self._habits = (at, await learned(session))
        return self._habits[1]

    async def _recent(self, session: AsyncSession, at: datetime) -> Line:
        if self._line is None or not timedelta() <= at - self._line[0] < LINE_LASTS:
            self._line = (at, await look(session, at))
        return self._line[1]


def _of(line: Line, handoff_id: int) -> InLine | None:
    return next((one for one in line.waiting if one.id == handoff_id), None)


def _usual(terms: Terms, held: int) -> Staffing:
    slots = terms.people * terms.at_once
    return Staffing(terms.people, slots, max(0, slots - held))


def _coarse(at: datetime | None, more: int) -> datetime | None:
    if at is None:
        return None
    at += timedelta(minutes=more)
    return at - timedelta(minutes=at.minute % COARSE)
