"""A message as a row of plain words that remember where they stood.

Case, accents, apostrophes and most punctuation make no difference; numbers, money signs, clock
times and slashed dates stay whole.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import accumulate

_MARK = "[\u0300-\u036f]*"
_LETTER = rf"[^\W\d_]{_MARK}"
_TOKEN = re.compile(
    r"\d{1,2}:\d{2}(?!\d)|\d+(?:[/-]\d+)+|\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
    rf"|(?:{_LETTER})+(?:['’`´](?:{_LETTER})+)*|[$%&]"
)
# "Aetna's" is Aetna, and "we'd" is no Wednesday.
_ENDING = re.compile(r"['’`´](?:s|d)$")
_APOSTROPHE = re.compile(r"['’`´]")


@dataclass(frozen=True, slots=True)
class Token:
    """A word, and where it stood in the message."""

    word: str
    start: int
    end: int


def plain(word: str) -> str:
    """Lower case, without accents, apostrophes or an ending after one."""
    lower = word.lower()
    if lower.isascii() and lower.isalnum():
        return lower
    found = without_accents(_APOSTROPHE.sub("", _ENDING.sub("", lower)))
    return "and" if found == "&" else found


def without_accents(word: str) -> str:
    """The letters alone: "dirección" is "direccion"."""
    if word.isascii():
        return word
    decomposed = unicodedata.normalize("NFKD", word)
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def tokens(text: str) -> tuple[Token, ...]:
    """The words of a message in order."""
    return tuple(Token(plain(m[0]), *m.span()) for m in _TOKEN.finditer(text))


def phrase(text: str) -> tuple[str, ...]:
    """The plain words of a name."""
    return tuple(token.word for token in tokens(text))


class Row:
    """Words joined by single spaces, so that patterns see them as one text."""

    def __init__(self, words: tuple[str, ...]):
        self.words = words
        self.text = " ".join(words)
        lengths = [len(word) + 1 for word in words]
        self._starts = [0, *accumulate(lengths)][: len(words)]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The words, from one up to another, that these letters belong to."""
        return bisect_right(self._starts, start) - 1, bisect_left(self._starts, end)
