"""Putting questions together: pure functions on unit vectors.

Average linkage, because a gap is a cloud of ways to ask and no chain of them: a question belongs
where it is alike to the whole group on average. It needs no number of groups, and a question that
is like no other stays alone, which most questions in a log are. The one number, how unlike the
halves of a group may be on average, was chosen on made-up gaps (`data/training/gaps.jsonl`) among
questions that are none: at it, most gaps came out whole and nine tenths of the groups were pure.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from sklearn.cluster import AgglomerativeClustering

from bot.knowledge.vectors import Floats

APART = 0.875
NAME_WORDS = (3, 14)
Id = TypeVar("Id", bound=Hashable)


def grouped(vectors: Floats, apart: float = APART) -> npt.NDArray[np.intp]:
    """A number for each row; rows of one number belong together."""
    if len(vectors) < 2:
        return np.zeros(len(vectors), dtype=np.intp)
    distances = np.clip(1 - vectors @ vectors.T, 0, 2).astype(np.float64)
    found = AgglomerativeClustering(
        n_clusters=None, affinity="precomputed", linkage="average", distance_threshold=apart
    ).fit(distances)
    labels: npt.NDArray[np.intp] = found.labels_
    return labels


def joined(vectors: Floats, groups: Mapping[int, Floats], apart: float = APART) -> list[int | None]:
    """The group that each row belongs to, by the same rule as `grouped`; None for none.

    `groups` holds the members' vectors.
    """
    if not groups or not len(vectors):
        return [None] * len(vectors)
    names = list(groups)
    means = np.stack([groups[name].mean(axis=0) for name in names])
    likeness = vectors @ means.T
    best = likeness.argmax(axis=1)
    near = likeness[np.arange(len(vectors)), best] >= 1 - apart
    return [names[at] if fits else None for at, fits in zip(best, near, strict=True)]


def kept(groups: Sequence[Sequence[Id]], before: Mapping[Id, int]) -> list[int | None]:
    """Which earlier group each new one is: the one it shares most members with, at most one each.

    `before` says to which group a member belonged. Of equals the older group keeps its number.
    """
    shared: dict[tuple[int, int], int] = {}
    for at, members in enumerate(groups):
        for member in members:
            if (old := before.get(member)) is not None:
                shared[at, old] = shared.get((at, old), 0) + 1
    found: list[int | None] = [None] * len(groups)
    taken: set[int] = set()
    for (at, old), _ in sorted(shared.items(), key=lambda one: (-one[1], one[0][1], one[0][0])):
        if found[at] is None and old not in taken:
            found[at] = old
            taken.add(old)
    return found


def typical(vectors: Floats, texts: Sequence[str]) -> int:
    """The place of the question that says best what its group asks.

    It is the one most like all others, of those that are neither a word nor a story.
    """
    central = vectors @ vectors.mean(axis=0)
    least, most = NAME_WORDS
    plain = [at for at, text in enumerate(texts) if least <= len(text.split()) <= most]
    return max(plain or range(len(texts)), key=lambda at: (float(central[at]), -at))


def alike(vectors: Floats, to: Floats) -> list[int]:
    """The places of the rows, the one most like `to` first."""
    return [int(at) for at in np.argsort(-(vectors @ to), kind="stable")]


def members(labels: Iterable[int]) -> list[list[int]]:
    """The places of each group's rows, the largest group first."""
    found: dict[int, list[int]] = {}
    for at, label in enumerate(labels):
        found.setdefault(int(label), []).append(at)
    return sorted(found.values(), key=lambda one: (-len(one), one[0]))
