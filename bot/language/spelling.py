"""The known word that a misspelled one stands for: one slip in a word, two in a long one.

A slip is a letter too many, missing, changed, or swapped with its neighbour. Ordinary words that
look like a known one are listed, and stay what they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

SHORTEST = 5  # letters: shorter words are one slip away from too many others
LONG = 8  # letters from which on two slips are forgiven


class Spelling:
    """Finds the nearest of some words, each given with what it means. Immutable once made."""

    def __init__(self, words: Mapping[str, str], ordinary: Iterable[str] = ()):
        self._meaning = dict(words)
        self._ordinary = frozenset(ordinary)
        self._by_slip: dict[str, set[str]] = {}
        for word in words:
            if len(word) >= SHORTEST and word.isalpha():
                for slip in _without_letters(word, _allowed(word)):
                    self._by_slip.setdefault(slip, set()).add(word)

    def meant(self, word: str) -> str | None:
        """The nearest word; None for an ordinary one, and where two as near differ in meaning."""
        if len(word) < SHORTEST - 1 or not word.isalpha() or word in self._ordinary:
            return None
        near: dict[str, int] = {}
        for slip in _without_letters(word, _allowed(word)):
            for known in self._by_slip.get(slip, ()):
                if known not in near:
                    near[known] = distance(word, known)
        forgiven = {known: far for known, far in near.items() if _forgiven(word, known, far)}
        nearest = min(forgiven.values(), default=0)
        found = sorted(known for known, far in forgiven.items() if far == nearest)
        return found[0] if len({self._meaning[known] for known in found}) == 1 else None


def distance(one: str, other: str) -> int:
    """How many slips lie between two words."""
    before: list[int] = []
    above = list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        row = [at]
        for to, wanted in enumerate(other, 1):
            cost = min(above[to] + 1, row[to - 1] + 1, above[to - 1] + (letter != wanted))
            if at > 1 and to > 1 and letter == other[to - 2] and one[at - 2] == wanted:
                cost = min(cost, before[to - 2] + 1)
            row.append(cost)
        before, above = above, row
    return above[-1]


def _allowed(word: str) -> int:
    return 2 if len(word) >= LONG else 1


def _forgiven(word: str, known: str, far: int) -> bool:
    # Two slips and another first letter make another word.
    return far <= 1 or (far <= _allowed(known) and word[0] == known[0])


def _without_letters(word: str, count: int) -> Iterator[str]:
    seen = {word}
    layer = {word}
    for _ in range(count):
        layer = {one[:at] + one[at + 1 :] for one in layer for at in range(len(one))}
        seen |= layer
    yield from seen
