"""Patients' words as they were meant: slips, missing accents, the short forms of chats.

A noisy channel (Kernighan, Church and Gale, COLING 1990) of at most one slip a word: a word is
replaced by one that is so much more common that a slip is the likelier story. How common words are
comes from wordfreq and from the texts that are searched.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path

import wordfreq

from bot.language.tokens import without_accents

SHORT_FORMS = Path(__file__).parent / "short_forms.toml"
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")

SHORTEST = 4  # letters: shorter words are one slip away from too many others
# On the scale of Zipf (van Heuven et al. 2014, doi:10.1080/17470218.2013.850521): ten times as
# common is one more; 3 is once in a million words. Hits are flat from 2.7 to 3 for what is real,
# and from 1.5 to 2 for a slip.
REAL = 2.7  # what is this common is no slip, unless of an accent
FOREIGN = 3.5  # what is this common in another language was meant
SLIP = 2.0  # how much more common the meant word has to be
ACCENT = 0.3  # and one that differs by accents that phones leave out
SEEN = 2e-6  # how common a word is for each time it stands in the searched texts
MOST_SEEN = 20
MOST_WORDS = 150  # of a message; one that nobody knows takes some milliseconds
MOST_KEPT = 10_000  # words that were looked up before
MOST_TOUCHED = 500  # words of an edit; after a larger one everything is looked up anew
_LETTERS = {"en": "abcdefghijklmnopqrstuvwxyz", "es": "abcdefghijklmnñopqrstuvwxyzáéíóúü"}
_EVERY_LETTER = "".join(sorted(set("".join(_LETTERS.values()))))
LANGUAGES = tuple(_LETTERS)


class Corrector:
    """Corrects messages for a search in given texts. Immutable but for what it remembers."""

    def __init__(self, texts: Iterable[tuple[str, str]] = ()):
        """`texts` are the searched ones, each after its language."""
        self._seen: dict[str, dict[str, int]] = {language: {} for language in _LETTERS}
        for language, text in texts:
            seen = self._seen.setdefault(language, {})
            for word in _words(text):
                seen[word] = seen.get(word, 0) + 1
        self._meant: dict[tuple[str, str], str] = {}

    def changed(
        self, gone: Iterable[tuple[str, str]], come: Iterable[tuple[str, str]]
    ) -> Corrector:
        """The corrector of texts of which some are `gone` and others have `come`."""
        found = Corrector()
        found._seen = {language: dict(seen) for language, seen in self._seen.items()}
        touched: set[str] = set()
        for texts, step in ((gone, -1), (come, 1)):
            for language, text in texts:
                seen = found._seen.setdefault(language, {})
                for word in _words(text):
                    seen[word] = seen.get(word, 0) + step
                    touched.add(word)
        found._meant = self._still_meant(touched)
        return found

    def _still_meant(self, touched: set[str]) -> dict[tuple[str, str], str]:
        """What was looked up and does not depend on these words: it is no slip away from them."""
        if len(touched) > MOST_TOUCHED:
            return {}
        near = touched.union(*(_one_slip(word, _EVERY_LETTER) for word in touched))
        return {key: meant for key, meant in self._meant.items() if key[0] not in near}

    def corrected(self, text: str, language: str) -> str:
        """The text in small letters, with its words as they were meant; as it is in a language
        whose words are not known. Of a very long text only the beginning is corrected."""
        if language not in _LETTERS:
            return text
        small = text.lower()
        return WORD.sub(lambda found: self._word(found.group(), language), small, count=MOST_WORDS)

    def _word(self, word: str, language: str) -> str:
        if meant := _short_forms()[language].get(word):
            return meant
        if len(word) < SHORTEST or not word.isalpha():
            return word
        key = word, language
        if key not in self._meant:
            if len(self._meant) >= MOST_KEPT:
                self._meant.clear()
            self._meant[key] = self._likeliest(word, language)
        return self._meant[key]

    def _likeliest(self, word: str, language: str) -> str:
        if any(self._zipf(word, other) >= FOREIGN for other in _LETTERS if other != language):
            return word
        common, best, likeliest = self._zipf(word, language), 0.0, word
        plain, usual, seen = without_accents(word), _common(language), self._seen[language]
        for other in _one_slip(word, _LETTERS[language]):
            # Hundreds of slips a word, and hardly any of them is a word.
            if other not in usual and other not in seen:
                continue
            known = self._zipf(other, language)
            accent = without_accents(other) == plain
            if not known or (word != plain if accent else common > REAL):
                continue
            gain = known - common - (ACCENT if accent else SLIP)
            if gain > best:
                best, likeliest = gain, other
        return likeliest

    def _zipf(self, word: str, language: str) -> float:
        seen = min(self._seen[language].get(word, 0), MOST_SEEN) * SEEN
        share = _common(language).get(word, 0.0) + seen
        return math.log10(share) + 9 if share else 0.0


def warm_up() -> None:
    """Read what the first message would have to wait for."""
    for language in LANGUAGES:
        _common(language)


@lru_cache(maxsize=20_000)
def _words(text: str) -> tuple[str, ...]:
    """Kept, because an edit changes one text of thousands."""
    return tuple(WORD.findall(text.lower()))


@cache
def _common(language: str) -> Mapping[str, float]:
    found: Mapping[str, float] = wordfreq.get_frequency_dict(language, wordlist="large")
    return found


@cache
def _short_forms() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(SHORT_FORMS.read_text("utf-8"))


def _one_slip(word: str, letters: str) -> Iterator[str]:
    """Everything that is one letter missing, swapped, changed or too many away."""
    for at in range(len(word) + 1):
        before, after = word[:at], word[at:]
        if after:
            yield before + after[1:]
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]
        for letter in letters:
            yield before + letter + after
            if after and letter != after[0]:
                yield before + letter + after[1:]
