"""Phrase books for the dialogue: what a message says about the patient, whatever its intent.

`data/<book>/phrases.jsonl` holds one pattern a line in the pattern language of the safety gate,
with the meaning it has; a pattern that means `none` hides the words it covers. `lists.jsonl`
names word lists. Spelling is put right the way the gate does it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from bot.safety.grammar import Parser, PatternError
from bot.safety.normalise import Normaliser
from bot.safety.pattern import commonness
from bot.safety.phrases import (
    DATA,
    FULL,
    LANGUAGES,
    LOOKALIKE,
    PhraseBook,
    Rule,
    read_lines,
    read_spellings,
)

NONE = "none"
FOLDERS = DATA.parent


@dataclass(frozen=True)
class Phrases:
    """One book, read and checked."""

    book: PhraseBook

    def meanings(self, text: str) -> set[str]:
        """What the message means, in the book's words; empty when no pattern fits."""
        words = self.book.normaliser.words(text)
        return {rule.category for rule in self.book.matches(words, (FULL,))}


@cache
def people() -> Phrases:
    """What asks for a person, read once."""
    return read_phrases("people")


def read_phrases(name: str, folder: Path = FOLDERS) -> Phrases:
    """The book of a folder. Raises `PatternError` naming the line that cannot be used."""
    normaliser = Normaliser(read_spellings(DATA / "spellings.jsonl"))
    parsers = {one: Parser(normaliser.words, _lists(folder / name, one)) for one in LANGUAGES}
    rules = []
    for number, row in enumerate(read_lines(folder / name / "phrases.jsonl"), 1):
        try:
            rules.append(_rule(row, parsers[row["language"]]))
        except (KeyError, PatternError) as error:
            raise PatternError(f"{name}/phrases.jsonl, line {number}: {error}") from error
    return Phrases(PhraseBook(normaliser, rules))


def _lists(folder: Path, language: str) -> Mapping[str, str]:
    path = folder / "lists.jsonl"
    rows = read_lines(path) if path.exists() else iter(())
    return {row["list"]: row["pattern"] for row in rows if row["language"] == language}


def _rule(row: dict[str, Any], parser: Parser) -> Rule:
    node = parser.parse(row["pattern"])
    needs = tuple(sorted(node.needs(), key=commonness))
    if not needs:
        raise PatternError("a pattern needs at least one word that cannot be left out")
    unless = row.get("unless")
    return Rule(
        category=row["means"],
        tier=LOOKALIKE if row["means"] == NONE else FULL,
        language=row["language"],
        example=row["example"],
        node=node,
        unless=parser.parse(unless) if unless else None,
        needs=needs,
    )
