"""Fits the weights of one head of the second opinion to its examples."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier

from bot.language import encoder as bilingual
from bot.safety.lessons import HARMLESS
from bot.safety.second import FINE, Bounds, Floats, Judge

# The finest heads are networks with one hidden layer. Each sees another draw of the lessons, shaken
# so that none is learned by heart. Beside a regression they miss a third fewer of the dangers that
# nobody wrote patterns for, at as many ordinary messages interrupted.
NETWORKS, UNITS, EPOCHS, BATCH, DECAY, SHAKEN, DRAWN = 3, 256, 8, 256, 1.0, 0.5, 1.6
# A regression that a longer descent, or a weaker penalty, makes no better on what it has not seen.
PENALTY, MOST_STEPS, TOLERANCE = 1.0, 300, 1e-3
BLEND_WEIGHT, BLENDS, DIGITS = 0.7, 1500, 3
NOWHERE = Bounds(0, 0, 0, 0, 0)

Names = npt.NDArray[np.str_]


@dataclass(frozen=True, eq=False)
class Examples:
    """Vectors with what they are, how much they count and which lesson they come from."""

    vectors: Floats
    kinds: Names
    weight: Floats
    lesson: npt.NDArray[np.int64]


def fit(head: str, known: Examples) -> Judge:
    """What the head learns from these examples, without bounds yet."""
    vectors, names, weight = blended(known)
    if head in FINE:
        return _networks(vectors, names, weight)
    return _regression(vectors, names, weight)


def blended(known: Examples) -> tuple[Floats, Names, Floats]:
    """The examples; what is not harmless also beside an ordinary message; and ordinary pairs.

    The vector of two texts side by side lies between their own.
    """
    draw = np.random.default_rng(1)
    harmless = np.flatnonzero(known.kinds == HARMLESS)
    others = np.flatnonzero(known.kinds != HARMLESS)
    share = draw.uniform(0.45, 0.75, (len(others), 1)).astype(np.float32)
    beside = known.vectors[draw.choice(harmless, len(others))]
    buried = share * known.vectors[others] + (1 - share) * beside
    one, other = (known.vectors[draw.choice(harmless, BLENDS)] for _ in range(2))
    vectors = np.vstack([known.vectors, _unit(buried), _unit((one + other) / 2)])
    pairs = np.full(BLENDS, HARMLESS)
    kinds = np.concatenate([known.kinds, known.kinds[others], pairs])
    weights = (known.weight, known.weight[others] * BLEND_WEIGHT, np.full(BLENDS, BLEND_WEIGHT))
    return vectors, kinds, np.concatenate(weights).astype(np.float32)


def _unit(vectors: Floats) -> Floats:
    parts = np.split(vectors, [bilingual.DIMENSION], axis=1)
    lengths = (np.maximum(np.linalg.norm(one, axis=1, keepdims=True), 1e-9) for one in parts)
    return np.hstack([one / length for one, length in zip(parts, lengths, strict=True)])


def _networks(vectors: Floats, names: Names, weight: Floats) -> Judge:
    """The mean of several networks, as one: their hidden layers stand side by side."""
    centre = vectors.mean(axis=0)
    scale = _scale(vectors) * np.float32(np.sqrt(vectors.shape[1] / 2))
    ready = ((vectors - centre) * scale).astype(np.float32)
    networks = [_network(ready, names, weight, number) for number in range(NETWORKS)]
    # As the file keeps them; the offsets make up for what rounding does to the centre.
    slopes = np.hstack([one.coefs_[0] for one in networks]) * scale[:, None]
    slopes = slopes.astype(np.float16).astype(np.float32)
    offsets = np.concatenate([one.intercepts_[0] for one in networks]) - centre @ slopes
    hidden = np.vstack([slopes, offsets.astype(np.float16)]).astype(np.float32)
    rows = np.hstack([*(one.coefs_[1].T for one in networks),
                      sum(one.intercepts_[1] for one in networks)[:, None]])  # fmt: skip
    kinds = tuple(map(str, networks[0].classes_))
    return Judge(kinds, _rounded(rows / NETWORKS), NOWHERE, hidden)


def _network(ready: Floats, names: Names, weight: Floats, number: int) -> MLPClassifier:
    draw = np.random.default_rng(number)
    drawn = draw.choice(len(ready), int(DRAWN * len(ready)), p=weight / weight.sum())
    shaken = ready[drawn] + draw.normal(0, SHAKEN, (len(drawn), ready.shape[1]))
    model = MLPClassifier(
        UNITS, alpha=DECAY, batch_size=BATCH, max_iter=EPOCHS, random_state=number
    )
    with warnings.catch_warnings():
        # It would go on; more rounds make it no better on what it has not seen.
        warnings.simplefilter("ignore", ConvergenceWarning)
        return model.fit(shaken.astype(np.float32), names[drawn])


def _regression(vectors: Floats, names: Names, weight: Floats) -> Judge:
    centre, scale = vectors.mean(axis=0), _scale(vectors)
    # Scaled, so that one penalty fits both encoders.
    model = LogisticRegression(C=PENALTY, max_iter=MOST_STEPS, tol=TOLERANCE)
    model.fit((vectors - centre) * scale, names, sample_weight=weight)
    slopes = (model.coef_ * scale).astype(np.float32)
    offsets = (model.intercept_ - slopes @ centre)[:, None]
    kinds = tuple(map(str, model.classes_))
    return Judge(kinds, _rounded(np.hstack([slopes, offsets])), NOWHERE)


def _rounded(rows: Floats) -> Floats:
    return np.round(rows, DIGITS).astype(np.float32)


def _scale(vectors: Floats) -> Floats:
    """A factor for each column, so that the vectors of each encoder are as far apart."""
    scale = np.empty(vectors.shape[1], np.float32)
    for columns in (slice(bilingual.DIMENSION), slice(bilingual.DIMENSION, None)):
        scale[columns] = 1 / np.sqrt(vectors[:, columns].var(axis=0).sum() + 1e-9)
    return scale
