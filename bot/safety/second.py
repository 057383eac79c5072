"""A second opinion on messages whose words no pattern knows: does their meaning lie near danger?

A linear score over the sentence vectors that the search uses too, learned by `learning.py`. It
only ever adds: what the patterns found stands, and without the encoder they stand alone.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bot.errors import CarelineError
from bot.language.encoder import DIMENSION, Encoder, Vectors, encoder
from bot.safety.grammar import PatternError
from bot.safety.phrases import DATA, FULL, SOFT, read_lines

WEIGHTS = "second_opinion.jsonl"
# The line of the file that tells danger from no danger; the others tell dangers apart.
DANGER = "danger"
MOST_PIECES, LONGEST, FEWEST_WORDS = 4, 600, 4

_BREAK = re.compile(r"[.!?;¿¡\n]+\s*|,\s+")
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Opinion:
    """`tier` is `full` or `soft`; the category is the likeliest danger."""

    tier: str
    category: str


@dataclass(frozen=True, eq=False)
class Judge:
    """The learned weights. `soft` and `full` are the scores from which on it speaks."""

    danger: npt.NDArray[np.float32]
    categories: tuple[str, ...]
    kinds: npt.NDArray[np.float32]
    soft: float
    full: float

    def scores(self, vectors: Vectors) -> npt.NDArray[np.float32]:
        """How much each vector looks like danger."""
        found: npt.NDArray[np.float32] = vectors @ self.danger[:-1] + self.danger[-1]
        return found

    def opinion(self, vectors: Vectors) -> Opinion | None:
        """The opinion on a message, given the vectors of its pieces."""
        scores = self.scores(vectors)
        worst = int(np.argmax(scores))
        if scores[worst] < self.soft:
            return None
        kinds = self.kinds[:, :-1] @ vectors[worst] + self.kinds[:, -1]
        tier = FULL if scores[worst] >= self.full else SOFT
        return Opinion(tier, self.categories[int(np.argmax(kinds))])


def pieces(text: str) -> list[str]:
    """The message and its clauses, as few as can be read in time, long enough to mean something."""
    if len(text) > LONGEST:
        text = f"{text[: LONGEST // 2]}. {text[-LONGEST // 2 :]}"
    clauses = [one for one in _BREAK.split(text) if one.strip()]
    size = -(-len(clauses) // MOST_PIECES) or 1
    joined = (", ".join(clauses[at : at + size]) for at in range(0, len(clauses), size))
    found = dict.fromkeys([text, *joined])
    return [one for one in found if len(one.split()) >= FEWEST_WORDS]


def second_opinion(text: str) -> Opinion | None:
    """What the meaning of a message says; nothing when it is short, or the encoder is missing."""
    parts = pieces(text)
    model = _encoder()
    if not parts or model is None:
        return None
    return judge().opinion(model.encode(parts))


@cache
def judge() -> Judge:
    """The judge of `data/safety/`, read once."""
    return read_judge(DATA / WEIGHTS)


def read_judge(path: Path) -> Judge:
    """Raises `PatternError` for a file that cannot be used."""
    rows = {row["category"]: row for row in read_lines(path)}
    try:
        danger = rows.pop(DANGER)
        kinds = np.array([_weights(row) for row in rows.values()], dtype=np.float32)
        soft, full = float(danger["soft"]), float(danger["full"])
        first = np.array(_weights(danger), dtype=np.float32)
    except (KeyError, TypeError, ValueError) as error:
        raise PatternError(f"{path.name} cannot be used") from error
    if not rows or soft > full:
        raise PatternError(f"{path.name} names no danger, or its tiers are the wrong way round")
    return Judge(first, tuple(rows), kinds, soft, full)


def _weights(row: Mapping[str, object]) -> Sequence[float]:
    weights = row["weights"]
    if not isinstance(weights, list) or len(weights) != DIMENSION + 1:
        raise ValueError("a line of another size")
    return [float(one) for one in weights]


def warm_up() -> None:
    """Load what the first opinion needs, so that the first message does not wait for it."""
    judge()
    _encoder()


@cache
def _encoder() -> Encoder | None:
    """The shared encoder, or none: the patterns must go on without it."""
    try:
        return encoder()
    except (CarelineError, OSError, RuntimeError):
        _log.warning("no second opinion on safety: the encoder cannot be loaded")
        return None
