"""Where the agreed words of the glossary stand in a text, and where words stand instead of them.

What is marked is for editors: in the text they translate from, and in the one they write.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from bot.knowledge.files import SOURCE_LANGUAGE
from bot.knowledge.glossary import Glossary, Term, standard

Json = dict[str, Any]

_SENTENCE = re.compile(r"[^.!?\n]+[.!?]*|\n+|[.!?]+")
# `doctor's office, or clinic` are two words for the thing; what stands in brackets explains.
_ALTERNATIVES = re.compile(r",\s*(?:or|o)\s+|,\s*")
_EXPLAINED = re.compile(r"\s*\([^)]*\)")


def marks(text: str, language: str, glossary: Glossary | None = None) -> list[Json]:
    """Spans of the text that do not overlap, in order: `start`, `end`, `kind` (`agreed`, or
    `avoid` for a word that answers do not use), the word that is agreed, and what a Spanish
    answer says for an English one."""
    known = glossary or standard().glossary
    found = sorted(
        (*_avoided(text, known.terms(language)), *_agreed(text, language, known)),
        key=lambda one: (one["start"], -one["end"], one["es"] is None),
    )
    kept: list[Json] = []
    for one in found:
        if not kept or one["start"] >= kept[-1]["end"]:
            kept.append(one)
    return kept


def _avoided(text: str, terms: tuple[Term, ...]) -> Iterator[Json]:
    for sentence in _SENTENCE.finditer(text):
        for term in terms:
            for start, end in term.spans(sentence[0]):
                at = sentence.start()
                yield _mark(at + start, at + end, "avoid", term.use)


def _agreed(text: str, language: str, glossary: Glossary) -> Iterator[Json]:
    for term in glossary.terms(language):
        for one in _pattern(term.use).finditer(text):
            yield _mark(*one.span(), "agreed", term.use)
    if language == SOURCE_LANGUAGE:
        for term in (one for one in glossary.es if one.en):
            for one in _pattern(term.en).finditer(text):
                yield _mark(*one.span(), "agreed", term.en, term.use)


def _mark(start: int, end: int, kind: str, use: str, translated: str | None = None) -> Json:
    return {"start": start, "end": end, "kind": kind, "use": use, "es": translated}


@lru_cache(512)
def _pattern(use: str) -> re.Pattern[str]:
    """The word in any of its ways to be written, in the singular and the plural."""
    ways = [one for one in _ALTERNATIVES.split(_EXPLAINED.sub("", use)) if one]
    either = "|".join(
        r"\s+".join(f"{re.escape(word)}(?:e?s)?" for word in way.split())
        for way in sorted(ways, key=len, reverse=True)
    )
    return re.compile(rf"(?<!\w)(?:{either})(?!\w)", re.IGNORECASE)
