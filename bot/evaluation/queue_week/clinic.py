"""The clinic that is simulated: when patients ask, what for, and who is there to answer.

Offered load is the work that comes in the week over the work that those present could do in it,
lunch and sick days taken off; in the peak hours it is a third higher.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.effects import Reason
from bot.handoff.skills import Skills
from bot.knowledge.hours import Hours

MONDAY = date(2026, 11, 16)
DAYS = 5
# Requests for a person an hour, by the hour at which it begins.
OPEN_RATES = {8: 28, 9: 40, 10: 40, 11: 34, 12: 24, 13: 30, 14: 34, 15: 30, 16: 20}
EVENING = range(17, 22)
EVENING_RATE = 3.0
NIGHT_RATE = 0.4
# What people ask for, in per cent. The priority follows from the reason.
REASONS = {
    Reason.EMERGENCY: 3,
    Reason.CLINICAL: 7,
    Reason.COMPLAINT: 5,
    Reason.REPEATED_FAILURE: 5,
    Reason.ASKED: 35,
    Reason.ACCOUNT: 20,
    Reason.BOOKING: 15,
    Reason.ESTIMATE: 5,
    Reason.RECORDS: 5,
}
SPANISH = 0.2
AT_ONCE = 2
HANDLING_CV2 = 0.7
REPLY_SECONDS, REPLY_SIGMA = 50.0, 0.6
PATIENCE_MINUTES, PATIENCE_SIGMA = 75.0, 0.7
LUNCH = timedelta(minutes=45)


@dataclass(frozen=True, slots=True)
class Asked:
    """One patient: when and what they ask, and how long each part of it takes."""

    at: datetime
    reason: Reason
    language: str
    reply: timedelta
    handling: timedelta
    patience: timedelta


@dataclass(slots=True)
class Person:
    """An agent of the simulated desk."""

    id: str
    name: str
    languages: frozenset[str]
    lunch: time
    sick: frozenset[date] = frozenset()
    holds: int = 0
    looking: bool = field(default=False, repr=False)

    def present(self, at: datetime, hours: Hours) -> bool:
        """Whether they answer at this time."""
        local = at.astimezone(hours.zone)
        if not hours.is_open(at) or local.date() in self.sick:
            return False
        begin = datetime.combine(local.date(), self.lunch, tzinfo=hours.zone)
        return not begin <= local < begin + LUNCH

    @property
    def skills(self) -> Skills:
        """What they can take: anything, in their languages."""
        return Skills(self.languages)

    def changes(self, day: date, hours: Hours) -> Iterator[datetime]:
        """The times of a day at which they may come or go."""
        for span in hours.on(day):
            for at in (span.opens, self.lunch, span.closes):
                yield datetime.combine(day, at, tzinfo=hours.zone)
        yield datetime.combine(day, self.lunch, tzinfo=hours.zone) + LUNCH


def team(ids: Sequence[str]) -> list[Person]:
    """Six people: two speak Spanish, lunch goes two by two, two are sick for a day."""
    lunches = (time(11, 30), time(12, 15), time(13))
    sick = {1: MONDAY + timedelta(days=1), 4: MONDAY + timedelta(days=3)}
    return [
        Person(
            one,
            f"Agent {number + 1}",
            frozenset({"en", "es"} if number in (0, 3) else {"en"}),
            lunches[number % 3],
            frozenset({sick[number]} if number in sick else ()),
        )
        for number, one in enumerate(ids)
    ]


def handling_for(load: float, people: Sequence[Person], hours: Hours) -> float:
    """The mean seconds a conversation takes so that the week has this offered load."""
    minutes = 0
    for day in range(DAYS):
        at = datetime.combine(MONDAY + timedelta(days=day), time(0), tzinfo=hours.zone)
        for minute in range(24 * 60):
            now = at + timedelta(minutes=minute)
            minutes += sum(one.present(now, hours) for one in people)
    expected = DAYS * sum(_rate(hour) for hour in range(24))
    return load * minutes * 60 * AT_ONCE / expected


def patients(chance: random.Random, mean: float, zone: ZoneInfo) -> Iterator[Asked]:
    """Everybody who asks for a person in the week, in order."""
    at = datetime.combine(MONDAY, time(0), tzinfo=zone)
    end = at + timedelta(days=DAYS)
    most = max(OPEN_RATES.values())
    while (at := at + timedelta(hours=chance.expovariate(most))) < end:
        if chance.random() * most < _rate(at.hour):
            yield _patient(chance, at, mean)


def _patient(chance: random.Random, at: datetime, mean: float) -> Asked:
    sigma = math.sqrt(math.log(1 + HANDLING_CV2))
    reply = chance.lognormvariate(math.log(REPLY_SECONDS), REPLY_SIGMA)
    handling = chance.lognormvariate(math.log(mean) - sigma**2 / 2, sigma)
    patience = 60 * chance.lognormvariate(math.log(PATIENCE_MINUTES), PATIENCE_SIGMA)
    reason = chance.choices(list(REASONS), list(REASONS.values()))[0]
    return Asked(
        at,
        reason,
        "es" if chance.random() < SPANISH else "en",
        timedelta(seconds=reply),
        timedelta(seconds=max(handling, reply + 30)),
        timedelta(seconds=patience),
    )


def _rate(hour: int) -> float:
    return OPEN_RATES.get(hour, EVENING_RATE if hour in EVENING else NIGHT_RATE)


def open_time(begin: datetime, end: datetime, hours: Hours) -> timedelta:
    """How much of the time between is open: the clock by which people wait."""
    total, at = timedelta(), begin
    while at < end:
        closes = hours.closes_at(at)
        if closes is None:
            opening = hours.next_opening(at)
            if opening is None:
                break
            at = opening
            continue
        total += min(closes, end) - at
        at = closes
    return total


def after_open_time(begin: datetime, lasting: timedelta, hours: Hours) -> datetime:
    """When so much open time has passed."""
    at = begin
    while True:
        closes = hours.closes_at(at)
        if closes is None:
            opening = hours.next_opening(at)
            if opening is None:
                return at + lasting
            at = opening
        elif at + lasting <= closes:
            return at + lasting
        else:
            lasting -= closes - at
            at = closes
