"""A learned judge of which article a question belongs to, one for each language.

A head is a multinomial logistic regression on the vectors of all sentences that articles are found
by. `careline train` fits it whole; an article that was added or edited since gets a column of its
own while an index is built, the others standing still, so that an edit needs no training. Many at
once get theirs in closed form (`many_new`).
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import logsumexp

from bot.knowledge.many_new import columns_of_many
from bot.knowledge.vectors import Floats
from bot.replacing import replacing

FILE = "heads.npz"
# Flat from 3e-4 to 1e-3 on questions that were left out; more steps only learn by heart.
DECAY = 1e-3
STEPS = 30
# Beyond this a fit of the new columns takes longer than an edit may.
MOST_NEW = 100

Rows = npt.NDArray[np.intp]

log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False, slots=True)
class Head:
    """One column of `weights` and `bias` per slug, over vectors less `mean`, divided by `scale`.

    `texts` says of each article which sentences it was fitted on.
    """

    slugs: tuple[str, ...]
    texts: tuple[str, ...]
    weights: Floats
    bias: Floats
    mean: Floats
    scale: float

    def logits(self, vectors: Floats) -> Floats:
        """How much each vector speaks for each article, one row a vector."""
        found: Floats = ((vectors - self.mean) / self.scale) @ self.weights + self.bias
        return found


Heads = Mapping[str, Head]


@dataclass(frozen=True, eq=False, slots=True)
class Lessons:
    """What a head learns from: a vector a sentence with its article, and which entries of the
    index they are; `texts` is the hash of each article's sentences."""

    vectors: Floats
    owner: Rows
    texts: tuple[str, ...]
    rows: Rows

    def only(self, kept: npt.NDArray[np.bool_]) -> Lessons:
        """The marked ones."""
        return Lessons(self.vectors[kept], self.owner[kept], self.texts, self.rows[kept])


def sentences_hash(sentences: Sequence[str]) -> str:
    """Equal for the same sentences, in any order."""
    joined = "\n".join(sorted(sentences))
    return hashlib.blake2b(joined.encode(), digest_size=8).hexdigest()


def fit(lessons: Lessons, slugs: Sequence[str]) -> Head:
    """A head of all articles. An article without a sentence is as likely as the average one."""
    vectors, owner = lessons.vectors, lessons.owner
    mean = vectors.mean(axis=0)
    scale = float((vectors - mean).std()) or 1.0
    inputs = ((vectors - mean) / scale).astype(np.float32)
    others = np.full(len(inputs), -np.inf)
    weights, bias = _columns(inputs, owner, len(slugs), others)
    silent = np.setdiff1d(np.arange(len(slugs)), owner)
    weights[:, silent], bias[silent] = weights.mean(axis=1, keepdims=True), bias.mean()
    return Head(tuple(slugs), lessons.texts, weights, bias, mean, scale)


def aligned(
    head: Head, lessons: Lessons, slugs: Sequence[str], before: Head | None = None
) -> Head | None:
    """The head with the columns of these articles, in their order; those it does not know, or
    knows by other sentences, are fitted against the rest. Where they are many, the columns that the
    head had `before` an edit stand, or all new ones are drawn at once. None when it was fitted on
    vectors of other encoders."""
    if lessons.vectors.shape[1] != len(head.mean):
        log.warning("the encoders changed since training: run `careline train`")
        return None
    known = {key: at for at, key in enumerate(zip(head.slugs, head.texts, strict=True))}
    places = [known.get(key) for key in zip(slugs, lessons.texts, strict=True)]
    new = np.array([at for at, place in enumerate(places) if place is None], dtype=np.intp)
    if len(new) > MOST_NEW and before is not None:
        return aligned(before, lessons, slugs)
    kept = [0 if place is None else place for place in places]
    weights, bias = head.weights[:, kept], head.bias[kept]
    if len(new):
        inputs = ((lessons.vectors - head.mean) / head.scale).astype(np.float32)
        rest = np.setdiff1d(np.arange(len(slugs)), new)
        logits = inputs @ weights[:, rest] + bias[rest]
        if len(new) > MOST_NEW:
            log.warning("%s articles changed since training: run `careline train`", len(new))
            found = columns_of_many(inputs, lessons.owner, len(slugs), new, rest, logits)
        else:
            others = logsumexp(logits, axis=1) if len(rest) else np.full(len(inputs), -np.inf)
            # Rows of the standing articles pull the new columns down, their own pull them up.
            places_of_new = np.full(len(slugs), -1, dtype=np.intp)
            places_of_new[new] = np.arange(len(new))
            found = _columns(inputs, places_of_new[lessons.owner], len(new), others)
        weights[:, new], bias[new] = found
        silent = np.setdiff1d(new, lessons.owner)
        weights[:, silent], bias[silent] = weights.mean(axis=1, keepdims=True), bias.mean()
    return Head(tuple(slugs), lessons.texts, weights, bias, head.mean, head.scale)


def _columns(
    inputs: Floats, owner: Rows, count: int, others: npt.NDArray[np.float64]
) -> tuple[Floats, Floats]:
    """Weights and biases of `count` columns under which each row's owner is likely.

    `owner` is -1 where a row belongs to none of them; `others` is the logarithm of the sum of what
    speaks for the columns that stand still, row by row.
    """
    size, width = inputs.shape
    own = np.flatnonzero(owner >= 0)

    def loss(flat: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        table = flat.reshape(width + 1, count).astype(np.float32)
        weights, bias = table[:-1], table[-1]
        logits = inputs @ weights + bias
        top = np.maximum(logits.max(axis=1), others)
        shares = np.exp(logits - top[:, None])
        total = shares.sum(axis=1) + np.exp(others - top)
        chosen = logits[own, owner[own]]
        value = float((np.log(total[own]) + top[own] - chosen).sum())
        if len(own) < size:
            # What stands still keeps its share: the rows of others are theirs.
            rest = np.flatnonzero(owner < 0)
            value += float((np.log(total[rest]) + top[rest] - others[rest]).sum())
        shares = (shares / total[:, None]).astype(np.float32)
        shares[own, owner[own]] -= 1
        slope = np.vstack([inputs.T @ shares, shares.sum(axis=0)]) / size + DECAY * table
        return value / size + DECAY / 2 * float((table * table).sum()), slope.ravel().astype(float)

    start = np.zeros((width + 1) * count)
    options = {"maxiter": STEPS}
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options=options).x
    table = found.reshape(width + 1, count).astype(np.float32)
    return table[:-1].copy(), table[-1].copy()


def save(path: Path, heads: Heads, fingerprint: str) -> None:
    """Write all heads where `load` finds them, all at once."""
    arrays = {"fingerprint": np.array(fingerprint), "languages": np.array(sorted(heads))}
    for language, head in heads.items():
        for name in Head.__slots__:
            arrays[f"{language}_{name}"] = np.array(getattr(head, name))
    with replacing(path) as partial, partial.open("wb") as file:
        np.savez(file, **arrays)


def load(path: Path, fingerprint: str) -> dict[str, Head]:
    """The heads that were fitted with this fingerprint. Raises `ValueError` when there are none."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
            if str(kept["fingerprint"]) != fingerprint:
                raise ValueError("the heads were fitted on something else")
            return {str(language): _head(kept, str(language)) for language in kept["languages"]}
    except ValueError:
        raise
    except Exception as error:  # whatever a damaged file makes the reader raise
        raise ValueError("the heads cannot be read") from error


def _head(kept: Mapping[str, npt.NDArray[np.float32]], language: str) -> Head:
    part = {name: kept[f"{language}_{name}"] for name in Head.__slots__}
    return Head(
        slugs=tuple(map(str, part["slugs"])),
        texts=tuple(map(str, part["texts"])),
        weights=part["weights"],
        bias=part["bias"],
        mean=part["mean"],
        scale=float(part["scale"]),
    )
