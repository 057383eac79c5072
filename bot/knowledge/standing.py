"""Where articles stand under one question: what spoke for each, how much, and what bars them.

Everything here is a value, made for editors to read; nothing is said to patients.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import numpy.typing as npt

from bot.knowledge import ranking
from bot.knowledge.content import Article, Published
from bot.knowledge.evidence import Evidence
from bot.knowledge.index import Entry, Index
from bot.knowledge.markdown import plain
from bot.knowledge.measuring import Asked
from bot.knowledge.ranking import Doubles, LanguageRanker
from bot.knowledge.render import PLACEHOLDER
from bot.knowledge.vectors import Floats

Name = Literal["nearest", "native", "lexical", "typical", "learned", "covered"]
Source = Literal["title", "variant", "lead", "utterance", "plan"]
Reason = Literal["expired", "not_yet", "stale", "unreviewed", "ruled_out"]

# In the order of `ranking.article_features`.
NAMES: tuple[Name, ...] = ("nearest", "native", "lexical", "typical", "learned", "covered")


@dataclass(frozen=True, slots=True)
class Match:
    """The text of an article that is most like the question. `plan` texts are made of the list."""

    text: str
    language: str
    source: Source


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of evidence. `points` is what it adds to the score: never above zero, for nothing
    is more than alike.

    `measured` is a cosine for `nearest`, `native` and `lexical`; for `typical` how far the article
    is behind the likeliest, as a log-likelihood; for `learned` the probability the head gives it;
    for `covered` the share of the question that it has words for.
    """

    name: Name
    measured: float
    weight: float
    points: float
    match: Match | None = None


@dataclass(frozen=True, slots=True)
class Bar:
    """Why a version may not be said today; without a language, why the article may not."""

    reason: Reason
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """An article's place. One that may not be served has no share, and the place it would have.

    `offered`: it is the answer, or among the choices of a clarification.
    """

    place: int
    slug: str
    title: str
    topics: tuple[str, ...]
    score: float
    share: float
    pieces: tuple[Piece, ...]
    offered: bool
    served: bool
    bars: tuple[Bar, ...] = ()


@dataclass(frozen=True, slots=True)
class Shelf:
    """What may be served on one day: per article its versions; `ruled_out` are positions that this
    conversation has done with."""

    day: date
    versions: Sequence[Mapping[str, Published]]
    ruled_out: frozenset[int] = frozenset()

    def allowed(self) -> npt.NDArray[np.bool_]:
        """Which articles may have a share."""
        return np.array(
            [bool(own) and at not in self.ruled_out for at, own in enumerate(self.versions)],
            dtype=np.bool_,
        )

    def bars(self, position: int, article: Article) -> tuple[Bar, ...]:
        """What keeps the article, or a version of it, from patients."""
        own = self.versions[position]
        found = [
            Bar(_reason(version, self.day), language)
            for language, version in sorted(article.versions.items())
            if language not in own
        ]
        return (Bar("ruled_out"), *found) if position in self.ruled_out else tuple(found)


class Standings:
    """All articles with their points under one question; `order` are those that may be served,
    best first."""

    def __init__(
        self,
        index: Index,
        shelf: Shelf,
        model: LanguageRanker,
        question: Asked,
        evidence: Evidence,
        offered: Sequence[int],
    ):
        self._index, self._shelf = index, shelf
        self._asked, self._evidence = question, evidence
        self._weights = np.array(model.article_weights)
        self._features = ranking.article_features(evidence)
        self._scores: Doubles = self._features @ self._weights
        self._allowed = shelf.allowed()
        self._offered = frozenset(offered)
        open_scores = np.where(self._allowed, self._scores, -np.inf)
        self._shares = (
            ranking.softmax(open_scores) if self._allowed.any() else np.zeros_like(self._scores)
        )
        order = np.argsort(-open_scores, kind="stable")
        self.order = [int(at) for at in order if self._allowed[at]]
        self._letters = index.space.lexicon.likeness(question.grams)

    def standing(self, position: int) -> Standing:
        """That of the article at this position of the index."""
        article = self._index.articles[position]
        versions = self._shelf.versions[position] or article.versions
        version = versions.get(self._asked.language) or next(iter(versions.values()))
        served = bool(self._allowed[position])
        ahead = sum(bool(self._scores[at] > self._scores[position]) for at in self.order)
        return Standing(
            place=self.order.index(position) + 1 if served else ahead + 1,
            slug=article.slug,
            title=version.words.title,
            topics=article.topics,
            score=float(self._scores[position]),
            share=float(self._shares[position]),
            pieces=tuple(self._pieces(position)),
            offered=position in self._offered,
            served=served,
            bars=self._shelf.bars(position, article),
        )

    def _pieces(self, position: int) -> list[Piece]:
        rows = np.flatnonzero(self._index.owner == position)
        matches = self._matches(rows)
        measured = {
            "nearest": self._evidence.nearest[position],
            "native": self._evidence.native[position],
            "lexical": self._evidence.lexical[position],
            "typical": self._evidence.typical[position] - self._evidence.typical.max(),
            "learned": np.exp(self._features[position, NAMES.index("learned")]),
            "covered": self._evidence.covered[position],
        }
        columns = zip(NAMES, self._features[position], self._weights, strict=True)
        return [
            Piece(name, float(measured[name]), float(weight), float(value * weight), match)
            for name, value, weight in columns
            # Among very many entries those of a far-fetched article are not compared at all.
            for match in (matches.get(name) if measured[name] > -1 else None,)
        ]

    def _matches(self, rows: npt.NDArray[np.intp]) -> dict[Name, Match]:
        """By kind of likeness the entry that is most alike."""
        if not len(rows):
            return {}
        space = self._index.space
        near: Floats = space.vectors[rows] @ self._asked.vector
        closest = int(rows[np.argmax(near)])
        found = {"nearest": closest, "native": closest}
        found["lexical"] = int(rows[np.argmax(self._letters[rows])])
        own = space.native.get(self._asked.language)
        if own is not None and self._asked.native is not None:
            read = rows[own.column[rows] >= 0]
            if len(read):
                close: Floats = own.vectors[own.column[read]] @ self._asked.native
                found["native"] = int(read[np.argmax(close)])
        return {name: self._match(found[name]) for name in NAMES if name in found}

    def _match(self, row: int) -> Match:
        entry = self._index.entries[row]
        return Match(entry.text, entry.language, _source(entry, self._index.articles))


def _source(entry: Entry, articles: Sequence[Article]) -> Source:
    if entry.uttered:
        return "utterance"
    words = articles[entry.article].versions[entry.language].words
    if entry.text == words.title:
        return "title"
    if entry.text in words.variants:
        return "variant"
    return "lead" if entry.text == plain(PLACEHOLDER.sub("", words.lead)) else "plan"


def _reason(version: Published, day: date) -> Reason:
    words = version.words
    if words.expires_on is not None and words.expires_on < day:
        return "expired"
    if not words.current(day):
        return "not_yet"
    return "stale" if version.stale else "unreviewed"
