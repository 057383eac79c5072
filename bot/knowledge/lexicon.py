"""Letters in common: character n-grams weighed by rarity, forgiving of typos and word endings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.feature_extraction.text import HashingVectorizer

FEATURES = 2**16
LENGTHS = (3, 5)
PART = 2**12  # n-grams that are weighed at a time

Floats = npt.NDArray[np.float32]
Places = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Grams:
    """The n-grams of one text, hashed, and how often each is in it, damped."""

    features: npt.NDArray[np.int32]
    counts: Floats


@cache
def _hasher() -> HashingVectorizer:
    # Hashed features need no vocabulary: one new text leaves the n-grams of others as they were.
    return HashingVectorizer(
        analyzer="char_wb",
        ngram_range=LENGTHS,
        n_features=FEATURES,
        alternate_sign=False,
        norm=None,
        strip_accents="unicode",
        dtype=np.float32,
    )


def grams(texts: Sequence[str]) -> list[Grams]:
    """The n-grams of each text."""
    if not texts:
        return []
    rows = _hasher().transform(texts)
    rows.data = 1 + np.log(rows.data)
    ends = rows.indptr[1:-1]
    parts = zip(np.split(rows.indices, ends), np.split(rows.data, ends), strict=True)
    return [Grams(features, counts) for features, counts in parts]


@dataclass(frozen=True, eq=False, slots=True)
class Lexicon:
    """The n-grams of all entries.

    `base` holds the counts of the entries that were there when it was made, stored by n-gram, and
    `late` those of entries that came since; `place` says where each entry stands in the two, one
    after the other. `seen` counts the entries that have an n-gram.
    """

    base: Any
    late: tuple[Grams, ...]
    late_table: Any
    place: Places
    seen: Places
    rarity: Floats
    lengths: Floats

    @classmethod
    def of(cls, rows: Sequence[Grams]) -> Lexicon:
        """From the n-grams of the entries, in their order."""
        seen = _seen(rows)
        rarity = _rarity(seen, len(rows))
        base = _table(rows)
        place = np.arange(len(rows))
        return cls(base, (), _table(()), place, seen, rarity, _lengths(base, rarity))

    def replaced(self, start: int, stop: int, rows: Sequence[Grams], gone: Sequence[Grams]) -> Self:
        """With other entries in place of those from `start` to `stop`, whose n-grams are `gone`.

        The same as made anew, but for the order of additions; much faster.
        """
        known = self.base.shape[0] + len(self.late)
        place = np.concatenate(
            [self.place[:start], known + np.arange(len(rows)), self.place[stop:]]
        )
        late = (*self.late, *rows)
        table = _table(late)
        seen = self.seen - _seen(gone) + _seen(rows)
        rarity = _rarity(seen, len(place))
        lengths = np.concatenate([_lengths(self.base, rarity), _lengths(table, rarity)])
        return type(self)(self.base, late, table, place, seen, rarity, lengths)

    def likeness(self, text: Grams) -> Floats:
        """The cosine of the text to every entry."""
        weights = text.counts * self.rarity[text.features]
        length = float(np.sqrt(weights @ weights)) or 1.0
        # Twice: the counts of the entries are not weighed yet.
        weighed = weights * self.rarity[text.features] / length
        found: Floats = self.base[:, text.features] @ weighed
        if self.late:
            found = np.concatenate([found, self.late_table[:, text.features] @ weighed])
        found = found / self.lengths
        return found[self.place] if self.late else found


def _table(rows: Sequence[Grams]) -> Any:
    """The counts, stored by n-gram."""
    none = [Grams(np.zeros(0, np.int32), np.zeros(0, np.float32))]
    features = np.concatenate([row.features for row in rows or none])
    counts = np.concatenate([row.counts for row in rows or none])
    ends = np.append(0, np.cumsum([len(row.features) for row in rows], dtype=np.intp))
    return sparse.csr_matrix((counts, features, ends), shape=(len(rows), FEATURES)).tocsc()


def _seen(rows: Sequence[Grams]) -> Places:
    """How many of the rows have each n-gram."""
    found = [row.features for row in rows] or [np.zeros(0, np.int32)]
    return np.bincount(np.concatenate(found), minlength=FEATURES)


def _rarity(seen: Places, rows: int) -> Floats:
    found: Floats = (np.log((1 + rows) / (1 + seen)) + 1).astype(np.float32)
    return found


def _lengths(table: Any, rarity: Floats) -> Floats:
    """The length of each row once its counts are weighed."""
    found = np.zeros(table.shape[0], np.float32)
    # A part at a time: fresh memory for all squares takes longer than the squares.
    for start in range(0, FEATURES, PART):
        ends = table.indptr[start : start + PART + 1]
        own = slice(ends[0], ends[-1])
        shape = (table.shape[0], PART)
        part = (table.data[own] ** 2, table.indices[own], ends - ends[0])
        found += sparse.csc_matrix(part, shape=shape) @ rarity[start : start + PART] ** 2
    return np.maximum(np.sqrt(found), np.float32(1e-9))
