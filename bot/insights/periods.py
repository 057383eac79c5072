"""The days a question is about, in the clinic's time zone: a day may last 23 or 25 hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.errors import Invalid

USUAL_DAYS = 28
MOST_DAYS = 400
# Beyond so many days a chart of days is a blur: it goes by weeks.
MOST_BARS = 45


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days from `first` to `last`, both included."""

    first: date
    last: date
    zone: ZoneInfo

    @property
    def start(self) -> datetime:
        """The first moment, in UTC."""
        return self._midnight(self.first)

    @property
    def end(self) -> datetime:
        """The first moment after it, in UTC."""
        return self._midnight(self.last + timedelta(days=1))

    @property
    def length(self) -> int:
        """How many days."""
        return (self.last - self.first).days + 1

    @property
    def by_week(self) -> bool:
        """Whether its history goes by weeks, Monday first."""
        return self.length > MOST_BARS

    def before(self) -> Period:
        """As many days, right before."""
        last = self.first - timedelta(days=1)
        return Period(last - timedelta(days=self.length - 1), last, self.zone)

    def has(self, at: datetime) -> bool:
        """Whether a moment lies in it."""
        return self.start <= at < self.end

    def step_of(self, at: datetime) -> date:
        """The day of a moment, or the Monday of its week; never before `first`."""
        day = at.astimezone(self.zone).date()
        return max(self.first, day - timedelta(days=day.weekday())) if self.by_week else day

    def steps(self) -> list[date]:
        """All its days, or the first days of its weeks."""
        days = [self.first + timedelta(days=ahead) for ahead in range(self.length)]
        if not self.by_week:
            return days
        return [day for day in days if day == self.first or day.weekday() == 0]

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.zone).astimezone(UTC)


def today_in(zone: ZoneInfo, now: datetime) -> date:
    """The clinic's date."""
    return now.astimezone(zone).date()


def period_of(first: str, last: str, today: date, zone: ZoneInfo) -> Period:
    """The period asked for; without dates the usual one up to today. Raises `Invalid`."""
    ends = _date(last, "to") or today
    begins = _date(first, "from") or ends - timedelta(days=USUAL_DAYS - 1)
    if begins > ends:
        raise Invalid("the period ends before it begins", field="from", remedy="Swap the dates.")
    if (ends - begins).days >= MOST_DAYS:
        raise Invalid("the period is too long", field="from", remedy=f"Ask for {MOST_DAYS} days.")
    return Period(begins, ends, zone)


def _date(text: str, field: str) -> date | None:
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise Invalid("this is no date", field=field, remedy="Write 2026-11-22.") from None
    if not 2000 <= found.year <= 2199:
        raise Invalid("this year is out of range", field=field, remedy="Write 2026-11-22.")
    return found
