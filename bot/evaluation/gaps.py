"""How well gaps are found, on the log of `gap_log`: which true gaps are one cluster each.

A true gap counts as found as a single cluster when one cluster holds at least three quarters of
its questions, and at least three quarters of that cluster are its questions. Purity is the share
of questions, in clusters of at least `SHOWN` questions, that belong to the true gap most of their
cluster belong to; what is no gap counts against it. Over all clusters it would be flattered: a
question that stays alone is pure by itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bot.gaps.clustering import APART, grouped, members, typical
from bot.gaps.likeness import Likeness

SHOWN = 5
HOLDS = 0.75


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and the true gap it belongs to, if any."""

    gap: str | None
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Found:
    """What became of one true gap: its best cluster, how much of the gap that holds, and how much
    of the cluster is the gap's."""

    gap: str
    size: int
    name: str
    recall: float
    precision: float

    @property
    def single(self) -> bool:
        """Whether it is one cluster."""
        return self.recall >= HOLDS and self.precision >= HOLDS


@dataclass(frozen=True, slots=True)
class Measured:
    """The outcome on one log. `shown` are clusters of `SHOWN` or more, `both` those gaps whose
    cluster holds both languages."""

    questions: int
    gaps: Sequence[Found]
    purity: float
    shown: int
    both: int

    @property
    def single(self) -> int:
        """How many true gaps were found as single clusters."""
        return sum(one.single for one in self.gaps)


def measure(likeness: Likeness, log: Sequence[Asked], apart: float = APART) -> Measured:
    """Cluster a log, and compare with what is true."""
    texts = [one.text for one in log]
    vectors = likeness.vectors(texts)
    clusters = members(grouped(vectors, apart))
    found, both = [], 0
    for gap, size in Counter(one.gap for one in log if one.gap).most_common():
        own = max(clusters, key=lambda cluster: sum(log[at].gap == gap for at in cluster))
        shared = [at for at in own if log[at].gap == gap]
        name = texts[own[typical(vectors[own], [texts[at] for at in own])]]
        found.append(Found(gap, size, name, len(shared) / size, len(shared) / len(own)))
        both += len({log[at].language for at in shared}) > 1
    large = [cluster for cluster in clusters if len(cluster) >= SHOWN]
    right = sum(_largest(log, cluster) for cluster in large)
    held = sum(map(len, large))
    return Measured(len(log), found, right / held if held else 0.0, len(large), both)


def _largest(log: Sequence[Asked], cluster: Sequence[int]) -> int:
    counts = Counter(gap for at in cluster if (gap := log[at].gap))
    return max(counts.values(), default=0)
