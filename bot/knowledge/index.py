"""What every article has to say for itself when a question is asked: four kinds of evidence.

An index is immutable. Its entries are the titles, variants and leads of all published versions,
in both languages, because the encoder puts sentences of one meaning close whatever their
language. Vectors and n-gram rows are kept by text, so that an edit re-encodes only its own words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from bot import texts
from bot.knowledge.content import Article, Content
from bot.knowledge.lexicon import Lexicon, counts
from bot.knowledge.markdown import plain
from bot.knowledge.render import PLACEHOLDER, placeholders
from bot.language.encoder import encoder

# How much the spread of sentences within an article is pulled towards a round one: there are far
# fewer sentences than directions. Flat between 0.1 and 0.5 on leave-one-out.
SHRINKAGE = 0.3
PRIVATE_LINES = ("commercial", "marketplace", "other")

_MARKS = re.compile(r"[¿?¡!.,;:()\"“”]+")

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Entry:
    """One text by which an article is found."""

    text: str
    article: int
    language: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, measured once."""

    text: str
    vector: Floats


@dataclass(frozen=True, slots=True)
class Evidence:
    """Per article: nearest and second nearest entry, most letters in common, and how much more
    the question is like this article's sentences than like the others' (a log-likelihood)."""

    nearest: Floats
    second: Floats
    lexical: Floats
    typical: Floats


def asked(text: str) -> Asked:
    """Measure a question. Capitals and marks count for nothing: in a chat they say nothing."""
    words = " ".join(_MARKS.sub(" ", text.lower()).split()) or text
    return Asked(words, encoder().encode([words])[0])


class TextCache:
    """Vectors and n-gram rows of texts that were seen before; kept between two indexes.

    It holds at most about twice what was last asked for, and may be shared between threads.
    """

    SPARE = 1000

    def __init__(self) -> None:
        self._known: dict[str, tuple[Floats, Any]] = {}

    def measure(self, texts: Sequence[str]) -> tuple[Floats, list[Any]]:
        """The vectors and rows in order; only texts that are new are measured."""
        before = self._known
        known = {text: before.get(text) or self._new(text) for text in dict.fromkeys(texts)}
        merged = {**before, **known}
        self._known = merged if len(merged) <= 2 * len(known) + self.SPARE else known
        vectors = np.stack([known[text][0] for text in texts]) if texts else np.zeros((0, 1))
        return vectors.astype(np.float32), [known[text][1] for text in texts]

    @staticmethod
    def _new(text: str) -> tuple[Floats, Any]:
        measured = asked(text)
        return measured.vector, counts([measured.text])


# Every knowledge base of a process reads the same articles, give or take an edit.
SHARED = TextCache()


@dataclass(frozen=True)
class Index:
    """All entries of `content`, measured. `starts` is each article's first entry."""

    content: Content
    entries: tuple[Entry, ...]
    vectors: Floats
    lexicon: Lexicon
    owner: Rows
    starts: Rows
    precision: Floats
    typical_weights: Floats
    typical_bias: Floats

    @property
    def articles(self) -> tuple[Article, ...]:
        """The articles, in the order of every array."""
        return self.content.articles

    def evidence(self, question: Asked, hidden: Rows | None = None) -> Evidence:
        """What speaks for each article. `hidden` entries count as if they were not there."""
        near = self.vectors @ question.vector
        letters = self.lexicon.likeness(question.text)
        typical = self.typical_weights @ question.vector + self.typical_bias
        if hidden is not None and len(hidden):
            near, letters = near.copy(), letters.copy()
            near[hidden], letters[hidden] = -1, 0
            for article in np.unique(self.owner[hidden]):
                typical[article] = self._typical_without(int(article), hidden, question.vector)
        nearest = np.maximum.reduceat(near, self.starts)
        second = np.where(near >= nearest[self.owner], np.float32(-1), near)
        return Evidence(
            nearest=nearest,
            second=np.maximum.reduceat(second, self.starts),
            lexical=np.maximum.reduceat(letters, self.starts),
            typical=typical,
        )

    def _typical_without(self, article: int, hidden: Rows, vector: Floats) -> float:
        rows = np.setdiff1d(np.flatnonzero(self.owner == article), hidden)
        if not len(rows):
            return float("-inf")
        mean = self.vectors[rows].mean(axis=0)
        weights = self.precision @ mean
        return float(weights @ vector - weights @ mean / 2)


def build(content: Content, cache: TextCache) -> Index:
    """Measure everything that is new. Takes a while: not for the event loop."""
    entries = tuple(_entries(content))
    vectors, rows = cache.measure([entry.text for entry in entries])
    owner = np.array([entry.article for entry in entries], dtype=np.intp)
    starts = np.searchsorted(owner, np.arange(len(content.articles)))
    means, precision = _shape(vectors, owner, starts)
    weights = means @ precision
    return Index(
        content=content,
        entries=entries,
        vectors=vectors,
        lexicon=Lexicon.of(rows),
        owner=owner,
        starts=starts,
        precision=precision,
        typical_weights=weights,
        typical_bias=-(weights * means).sum(axis=1) / 2,
    )


def _entries(content: Content) -> Iterator[Entry]:
    for position, article in enumerate(content.articles):
        for language, version in sorted(article.versions.items()):
            for question in version.words.questions:
                yield Entry(question, position, language)
            if lead := plain(PLACEHOLDER.sub("", version.words.lead)):
                yield Entry(lead, position, language)
            if ("lookup", "plan") in placeholders(version.words.lead):
                for name in _private_plans(content):
                    question = texts.get("knowledge.plan_question", language, plan=name).text
                    yield Entry(question, position, language)


def _private_plans(content: Content) -> list[str]:
    """The plans people ask for by name; public ones have articles of their own."""
    plans = content.profile.accepted_plans
    return list(dict.fromkeys(plan.payer for plan in plans if plan.line in PRIVATE_LINES))


def _shape(vectors: Floats, owner: Rows, starts: Rows) -> tuple[Floats, Floats]:
    """Where each article's sentences lie, and the inverse of how they spread around it."""
    if not len(vectors):
        return np.zeros((0, 1), np.float32), np.eye(1, dtype=np.float32)
    sizes = np.diff(np.append(starts, len(owner)))
    means = np.add.reduceat(vectors, starts) / sizes[:, None]
    away = vectors - means[owner]
    spread = away.T @ away / len(away)
    dimension = spread.shape[0]
    # A constant keeps the spread invertible when every article has one sentence only.
    level = np.trace(spread) / dimension + 1e-4
    round_one = level * np.eye(dimension, dtype=np.float32)
    precision = np.linalg.inv((1 - SHRINKAGE) * spread + SHRINKAGE * round_one)
    return means.astype(np.float32), precision.astype(np.float32)
