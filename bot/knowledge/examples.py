"""The questions a ranker is fitted on, with what the index has to say to each.

Every variant and training utterance is asked with itself and its nearest twin of each other
language taken out of the index; golden questions are asked as they are. Asked again with all
articles of its topics taken out, each becomes a question that no article answers;
`data/training/out_of_scope.jsonl` adds questions from elsewhere. Variants asked almost as written,
with a slip of the pen, teach the order of articles only: they are too easy to teach how sure to be.
The evaluation sets under `tests/` are never read here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bot.knowledge.index import Evidence, Index, Rows
from bot.knowledge.measuring import TextCache

KINDS = ("answerable", "neighbouring", "elsewhere")
REPEATED = "repeated"

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Case:
    """One question with the articles that answer it, and the entries it must not find."""

    kind: str
    text: str
    right: frozenset[int] = frozenset()
    hidden: Rows | None = None


@dataclass(frozen=True, slots=True)
class Examples:
    """Many questions, one row each: `right` says which articles answer it, none for none."""

    kinds: npt.NDArray[np.str_]
    right: Bools
    evidence: Evidence

    def __len__(self) -> int:
        return len(self.kinds)

    def only(self, rows: Bools) -> Examples:
        """Those that are marked."""
        chosen = np.flatnonzero(rows)
        return Examples(self.kinds[rows], self.right[rows], self.evidence.at(chosen))


def gather(index: Index, elsewhere: Path, cache: TextCache) -> Examples:
    """All examples of the index's articles, in the same order every time."""
    cases = list(_cases(index, elsewhere))
    right = np.zeros((len(cases), len(index.articles)), dtype=np.bool_)
    for row, case in enumerate(cases):
        right[row, list(case.right)] = True
    return Examples(
        kinds=np.array([case.kind for case in cases]),
        right=right,
        evidence=index.evidence_many(
            cache.measure([case.text for case in cases]), [case.hidden for case in cases]
        ),
    )


def _cases(index: Index, elsewhere: Path) -> Iterator[Case]:
    topics = [frozenset(article.topics) for article in index.articles]
    for position in range(len(topics)):
        right = frozenset(at for at, other in enumerate(topics) if other & topics[position])
        away = np.flatnonzero(np.isin(index.owner, list(right)))
        for question, hidden in _questions(index, position):
            yield Case("answerable", question, right, hidden)
            if len(right) < len(topics):
                yield Case("neighbouring", question, hidden=away)
        for version in index.articles[position].versions.values():
            for variant in version.words.variants:
                yield Case(REPEATED, slip(variant), right)
    known = frozenset().union(*topics)
    for line in elsewhere.read_text("utf-8").splitlines():
        row = json.loads(line)
        if not known.intersection(row["topics"]):
            yield Case("neighbouring" if row["topics"] else "elsewhere", row["text"])


def _questions(index: Index, position: int) -> Iterator[tuple[str, Rows | None]]:
    """The article's own questions, each with the rows it must not find itself in."""
    versions = index.articles[position].versions
    rows = np.flatnonzero(index.owner == position)
    languages = np.array([index.entries[row].language for row in rows])
    own = {index.entries[row].text for row in rows}
    for row in rows:
        entry = index.entries[row]
        if entry.uttered or entry.text in versions[entry.language].words.variants:
            yield entry.text, np.array([row, *_twins(index, int(row), rows, languages)], np.intp)
    for version in versions.values():
        for golden in version.words.golden:
            if golden not in own:
                yield golden, None


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
