"""Golden questions under two indexes: which of them would find their article no longer."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from bot.knowledge.content import Content
from bot.knowledge.index import Index
from bot.knowledge.measuring import Asked, TextCache
from bot.knowledge.ranking import Decision, Ranker

# Up to so many articles all golden questions are asked; of a larger base those of the articles
# that the text's own sentences are nearest to. What draws a question away is near to it, so it is
# near to what the question's article is asked, too.
EVERY = 400
NEAREST = 20  # articles to each sentence
MOST = 150
BLOCK = 128

Tell = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Golden:
    """A question that must find the article."""

    slug: str
    language: str
    question: str


class Reach(IntEnum):
    """How far a golden question comes, from bad to good."""

    LOST = 0
    UNSURE = 1
    OFFERED = 2
    ANSWERED = 3


@dataclass(frozen=True, slots=True)
class Found:
    """How a golden question ends; `first` is the article that is likeliest, if any."""

    reach: Reach
    first: str | None


@dataclass(frozen=True, slots=True)
class Loss:
    """A golden question that comes less far than before."""

    golden: Golden
    before: Found
    after: Found

    @property
    def blocks(self) -> bool:
        """Whether another article, or none, has taken its place."""
        return self.after.reach is Reach.LOST


def golden_of(content: Content, slugs: Collection[str]) -> list[Golden]:
    """The golden questions of these articles, in all languages."""
    return [
        Golden(article.slug, language, question)
        for article in content.articles
        if article.slug in slugs
        for language, version in sorted(article.versions.items())
        for question in version.words.golden
    ]


def neighbours(indexes: Iterable[Index], slug: str) -> set[str]:
    """The articles whose questions a text of `slug` may draw away, itself included."""
    near: dict[str, float] = {}
    for index in indexes:
        slugs = [article.slug for article in index.articles]
        if len(slugs) <= EVERY:
            near |= dict.fromkeys(slugs, 1.0)
        elif slug in slugs:
            for other, likeness in _near(index, slugs.index(slug)):
                near[slugs[other]] = max(near.get(slugs[other], -1.0), likeness)
    most = len(near) if len(near) <= EVERY else MOST
    return {slug, *sorted(near, key=lambda one: -near[one])[:most]}


def _near(index: Index, position: int) -> Iterable[tuple[int, float]]:
    own = np.flatnonzero(index.owner == position)
    for row in index.vectors[own] @ index.vectors.T:
        best = np.maximum.reduceat(row, index.space.starts)
        few = np.argpartition(best, -NEAREST)[-NEAREST:]
        yield from zip(few.tolist(), best[few].tolist(), strict=True)


def found(
    index: Index, ranker: Ranker, asked: Sequence[Golden], cache: TextCache, tell: Tell
) -> list[Found]:
    """How each of the questions ends."""
    if not len(index.entries):
        return [Found(Reach.LOST, None)] * len(asked)
    positions = {article.slug: at for at, article in enumerate(index.articles)}
    ends: list[Found] = []
    for start in range(0, len(asked), BLOCK):
        some = asked[start : start + BLOCK]
        evidence = index.evidence_many(measured(index, cache, some))
        for at, one in enumerate(some):
            own = ranker.of(one.language)
            decision = own.decide(own.rank(evidence.at(at)))
            ends.append(_found(index, positions.get(one.slug, -1), decision))
        tell(len(ends), len(asked))
    return ends


def measured(index: Index, cache: TextCache, asked: Sequence[Golden]) -> list[Asked]:
    """Measured as a patient's question is, with its words as they were meant."""
    meant = [index.corrector.corrected(one.question, one.language) for one in asked]
    return cache.measure(meant, [one.language for one in asked])


def _found(index: Index, position: int, decision: Decision) -> Found:
    first = index.articles[decision.options[0]].slug if decision.options else None
    if decision.options[:1] == (position,):
        reach = {"answer": Reach.ANSWERED, "clarify": Reach.OFFERED}
        return Found(reach.get(decision.verdict, Reach.UNSURE), first)
    offered = decision.verdict == "clarify" and position in decision.options
    return Found(Reach.OFFERED if offered else Reach.LOST, first)


def losses(before: Mapping[Golden, Found], after: Mapping[Golden, Found]) -> list[Loss]:
    """Questions that come less far; those that are lost first."""
    fallen = [
        Loss(golden, before[golden], end)
        for golden, end in after.items()
        if golden in before and end.reach < before[golden].reach
    ]
    return sorted(fallen, key=lambda one: (not one.blocks, one.golden.slug, one.golden.language))
