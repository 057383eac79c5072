"""Which question goes into which gap, when some are new and some gaps were decided on.

Gaps that a person decided on hold what they have and take in new questions that are like them.
All other questions are grouped anew, and each group stays the gap it shares most questions with:
a gap keeps its number, its looks and its place while questions come and go.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bot.gaps.clustering import grouped, joined, kept, members, typical
from bot.knowledge.vectors import Floats

# Grouping takes memory by the square: beyond this, only what stands alone is grouped anew.
MOST = 5000


@dataclass(frozen=True, slots=True)
class Entry:
    """A question and the gap it is in."""

    id: int
    gap_id: int | None


@dataclass(frozen=True, slots=True)
class Group:
    """A gap as it shall be: its number, if it has one already, its questions and its name."""

    gap_id: int | None
    entries: tuple[int, ...]
    typical: int


def regrouped(
    entries: Sequence[Entry],
    vectors: Floats,
    texts: Sequence[str],
    decided: frozenset[int],
    *,
    most: int = MOST,
) -> list[Group]:
    """All gaps that hold a question."""
    held = _held(entries, decided, most)
    anchors = {gap: vectors[list(places)] for gap, places in held.items()}
    inside = {at for places in held.values() for at in places}
    loose = [at for at in range(len(entries)) if at not in inside]
    near: list[int | None] = joined(vectors[loose], anchors)
    for at, gap in zip(loose, near, strict=True):
        # Only new questions join: what an editor left in another gap stays there.
        if gap is not None and entries[at].gap_id is None:
            held[gap].append(at)
            inside.add(at)
    loose = [at for at in loose if at not in inside]
    groups = [[loose[at] for at in one] for one in members(grouped(vectors[loose]))]
    before = {at: gap for at in loose if (gap := entries[at].gap_id) is not None}
    numbers: list[int | None] = [*held, *kept(groups, before)]
    return [
        Group(
            number,
            tuple(entries[at].id for at in places),
            entries[places[typical(vectors[places], [texts[at] for at in places])]].id,
        )
        for number, places in zip(numbers, [*held.values(), *groups], strict=True)
    ]


def _held(entries: Sequence[Entry], decided: frozenset[int], most: int) -> dict[int, list[int]]:
    places: dict[int, list[int]] = {}
    for at, one in enumerate(entries):
        if one.gap_id is not None:
            places.setdefault(one.gap_id, []).append(at)
    found = {gap: own for gap, own in places.items() if gap in decided}
    if len(entries) - sum(map(len, found.values())) > most:
        found |= {gap: own for gap, own in places.items() if len(own) > 1}
    return found


def counts(groups: Sequence[Group]) -> Mapping[str, int]:
    """For the log: how many gaps, and how many of them are a question alone."""
    sizes = np.array([len(one.entries) for one in groups])
    return {"gaps": len(groups), "alone": int((sizes == 1).sum())}
