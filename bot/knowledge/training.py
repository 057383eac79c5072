"""Fitting the ranker on the articles' own questions, and keeping what was measured for it."""

from __future__ import annotations

import hashlib
import sys
import tomllib
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

from bot.errors import Invalid
from bot.knowledge import content as contents
from bot.knowledge import ranking, utterances, vectors
from bot.knowledge.content import Content
from bot.knowledge.costs import FILE as COSTS_FILE
from bot.knowledge.examples import (
    ELSEWHERE_FILE,
    KINDS,
    REPEATED,
    UNCLEAR,
    UNCLEAR_FILE,
    Bools,
    Examples,
    fit_heads,
    gather,
)
from bot.knowledge.golden import golden_of
from bot.knowledge.index import Heads, build
from bot.knowledge.measuring import SHARED, TextCache
from bot.knowledge.ranking import (
    FORMAT,
    Doubles,
    LanguageRanker,
    NotTrained,
    Ranked,
    Ranker,
    Thresholds,
)
from bot.settings import Settings

NONE, OFFERED, FIRST = 0, 1, 2
FAINT = 0.1
BLOCK = 1024  # examples weighed at once; bounds the memory it takes


def fingerprint(content: Content, data_dir: Path) -> str:
    """Equal while a ranker fitted on these inputs would come out the same."""
    digest = hashlib.sha256(f"{FORMAT} {vectors.WEIGHTS}".encode())
    uttered = utterances.load(data_dir)
    for article in content.articles:
        known = uttered.get(article.slug, ())
        digest.update(repr((article.slug, article.topics, known)).encode())
        for language, version in sorted(article.versions.items()):
            words = version.words
            said = (language, words.questions, words.lead, words.golden)
            digest.update(repr(said).encode())
    for name in (COSTS_FILE, ELSEWHERE_FILE, UNCLEAR_FILE):
        digest.update((data_dir / name).read_bytes())
    return digest.hexdigest()


def ranker_is_due(settings: Settings) -> bool:
    """Whether the ranker or the kept vectors are missing, or older than the articles, the costs
    or this release."""
    try:
        ranker = Ranker.load(settings.model_dir / ranking.FILE)
    except NotTrained:
        return True
    if not vectors.usable(settings.model_dir / vectors.FILE):
        return True
    content = contents.from_files(settings.data_dir)
    return ranker.fingerprint != fingerprint(content, settings.data_dir)


def train_ranker(settings: Settings) -> Ranker:
    """Fit the ranker on the starter content and put it beside the other models, with the vectors
    of all texts that took part."""
    # A cache of its own: the questions it is fitted on are of no use to a process that answers.
    cache = TextCache(settings.model_dir / vectors.FILE, spare=sys.maxsize)
    content = contents.from_files(settings.data_dir)
    ranker = train(content, settings.data_dir, cache)
    # Asked at the first look of the gate, with an editor waiting for it.
    golden = golden_of(content, {article.slug for article in content.articles})
    cache.measure([one.question for one in golden], [one.language for one in golden])
    cache.keep(settings.model_dir / vectors.FILE)
    ranker.save(settings.model_dir / ranking.FILE)
    return ranker


def train(content: Content, data_dir: Path, cache: TextCache = SHARED) -> Ranker:
    """Fit weights and thresholds. The same inputs give the same numbers."""
    if len(content.articles) < 3:
        raise Invalid("a ranker needs at least three articles", remedy="Import the articles first.")
    costs = _costs(data_dir / COSTS_FILE)
    index = build(content, cache, utterances.load(data_dir))
    every = gather(index, data_dir, cache)
    models = {
        str(language): _fit(every.only(every.languages == language), costs)
        for language in np.unique(every.languages)
    }
    learned = Heads(fit_heads(index, cache))
    return Ranker(models, fingerprint(content, data_dir), learned)


def _fit(every: Examples, costs: dict[str, dict[str, float]]) -> LanguageRanker:
    """What one language's questions teach."""
    weights = _fit_articles(every)
    examples = every.only(every.kinds != REPEATED)
    ranked = ranking.rank_many(weights, examples.evidence)
    mass = _mass(examples, costs["expected"])
    offset, scale, outcome = _fit_outcome(examples, ranked, mass)
    untuned = LanguageRanker(
        article_weights=_numbers(weights),
        offset=_numbers(offset),
        scale=_numbers(scale),
        outcome_weights=tuple(_numbers(row) for row in outcome.coef_),
        outcome_bias=_numbers(outcome.intercept_),
        thresholds=Thresholds(1, 1, 1),
    )
    return replace(untuned, thresholds=_fit_thresholds(untuned, examples, ranked, mass, costs))


def _numbers(values: Doubles) -> tuple[float, ...]:
    return tuple(round(float(value), 6) for value in values)


def _costs(path: Path) -> dict[str, dict[str, float]]:
    costs: dict[str, dict[str, float]] = tomllib.loads(path.read_text("utf-8"))
    return costs


def _fit_articles(examples: Examples) -> Doubles:
    """Weights under which the right articles get the largest share of each question."""
    answered = examples.only(examples.right.any(axis=1))
    features = ranking.article_features(answered.evidence)
    right = answered.right

    def loss(weights: Doubles) -> tuple[float, Doubles]:
        total, slope = 0.01 * float(weights @ weights), 0.02 * weights
        for at in range(0, len(features), BLOCK):
            rows, inside = features[at : at + BLOCK], right[at : at + BLOCK]
            shares = ranking.softmax(rows @ weights)
            hits = np.maximum(np.where(inside, shares, 0).sum(axis=1), 1e-12)
            total -= float(np.log(hits).sum())
            excess = shares - np.where(inside, shares, 0) / hits[:, None]
            slope = slope + excess.reshape(-1) @ rows.reshape(-1, len(weights))
        return total, slope

    start = np.ones(features.shape[-1])
    # More evidence never counts against an article, whatever this set of questions suggests.
    bounds = [(0, None)] * len(start)
    weights: Doubles = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    return weights


def _truths(examples: Examples, ranked: list[Ranked]) -> list[int]:
    rows = zip(examples.kinds, examples.right, ranked, strict=True)
    return [_truth(kind, right, one) for kind, right, one in rows]


def _truth(kind: str, right: Bools, ranked: Ranked) -> int:
    found = right[ranked.order[: ranking.MOST_OPTIONS]]
    return FIRST if found[0] and kind != UNCLEAR else OFFERED if found.any() else NONE


def _mass(examples: Examples, expected: dict[str, float]) -> Doubles:
    """How much each example counts, so that the kinds have the shares that are expected."""
    kinds = np.array([KINDS.index(kind) for kind in examples.kinds])
    sizes = np.bincount(kinds, minlength=len(KINDS))
    shares = np.array([expected[kind] for kind in KINDS]) * (sizes > 0)
    mass: Doubles = (shares / shares.sum() / np.maximum(sizes, 1))[kinds] * len(examples)
    return mass


def _fit_outcome(
    examples: Examples, ranked: list[Ranked], mass: Doubles
) -> tuple[Doubles, Doubles, Any]:
    features = np.stack([one.features for one in ranked])
    offset, scale = features.mean(axis=0), np.maximum(features.std(axis=0), 1e-6)
    # One faint, featureless example of each outcome: a few clear articles may show no doubt at all.
    rows = np.vstack([(features - offset) / scale, np.zeros((3, features.shape[1]))])
    labels = np.array([*_truths(examples, ranked), NONE, OFFERED, FIRST])
    # A tight tolerance: a loose one stops at the start point on features this small.
    model = LogisticRegression(C=1.0, tol=1e-6, max_iter=5000)
    model.fit(rows, labels, sample_weight=np.append(mass, np.full(3, FAINT)))
    return offset, scale, model


def _fit_thresholds(
    ranker: LanguageRanker,
    examples: Examples,
    ranked: list[Ranked],
    mass: Doubles,
    costs: dict[str, dict[str, float]],
) -> Thresholds:
    """The cheapest of a grid; of equally cheap ones the most cautious."""
    sure = np.array([ranker.probabilities(one) for one in ranked])
    rows = list(zip(examples.right, ranked, strict=True))
    answered = np.array([_answer_cost(right, one, costs) for right, one in rows])
    answered = np.where(
        examples.kinds == UNCLEAR, np.maximum(answered, costs["answer"]["unclear"]), answered
    )
    refused = np.array(
        [costs["no_answer"]["exists" if right.any() else "nothing"] for right, _ in rows]
    )
    grid = np.round(np.arange(0.02, 1.0, 0.02), 2)
    best: tuple[float, Thresholds] | None = None
    for least in (0.3, 0.2, 0.1, 0.05, 0.02, 0.01):
        offered = np.array([_clarify_cost(right, one, least, costs) for right, one in rows])
        totals = _totals(grid, sure, answered * mass, offered * mass, refused * mass)
        for answer, clarify in product(range(len(grid))[::-1], repeat=2):
            total = float(totals[answer, clarify])
            if best is None or total < best[0] - 1e-9:
                best = total, Thresholds(float(grid[answer]), float(grid[clarify]), least)
    assert best is not None  # noqa: S101 - the grid is not empty
    return best[1]


def _totals(
    grid: Doubles, sure: Doubles, answered: Doubles, offered: Doubles, refused: Doubles
) -> Doubles:
    """What all examples cost together, by threshold to answer and threshold to clarify."""
    reached = np.searchsorted(grid, sure[:, 0], side="right")
    totals = np.empty((len(grid), len(grid)))
    for at, clarify in enumerate(grid):
        otherwise = np.where(sure[:, 1] >= clarify, offered, refused)
        # What answering instead changes, summed over the examples that reach each threshold.
        changed = np.bincount(reached, answered - otherwise, minlength=len(grid) + 1)
        totals[:, at] = otherwise.sum() + changed[::-1].cumsum()[::-1][1:]
    return totals


def _answer_cost(right: Bools, ranked: Ranked, costs: dict[str, dict[str, float]]) -> float:
    if right[ranked.order[0]]:
        return 0.0
    return costs["answer"]["beside" if right.any() else "nothing"]


def _clarify_cost(
    right: Bools, ranked: Ranked, least: float, costs: dict[str, dict[str, float]]
) -> float:
    options = ranking.choose_options(ranked, least)
    extra = costs["clarify"]["extra_option"] * max(len(options) - 2, 0)
    if not right.any():
        return costs["clarify"]["nothing"] + extra
    return costs["clarify"]["right" if right[list(options)].any() else "beside"] + extra
