"""Which article fits, and how sure that is.

Two small logistic models, fitted by `careline train` and kept as numbers in a file: the first
weighs an article's evidence against the others', the second says how probable it is that the
best one is right, or is among the few best. Three thresholds turn that into answer, clarify or
no answer; they were chosen to cost least under `data/costs.toml`. Each language has its own: the
evidence is not equally good in all of them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from scipy.special import logsumexp

from bot.errors import CarelineError
from bot.knowledge import heads
from bot.knowledge.evidence import Evidence
from bot.knowledge.index import UNLEARNED, Heads
from bot.knowledge.vectors import Floats
from bot.replacing import replacing

FORMAT = 5
FILE = "ranker.json"
MOST_OPTIONS = 4
FAR = 1000.0
LIKELIHOOD = 4  # its place among an article's features

Doubles = npt.NDArray[np.float64]
Verdict = Literal["answer", "clarify", "no_answer"]
Why = Literal["missing", "other_release", "unreadable"]


class NotTrained(CarelineError):
    """There is no ranker that fits this release: it is `missing`, of an `other_release`, or
    `unreadable`."""

    code = "not_trained"
    status = 503

    def __init__(self, message: str, *, remedy: str, why: Why = "missing"):
        super().__init__(message, remedy=remedy)
        self.why = why


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From where on to answer and to clarify, and the least share that earns a place as option."""

    answer: float
    clarify: float
    option: float


@dataclass(frozen=True, slots=True)
class Ranked:
    """Articles by position, best first, with their shares (which sum to 1 over all articles)."""

    order: npt.NDArray[np.intp]
    shares: Doubles
    features: Doubles


@dataclass(frozen=True, slots=True)
class Decision:
    """`probability` is that of the first article being right; `options` are positions."""

    verdict: Verdict
    options: tuple[int, ...]
    probability: float


@dataclass(frozen=True, slots=True)
class LanguageRanker:
    """The fitted numbers for questions in one language. `scale` and `offset` bring the query's
    features to one size."""

    article_weights: tuple[float, ...]
    offset: tuple[float, ...]
    scale: tuple[float, ...]
    outcome_weights: tuple[tuple[float, ...], ...]
    outcome_bias: tuple[float, ...]
    thresholds: Thresholds

    def rank(self, evidence: Evidence, allowed: npt.NDArray[np.bool_] | None = None) -> Ranked:
        """All articles in order; those not `allowed` have no share."""
        return rank(np.array(self.article_weights), evidence, allowed)

    def probabilities(self, ranked: Ranked) -> tuple[float, float]:
        """That the first article is right, and that one of the first few is."""
        features = (ranked.features - np.array(self.offset)) / np.array(self.scale)
        logits = np.array(self.outcome_weights) @ features + np.array(self.outcome_bias)
        _, offered, first = softmax(logits)
        return float(first), float(first + offered)

    def decide(self, ranked: Ranked) -> Decision:
        """What to do with the question."""
        if not len(ranked.order):
            return Decision("no_answer", (), 0.0)
        first, among = self.probabilities(ranked)
        options = choose_options(ranked, self.thresholds.option)
        if first >= self.thresholds.answer:
            return Decision("answer", options, first)
        if among >= self.thresholds.clarify and len(options) > 1:
            return Decision("clarify", options, first)
        return Decision("no_answer", options, first)


@dataclass(frozen=True, slots=True)
class Ranker:
    """What was fitted, by language, and the heads that an index is built with."""

    models: Mapping[str, LanguageRanker]
    fingerprint: str
    learned: Heads = field(default=UNLEARNED, compare=False)
    format: int = FORMAT

    def of(self, language: str) -> LanguageRanker:
        """The numbers for questions in this language; for one that has none, the first."""
        return self.models.get(language) or next(iter(self.models.values()))

    def save(self, path: Path) -> None:
        """Write the numbers where `load` finds them, the heads beside them."""
        heads.save(path.with_name(heads.FILE), self.learned.by_language, self.fingerprint)
        models = {language: asdict(model) for language, model in self.models.items()}
        data = {"format": self.format, "fingerprint": self.fingerprint, "models": models}
        with replacing(path) as partial:
            partial.write_text(json.dumps(data, indent=1) + "\n", "utf-8")

    @classmethod
    def load(cls, path: Path) -> Ranker:
        """Read the numbers. Raises `NotTrained` when there are none for this release."""
        remedy = "run `careline train`"
        if not path.is_file():
            raise NotTrained(f"{path} is missing", remedy=remedy)
        try:
            data = json.loads(path.read_text("utf-8"))
            if data["format"] != FORMAT:
                raise NotTrained(
                    f"{path} was made by another release", remedy=remedy, why="other_release"
                )
            models = {language: _model(given) for language, given in data["models"].items()}
            fingerprint = str(data["fingerprint"])
            learned = Heads(heads.load(path.with_name(heads.FILE), fingerprint))
            return cls(models, fingerprint, learned)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise NotTrained(f"{path} cannot be read", remedy=remedy, why="unreadable") from error


def _model(given: dict[str, Any]) -> LanguageRanker:
    thresholds = Thresholds(**given.pop("thresholds"))
    numbers = {name: _tuples(value) for name, value in given.items()}
    return LanguageRanker(**numbers, thresholds=thresholds)


def _tuples(value: Any) -> Any:
    return tuple(_tuples(one) for one in value) if isinstance(value, list) else value


def article_features(evidence: Evidence) -> Doubles:
    """One row an article: how close the nearest entry is, in meaning, to the language's own
    encoder and in letters, how far the article is behind the likeliest one, how likely the head
    thinks it, and how much of the question it has no words for. For many questions at once, a table
    for each."""
    reachable = np.isfinite(evidence.typical)
    best = np.where(reachable, evidence.typical, -np.inf).max(
        axis=-1, keepdims=True, initial=-np.inf
    )
    behind = np.where(reachable, np.where(np.isfinite(best), best, 0) - evidence.typical, FAR)
    # Logarithms of likelihoods are overconfident far out; the root keeps the order.
    columns = [
        -_distance(evidence.nearest),
        -_distance(evidence.native),
        -_distance(evidence.lexical),
        -np.sqrt(np.maximum(behind, 0)),
        likelihood(evidence),
        evidence.covered - 1,
    ]
    features: Doubles = np.stack(columns, axis=-1).astype(np.float64)
    return features


def likelihood(evidence: Evidence) -> Doubles:
    """The logarithm of how likely the head thinks each article, no less than -`FAR`."""
    total = logsumexp(evidence.learned, axis=-1, keepdims=True)
    floor = np.where(np.isfinite(total), evidence.learned - total, -FAR)
    found: Doubles = np.maximum(floor, -FAR)
    return found


def _distance(cosine: Floats) -> Floats:
    """Between unit vectors. Unlike the cosine it falls steeply where two texts are almost one."""
    distance: Floats = np.sqrt(np.maximum(2 - 2 * cosine, 0))
    return distance


def rank(
    weights: Doubles, evidence: Evidence, allowed: npt.NDArray[np.bool_] | None = None
) -> Ranked:
    """The order under the given weights."""
    rows = article_features(evidence)
    scores = rows @ weights
    if allowed is not None:
        scores = np.where(allowed, scores, -np.inf)
    order = np.argsort(-scores, kind="stable")[: MOST_OPTIONS + 1]
    order = order[np.isfinite(scores[order])]
    if not len(order):
        return Ranked(order, np.zeros(0), np.zeros(0))
    shares = softmax(scores)
    return Ranked(order, shares[order], _outcome_features(rows, shares, order, evidence))


def rank_many(weights: Doubles, evidence: Evidence) -> list[Ranked]:
    """The same for many questions, each with all articles."""
    return [rank(weights, evidence.at(row)) for row in range(len(evidence.nearest))]


def choose_options(ranked: Ranked, least_share: float) -> tuple[int, ...]:
    """The first article, and up to three more that are not far-fetched."""
    kept = ranked.order[:MOST_OPTIONS]
    enough = ranked.shares[:MOST_OPTIONS] >= least_share
    enough[:2] = True
    return tuple(int(article) for article in kept[enough])


def _outcome_features(
    rows: Doubles, shares: Doubles, order: npt.NDArray[np.intp], evidence: Evidence
) -> Doubles:
    """What tells a sure hit from a doubtful one, and either from a question without an article."""
    first = int(order[0])
    share = float(np.clip(shares[first], 1e-6, 1 - 1e-6))
    few = float(np.clip(shares[order[:MOST_OPTIONS]].sum(), 1e-6, 1 - 1e-6))
    agree = sum(float(np.argmax(column) == first) for column in rows.T)
    return np.array(
        [
            np.log(share / (1 - share)),
            np.log(few / (1 - few)),
            float(evidence.nearest.max()),
            float(evidence.nearest[first]),
            float(evidence.second[first]),
            float(evidence.lexical[first]),
            float(evidence.lexical.max()),
            float(evidence.native.max()),
            float(evidence.native[first]),
            float(np.nan_to_num(evidence.learned.max(), neginf=0.0)),
            float(rows[first, LIKELIHOOD]),
            float(evidence.covered[first]),
            float(evidence.covered.max()),
            agree,
            float(np.log1p(evidence.words)),
        ]
    )


def softmax(values: Sequence[float] | Doubles) -> Doubles:
    """The shares that scores stand for; of a table, of each row."""
    numbers = np.asarray(values, dtype=np.float64)
    raised = np.exp(numbers - numbers.max(axis=-1, keepdims=True))
    result: Doubles = raised / raised.sum(axis=-1, keepdims=True)
    return result
