"""What every article has to say for itself when a question is asked: four kinds of evidence.

An index is immutable. Its entries are the titles, variants and leads of all published versions,
and the training utterances of their articles, in both languages, because the encoder puts
sentences of one meaning close whatever their language.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from bot import texts
from bot.knowledge.content import Article, Content
from bot.knowledge.lexicon import Lexicon
from bot.knowledge.markdown import plain
from bot.knowledge.measuring import SHARED, Asked, TextCache, asked
from bot.knowledge.render import PLACEHOLDER, placeholders
from bot.knowledge.utterances import NONE, Utterances
from bot.knowledge.vectors import Floats

# What an index is made of and asked with is had from here as well.
__all__ = ["SHARED", "Asked", "Entry", "Evidence", "Floats", "Index", "Rows", "TextCache"]
__all__ += ["asked", "build"]

# How much the spread of sentences within an article is pulled towards a round one: there are far
# fewer sentences than directions. Flat between 0.1 and 0.5 on leave-one-out.
SHRINKAGE = 0.3
PRIVATE_LINES = ("commercial", "marketplace")
BLOCK = 256  # questions measured against all entries at once; bounds the memory it takes

Rows = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Entry:
    """One text by which an article is found."""

    text: str
    article: int
    language: str
    uttered: bool = False  # a training utterance


@dataclass(frozen=True, slots=True)
class Evidence:
    """Per article: nearest and second nearest entry, most letters in common, and how much more
    the question is like this article's sentences than like the others' (a log-likelihood).
    For many questions at once, one row each."""

    nearest: Floats
    second: Floats
    lexical: Floats
    typical: Floats

    def at(self, rows: int | slice | Rows) -> Evidence:
        """That of one question, or of some, out of many."""
        return Evidence(
            self.nearest[rows], self.second[rows], self.lexical[rows], self.typical[rows]
        )


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
        return self._measured([question], [hidden]).at(0)

    def evidence_many(
        self, questions: Sequence[Asked], hidden: Sequence[Rows | None] | None = None
    ) -> Evidence:
        """The same for many questions, each with hidden entries of its own: one row a question.

        Several times faster than one by one, most of all when a question and the same question
        with other hidden entries stand side by side.
        """
        unseen = hidden or [None] * len(questions)
        if len(unseen) != len(questions):
            raise ValueError("every question needs its hidden entries, or none does")
        blocks = [
            self._measured(questions[at : at + BLOCK], unseen[at : at + BLOCK])
            for at in range(0, len(questions), BLOCK)
        ]
        return Evidence(
            *(
                np.concatenate([getattr(block, name) for block in blocks])
                if blocks
                else np.zeros((0, len(self.starts)), np.float32)
                for name in Evidence.__slots__
            )
        )

    def _measured(self, questions: Sequence[Asked], hidden: Sequence[Rows | None]) -> Evidence:
        distinct = {question.text: question for question in questions}
        places = {text: at for at, text in enumerate(distinct)}
        vectors = np.stack([question.vector for question in distinct.values()])
        near = vectors @ self.vectors.T
        letters = np.stack([self.lexicon.likeness(one.grams) for one in distinct.values()])
        typical = vectors @ self.typical_weights.T + self.typical_bias
        if len(distinct) < len(questions):
            rows = [places[question.text] for question in questions]
            near, letters, typical = near[rows], letters[rows], typical[rows]
        self._hide(questions, hidden, near, letters, typical)
        nearest = np.maximum.reduceat(near, self.starts, axis=1)
        sizes = np.diff(np.append(self.starts, len(self.owner)))
        near[near >= np.repeat(nearest, sizes, axis=1)] = -1
        return Evidence(
            nearest=nearest,
            second=np.maximum.reduceat(near, self.starts, axis=1),
            lexical=np.maximum.reduceat(letters, self.starts, axis=1),
            typical=typical,
        )

    def _hide(
        self,
        questions: Sequence[Asked],
        hidden: Sequence[Rows | None],
        near: Floats,
        letters: Floats,
        typical: Floats,
    ) -> None:
        """Undo, in place, what the hidden entries of each question did."""
        partly: list[tuple[int, int]] = []
        rests: list[Floats] = []
        for at, rows in enumerate(hidden):
            if rows is None or not len(rows):
                continue
            near[at, rows], letters[at, rows] = -1, 0
            for article in np.unique(self.owner[rows]):
                left = np.setdiff1d(np.flatnonzero(self.owner == article), rows)
                typical[at, article] = -np.inf
                if len(left):
                    partly.append((at, int(article)))
                    rests.append(self.vectors[left].mean(axis=0))
        if partly:
            means = np.stack(rests)
            weights = means @ self.precision
            asked_by = np.stack([questions[at].vector for at, _ in partly])
            at, articles = np.array(partly).T
            typical[at, articles] = (weights * (asked_by - means / 2)).sum(axis=1)


def build(content: Content, cache: TextCache, utterances: Utterances = NONE) -> Index:
    """Measure everything that is new. Takes a while: not for the event loop."""
    entries = tuple(_entries(content, utterances))
    return Index(content, **_measures(entries, len(content.articles), cache))


@lru_cache(maxsize=2)
def _measures(entries: tuple[Entry, ...], articles: int, cache: TextCache) -> dict[str, Any]:
    """What depends on the entries alone. Kept for the edit that changes none of them, and for
    the one that is tried before it is published."""
    measured = cache.measure([entry.text for entry in entries])
    by_text = (
        np.stack([one.vector for one in measured]) if measured else np.zeros((0, 1), np.float32)
    )
    # Stored by direction: one question is then measured against all texts in half the time.
    vectors = np.asfortranarray(by_text)
    owner = np.array([entry.article for entry in entries], dtype=np.intp)
    starts = np.searchsorted(owner, np.arange(articles))
    means, precision = _shape(vectors, owner, starts)
    weights = means @ precision
    return {
        "entries": entries,
        "vectors": vectors,
        "lexicon": Lexicon.of([one.grams for one in measured]),
        "owner": owner,
        "starts": starts,
        "precision": precision,
        "typical_weights": weights,
        "typical_bias": -(weights * means).sum(axis=1) / 2,
    }


def _entries(content: Content, utterances: Utterances) -> Iterator[Entry]:
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
        own = {
            question
            for version in article.versions.values()
            for question in version.words.questions
        }
        for utterance in utterances.get(article.slug, ()):
            if utterance.text not in own:
                yield Entry(utterance.text, position, utterance.language, uttered=True)


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
