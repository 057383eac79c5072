"""Kinds of care as patients name them, and the lines of a clinic profile that speak of each.

The words come from `data/care.toml`. What a clinic does, and at what price, stands in its
profile; a line there belongs to a kind when it holds one of the kind's words.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from functools import cache, cached_property

from bot.knowledge.profile_parts import Bilingual, Part
from bot.language.tokens import phrase
from bot.settings import ROOT

FILE = ROOT / "data" / "care.toml"
Words = tuple[str, ...]


class Kind(Part):
    """One kind of care; `broader` names a kind that it is part of."""

    words: tuple[str, ...]
    named: tuple[str, ...] = ()
    broader: str | None = None

    @cached_property
    def spoken(self) -> tuple[Words, ...]:
        """What patients say."""
        return tuple(phrase(words) for words in self.words)

    @cached_property
    def written(self) -> tuple[Words, ...]:
        """What a line of the profile says."""
        return tuple(phrase(words) for words in self.named) or self.spoken


class Care(Part):
    """The whole file."""

    services: dict[str, Kind]
    visit_types: dict[str, Kind]

    def kind(self, value: str) -> Kind | None:
        """The kind that an entity of this value means."""
        return self.services.get(value) or self.visit_types.get(value)


@cache
def load() -> Care:
    """The kinds that come with Careline."""
    return Care.model_validate(tomllib.loads(FILE.read_text("utf-8")))


def speaks_of(kind: Kind, texts: Iterable[Bilingual | None]) -> bool:
    """Whether one of these texts of a profile, in either language, holds a word of the kind."""
    rows = [phrase(text[language]) for text in texts if text for language in ("en", "es")]
    return any(_within(words, row) for row in rows for words in kind.written)


def _within(words: Sequence[str], row: Sequence[str]) -> bool:
    size = len(words)
    return any(tuple(row[at : at + size]) == tuple(words) for at in range(len(row) - size + 1))
