"""What speaks for each article when a question is asked, measured against all entries at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bot.knowledge.heads import Head, Rows
from bot.knowledge.lexicon import Lexicon
from bot.knowledge.measuring import Asked
from bot.knowledge.stacked import Stacked
from bot.knowledge.vectors import Floats
from bot.knowledge.vocabulary import Vocabulary

# How much the spread of sentences within an article is pulled towards a round one: there are far
# fewer sentences than directions. Flat between 0.1 and 0.5 on leave-one-out.
SHRINKAGE = 0.3

# With more entries than this, only the articles that typical words, the head or letters speak for
# are compared sentence by sentence: reading all vectors would take longer than all else.
MANY = 40_000
SHORTLIST = 64  # articles by each of the three

Hidden = Sequence[Rows | None]
Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Per article: nearest and second nearest entry, most letters in common, and how much more
    the question is like this article's sentences than like the others' (a log-likelihood); the
    nearest entry to the encoder of the question's own language, what the learned head says, and
    how much of the question it has words for. For the question itself, how many words it has.
    For many questions at once, one row each."""

    nearest: Floats
    second: Floats
    lexical: Floats
    typical: Floats
    native: Floats
    learned: Floats
    covered: Floats
    words: Floats

    @classmethod
    def empty(cls, questions: int, articles: int) -> Evidence:
        """Room for that of many questions."""
        found = {name: np.zeros((questions, articles), np.float32) for name in cls.__slots__}
        return cls(**found | {"words": np.zeros(questions, np.float32)})

    def at(self, rows: int | slice | Rows) -> Evidence:
        """That of one question, or of some, out of many."""
        return Evidence(*(getattr(self, name)[rows] for name in Evidence.__slots__))


@dataclass(frozen=True, eq=False, slots=True)
class Native:
    """The entries of one language, to the encoder of that language alone. `column` is an entry's
    place here or -1; `articles` are those that have any, each from its first in `starts` on."""

    vectors: Floats
    column: Rows
    articles: Rows
    starts: Rows

    @classmethod
    def of(cls, vectors: Floats, rows: Rows, owner: Rows) -> Native:
        """From the vectors of these entries, in order."""
        column = np.full(len(owner), -1, dtype=np.intp)
        column[rows] = np.arange(len(rows))
        articles, starts = np.unique(owner[rows], return_index=True)
        return cls(laid_out(vectors, len(owner)), column, articles, starts)

    def nearest(self, questions: Floats, hidden: Hidden, otherwise: Floats) -> Floats:
        """Per question and article; `otherwise` stands for articles without such an entry."""
        near = questions @ self.vectors.T
        for at, rows in enumerate(hidden):
            if rows is not None and len(rows):
                columns = self.column[rows]
                near[at, columns[columns >= 0]] = -1
        found = otherwise.copy()
        if len(self.articles):
            found[:, self.articles] = np.maximum.reduceat(near, self.starts, axis=1)
        return found


@dataclass(frozen=True, eq=False, slots=True, weakref_slot=True)
class Space:
    """All entries, measured. `owner` is each entry's article, `starts` each article's first entry,
    `means` where its entries lie; `scatter` sums up how they spread around that. `native` and
    `heads` are by language."""

    vectors: Floats
    lexicon: Lexicon
    vocabulary: Vocabulary
    owner: Rows
    starts: Rows
    means: Floats
    scatter: Doubles
    precision: Floats
    typical_weights: Floats
    typical_bias: Floats
    native: Mapping[str, Native]
    heads: Mapping[str, Head]

    def measured(self, questions: Sequence[Asked], hidden: Hidden) -> Evidence:
        """The evidence for questions of one language, each without its hidden entries."""
        if len(self.owner) > MANY and len(questions) == 1 and hidden[0] is None:
            return self._shortlisted(questions[0])
        distinct = {question.text: question for question in questions}
        places = {text: at for at, text in enumerate(distinct)}
        rows = np.array([places[question.text] for question in questions], dtype=np.intp)
        vectors = np.stack([question.vector for question in distinct.values()])
        letters = np.stack([self.lexicon.likeness(one.grams) for one in distinct.values()])[rows]
        typical = (vectors @ self.typical_weights.T + self.typical_bias)[rows]
        near = (vectors @ self.vectors.T)[rows]
        covered = np.stack([self.vocabulary.covered(one.text) for one in distinct.values()])[rows]
        self._hide(questions, hidden, near, letters, typical, covered)
        nearest = np.maximum.reduceat(near, self.starts, axis=1)
        sizes = np.diff(np.append(self.starts, len(self.owner)))
        near[near >= np.repeat(nearest, sizes, axis=1)] = -1
        return Evidence(
            nearest=nearest,
            second=np.maximum.reduceat(near, self.starts, axis=1),
            lexical=np.maximum.reduceat(letters, self.starts, axis=1),
            typical=typical,
            native=self._native(list(distinct.values()), rows, hidden, nearest),
            learned=self._learned(list(distinct.values()), rows, typical),
            covered=covered,
            words=np.array([question.words for question in questions], np.float32),
        )

    def _shortlisted(self, question: Asked) -> Evidence:
        """The same for one question to a large base: sentences of articles that nothing else
        speaks for count as opposite to it."""
        letters = np.maximum.reduceat(self.lexicon.likeness(question.grams), self.starts)
        typical = self.typical_weights @ question.vector + self.typical_bias
        learned = self._learned([question], np.zeros(1, np.intp), typical[None])[0]
        listed = np.zeros(len(self.starts), dtype=np.bool_)
        for said in (letters, typical, learned):
            listed[np.argpartition(said, -SHORTLIST)[-SHORTLIST:]] = True
        rows = np.flatnonzero(listed[self.owner])
        nearest, second = _two_nearest(
            self.vectors[rows] @ question.vector, self.owner[rows], listed
        )
        own = self.native.get(question.language)
        native = nearest
        if own is not None and question.native is not None:
            columns = own.column[rows]
            rows, columns = rows[columns >= 0], columns[columns >= 0]
            near, _ = _two_nearest(own.vectors[columns] @ question.native, self.owner[rows], listed)
            native = np.where(near > -1, near, nearest)
        covered = self.vocabulary.covered(question.text)
        found = (nearest, second, letters, typical, native, learned, covered, question.words)
        return Evidence(*(np.asarray(part, np.float32)[None] for part in found))

    def _native(
        self, distinct: Sequence[Asked], rows: Rows, hidden: Hidden, nearest: Floats
    ) -> Floats:
        own = self.native.get(distinct[0].language)
        vectors = [question.native for question in distinct if question.native is not None]
        if own is None or len(vectors) < len(distinct):
            return nearest
        return own.nearest(np.stack(vectors)[rows], hidden, nearest)

    def _learned(self, distinct: Sequence[Asked], rows: Rows, typical: Floats) -> Floats:
        """Zero for all where nothing is learned; articles that are hidden whole have no say."""
        head = self.heads.get(distinct[0].language)
        if head is None:
            said = np.zeros_like(typical)
        else:
            said = head.logits(np.stack([question.features for question in distinct]))[rows]
        found: Floats = np.where(np.isfinite(typical), said, -np.inf).astype(np.float32)
        return found

    def _hide(
        self,
        questions: Sequence[Asked],
        hidden: Hidden,
        near: Floats,
        letters: Floats,
        typical: Floats,
        covered: Floats,
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
                covered[at, article] = self.vocabulary.covered_by(questions[at].text, left)
                if len(left):
                    partly.append((at, int(article)))
                    rests.append(self.vectors[left].mean(axis=0))
        if partly:
            means = np.stack(rests)
            weights = means @ self.precision
            asked_by = np.stack([questions[at].vector for at, _ in partly])
            at, articles = np.array(partly).T
            typical[at, articles] = (weights * (asked_by - means / 2)).sum(axis=1)


def laid_out(vectors: Floats, entries: int) -> Floats:
    """In the order in which they are read: all of them by direction, which takes half the time,
    or, of many, some by row."""
    if isinstance(vectors, Stacked):
        return vectors
    return np.ascontiguousarray(vectors) if entries > MANY else np.asfortranarray(vectors)


def _two_nearest(near: Floats, owner: Rows, listed: npt.NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """The largest and second largest per article, -1 where there is none. `owner` ascends."""
    best = np.full(len(listed), -1, np.float32)
    second = best.copy()
    articles, starts = np.unique(owner, return_index=True)
    if len(articles):
        best[articles] = np.maximum.reduceat(near, starts)
        rest = np.where(near >= best[owner], -1, near).astype(np.float32)
        second[articles] = np.maximum.reduceat(rest, starts)
    return best, second


def shape(vectors: Floats, owner: Rows, starts: Rows) -> tuple[Floats, Doubles]:
    """Where each article's sentences lie, and how they scatter around it, all summed up."""
    if not len(vectors):
        return np.zeros((0, 1), np.float32), np.zeros((1, 1))
    sizes = np.diff(np.append(starts, len(owner)))
    means = (np.add.reduceat(vectors, starts) / sizes[:, None]).astype(np.float32)
    return means, scatter_of(vectors, means[owner])


def scatter_of(vectors: Floats, means: Floats) -> Doubles:
    """How these vectors scatter around their means, summed up."""
    away = vectors - means
    return np.asarray(away.T @ away, dtype=np.float64)


def precision_of(scatter: Doubles, entries: int) -> Floats:
    """The inverse of how entries spread around their article."""
    dimension = scatter.shape[0]
    if not entries:
        return np.eye(dimension, dtype=np.float32)
    spread = scatter / entries
    # A constant keeps the spread invertible when every article has one sentence only.
    level = np.trace(spread) / dimension + 1e-4
    found = np.linalg.inv((1 - SHRINKAGE) * spread + SHRINKAGE * level * np.eye(dimension))
    precision: Floats = found.astype(np.float32)
    return precision
