"""How far a measured share can be trusted: Wilson's interval, and Newcombe's for a difference."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

Z = 1.96  # two-sided 95 %


@dataclass(frozen=True, slots=True)
class Share:
    """`count` of `total`. Without any total nothing is known: 0 to 1."""

    count: int
    total: int

    @property
    def value(self) -> float:
        """The share itself; 0 of nothing is 0."""
        return self.count / self.total if self.total else 0.0

    def interval(self) -> tuple[float, float]:
        """The 95 % interval (Wilson 1927): it holds for few cases, and near 0 and 1."""
        if not self.total:
            return 0.0, 1.0
        middle = self.value + Z * Z / (2 * self.total)
        variance = self.value * (1 - self.value) / self.total + (Z / (2 * self.total)) ** 2
        spread, scale = Z * sqrt(variance), 1 + Z * Z / self.total
        return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


def difference(first: Share, second: Share) -> tuple[float, float, float]:
    """First minus second with its 95 % interval (Newcombe 1998, method 10)."""
    apart = first.value - second.value
    (first_low, first_high), (second_low, second_high) = first.interval(), second.interval()
    below = sqrt((first.value - first_low) ** 2 + (second_high - second.value) ** 2)
    above = sqrt((first_high - first.value) ** 2 + (second.value - second_low) ** 2)
    return apart, max(-1.0, apart - below), min(1.0, apart + above)
