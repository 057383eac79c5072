"""How well gaps are found, on the log of `gap_log`: which true gaps are one cluster each.

A true gap is found as a single cluster when most of its questions are in one cluster and most of
that cluster are its questions: then no second cluster can be it, and the cluster is no other gap.
It is found whole when both shares are at least three quarters.

Purity is the share of questions, in clusters of at least `SHOWN` questions, that belong to the true
gap most of their cluster belong to; what is no gap counts against it. Over all clusters it would be
flattered: a question that stays alone is pure by itself. Purity of the gaps is the same for the
clusters that true gaps were found as.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bot.evaluation.gap_log import Logged
from bot.gaps.clustering import APART, grouped, members, typical
from bot.gaps.likeness import Likeness

SHOWN = 5
MOST = 0.5
WHOLE = 0.75


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
        return self.recall > MOST and self.precision > MOST

    @property
    def whole(self) -> bool:
        """Whether hardly anything of it is elsewhere, and hardly anything else is with it."""
        return self.recall >= WHOLE and self.precision >= WHOLE


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

    @property
    def whole(self) -> int:
        """How many of them are whole."""
        return sum(one.whole for one in self.gaps)

    @property
    def purity_of_gaps(self) -> float:
        """Of the questions in clusters that true gaps were found as, the share that is theirs."""
        found = [one for one in self.gaps if one.single]
        own = sum(one.recall * one.size for one in found)
        return own / sum(one.recall * one.size / one.precision for one in found) if found else 0.0


def measure(likeness: Likeness, log: Sequence[Logged], apart: float = APART) -> Measured:
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


def _largest(log: Sequence[Logged], cluster: Sequence[int]) -> int:
    counts = Counter(gap for at in cluster if (gap := log[at].gap))
    return max(counts.values(), default=0)


def words(found: Measured) -> list[str]:
    """The outcome in words."""
    total = len(found.gaps)
    return [
        f"{found.questions} questions, {total} true gaps",
        f"found as single clusters: {found.single} of {total}, {found.whole} of them whole",
        f"purity of those clusters: {found.purity_of_gaps:.3f}",
        f"purity of all {found.shown} clusters of {SHOWN} or more: {found.purity:.3f}",
        f"in both languages: {found.both} of {total}",
    ]
