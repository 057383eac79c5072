"""Letters in common: character n-grams weighed by rarity, forgiving of typos and word endings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.feature_extraction.text import HashingVectorizer

FEATURES = 2**16
LENGTHS = (3, 5)

Floats = npt.NDArray[np.float32]


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


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The n-grams of all entries. `columns` holds unit rows, stored by n-gram."""

    rarity: Floats
    columns: Any

    @classmethod
    def of(cls, rows: Sequence[Grams]) -> Lexicon:
        """From the n-grams of the entries, in their order."""
        sizes = np.array([len(row.features) for row in rows], dtype=np.intp)
        none = [Grams(np.zeros(0, np.int32), np.zeros(0, np.float32))]
        features = np.concatenate([row.features for row in rows or none])
        counts = np.concatenate([row.counts for row in rows or none])
        seen = np.bincount(features, minlength=FEATURES)
        rarity = (np.log((1 + len(rows)) / (1 + seen)) + 1).astype(np.float32)
        weighed = counts * rarity[features]
        owner = np.repeat(np.arange(len(rows)), sizes)
        lengths = np.sqrt(np.bincount(owner, weighed * weighed, minlength=len(rows)))
        unit = (weighed / np.maximum(lengths, 1e-9)[owner]).astype(np.float32)
        ends = np.append(0, np.cumsum(sizes))
        table = sparse.csr_matrix((unit, features, ends), shape=(len(rows), FEATURES))
        return cls(rarity, table.tocsc())

    def likeness(self, text: Grams) -> Floats:
        """The cosine of the text to every entry."""
        weights = text.counts * self.rarity[text.features]
        length = float(np.sqrt(weights @ weights)) or 1.0
        found: Floats = self.columns[:, text.features] @ (weights / length)
        return found
