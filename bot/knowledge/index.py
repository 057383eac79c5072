"""The index of all published articles: the texts by which they are found, and what those show.

An index is immutable. Its entries are the titles, variants and leads of all published versions,
and the training utterances of their articles, in both languages, because the bilingual encoder
puts sentences of one meaning close whatever their language.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, product

import numpy as np

from bot import texts
from bot.knowledge import heads, names
from bot.knowledge.content import Article, Content
from bot.knowledge.evidence import (
    Evidence,
    Hidden,
    Native,
    Space,
    laid_out,
    precision_of,
    shape,
)
from bot.knowledge.heads import Head, Lessons, Rows
from bot.knowledge.lexicon import Lexicon
from bot.knowledge.markdown import plain
from bot.knowledge.measuring import NATIVE, Asked, TextCache, asked
from bot.knowledge.render import PLACEHOLDER, placeholders
from bot.knowledge.utterances import NONE, Utterances
from bot.knowledge.vectors import Floats
from bot.knowledge.vocabulary import Vocabulary
from bot.language import correction
from bot.language.correction import Corrector

PRIVATE_LINES = ("commercial", "marketplace")
BLOCK = 256  # questions measured against all entries at once; bounds the memory it takes


@dataclass(frozen=True, slots=True)
class Entry:
    """One text by which an article is found."""

    text: str
    article: int
    language: str
    uttered: bool = False  # a training utterance


class Heads:
    """The learned heads by language, compared by identity: a key under which indexes are kept."""

    def __init__(self, by_language: Mapping[str, Head]) -> None:
        self.by_language = by_language


UNLEARNED = Heads({})


@dataclass(frozen=True)
class Index:
    """All entries of `content`, measured."""

    content: Content
    entries: tuple[Entry, ...]
    space: Space
    corrector: Corrector

    @property
    def articles(self) -> tuple[Article, ...]:
        """The articles, in the order of every array."""
        return self.content.articles

    @property
    def vectors(self) -> Floats:
        """The bilingual vector of each entry."""
        return self.space.vectors

    @property
    def owner(self) -> Rows:
        """The article of each entry."""
        return self.space.owner

    def asked(self, question: str, language: str) -> Asked:
        """A patient's question measured, with its words as they were meant."""
        return asked(self.corrector.corrected(question, language), language)

    def evidence(self, question: Asked, hidden: Rows | None = None) -> Evidence:
        """What speaks for each article. `hidden` entries count as if they were not there, except
        in what a head has learned from them."""
        return self.space.measured([question], [hidden]).at(0)

    def evidence_many(self, questions: Sequence[Asked], hidden: Hidden | None = None) -> Evidence:
        """The same for many questions, each with hidden entries of its own: one row a question.

        Several times faster than one by one, most of all when a question and the same question
        with other hidden entries stand side by side.
        """
        unseen = hidden or [None] * len(questions)
        if len(unseen) != len(questions):
            raise ValueError("every question needs its hidden entries, or none does")
        found = Evidence.empty(len(questions), len(self.articles))
        for language in sorted({question.language for question in questions}):
            own = [at for at, question in enumerate(questions) if question.language == language]
            for start in range(0, len(own), BLOCK):
                rows = own[start : start + BLOCK]
                block = self.space.measured(
                    [questions[at] for at in rows], [unseen[at] for at in rows]
                )
                for name in Evidence.__slots__:
                    getattr(found, name)[rows] = getattr(block, name)
        return found


def build(
    content: Content,
    cache: TextCache,
    utterances: Utterances = NONE,
    learned: Heads = UNLEARNED,
) -> Index:
    """Measure everything that is new. Takes a while: not for the event loop."""
    entries = tuple(_entries(content, utterances))
    slugs = tuple(article.slug for article in content.articles)
    return Index(content, entries, _space(entries, slugs, cache, learned), _corrector(content))


@lru_cache(maxsize=1)
def _space(
    entries: tuple[Entry, ...], slugs: tuple[str, ...], cache: TextCache, learned: Heads
) -> Space:
    """Kept for another knowledge base of the same articles. An edit patches an index instead."""
    measured = cache.measure(
        (entry.text for entry in entries), (entry.language for entry in entries)
    )
    by_text = (
        np.stack([one.vector for one in measured]) if measured else np.zeros((0, 1), np.float32)
    )
    vectors = laid_out(by_text, len(entries))
    owner = np.array([entry.article for entry in entries], dtype=np.intp)
    starts = np.searchsorted(owner, np.arange(len(slugs)))
    means, scatter = shape(vectors, owner, starts)
    precision = precision_of(scatter, len(owner))
    weights = means @ precision
    return Space(
        vectors=vectors,
        lexicon=Lexicon.of([one.grams for one in measured]),
        vocabulary=Vocabulary.of([entry.text for entry in entries], owner, len(slugs)),
        owner=owner,
        starts=starts,
        means=means,
        scatter=scatter,
        precision=precision,
        typical_weights=weights,
        typical_bias=-(weights * means).sum(axis=1) / 2,
        native=_native(measured, owner),
        heads=_aligned(learned, measured, owner, slugs),
    )


def _corrector(content: Content) -> Corrector:
    """Knows the words of the articles, and that names are no slips."""
    articles = chain.from_iterable(map(words_said, content.articles))
    named = tuple(names.every_name(content.profile))
    return Corrector(chain(articles, product(correction.LANGUAGES, named)))


def words_said(article: Article) -> Iterator[tuple[str, str]]:
    """Every text of an article that its words are known from, after its language."""
    for language, version in article.versions.items():
        words = version.words
        for text in (*words.questions, words.lead, words.more or ""):
            yield language, text


def _native(measured: Sequence[Asked], owner: Rows) -> dict[str, Native]:
    found = {}
    for language in NATIVE:
        own = [(at, one.native) for at, one in enumerate(measured) if one.language == language]
        rows = np.array([at for at, _ in own], dtype=np.intp)
        vectors = [vector for _, vector in own if vector is not None]
        if vectors:
            found[language] = Native.of(np.stack(vectors), rows, owner)
    return found


def lessons_of(measured: Sequence[Asked], owner: Rows, articles: int, language: str) -> Lessons:
    """The entries that a head of this language learns from: all of them, or, where the language
    has an encoder of its own, those that it can read."""
    apart = language in NATIVE
    rows = [at for at, one in enumerate(measured) if not apart or one.language == language]
    vectors = [measured[at].features if apart else measured[at].vector for at in rows]
    said: list[list[str]] = [[] for _ in range(articles)]
    for at in rows:
        said[owner[at]].append(measured[at].text)
    return Lessons(
        vectors=np.stack(vectors) if vectors else np.zeros((0, 1), np.float32),
        owner=owner[rows],
        texts=tuple(map(heads.sentences_hash, said)),
        rows=np.array(rows, dtype=np.intp),
    )


def _aligned(
    learned: Heads, measured: Sequence[Asked], owner: Rows, slugs: tuple[str, ...]
) -> dict[str, Head]:
    found = {}
    for language, head in learned.by_language.items():
        lessons = lessons_of(measured, owner, len(slugs), language)
        if len(lessons.rows) and (fitted := heads.aligned(head, lessons, slugs)):
            found[language] = fitted
    return found


def _entries(content: Content, utterances: Utterances) -> Iterator[Entry]:
    for position, article in enumerate(content.articles):
        yield from entries_of(position, article, content, utterances)


def entries_of(
    position: int, article: Article, content: Content, utterances: Utterances
) -> Iterator[Entry]:
    """The texts by which one article is found."""
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
        question for version in article.versions.values() for question in version.words.questions
    }
    for utterance in utterances.get(article.slug, ()):
        if utterance.text not in own:
            yield Entry(utterance.text, position, utterance.language, uttered=True)


def _private_plans(content: Content) -> list[str]:
    """The plans people ask for by name; public ones have articles of their own."""
    plans = content.profile.accepted_plans
    return list(dict.fromkeys(plan.payer for plan in plans if plan.line in PRIVATE_LINES))
