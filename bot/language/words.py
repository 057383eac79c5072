"""Words as patients type them: case, accents and apostrophes make no difference."""

from __future__ import annotations

import re

from bot.language.tokens import without_accents

_APOSTROPHES = re.compile("['’`´]")
_WORD = re.compile(r"[^\W_]+")


def words_of(text: str) -> list[str]:
    """Lower-case words and numbers without accents; "don't" is one word, "dont"."""
    return _WORD.findall(without_accents(_APOSTROPHES.sub("", text.lower())))


def word_set(text: str) -> frozenset[str]:
    """The words of a list that is written as a text."""
    return frozenset(text.split())
