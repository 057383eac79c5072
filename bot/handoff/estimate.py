"""How long until a person replies: an expected time and a range.

A wait has two parts. A hand must become free: the conversations that are held end one by one, and
this case takes the first hand that those ahead of it leave. Then that hand must notice the case
and write. Both are added and taken for log-normal. How far earlier estimates were off, counted in
their own spreads, corrects the range: it holds what it says also where the assumptions do not.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from statistics import NormalDist
from types import MappingProxyType

# What is believed before anything was measured, and how many cases that belief is worth.
PRIOR_CASES = 10
PRIOR_HANDLING_SECONDS = 720.0
PRIOR_HANDLING_CV2 = 0.8
PRIOR_REPLY_SECONDS = 60.0
PRIOR_REPLY_SIGMA = 0.7
PRIOR_SURPRISES = 30

LOW, HIGH, SURE = 0.05, 0.94, 0.975
MOST_OVERTAKING = 0.8
LEAST_SIGMA = 0.15
_NORMAL = NormalDist()


class Start(StrEnum):
    """How a wait begins: with a free hand, behind others, or before the doors open."""

    FREE = "free"
    QUEUED = "queued"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Staffing:
    """Who can answer now: people, the conversations they may hold at once, and how many more."""

    agents: int
    slots: int
    free: int


@dataclass(frozen=True, slots=True)
class Lane:
    """A line for the same hands: the cases ahead that want them, and the hands."""

    ahead: int
    staffing: Staffing


@dataclass(frozen=True, slots=True)
class Habits:
    """What handling and replying take here, and how far earlier estimates were off.

    `surprises` are (actual - expected) in spreads on the log scale, by how the wait began.
    """

    handling: float = PRIOR_HANDLING_SECONDS
    handling_cv2: float = PRIOR_HANDLING_CV2
    cases: float = PRIOR_CASES
    reply: float = PRIOR_REPLY_SECONDS
    reply_sigma: float = PRIOR_REPLY_SIGMA
    surprises: Mapping[Start, Sequence[float]] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Estimate:
    """A first reply `expected` after people begin, hardly before `low`, hardly after `high`.

    By `sure` it has come but for one time in forty. `modelled` is what was expected before earlier
    surprises corrected it, and `sigma` the spread on the log scale: surprises are counted from
    these two.
    """

    expected: timedelta
    low: timedelta
    high: timedelta
    sure: timedelta
    modelled: timedelta
    sigma: float
    start: Start


def estimate(
    lanes: Sequence[Lane], habits: Habits, overtaking: float = 0.0, *, closed: bool = False
) -> Estimate:
    """The wait in the slowest of the lanes that a case needs hands of.

    `overtaking` is the part of all hands' time that more urgent cases take, which come later and
    are served before.
    """
    wait = max((_until_free(lane, habits, overtaking) for lane in lanes), key=lambda one: one[0])
    start = Start.CLOSED if closed else Start.QUEUED if wait[0] > 0 else Start.FREE
    reply_mean = habits.reply * math.exp(habits.reply_sigma**2 / 2)
    reply_variance = reply_mean**2 * (math.exp(habits.reply_sigma**2) - 1)
    mean = reply_mean + wait[0]
    sigma2 = math.log(1 + (reply_variance + wait[1]) / mean**2)
    sigma = max(LEAST_SIGMA, math.sqrt(sigma2))
    middle = mean / math.exp(sigma**2 / 2)
    seen = sorted([*_prior_surprises(), *habits.surprises.get(start, ())])

    def by(share: float) -> timedelta:
        return timedelta(seconds=middle * math.exp(sigma * quantile(seen, share)))

    modelled = timedelta(seconds=middle)
    return Estimate(by(0.5), by(LOW), by(HIGH), by(SURE), modelled, sigma, start)


def _until_free(lane: Lane, habits: Habits, overtaking: float) -> tuple[float, float]:
    """Mean and variance of the seconds until a hand is free for this case."""
    ends = lane.ahead + 1 - lane.staffing.free
    if ends <= 0:
        return 0.0, 0.0
    slots = max(1, lane.staffing.slots)
    mean = ends * habits.handling / slots / (1 - min(overtaking, MOST_OVERTAKING))
    # Ends of a few conversations out of many come at random; of many, as evenly as they last.
    evenness = (slots + ends * habits.handling_cv2) / (slots + ends)
    return mean, mean**2 * (evenness / ends + habits.handling_cv2 / max(1.0, habits.cases))


def surprise(modelled: timedelta, sigma: float, actual: timedelta) -> float:
    """How far a wait was from what was modelled, in spreads."""
    ratio = max(1.0, actual.total_seconds()) / max(1.0, modelled.total_seconds())
    return math.log(ratio) / max(LEAST_SIGMA, sigma)


def shrunk(
    seconds: Sequence[float], prior: float, prior_cv2: float, weight: float
) -> tuple[float, float]:
    """Mean and squared coefficient of variation, drawn towards a prior worth `weight` cases."""
    count = len(seconds)
    mean = (sum(seconds) + weight * prior) / (count + weight)
    squares = sum((one - mean) ** 2 for one in seconds)
    variance = (squares + weight * prior_cv2 * prior**2) / (count + weight)
    return mean, variance / mean**2


def quantile(ordered: Sequence[float], share: float) -> float:
    """Between the two nearest of an ordered sequence that is not empty."""
    place = share * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def _prior_surprises() -> list[float]:
    """As many as the prior is worth, as they fall when the assumptions hold."""
    return [_NORMAL.inv_cdf((one + 0.5) / PRIOR_SURPRISES) for one in range(PRIOR_SURPRISES)]
