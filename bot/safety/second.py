"""A second opinion by meaning: does a message lie near danger, whatever its words?

A score of each kind of danger over the sentence vectors that the search uses too, learned by
`learning.py`: by small networks, and linear where an encoder is missing. It finds dangers whose
words no pattern knows, doubts a pattern whose words mean something else, and hears clinical
questions. Without the encoder the patterns stand alone.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from bot.errors import CarelineError
from bot.language import encoder as bilingual
from bot.language import english, spanish
from bot.language.identify import language_of
from bot.safety.grammar import PatternError
from bot.safety.lessons import HARMLESS
from bot.safety.phrases import CLINICAL, DATA, FULL, SOFT, read_lines

WEIGHTS = "second_opinion.jsonl"
# Beside it, the hidden layer that the two finest heads share.
HIDDEN = "second_opinion.npz"
# Beside the bilingual vectors, the heads of either language read those of the encoder that search
# has for Spanish, which knows English as well. Where it is not built, English is read with the
# English encoder, and Spanish, or English without that one too, with the bilingual vectors alone.
ENGLISH_FINE, SPANISH_FINE, ENGLISH, BILINGUAL = "english_fine", "spanish_fine", "english", "both"
DIMENSIONS = {
    ENGLISH_FINE: bilingual.DIMENSION + spanish.DIMENSION,
    SPANISH_FINE: bilingual.DIMENSION + spanish.DIMENSION,
    ENGLISH: bilingual.DIMENSION + english.DIMENSION,
    BILINGUAL: bilingual.DIMENSION,
}
FINE = (ENGLISH_FINE, SPANISH_FINE)
# Log odds that a pattern for clinical questions adds to what the weights say.
PATTERN_SAYS = 1.0
MOST_PIECES, LONGEST, FEWEST_WORDS = 4, 600, 4

_BREAK = re.compile(r"[.!?;¿¡\n]+\s*|,\s+")
_log = logging.getLogger(__name__)

Floats = npt.NDArray[np.float32]
Loaded = TypeVar("Loaded")


class Encodes(Protocol):
    """An encoder, of whichever language: one unit vector a text."""

    def encode(self, texts: Sequence[str]) -> Floats: ...


@dataclass(frozen=True)
class Bounds:
    """The log odds of danger from which the gate speaks in full and softly, below which it doubts
    a pattern, and the log odds from which a harmless message is a clinical question, and below
    which a pattern that finds one is doubted."""

    full: float
    soft: float
    doubt: float
    clinical: float
    unclinical: float


@dataclass(frozen=True)
class Opinion:
    """`danger`: log odds of danger. `clinical`: log odds of a clinical question among harmless
    ones. `category`: the likeliest danger."""

    danger: float
    clinical: float
    category: str
    bounds: Bounds

    @property
    def tier(self) -> str | None:
        """`full`, `soft` or nothing."""
        if self.danger >= self.bounds.full:
            return FULL
        return SOFT if self.danger >= self.bounds.soft else None

    @property
    def rather_clinical(self) -> bool:
        """Whether what a pattern calls clinical is likelier that than not, and than a danger."""
        return self.clinical > max(self.danger - PATTERN_SAYS, 0.0)

    @property
    def doubts(self) -> bool:
        """Whether a pattern that found danger is likely to be wrong."""
        return self.danger < self.bounds.doubt

    @property
    def asks_clinically(self) -> bool:
        return self.clinical >= self.bounds.clinical

    @property
    def asks_otherwise(self) -> bool:
        """Whether a pattern that found a clinical question is likely to be wrong."""
        return self.clinical < self.bounds.unclinical


@dataclass(frozen=True, eq=False)
class Judge:
    """The learned weights of a head: one row a kind of message, the last number its offset.

    They weigh the vectors, or, where there is a hidden layer, what its units (a column each, the
    last row their offsets) make of them.
    """

    kinds: tuple[str, ...]
    weights: Floats
    bounds: Bounds
    hidden: Floats | None = None

    @property
    def dangers(self) -> tuple[str, ...]:
        return tuple(one for one in self.kinds if one not in (HARMLESS, CLINICAL))

    def opinion(self, vectors: Floats) -> Opinion:
        """The opinion on a message, given the vectors of its pieces, the whole message first.

        Danger may hide in one piece, and a piece out of its message may only sound like danger: so
        the log odds are the mean of those of the whole and of the worst piece.
        """
        if self.hidden is not None:
            vectors = np.maximum(vectors @ self.hidden[:-1] + self.hidden[-1], 0)
        scores = vectors @ self.weights[:, :-1].T + self.weights[:, -1]
        harmless, clinical = (self.kinds.index(one) for one in (HARMLESS, CLINICAL))
        dangers = [at for at in range(len(self.kinds)) if at not in (harmless, clinical)]
        rest = np.logaddexp(scores[:, harmless], scores[:, clinical])
        odds = np.logaddexp.reduce(scores[:, dangers], axis=1) - rest
        worst = int(np.argmax(odds))
        likeliest = dangers[int(np.argmax(scores[worst, dangers]))]
        asked = scores[:, clinical] - scores[:, harmless]
        return Opinion(_whole_and_worst(odds), _whole_and_worst(asked), self.kinds[likeliest],
                       self.bounds)  # fmt: skip


def _whole_and_worst(odds: Floats) -> float:
    return float(odds[0] + odds.max()) / 2


def pieces(text: str) -> list[str]:
    """The message and its clauses, as few as can be read in time, long enough to mean something."""
    if len(text) > LONGEST:
        text = f"{text[: LONGEST // 2]}. {text[-LONGEST // 2 :]}"
    clauses = [one for one in _BREAK.split(text) if one.strip()]
    size = -(-len(clauses) // MOST_PIECES) or 1
    joined = (", ".join(clauses[at : at + size]) for at in range(0, len(clauses), size))
    found = dict.fromkeys([text, *joined])
    return [one for one in found if len(one.split()) >= FEWEST_WORDS]


def second_opinion(text: str, locale: str = "en") -> Opinion | None:
    """What the meaning of a message says; nothing when it is short, or the encoder is missing."""
    parts = pieces(text)
    both = _bilingual()
    if not parts or both is None:
        return None
    in_english = language_of(text, locale) == "en"
    head, beside = _beside(in_english)
    vectors = both.encode(parts)
    if beside is not None:
        vectors = np.hstack([vectors, beside.encode(parts)])
    return judges()[head].opinion(vectors)


def _beside(in_english: bool) -> tuple[str, Encodes | None]:
    """The best head for the language, and the encoder that it reads beside the bilingual one."""
    if fine := _fine():
        return (ENGLISH_FINE if in_english else SPANISH_FINE), fine
    if in_english and (one := _english()):
        return ENGLISH, one
    return BILINGUAL, None


@cache
def judges() -> Mapping[str, Judge]:
    """The judges of `data/safety/`, read once."""
    return read_judges(DATA / WEIGHTS)


def read_judges(path: Path) -> dict[str, Judge]:
    """The judge of each head. Raises `PatternError` for a file that cannot be used."""
    rows = [row for row in read_lines(path) if "head" in row]
    try:
        hidden = _hidden(path.with_name(HIDDEN))
        return {
            head: _judge(
                head, [row for row in rows if row["head"] == head], hidden if head in FINE else None
            )
            for head in DIMENSIONS
        }
    except (KeyError, TypeError, ValueError, OSError) as error:
        raise PatternError(f"{path.name} cannot be used") from error


def _hidden(path: Path) -> Floats | None:
    if not path.is_file():
        return None
    with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
        return np.asarray(kept["hidden"], dtype=np.float32)


def _judge(head: str, rows: Sequence[Mapping[str, Any]], hidden: Floats | None) -> Judge:
    (given,) = (row["bounds"] for row in rows if "bounds" in row)
    bounds = Bounds(**{name: float(value) for name, value in given.items()})
    learned = [row for row in rows if "weights" in row]
    weights = np.array([row["weights"] for row in learned], dtype=np.float32)
    kinds = tuple(str(row["kind"]) for row in learned)
    units = DIMENSIONS[head]
    if hidden is not None:
        units = hidden.shape[1]
        if hidden.shape[0] != DIMENSIONS[head] + 1:
            raise ValueError("a hidden layer of another size")
    if weights.shape != (len(kinds), units + 1) or bounds.soft > bounds.full:
        raise ValueError("lines of another size, or tiers the wrong way round")
    if not {CLINICAL, HARMLESS} < set(kinds):
        raise ValueError("a kind of message is missing")
    return Judge(kinds, weights, bounds, hidden)


def warm_up() -> None:
    """Load what the first opinion needs, so that the first message does not wait for it."""
    judges()
    second_opinion("what does the plan pay for a checkup")
    second_opinion("cuánto paga el plan por una consulta")


@cache
def _bilingual() -> bilingual.Encoder | None:
    """The shared encoder, or none: the patterns must go on without it."""
    return _loaded(bilingual.encoder, "no second opinion on safety: no encoder can be loaded")


@cache
def _fine() -> spanish.SpanishEncoder | None:
    """The encoder that search has for Spanish, or none where it is not built."""
    return _loaded(
        spanish.spanish_encoder, "a poorer second opinion on safety: no Spanish encoder is built"
    )


@cache
def _english() -> english.EnglishEncoder | None:
    """The English encoder, or none: the bilingual head reads English too."""
    return _loaded(
        english.english_encoder, "a poorer second opinion on safety: no English encoder is there"
    )


def _loaded(load: Callable[[], Loaded], otherwise: str) -> Loaded | None:
    try:
        return load()
    except (CarelineError, OSError, RuntimeError):
        _log.warning(otherwise)
        return None
