"""Fitting the ranker on the articles' own questions.

Every variant is asked with itself and its nearest twin of each other language taken out of the
index; golden questions are asked as they are. Asked again with all articles of its topics taken
out, each becomes a question that no article answers; `data/training/out_of_scope.jsonl` adds
questions from elsewhere. Variants asked almost as written, with a slip of the pen, teach the
order of articles only: they are too easy to teach how sure to be.
The evaluation sets under `tests/` are never read here.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

from bot.errors import Invalid
from bot.knowledge import content as contents
from bot.knowledge import ranking
from bot.knowledge.content import Content
from bot.knowledge.index import SHARED, Asked, Evidence, Index, Rows, asked, build
from bot.knowledge.ranking import FORMAT, Doubles, NotTrained, Ranked, Ranker, Thresholds
from bot.language.encoder import SHA256
from bot.settings import Settings

COSTS_FILE = "costs.toml"
ELSEWHERE_FILE = "training/out_of_scope.jsonl"
NONE, OFFERED, FIRST = 0, 1, 2
FAINT = 0.1
KINDS = ("answerable", "neighbouring", "elsewhere")
REPEATED = "repeated"


@dataclass(frozen=True, slots=True)
class Example:
    """One question with the positions of the articles that answer it, none for none."""

    kind: str
    right: frozenset[int]
    evidence: Evidence


def fingerprint(content: Content, data_dir: Path) -> str:
    """Equal while a ranker fitted on these inputs would come out the same."""
    digest = hashlib.sha256(f"{FORMAT} {SHA256}".encode())
    for article in content.articles:
        digest.update(repr((article.slug, article.topics)).encode())
        for language, version in sorted(article.versions.items()):
            words = version.words
            said = (language, words.questions, words.lead, words.golden)
            digest.update(repr(said).encode())
    for name in (COSTS_FILE, ELSEWHERE_FILE):
        digest.update((data_dir / name).read_bytes())
    return digest.hexdigest()


def ranker_is_due(settings: Settings) -> bool:
    """Whether the ranker is missing or older than the articles, the costs or this release."""
    try:
        ranker = Ranker.load(settings.model_dir / ranking.FILE)
    except NotTrained:
        return True
    content = contents.from_files(settings.data_dir)
    return ranker.fingerprint != fingerprint(content, settings.data_dir)


def train_ranker(settings: Settings) -> Ranker:
    """Fit the ranker on the starter content and put it beside the other models."""
    ranker = train(contents.from_files(settings.data_dir), settings.data_dir)
    ranker.save(settings.model_dir / ranking.FILE)
    return ranker


def train(content: Content, data_dir: Path) -> Ranker:
    """Fit weights and thresholds. The same inputs give the same numbers."""
    if len(content.articles) < 3:
        raise Invalid("a ranker needs at least three articles", remedy="Import the articles first.")
    costs = _costs(data_dir / COSTS_FILE)
    index = build(content, SHARED)
    every = list(_examples(index, data_dir / ELSEWHERE_FILE))
    weights = _fit_articles(every)
    examples = [example for example in every if example.kind != REPEATED]
    ranked = [ranking.rank(weights, example.evidence) for example in examples]
    mass = _mass(examples, costs["expected"])
    offset, scale, outcome = _fit_outcome(examples, ranked, mass)
    untuned = Ranker(
        article_weights=_numbers(weights),
        offset=_numbers(offset),
        scale=_numbers(scale),
        outcome_weights=tuple(_numbers(row) for row in outcome.coef_),
        outcome_bias=_numbers(outcome.intercept_),
        thresholds=Thresholds(1, 1, 1),
        fingerprint=fingerprint(content, data_dir),
    )
    thresholds = _fit_thresholds(untuned, examples, ranked, mass, costs)
    return Ranker(**{**_fields(untuned), "thresholds": thresholds})


def _fields(ranker: Ranker) -> dict[str, Any]:
    return {name: getattr(ranker, name) for name in Ranker.__dataclass_fields__}


def _numbers(values: Doubles) -> tuple[float, ...]:
    return tuple(round(float(value), 6) for value in values)


def _costs(path: Path) -> dict[str, dict[str, float]]:
    costs: dict[str, dict[str, float]] = tomllib.loads(path.read_text("utf-8"))
    return costs


def _examples(index: Index, elsewhere: Path) -> Iterator[Example]:
    topics = [frozenset(article.topics) for article in index.articles]
    for position in range(len(topics)):
        right = frozenset(at for at, other in enumerate(topics) if other & topics[position])
        away = np.flatnonzero(np.isin(index.owner, list(right)))
        for question, hidden in _questions(index, position):
            yield Example("answerable", right, index.evidence(question, hidden))
            if len(right) < len(topics):
                yield Example("neighbouring", frozenset(), index.evidence(question, away))
        for version in index.articles[position].versions.values():
            for variant in version.words.variants:
                yield Example(REPEATED, right, index.evidence(asked(slip(variant))))
    known = frozenset().union(*topics)
    for line in elsewhere.read_text("utf-8").splitlines():
        row = json.loads(line)
        if not known.intersection(row["topics"]):
            kind = "neighbouring" if row["topics"] else "elsewhere"
            yield Example(kind, frozenset(), index.evidence(asked(row["text"])))


def _questions(index: Index, position: int) -> Iterator[tuple[Asked, Rows]]:
    """The article's own questions, each with the rows it must not find itself in."""
    rows = np.flatnonzero(index.owner == position)
    own = {index.entries[row].text for row in rows}
    for row in rows:
        entry = index.entries[row]
        if entry.text in index.articles[position].versions[entry.language].words.variants:
            question = asked(entry.text)
            yield question, np.array([row, *_twins(index, int(row), rows)], dtype=np.intp)
    for version in index.articles[position].versions.values():
        for golden in version.words.golden:
            if golden not in own:
                yield asked(golden), np.array([], dtype=np.intp)


def slip(text: str) -> str:
    """The text with two letters of its longest word swapped and, if it is long, less its start."""
    words = text.split()
    longest = max(range(len(words)), key=lambda at: len(words[at]))
    word, middle = words[longest], len(words[longest]) // 2
    if len(word) > 3:
        swapped = word[middle] + word[middle - 1]
        words[longest] = word[: middle - 1] + swapped + word[middle + 1 :]
    return " ".join(words[1:] if len(words) > 4 else words)


def _twins(index: Index, row: int, rows: Rows) -> Iterator[int]:
    """The nearest text of each other language: it may be the same question, translated."""
    languages = {index.entries[other].language for other in rows} - {index.entries[row].language}
    for language in sorted(languages):
        others = [int(other) for other in rows if index.entries[other].language == language]
        yield max(others, key=lambda other: float(index.vectors[other] @ index.vectors[row]))


def _fit_articles(examples: list[Example]) -> Doubles:
    """Weights under which the right articles get the largest share of each question."""
    cases = [
        (ranking.article_features(example.evidence), np.array(sorted(example.right)))
        for example in examples
        if example.right
    ]

    def loss(weights: Doubles) -> tuple[float, Doubles]:
        total, slope = 0.01 * float(weights @ weights), 0.02 * weights
        for rows, right in cases:
            scores = rows @ weights
            raised = np.exp(scores - scores.max())
            shares = raised / raised.sum()
            inside = shares[right] / max(shares[right].sum(), 1e-12)
            total -= float(np.log(max(shares[right].sum(), 1e-12)))
            slope = slope + shares @ rows - inside @ rows[right]
        return total, slope

    start = np.ones(cases[0][0].shape[1])
    # More evidence never counts against an article, whatever this set of questions suggests.
    bounds = [(0, None)] * len(start)
    weights: Doubles = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    return weights


def _truth(example: Example, ranked: Ranked) -> int:
    if int(ranked.order[0]) in example.right:
        return FIRST
    few = {int(article) for article in ranked.order[: ranking.MOST_OPTIONS]}
    return OFFERED if few & example.right else NONE


def _mass(examples: list[Example], expected: dict[str, float]) -> Doubles:
    """How much each example counts, so that the kinds have the shares that are expected."""
    kinds = np.array([KINDS.index(example.kind) for example in examples])
    sizes = np.bincount(kinds, minlength=len(KINDS))
    shares = np.array([expected[kind] for kind in KINDS]) * (sizes > 0)
    mass: Doubles = (shares / shares.sum() / np.maximum(sizes, 1))[kinds] * len(examples)
    return mass


def _fit_outcome(
    examples: list[Example], ranked: list[Ranked], mass: Doubles
) -> tuple[Doubles, Doubles, Any]:
    features = np.stack([one.features for one in ranked])
    offset, scale = features.mean(axis=0), np.maximum(features.std(axis=0), 1e-6)
    truth = [_truth(e, r) for e, r in zip(examples, ranked, strict=True)]
    # One faint, featureless example of each outcome: a few clear articles may show no doubt at all.
    rows = np.vstack([(features - offset) / scale, np.zeros((3, features.shape[1]))])
    labels = np.array([*truth, NONE, OFFERED, FIRST])
    # A tight tolerance: a loose one stops at the start point on features this small.
    model = LogisticRegression(C=1.0, tol=1e-6, max_iter=5000)
    model.fit(rows, labels, sample_weight=np.append(mass, np.full(3, FAINT)))
    return offset, scale, model


def _fit_thresholds(
    ranker: Ranker,
    examples: list[Example],
    ranked: list[Ranked],
    mass: Doubles,
    costs: dict[str, dict[str, float]],
) -> Thresholds:
    """The cheapest of a grid; of equally cheap ones the most cautious."""
    sure = np.array([ranker.probabilities(one) for one in ranked])
    answered = np.array([_answer_cost(e, r, costs) for e, r in zip(examples, ranked, strict=True)])
    refused = np.array([costs["no_answer"]["exists" if e.right else "nothing"] for e in examples])
    grid = np.round(np.arange(0.02, 1.0, 0.02), 2)
    best: tuple[float, Thresholds] | None = None
    for least in (0.3, 0.2, 0.1, 0.05, 0.02, 0.01):
        offered = np.array(
            [_clarify_cost(e, r, least, costs) for e, r in zip(examples, ranked, strict=True)]
        )
        for answer, clarify in product(grid[::-1], grid[::-1]):
            not_answered = np.where(sure[:, 1] >= clarify, offered, refused)
            paid = np.where(sure[:, 0] >= answer, answered, not_answered)
            total = float(paid @ mass)
            if best is None or total < best[0] - 1e-9:
                best = total, Thresholds(float(answer), float(clarify), least)
    assert best is not None  # noqa: S101 - the grid is not empty
    return best[1]


def _answer_cost(example: Example, ranked: Ranked, costs: dict[str, dict[str, float]]) -> float:
    if int(ranked.order[0]) in example.right:
        return 0.0
    return costs["answer"]["beside" if example.right else "nothing"]


def _clarify_cost(
    example: Example, ranked: Ranked, least: float, costs: dict[str, dict[str, float]]
) -> float:
    options = ranking.choose_options(ranked, least)
    extra = costs["clarify"]["extra_option"] * max(len(options) - 2, 0)
    if not example.right:
        return costs["clarify"]["nothing"] + extra
    return costs["clarify"]["right" if example.right & set(options) else "beside"] + extra
