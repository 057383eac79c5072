"""The places of a text, and what stands in them today."""

from __future__ import annotations

from dataclasses import dataclass

from bot.knowledge.checks import Reference
from bot.knowledge.content import Words
from bot.knowledge.lookups import LOOKUPS
from bot.knowledge.render import placeholders


@dataclass(frozen=True, slots=True)
class Place:
    """One place. `value` is None where nothing can stand; `asked` says that the question itself
    decides."""

    name: str
    value: str | None
    asked: bool = False


def places(words: Words, language: str, reference: Reference) -> list[Place]:
    """Every fact, figure and look-up that the text names, once, in order."""
    named = dict.fromkeys(placeholders(f"{words.lead} {words.more or ''}"))
    return [_place(kind, key, language, reference) for kind, key in named]


def _place(kind: str, key: str, language: str, reference: Reference) -> Place:
    name = f"{kind}.{key}"
    if kind == "lookup":
        return Place(name, None, asked=key in LOOKUPS)
    return Place(name, reference.value(kind, key, language))
