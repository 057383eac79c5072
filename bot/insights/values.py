"""What a measure can be: a count, a share of something, spans of time, or scores."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil
from statistics import fmean, median

from bot.intervals import Share, difference

# With fewer, a share is said as a count and a span as the single times.
FEW = 20
FEW_TIMES = 5
ENOUGH_FOR_P90 = 10


@dataclass(frozen=True, slots=True)
class Count:
    """How many."""

    count: int


@dataclass(frozen=True, slots=True)
class Spans:
    """Lengths of time in seconds, shortest first."""

    seconds: tuple[float, ...]

    @classmethod
    def of(cls, seconds: Iterable[float]) -> Spans:
        """Sorted."""
        return cls(tuple(sorted(seconds)))

    @property
    def median(self) -> float | None:
        """Half are shorter; None without any."""
        return median(self.seconds) if self.seconds else None

    @property
    def p90(self) -> float | None:
        """The shortest span that nine of ten do not exceed (nearest rank); None of too few."""
        if len(self.seconds) < ENOUGH_FOR_P90:
            return None
        return self.seconds[ceil(0.9 * len(self.seconds)) - 1]


@dataclass(frozen=True, slots=True)
class Scores:
    """Ratings from 1 to 5."""

    scores: tuple[int, ...]

    @property
    def mean(self) -> float | None:
        """The mean; None without any."""
        return fmean(self.scores) if self.scores else None

    @property
    def good(self) -> Share:
        """How many gave 4 or 5."""
        return Share(sum(score >= 4 for score in self.scores), len(self.scores))


Value = Count | Share | Spans | Scores


def share(flags: Sequence[bool]) -> Share:
    """How many are true."""
    return Share(sum(flags), len(flags))


@dataclass(frozen=True, slots=True)
class Change:
    """One share minus another with its 95 % interval, as fractions; None without two shares."""

    by: float
    low: float
    high: float

    @classmethod
    def between(cls, first: Value, second: Value) -> Change | None:
        """Of two shares that have cases."""
        if not (isinstance(first, Share) and isinstance(second, Share)):
            return None
        return cls(*difference(first, second)) if first.total and second.total else None

    @property
    def sure(self) -> bool:
        """Whether chance alone would seldom make it."""
        return self.low > 0 or self.high < 0
