"""Which words answers use, and which they must not: the glossary and the traps.

Both are files that a clinic may edit. A phrase is matched as whole words, whatever its case; a
`*` in it stands for any ending.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.errors import Invalid
from bot.knowledge.problems import explain
from bot.settings import ROOT

GLOSSARY_FILE = "glossary.toml"
TRAPS_FILE = "traps.toml"

M = TypeVar("M", bound=BaseModel)
Phrases = tuple[str, ...]


class _Watched(BaseModel):
    """Phrases to find in a sentence, and what around them decides whether they count."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    near: Phrases = ()
    unless: Phrases = ()

    @property
    def phrases(self) -> Phrases:
        """What is looked for."""
        raise NotImplementedError

    @cached_property
    def _patterns(self) -> tuple[re.Pattern[str], ...]:
        return tuple(_any_of(some) for some in (self.phrases, self.near, self.unless))

    def found(self, sentence: str) -> list[str]:
        """The phrases as they stand in the sentence; none when they do not count there."""
        wanted, near, unless = self._patterns
        if (self.near and not near.search(sentence)) or unless.search(sentence):
            return []
        return wanted.findall(sentence)

    def spans(self, sentence: str) -> list[tuple[int, int]]:
        """Where the phrases stand that count."""
        if not self.found(sentence):
            return []
        return [one.span() for one in self._patterns[0].finditer(sentence)]


class Term(_Watched):
    """One thing: the word that answers `use`, and those they `never` do. `en` is what a Spanish
    term translates."""

    use: str = Field(min_length=1)
    en: str = ""
    never: Phrases = Field(min_length=1)

    @property
    def phrases(self) -> Phrases:
        """The words that break the agreement."""
        return self.never


class Trap(_Watched):
    """Words that no answer may say; editors read why, and the remedy, in their own language."""

    texts: Phrases = Field(min_length=1)
    why: str = Field(min_length=1)
    why_es: str = Field(min_length=1)
    remedy: str = Field(min_length=1)
    remedy_es: str = Field(min_length=1)
    language: Literal["en", "es"] | None = None

    @property
    def phrases(self) -> Phrases:
        """The words that must not be said."""
        return self.texts


class Glossary(BaseModel):
    """The agreed words by language."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    en: tuple[Term, ...] = ()
    es: tuple[Term, ...] = ()

    def terms(self, language: str) -> tuple[Term, ...]:
        """Those of one language."""
        return self.es if language == "es" else self.en


class Traps(BaseModel):
    """Words that must not be said, by what they would do."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    stale: dict[str, Trap] = Field(default_factory=dict)
    promise: dict[str, Trap] = Field(default_factory=dict)
    informal: dict[str, Trap] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Everything a text's words are checked against."""

    glossary: Glossary
    traps: Traps


def load(folder: Path) -> Vocabulary:
    """Read both files. Raises `Invalid` naming file, entry and remedy."""
    return Vocabulary(
        _read(folder / GLOSSARY_FILE, Glossary),
        _read(folder / TRAPS_FILE, Traps),
    )


@cache
def standard() -> Vocabulary:
    """The words that come with the product."""
    return load(ROOT / "data")


def _read(path: Path, model: type[M]) -> M:
    try:
        entries: dict[str, Any] = tomllib.loads(path.read_text("utf-8-sig"))
        return model.model_validate(entries)
    except tomllib.TOMLDecodeError as error:
        raise Invalid(f"{path.name}: not valid TOML: {error}", field=path.name) from None
    except ValidationError as error:
        raise explain(error, path.name) from None


def _any_of(phrases: Phrases) -> re.Pattern[str]:
    if not phrases:
        return re.compile(r"(?!)")
    # The longest first, so that a phrase is found whole.
    every = "|".join(_words(one) for one in sorted(phrases, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{every})(?!\w)(?![.,]\d)", re.IGNORECASE)


def _words(phrase: str) -> str:
    pattern = r"\s+".join(re.escape(word) for word in phrase.split())
    return pattern.replace(r"\*", r"\w*").replace("'", "['’]")
