"""Why a question is decided as it is, and why an article lost.

The numbers are those that the decision was made on, so that the points of an article's pieces add
up to its score.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.errors import NotFound
from bot.knowledge.content import Article
from bot.knowledge.costs import Costs
from bot.knowledge.index import Index
from bot.knowledge.measuring import said
from bot.knowledge.ranking import LanguageRanker, Thresholds, Verdict
from bot.knowledge.standing import Shelf, Standing, Standings

SHOWN = 5
NEAR_NAMES = 4


@dataclass(frozen=True, slots=True)
class Why:
    """The decision on a question. `asked` is what was looked up: a follow-up is asked
    in full, and slips are mended.

    `first` is the probability that the first article is right, `among` that one of the first few
    is; `costs` is what each verdict would be expected to cost. `article` is the one asked for.
    """

    question: str = field(repr=False)
    asked: str = field(repr=False)
    language: str
    verdict: Verdict
    first: float
    among: float
    thresholds: Thresholds
    costs: Mapping[str, float]
    best: tuple[Standing, ...]
    article: Standing | None = None


def explain(
    index: Index,
    shelf: Shelf,
    model: LanguageRanker,
    costs: Costs,
    question: str,
    language: str,
    slug: str | None = None,
) -> Why:
    """The decision, the best articles, and the one called `slug`. Raises `NotFound` for a name
    that no article has."""
    wanted = None if slug is None else place_of(index.articles, slug)
    if not len(index.entries):
        nothing = costs.expected(0.0, 0.0, 0)
        return Why(
            *(question, question, language, "no_answer", 0.0, 0.0),
            *(model.thresholds, nothing, ()),
        )
    measured = index.asked(question, language)
    evidence = index.evidence(measured)
    ranked = model.rank(evidence, shelf.allowed())
    decision = model.decide(ranked)
    first, among = model.probabilities(ranked) if len(ranked.order) else (0.0, 0.0)
    shown = {"answer": decision.options[:1], "clarify": decision.options}
    offered = shown.get(decision.verdict, ())
    table = Standings(index, shelf, model, measured, evidence, offered)
    return Why(
        question=question,
        asked=question if measured.text == said(question) else measured.text,
        language=language,
        verdict=decision.verdict,
        first=first,
        among=among,
        thresholds=model.thresholds,
        costs=costs.expected(first, among, len(decision.options)),
        best=tuple(table.standing(at) for at in table.order[:SHOWN]),
        article=None if wanted is None else table.standing(wanted),
    )


def place_of(articles: Sequence[Article], slug: str) -> int:
    """Where the article stands in the index. Raises `NotFound` with names that are near."""
    slugs = [article.slug for article in articles]
    if slug in slugs:
        return slugs.index(slug)
    near = difflib.get_close_matches(slug, slugs, NEAR_NAMES)
    near += [one for one in slugs if slug in one]
    names = ", ".join(list(dict.fromkeys(near))[:NEAR_NAMES])
    remedy = f"Did you mean: {names}?" if names else "The studio lists all articles by name."
    raise NotFound(f"no article is called {slug}", field="article", remedy=remedy)
