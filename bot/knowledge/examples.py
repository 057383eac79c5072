"""The questions a ranker is fitted on, with what the index has to say to each.

Every variant and training utterance is asked with itself and its nearest twin of each other
language taken out of the index; golden questions are asked as they are. Asked again with all
articles of its topics taken out, each becomes a question that no article answers. Questions from
elsewhere (`data/training/out_of_scope.jsonl`) and messages that fit several articles, so that none
is the answer (`ambiguous.jsonl`), are added. Variants asked almost as written, with a slip of the
pen, teach the order of articles only: they are too easy to teach how sure to be.

What the heads say of a question comes from heads that were fitted without it. The evaluation sets
under `tests/` are never read here.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.knowledge import heads
from bot.knowledge.evidence import Evidence
from bot.knowledge.heads import Head, Rows
from bot.knowledge.index import Entry, Index, lessons_of
from bot.knowledge.measuring import Asked, TextCache
from bot.knowledge.utterances import LANGUAGES

FOLDS = 4  # parts of the sentences that the heads are in turn fitted without
KINDS = ("answerable", "unclear", "neighbouring", "elsewhere")
UNCLEAR = "unclear"
REPEATED = "repeated"

UNCLEAR_FILE = "training/ambiguous.jsonl"
ELSEWHERE_FILE = "training/out_of_scope.jsonl"

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Case:
    """One question with the articles that answer it, and the entries it must not find. `row` is
    the entry it was made of, -1 for none."""

    kind: str
    language: str
    text: str
    right: frozenset[int] = frozenset()
    hidden: Rows | None = None
    row: int = -1


@dataclass(frozen=True, slots=True)
class Examples:
    """Many questions, one row each: `right` says which articles answer it, none for none."""

    kinds: npt.NDArray[np.str_]
    languages: npt.NDArray[np.str_]
    right: Bools
    evidence: Evidence

    def __len__(self) -> int:
        return len(self.kinds)

    def only(self, rows: Bools) -> Examples:
        """Those that are marked."""
        chosen = np.flatnonzero(rows)
        return Examples(
            self.kinds[rows], self.languages[rows], self.right[rows], self.evidence.at(chosen)
        )


def gather(index: Index, data_dir: Path, cache: TextCache) -> Examples:
    """All examples of the index's articles, in the same order every time."""
    cases = list(_cases(index, data_dir))
    right = np.zeros((len(cases), len(index.articles)), dtype=np.bool_)
    for row, case in enumerate(cases):
        right[row, list(case.right)] = True
    texts = (index.corrector.corrected(case.text, case.language) for case in cases)
    questions = cache.measure(texts, (case.language for case in cases))
    evidence = index.evidence_many(questions, [case.hidden for case in cases])
    for language in LANGUAGES:
        _judge(index, cache, language, cases, questions, evidence)
    return Examples(
        kinds=np.array([case.kind for case in cases]),
        languages=np.array([case.language for case in cases]),
        right=right,
        evidence=evidence,
    )


def fit_heads(index: Index, cache: TextCache) -> dict[str, Head]:
    """The heads of all languages, fitted on all entries."""
    slugs = [article.slug for article in index.articles]
    every = ((language, _lessons(index, cache, language)) for language in LANGUAGES)
    return {language: heads.fit(lessons, slugs) for language, lessons in every if len(lessons.rows)}


def _lessons(index: Index, cache: TextCache, language: str) -> heads.Lessons:
    measured = cache.measure(
        (entry.text for entry in index.entries), (entry.language for entry in index.entries)
    )
    return lessons_of(measured, index.owner, len(index.articles), language)


def _judge(
    index: Index,
    cache: TextCache,
    language: str,
    cases: list[Case],
    questions: list[Asked],
    evidence: Evidence,
) -> None:
    """Put in what heads say that have not seen the question: each is fitted without one part."""
    lessons = _lessons(index, cache, language)
    if not len(lessons.rows):
        return
    slugs = [article.slug for article in index.articles]
    part = _parts(index, language)
    part_of_case = np.array(
        [part[case.row] if case.row >= 0 else _part(case.text) for case in cases]
    )
    ours = np.array([case.language == language for case in cases])
    for fold in range(FOLDS):
        rows = np.flatnonzero(ours & (part_of_case == fold))
        kept = part[lessons.rows] != fold
        if not len(rows) or not kept.any():
            continue
        head = heads.fit(lessons.only(kept), slugs)
        said = head.logits(np.stack([questions[row].features for row in rows]))
        evidence.learned[rows] = np.where(np.isfinite(evidence.typical[rows]), said, -np.inf)


def _parts(index: Index, language: str) -> Rows:
    """In which part each entry is. A sentence of another language goes with the nearest one of
    this language about the same article: it may be its translation."""
    found = np.array([_part(entry.text) for entry in index.entries], dtype=np.intp)
    native = np.array([entry.language == language for entry in index.entries])
    for article in range(len(index.articles)):
        rows = np.flatnonzero(index.owner == article)
        own, others = rows[native[rows]], rows[~native[rows]]
        if len(own) and len(others):
            nearest = (index.vectors[others] @ index.vectors[own].T).argmax(axis=1)
            found[others] = found[own[nearest]]
    return found


def _part(text: str) -> int:
    return zlib.crc32(text.encode()) % FOLDS


def _cases(index: Index, data_dir: Path) -> Iterator[Case]:
    topics = [frozenset(article.topics) for article in index.articles]
    for position in range(len(topics)):
        right = frozenset(at for at, other in enumerate(topics) if other & topics[position])
        away = np.flatnonzero(np.isin(index.owner, list(right)))
        for case in _questions(index, position):
            yield replace(case, right=right)
            if len(right) < len(topics):
                yield replace(case, kind="neighbouring", hidden=away)
        for row in np.flatnonzero(index.owner == position):
            entry = index.entries[row]
            if _is_variant(index, entry):
                yield Case(REPEATED, entry.language, slip(entry.text), right, row=int(row))
    known = frozenset().union(*topics)
    for row in _lines(data_dir / UNCLEAR_FILE):
        fitting = frozenset(at for at, own in enumerate(topics) if own.intersection(row["topics"]))
        if len(fitting) > 1:
            yield Case(UNCLEAR, row["language"], row["text"], fitting)
    for row in _lines(data_dir / ELSEWHERE_FILE):
        if not known.intersection(row["topics"]):
            kind = "neighbouring" if row["topics"] else "elsewhere"
            yield Case(kind, row["language"], row["text"])


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text("utf-8").splitlines():
        yield json.loads(line)


def _questions(index: Index, position: int) -> Iterator[Case]:
    """The article's own questions, each with the rows it must not find itself in."""
    rows = np.flatnonzero(index.owner == position)
    languages = np.array([index.entries[row].language for row in rows])
    own = {index.entries[row].text for row in rows}
    for row in map(int, rows):
        entry = index.entries[row]
        if entry.uttered or _is_variant(index, entry):
            hidden = np.array([row, *_twins(index, row, rows, languages)], np.intp)
            yield Case("answerable", entry.language, entry.text, hidden=hidden, row=row)
    for language, version in index.articles[position].versions.items():
        for golden in version.words.golden:
            if golden not in own:
                yield Case("answerable", language, golden)


def _is_variant(index: Index, entry: Entry) -> bool:
    version = index.articles[entry.article].versions[entry.language]
    return not entry.uttered and entry.text in version.words.variants


def _twins(index: Index, row: int, rows: Rows, languages: npt.NDArray[np.str_]) -> Iterator[int]:
    """The nearest text of each other language: it may be the same question, translated."""
    for language in sorted(set(languages) - {index.entries[row].language}):
        others = rows[languages == language]
        yield int(others[np.argmax(index.vectors[others] @ index.vectors[row])])


def slip(text: str) -> str:
    """The text with two letters of its longest word swapped and, if it is long, less its start."""
    words = text.split()
    longest = max(range(len(words)), key=lambda at: len(words[at]))
    word, middle = words[longest], len(words[longest]) // 2
    if len(word) > 3:
        swapped = word[middle] + word[middle - 1]
        words[longest] = word[: middle - 1] + swapped + word[middle + 1 :]
    return " ".join(words[1:] if len(words) > 4 else words)
