"""Measuring texts: the vector of what they mean and the n-grams of how they are spelled.

Encoding is the slow part, some milliseconds a text, so that what was measured once is kept: in
memory between two indexes, and on disk between two processes.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import zip_longest
from pathlib import Path
from typing import Protocol

import numpy as np

from bot.knowledge import vectors
from bot.knowledge.lexicon import Grams, grams
from bot.knowledge.vectors import Floats, Part
from bot.language import correction, spanish
from bot.language.encoder import encoder
from bot.language.english import english_encoder
from bot.language.spanish import spanish_encoder

FEW = 16  # texts; more are shared out among the cores
MOST_THREADS = 4
# A turn looks its words up more than once, whole and in parts.
TURN_TEXTS = 32


class Encodes(Protocol):
    """An encoder of any kind."""

    def encode(self, texts: Sequence[str], /) -> Floats:
        """One unit vector a row."""


ENCODERS: dict[Part, Callable[[], Encodes]] = {
    Part.BILINGUAL: encoder,
    Part.ENGLISH: english_encoder,
    Part.SPANISH: spanish_encoder,
}
# The languages with an encoder of their own.
NATIVE = {"en": Part.ENGLISH}
if spanish.AVAILABLE:
    NATIVE["es"] = Part.SPANISH
# The Spanish encoder's vectors lie in a narrow cone: as they are, a head would hardly look at them.
# Twice brings them to the spread of the others; hits are flat from there to four times.
STRETCH = {Part.ENGLISH: np.float32(1), Part.SPANISH: np.float32(3)}

_MARKS = re.compile(r"[¿?¡!.,;:()\"“”]+")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, or a text by which an article is found, measured."""

    text: str
    vector: Floats
    grams: Grams
    language: str = ""
    # From the encoder of its own language alone, where there is one; else None.
    native: Floats | None = None

    @property
    def words(self) -> int:
        """How many words it has."""
        return len(self.text.split())

    @property
    def features(self) -> Floats:
        """Everything that is known of its meaning, as one row, each encoder's part of like weight.
        Text without a vector of its own language has the bilingual one alone."""
        if self.native is None:
            return self.vector
        return np.concatenate([self.vector, self.native * STRETCH[NATIVE[self.language]]])


def asked(text: str, language: str) -> Asked:
    """Measure a question in `language`."""
    return _asked(said(text), language, NATIVE.get(language))


@lru_cache(maxsize=TURN_TEXTS)
def _asked(words: str, language: str, part: Part | None) -> Asked:
    native = ENCODERS[part]().encode([words])[0] if part else None
    return Asked(words, encoder().encode([words])[0], grams([words])[0], language, native)


def said(text: str) -> str:
    """What is measured of a text. Capitals and marks count for nothing: in a chat they say
    nothing."""
    return " ".join(_MARKS.sub(" ", text.lower()).split()) or text


@cache
def warm_up() -> None:
    """Load the encoders and the lists of words, once a process: the first patient should not wait
    for that. Raises `EncoderUnavailable`."""
    correction.warm_up()
    for language in NATIVE:
        asked("hello", language)


class TextCache:
    """Texts that were measured before; kept between two indexes.

    It holds at most twice what was last asked for and `spare` texts, and may be shared between
    threads. Vectors are taken from the files in `kept` where these have them.
    """

    def __init__(self, *kept: Path, spare: int = 1000) -> None:
        self._known: dict[tuple[str, str], Asked] = {}
        self._kept = kept
        self._spare = spare

    def look_in(self, path: Path) -> None:
        """Take vectors from this file too, before texts are encoded. It need not exist."""
        if path not in self._kept:
            self._kept = (*self._kept, path)

    def borrowed(self) -> TextCache:
        """A cache of its own that begins with every text this one holds, whatever its language:
        only what all languages share is known there. It forgets nothing."""
        other = TextCache(*self._kept, spare=sys.maxsize)
        other._known = {(text, ""): one for (text, _), one in list(self._known.items())}
        return other

    def keep(self, path: Path) -> None:
        """Write down the vectors of all texts it holds."""
        known = list(self._known.values())
        parts = {Part.BILINGUAL: {one.text: one.vector for one in known}}
        for language, part in NATIVE.items():
            own = (one for one in known if one.language == language)
            parts[part] = {one.text: one.native for one in own if one.native is not None}
        vectors.write(path, parts)

    def measure(self, texts: Iterable[str], languages: Iterable[str] = ()) -> list[Asked]:
        """The texts measured, in order; only those that are new take time.

        `languages` says which language each text is in; without it only what all languages share
        is measured.
        """
        keys = list(zip_longest(texts, languages, fillvalue=""))
        before = self._known
        new = [key for key in dict.fromkeys(keys) if key not in before]
        measured = dict(zip(new, self._new(new), strict=True))
        known = {key: measured.get(key) or before[key] for key in keys}
        merged = {**before, **known}
        self._known = merged if len(merged) <= 2 * len(known) + self._spare else known
        return [known[key] for key in keys]

    def also(self, texts: Iterable[str], languages: Iterable[str]) -> list[Asked]:
        """A few texts more, measured beside what it holds: nothing is forgotten for them."""
        keys = list(zip(texts, languages, strict=True))
        known = self._known
        new = [key for key in dict.fromkeys(keys) if key not in known]
        # Looking a few texts up in the files takes longer than encoding them.
        measured = dict(zip(new, self._new(new, len(new) > FEW), strict=True))
        self._known = {**known, **measured}
        return [measured.get(key) or known[key] for key in keys]

    def _new(self, keys: Sequence[tuple[str, str]], kept: bool = True) -> list[Asked]:
        words = [(said(text), language) for text, language in keys]
        shared = self._vectors([text for text, _ in words], Part.BILINGUAL, kept)
        native = {
            language: self._vectors(
                [text for text, other in words if other == language], part, kept
            )
            for language, part in NATIVE.items()
        }
        rows = grams([text for text, _ in words])
        return [
            Asked(text, shared[text], row, language, native.get(language, {}).get(text))
            for (text, language), row in zip(words, rows, strict=True)
        ]

    def _vectors(self, words: Sequence[str], part: Part, kept: bool) -> dict[str, Floats]:
        found: dict[str, Floats] = {}
        for path in self._kept if kept else ():
            found |= vectors.read(path, set(words).difference(found), part)
        missing = [text for text in dict.fromkeys(words) if text not in found]
        return found | dict(zip(missing, self._encoded(missing, part), strict=True))

    @staticmethod
    def _encoded(texts: Sequence[str], part: Part) -> Sequence[Floats]:
        """Each text on its own. The runtime works outside the interpreter's lock."""
        if not texts:
            return []
        by = ENCODERS[part]()
        threads = min(os.cpu_count() or 1, MOST_THREADS) if len(texts) > FEW else 1
        if threads == 1:
            return list(by.encode(texts))
        with ThreadPoolExecutor(threads, "careline-encoder") as pool:
            return list(pool.map(lambda text: by.encode([text])[0], texts))


# Every knowledge base of a process reads the same articles, give or take an edit.
SHARED = TextCache()
