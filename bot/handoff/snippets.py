"""Sentences that agents say often, in both languages, with places for what is known already.

A place that nothing fills stays in the text: `places` finds it, so that no console shows it as
done and no server sends it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

FILE = "snippets.toml"
PLACE = re.compile(r"\{\{\s*(?P<kind>clinic|packet|agent)\.(?P<key>[a-z0-9_]+)\s*\}\}")
_BRACES = re.compile(r"\{\{.*?\}\}")

Language = Literal["en", "es"]
# What stands in a place, given its kind and key; nothing when it is not known.
Known = Callable[[str, str], str | None]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Titles(_Part):
    """What a snippet is called in each language."""

    en: str
    es: str


class Snippet(_Part):
    """One sentence in both languages, in the Markdown subset."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    title: Titles
    en: str
    es: str

    def text(self, language: str) -> str:
        """The words, their places empty."""
        return self.es if language == "es" else self.en

    def name(self, language: str) -> str:
        """What it is called."""
        return self.title.es if language == "es" else self.title.en


class Snippets(_Part):
    """The file. Without `reviewed_by` nobody qualified has read it yet."""

    reviewed_by: str
    snippets: tuple[Snippet, ...]


@dataclass(frozen=True, slots=True)
class Filled:
    """A snippet for one case. `missing` are the places that nothing filled, as `kind.key`."""

    text: str
    missing: tuple[str, ...]


@cache
def load(path: Path) -> Snippets:
    """The snippets of a file. An error in it stops the start, not an agent's sentence."""
    return Snippets.model_validate(tomllib.loads(path.read_text("utf-8")))


def fill(text: str, known: Known) -> Filled:
    """The text with what is known in its places."""
    missing: dict[str, None] = {}

    def value(found: re.Match[str]) -> str:
        said = known(found["kind"], found["key"])
        if said:
            return said
        missing[f"{found['kind']}.{found['key']}"] = None
        return found[0]

    return Filled(PLACE.sub(value, text), tuple(missing))


def places(text: str) -> Sequence[str]:
    """What still stands in double braces."""
    return _BRACES.findall(text)
