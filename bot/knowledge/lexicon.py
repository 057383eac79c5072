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
GRAMS = (3, 5)

Floats = npt.NDArray[np.float32]


@cache
def _hasher() -> HashingVectorizer:
    # Hashed features need no vocabulary: one new text leaves the rows of all others as they were.
    return HashingVectorizer(
        analyzer="char_wb",
        ngram_range=GRAMS,
        n_features=FEATURES,
        alternate_sign=False,
        norm=None,
        strip_accents="unicode",
        dtype=np.float32,
    )


def counts(texts: Sequence[str]) -> Any:
    """One sparse row a text: how often each n-gram is in it, damped."""
    rows = _hasher().transform(texts)
    rows.data = 1 + np.log(rows.data)
    return rows


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The n-grams of all entries. `columns` holds unit rows, stored by n-gram."""

    rarity: Floats
    columns: Any

    @classmethod
    def of(cls, rows: Sequence[Any]) -> Lexicon:
        """From the rows that `counts` made, in the order of the entries."""
        matrix = sparse.vstack(rows, format="csr") if rows else sparse.csr_matrix((0, FEATURES))
        seen = np.bincount(matrix.indices, minlength=FEATURES)
        rarity = (np.log((1 + matrix.shape[0]) / (1 + seen)) + 1).astype(np.float32)
        weighed = matrix.multiply(rarity).tocsr()
        lengths = np.sqrt(np.asarray(weighed.multiply(weighed).sum(axis=1)).ravel())
        unit = sparse.diags(1 / np.maximum(lengths, 1e-9)) @ weighed
        return cls(rarity, unit.tocsc().astype(np.float32))

    def likeness(self, text: str) -> Floats:
        """The cosine of the text to every entry."""
        row = counts([text])
        weights = row.data * self.rarity[row.indices]
        length = float(np.sqrt(weights @ weights)) or 1.0
        found: Floats = self.columns[:, row.indices] @ (weights / length)
        return found
