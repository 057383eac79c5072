"""Measuring texts: the vector of what they mean and the n-grams of how they are spelled.

Encoding is the slow part, some milliseconds a text, so that what was measured once is kept: in
memory between two indexes, and on disk between two processes.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from bot.knowledge import vectors
from bot.knowledge.lexicon import Grams, grams
from bot.knowledge.vectors import Floats
from bot.language.encoder import encoder

FEW = 16  # texts; more are shared out among the cores
MOST_THREADS = 4

_MARKS = re.compile(r"[¿?¡!.,;:()\"“”]+")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, or a text by which an article is found, measured."""

    text: str
    vector: Floats
    grams: Grams


def asked(text: str) -> Asked:
    """Measure a question."""
    words = said(text)
    return Asked(words, encoder().encode([words])[0], grams([words])[0])


def said(text: str) -> str:
    """What is measured of a text. Capitals and marks count for nothing: in a chat they say
    nothing."""
    return " ".join(_MARKS.sub(" ", text.lower()).split()) or text


class TextCache:
    """Texts that were measured before; kept between two indexes.

    It holds at most twice what was last asked for and `spare` texts, and may be shared between
    threads. Vectors are taken from the files in `kept` where these have them.
    """

    def __init__(self, *kept: Path, spare: int = 1000) -> None:
        self._known: dict[str, Asked] = {}
        self._kept = kept
        self._spare = spare

    def look_in(self, path: Path) -> None:
        """Take vectors from this file too, before texts are encoded. It need not exist."""
        if path not in self._kept:
            self._kept = (*self._kept, path)

    def keep(self, path: Path) -> None:
        """Write down the vectors of all texts it holds."""
        vectors.write(path, {one.text: one.vector for one in self._known.values()})

    def measure(self, texts: Sequence[str]) -> list[Asked]:
        """The texts measured, in order; only those that are new take time."""
        before = self._known
        new = [text for text in dict.fromkeys(texts) if text not in before]
        measured = dict(zip(new, self._new(new), strict=True))
        known = {text: measured.get(text) or before[text] for text in texts}
        merged = {**before, **known}
        self._known = merged if len(merged) <= 2 * len(known) + self._spare else known
        return [known[text] for text in texts]

    def _new(self, texts: Sequence[str]) -> list[Asked]:
        words = [said(text) for text in texts]
        found: dict[str, Floats] = {}
        for path in self._kept:
            found |= vectors.read(path, set(words).difference(found))
        missing = [text for text in dict.fromkeys(words) if text not in found]
        found |= zip(missing, self._encoded(missing), strict=True)
        rows = grams(words)
        return [Asked(text, found[text], row) for text, row in zip(words, rows, strict=True)]

    @staticmethod
    def _encoded(texts: Sequence[str]) -> Sequence[Floats]:
        """Each text on its own. The runtime works outside the interpreter's lock."""
        threads = min(os.cpu_count() or 1, MOST_THREADS) if len(texts) > FEW else 1
        if threads == 1:
            return list(encoder().encode(texts))
        with ThreadPoolExecutor(threads, "careline-encoder") as pool:
            return list(pool.map(lambda text: encoder().encode([text])[0], texts))


# Every knowledge base of a process reads the same articles, give or take an edit.
SHARED = TextCache()
