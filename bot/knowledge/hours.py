"""Opening hours as a pure value: when are the doors open, when do they open next.

Hours are wall-clock times of the clinic's time zone, so 8 AM stays 8 AM when clocks change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

HORIZON_DAYS = 366


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Open from `opens` until just before `closes`, within one day."""

    opens: time
    closes: time


Day = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Hours:
    """A week of spans (Monday first) and the days that differ from it (`()` means closed)."""

    zone: ZoneInfo
    week: tuple[Day, ...]
    exceptions: Mapping[date, Day] = field(default_factory=dict)

    def on(self, day: date) -> Day:
        """The spans of a date in the clinic's zone."""
        return self.exceptions.get(day, self.week[day.weekday()])

    def is_open(self, at: datetime) -> bool:
        """`at` must be aware, in any zone."""
        return self.closes_at(at) is not None

    def closes_at(self, at: datetime) -> datetime | None:
        """When the current span ends, in the clinic's zone; None while closed."""
        local = at.astimezone(self.zone)
        for span in self.on(local.date()):
            if span.opens <= local.time() < span.closes:
                return self._moment(local.date(), span.closes)
        return None

    def next_opening(self, at: datetime) -> datetime | None:
        """The first opening after `at`, in the clinic's zone; None within a year of closed days."""
        local = at.astimezone(self.zone)
        for ahead in range(HORIZON_DAYS):
            day = local.date() + timedelta(days=ahead)
            for span in self.on(day):
                if ahead or span.opens > local.time():
                    return self._moment(day, span.opens)
        return None

    def _moment(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, tzinfo=self.zone)


def merge(parts: list[Day]) -> Day:
    """One day's spans of several places as one: open when any of them is."""
    merged: list[Span] = []
    for span in sorted(span for part in parts for span in part):
        if merged and span.opens <= merged[-1].closes:
            merged[-1] = Span(merged[-1].opens, max(merged[-1].closes, span.closes))
        else:
            merged.append(span)
    return tuple(merged)


def common(one: Day, other: Day) -> Day:
    """The spans in which both are open."""
    shared = (Span(max(a.opens, b.opens), min(a.closes, b.closes)) for a in one for b in other)
    return tuple(sorted(span for span in shared if span.opens < span.closes))
