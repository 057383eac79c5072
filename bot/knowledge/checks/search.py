"""Whether questions find their article: measured with the index and ranker that answer patients."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from bot.knowledge.checks.base import where_of
from bot.knowledge.checks.findings import Finding, quoting
from bot.knowledge.heads import Rows
from bot.knowledge.index import Index
from bot.knowledge.measuring import SHARED, TextCache
from bot.knowledge.ranking import Decision, Ranker
from bot.knowledge.vectors import Floats

SAME_QUESTION = 0.95  # cosine of two questions that differ in a mark or a letter
BLOCK = 512  # questions measured against all entries at once
# Cosine of what two articles are asked and say, on average. The closest that differ are at 0.92, so
# only what is nearly written twice is found; two random halves of one article are at 0.90.
SIMILAR_ARTICLES = 0.93


def reach_findings(
    where: str, language: str, index: Index, ranker: Ranker, position: int, golden: Sequence[str]
) -> Iterator[Finding]:
    """Golden questions that find another article, or are too far from any to be answered."""
    own = ranker.of(language)
    for question in golden:
        decision = own.decide(own.rank(index.evidence(index.asked(question, language))))
        yield from _reached(where, index, position, question, decision)


def _reached(
    where: str, index: Index, position: int, question: str, decision: Decision
) -> Iterator[Finding]:
    values = quoting(question=question)
    if decision.options[:1] == (position,):
        if decision.verdict == "no_answer":
            yield Finding("golden_unsure", where, "golden", "golden_unsure", values, blocks=False)
    elif not decision.options:
        yield Finding("golden", where, "golden", "golden_nothing", values)
    elif not (decision.verdict == "clarify" and position in decision.options):
        values = quoting(question=question, slug=index.articles[decision.options[0]].slug)
        yield Finding("golden", where, "golden", "golden_elsewhere", values)


def search_findings(index: Index, ranker: Ranker) -> Iterator[Finding]:
    """Everything the search shows about a whole base."""
    if not len(index.entries):
        return
    yield from _golden(index, ranker)
    for row, twin in close_questions(index):
        yield _close(index, row, twin)
    for row, winner in drawn_away(index, ranker):
        yield _lonely(index, row, winner)
    yield from similar_articles(index)


def _golden(index: Index, ranker: Ranker) -> Iterator[Finding]:
    """What `reach_findings` says of every article, measured together."""
    asked_of = [
        (position, language, question)
        for position, article in enumerate(index.articles)
        for language, version in article.versions.items()
        for question in version.words.golden
    ]
    measured = TextCache().measure(
        (question for *_, question in asked_of), (language for _, language, _ in asked_of)
    )
    evidence = index.evidence_many(measured)
    for at, (position, language, question) in enumerate(asked_of):
        own = ranker.of(language)
        decision = own.decide(own.rank(evidence.at(at)))
        where = where_of(index.articles[position], language)
        yield from _reached(where, index, position, question, decision)


def draft_findings(index: Index, ranker: Ranker, position: int, language: str) -> Iterator[Finding]:
    """The same of one text only, its test questions left out."""
    ways = index.articles[position].versions[language].words.variants
    own = np.array(
        [
            row
            for row in np.flatnonzero(index.owner == position).tolist()
            if index.entries[row].language == language and index.entries[row].text in ways
        ],
        dtype=np.intp,
    )
    if len(own):
        for row, twin in close_questions(index, [own]):
            yield _close(index, row, twin)
        for row, winner in drawn_away(index, ranker, [own]):
            yield _lonely(index, row, winner)


def close_questions(index: Index, among: Iterable[Rows] | None = None) -> Iterator[tuple[int, int]]:
    """Variants, or those `among` them, that are almost an entry of another article: both rows."""
    for rows in _blocks(index) if among is None else among:
        near = index.vectors[rows] @ index.vectors.T
        near[index.owner[rows][:, None] == index.owner[None, :]] = -1
        nearest = near.argmax(axis=1)
        for at in np.flatnonzero(near[np.arange(len(rows)), nearest] >= SAME_QUESTION):
            yield int(rows[at]), int(nearest[at])


def drawn_away(
    index: Index, ranker: Ranker, among: Iterable[Rows] | None = None
) -> Iterator[tuple[int, int]]:
    """Variants, or those `among` them, that without themselves would be answered with another
    article: row, article."""
    languages = [entry.language for entry in index.entries]
    # All at once: what is asked for a few at a time is forgotten in between.
    measured = SHARED.measure((entry.text for entry in index.entries), languages)
    for rows in _blocks(index) if among is None else among:
        evidence = index.evidence_many([measured[row] for row in rows], list(rows[:, None]))
        for at, row in enumerate(rows):
            own = ranker.of(languages[row])
            decision = own.decide(own.rank(evidence.at(at)))
            if decision.verdict == "answer" and decision.options[0] != index.owner[row]:
                yield int(row), decision.options[0]


def _blocks(index: Index) -> Iterator[Rows]:
    """The rows that are ways of asking, not titles or answers, some at a time."""
    asked_as = [
        {language: set(version.words.variants) for language, version in article.versions.items()}
        for article in index.articles
    ]
    rows = np.array(
        [
            row
            for row, entry in enumerate(index.entries)
            if entry.text in asked_as[entry.article][entry.language]
        ],
        dtype=np.intp,
    )
    yield from (rows[start : start + BLOCK] for start in range(0, len(rows), BLOCK))


def _close(index: Index, row: int, twin: int) -> Finding:
    entry, other = index.entries[row], index.entries[twin]
    slug = index.articles[other.article].slug
    return Finding(
        "close_question",
        where_of(index.articles[entry.article], entry.language),
        "variants",
        "close_question",
        quoting(question=entry.text, slug=slug, other=other.text),
        blocks=False,
    )


def _lonely(index: Index, row: int, winner: int) -> Finding:
    entry = index.entries[row]
    return Finding(
        "lonely_variant",
        where_of(index.articles[entry.article], entry.language),
        "variants",
        "lonely_variant",
        quoting(question=entry.text, slug=index.articles[winner].slug),
        blocks=False,
    )


def similar_articles(index: Index, least: float = SIMILAR_ARTICLES) -> Iterator[Finding]:
    """Pairs of articles whose questions and answers say the same on the whole."""
    likeness = article_likeness(index)
    for one, other in zip(*np.nonzero(np.triu(likeness, 1) >= least), strict=True):
        first, second = index.articles[one], index.articles[other]
        values = quoting(slug=second.slug, likeness=f"{likeness[one, other]:.2f}")
        yield Finding(
            "similar_articles", where_of(first), "lead", "similar_articles", values, blocks=False
        )


def article_likeness(index: Index) -> Floats:
    """The cosine of every two articles: the mean of their titles, questions and answers."""
    # As editors wrote them: training utterances tell of the same situations everywhere.
    written = np.array([not entry.uttered for entry in index.entries])
    sums = np.add.reduceat(np.where(written[:, None], index.vectors, 0), index.space.starts)
    unit = sums / np.linalg.norm(sums, axis=1, keepdims=True)
    likeness: Floats = (unit @ unit.T).astype(np.float32)
    return likeness
