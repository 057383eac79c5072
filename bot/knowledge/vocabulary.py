"""How much of a question an article has words for.

Meaning is judged by sentences, and sentences of one shape are close: "do you do tattoo removal" is
near to every "do you do". A rare word that none of an article's texts has is a sign that it
answers something else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log
from typing import NamedTuple

import numpy as np

from bot.knowledge.heads import Rows
from bot.knowledge.vectors import Floats
from bot.language.words import words_of

# Letters that stand for a word and its endings, in both languages.
STEM = 6


def stems(text: str) -> frozenset[str]:
    """The beginnings of its words."""
    return frozenset(word[:STEM] for word in words_of(text))


class Changed(NamedTuple):
    """The one article whose entries change: its place, and where its entries were. `known`: it
    was there before."""

    article: int
    start: int
    stop: int
    known: bool

    @property
    def shift(self) -> int:
        """By how much the places of the articles behind it change."""
        return 0 if self.known else 1


@dataclass(frozen=True, eq=False, slots=True)
class Vocabulary:
    """The stems of each entry, and for each stem the articles that have it, in order."""

    entries: tuple[frozenset[str], ...]
    postings: dict[str, Rows]
    articles: int

    @classmethod
    def of(cls, texts: Sequence[str], owner: Rows, articles: int) -> Vocabulary:
        """From the entries' texts and the article of each."""
        entries = tuple(map(stems, texts))
        found: dict[str, dict[int, None]] = {}
        for own, article in zip(entries, owner.tolist(), strict=True):
            for stem in own:
                found.setdefault(stem, {})[article] = None
        postings = {stem: np.array(list(own), dtype=np.intp) for stem, own in found.items()}
        return cls(entries, postings, articles)

    def replaced(self, texts: Sequence[str], changed: Changed) -> Vocabulary:
        """With other entries for one article, of which `texts` are the new ones; the same as made
        anew."""
        old = frozenset[str]().union(*self.entries[changed.start : changed.stop])
        added = tuple(map(stems, texts))
        new = frozenset[str]().union(*added)
        entries = (*self.entries[: changed.start], *added, *self.entries[changed.stop :])
        at, shift = changed.article, changed.shift
        postings = self.postings
        if shift:
            postings = {stem: own + shift * (own >= at) for stem, own in postings.items()}
        postings = dict(postings)
        for stem in old if changed.known else ():
            postings[stem] = postings[stem][postings[stem] != at]
        for stem in new:
            own = postings.get(stem, np.zeros(0, dtype=np.intp))
            postings[stem] = np.insert(own, int(np.searchsorted(own, at)), at)
        postings = {stem: own for stem, own in postings.items() if len(own)}
        return Vocabulary(entries, postings, self.articles + shift)

    def covered(self, text: str) -> Floats:
        """Per article the share of the text that it has words for; rare words count more."""
        found = np.zeros(self.articles, np.float32)
        total = 0.0
        for stem in stems(text):
            weight = self._weight(stem)
            total += weight
            if stem in self.postings:
                found[self.postings[stem]] += weight
        return found / np.float32(total) if total else found

    def covered_by(self, text: str, entries: Iterable[int]) -> float:
        """The share that these entries alone have words for."""
        had = frozenset[str]().union(*(self.entries[row] for row in entries))
        asked = stems(text)
        total = sum(map(self._weight, asked))
        return sum(map(self._weight, asked & had)) / total if total else 0.0

    def _weight(self, stem: str) -> float:
        articles = len(self.postings.get(stem, ()))
        return log((self.articles + 1) / (articles + 0.5))
