"""When a patient may be called: while the clinic answers, at the time they like, never at night.

Federal rules on calls to homes allow 8 in the morning to 9 in the evening (47 CFR 64.1200(c)(1)).
The patient's own time zone is not known, so the clinic's counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from bot.knowledge.hours import Hours, Span

BestTime = Literal["any", "morning", "afternoon"]
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
QUIET_UNTIL, QUIET_FROM = time(8), time(21)
NOON = time(12)
WITHIN = timedelta(hours=1)
AGAIN_AFTER = timedelta(hours=3)
HORIZON_DAYS = 21


@dataclass(frozen=True, slots=True)
class Wish:
    """When a patient likes to be called; no `days` means any day."""

    best_time: BestTime = "any"
    days: tuple[str, ...] = ()


def due(after: datetime, hours: Hours, wish: Wish) -> datetime | None:
    """By when to call, counted from `after`: within an hour of the first moment that suits.

    A wish that never meets the opening hours is dropped before the call is: first its days, then
    its time of day. None when nobody answers within three weeks.
    """
    for one in (wish, Wish(wish.best_time), Wish()):
        for begins, ends in _windows(after, hours, one):
            return min(max(begins, after) + WITHIN, ends)
    return None


def is_quiet(at: datetime, hours: Hours) -> bool:
    """Whether nobody may be called now, at the clinic's wall clock."""
    clock = at.astimezone(hours.zone).time()
    return not QUIET_UNTIL <= clock < QUIET_FROM


def clinic_days(hours: Hours) -> tuple[str, ...]:
    """The weekdays on which calls can be made at all."""
    return tuple(name for name, day in zip(WEEKDAYS, hours.week, strict=True) if day)


def _windows(after: datetime, hours: Hours, wish: Wish) -> Iterator[tuple[datetime, datetime]]:
    first = after.astimezone(hours.zone).date()
    for ahead in range(HORIZON_DAYS):
        day = first + timedelta(days=ahead)
        if wish.days and WEEKDAYS[day.weekday()] not in wish.days:
            continue
        for span in hours.on(day):
            window = _suiting(day, span, hours, wish.best_time)
            if window and window[1] > after:
                yield window


def _suiting(
    day: date, span: Span, hours: Hours, best_time: BestTime
) -> tuple[datetime, datetime] | None:
    opens, closes = max(span.opens, QUIET_UNTIL), min(span.closes, QUIET_FROM)
    if best_time == "morning":
        closes = min(closes, NOON)
    elif best_time == "afternoon":
        opens = max(opens, NOON)
    if opens >= closes:
        return None
    return (
        datetime.combine(day, opens, tzinfo=hours.zone),
        datetime.combine(day, closes, tzinfo=hours.zone),
    )
