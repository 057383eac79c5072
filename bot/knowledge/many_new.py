"""Columns of a head for many new articles at once, in closed form.

A fit of thousands of columns takes many minutes; a clinic that brings all its articles in one file
is to be answered from them at once. Their columns are those of a linear discriminant: where an
article's sentences lie, and how all sentences spread around their article. They are stretched so
that they speak as loudly as the columns that were fitted. `careline train` replaces them.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from bot.knowledge.vectors import Floats

# Of the spread, what is taken to be the same in every direction. Under it new articles win as many
# of the questions that were left out as are theirs; from .05 to .8 as many are won right.
SHRINKAGE = 0.5

Rows = npt.NDArray[np.intp]


def columns_of_many(
    inputs: Floats, owner: Rows, articles: int, new: Rows, fitted: Rows, logits: Floats
) -> tuple[Floats, Floats]:
    """Weights and biases of the `new` articles.

    `inputs` has a row a sentence, around zero, and `owner` its article; `logits` is what the
    columns of the `fitted` articles say of each row.
    """
    sizes = np.bincount(owner, minlength=articles)
    sums = np.zeros((articles, inputs.shape[1]), np.float32)
    np.add.at(sums, owner, inputs)
    means = sums / np.maximum(sizes, 1)[:, None]
    away = inputs - means[owner]
    spread = away.T @ away / max(1, len(inputs))
    level = float(np.trace(spread)) / len(spread) + 1e-6
    shared = (1 - SHRINKAGE) * spread + SHRINKAGE * level * np.eye(len(spread), dtype=np.float32)
    weights = np.linalg.solve(shared, means.T).astype(np.float32)
    bias = -(weights * means.T).sum(axis=0) / 2
    stretch, lift = _as_loud(inputs @ weights[:, fitted] + bias[fitted], logits, owner, fitted)
    return weights[:, new] * stretch, bias[new] * stretch + lift


def _as_loud(drawn: Floats, logits: Floats, owner: Rows, fitted: Rows) -> tuple[float, float]:
    """The factor and the constant under which the columns drawn for the fitted articles stand out
    on their own sentences, and lie elsewhere, as the fitted ones do."""
    own, place = np.nonzero(owner[:, None] == fitted[None, :])
    if not len(own) or logits.shape[1] < 2:
        return 1.0, 0.0

    def stands_out(table: Floats) -> float:
        return float(table[own, place].mean() - table.mean())

    stretch = stands_out(logits) / (stands_out(drawn) or 1.0)
    return stretch, float(logits.mean() - stretch * drawn.mean())
