"""The phrase book: what `data/safety/` knows about danger, loaded once and checked while loading.

`phrases.jsonl` holds one pattern a line. Its tier says what a match means: `full`, `soft`,
`clinical`, `none`: words that only look alike ("this bill is killing me"), or `distant`: words that
put what is told far away (years ago, in a novel, in jest). A look-alike hides the words it covers
and no others, so whatever danger is named beside it is still seen.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

from bot.safety.grammar import Parser, PatternError
from bot.safety.normalise import PAUSE, Normaliser
from bot.safety.pattern import Node, Tape, Words, commonness, spans

DATA = Path(__file__).resolve().parents[2] / "data" / "safety"
LANGUAGES = ("en", "es")
FULL, SOFT, CLINICAL, LOOKALIKE, DISTANT = "full", "soft", "clinical", "none", "distant"
TIERS = (FULL, SOFT, CLINICAL, LOOKALIKE, DISTANT)
HARMLESS_TIERS = (LOOKALIKE, DISTANT)
REMEMBERED_LINES, REMEMBERED_LETTERS, REMEMBERED_WORDS = 2, 300, 25


@dataclass(frozen=True, eq=False)
class Rule:
    """One line of the phrase book. With `unless` in the message too, it does not count.

    `weak`: its words are often harmless, so the second opinion may doubt it.
    """

    category: str
    tier: str
    language: str
    example: str
    node: Node
    unless: Node | None
    needs: tuple[Words, ...]
    weak: bool = False

    def ends(self, tape: Tape) -> int:
        """The places where a match ends; 0 when there is none."""
        if not all(map(tape.places_of, self.needs)):
            return 0
        found = self.node.step(tape.everywhere, tape)
        if found and self.unless and self.unless.step(tape.everywhere, tape):
            return 0
        return found


class PhraseBook:
    """All rules, found by the rarest word that each of them needs."""

    def __init__(self, normaliser: Normaliser, rules: Sequence[Rule]):
        self.normaliser = normaliser
        self.rules = tuple(rules)
        self._by_word: dict[str, list[int]] = defaultdict(list)
        self._by_prefix: dict[str, list[int]] = defaultdict(list)
        for number, rule in enumerate(self.rules):
            for word in rule.needs[0].exact:
                self._by_word[word].append(number)
            for start in rule.needs[0].prefixes:
                self._by_prefix[start].append(number)

    @cached_property
    def _prefix_lengths(self) -> tuple[int, ...]:
        return tuple(sorted({len(start) for start in self._by_prefix}))

    def matches(self, words: Sequence[str], tiers: Iterable[str], since: int = 0) -> Iterator[Rule]:
        """The rules of these tiers that match, look-alikes aside.

        With `since`, only matches that end after that place, of rules that match nowhere before.
        """
        candidates, hidden = self._candidates_and_hidden(words)
        tape = Tape(words, hidden=hidden)
        before = (1 << since) - 1
        for rule in candidates:
            if rule.tier in tiers and (ends := rule.ends(tape)) and not ends & before:
                yield rule

    def across(self, previous: Sequence[str], words: list[str]) -> Iterator[Rule]:
        """The dangers that only show when a message is read on from the lines before it."""
        earlier: list[str] = []
        for line in previous[-REMEMBERED_LINES:]:
            recent = self.normaliser.words(line[-REMEMBERED_LETTERS:])
            earlier += [*recent[-REMEMBERED_WORDS:], PAUSE]
        if earlier and words:
            yield from self.matches(earlier + words, (FULL, SOFT), since=len(earlier))

    def uncovered(self, words: Sequence[str]) -> list[str] | None:
        """The words that no look-alike covers; nothing when none is covered."""
        _, hidden = self._candidates_and_hidden(words)
        if not hidden:
            return None
        return [word for at, word in enumerate(words) if not hidden >> at & 1]

    def _candidates_and_hidden(self, words: Sequence[str]) -> tuple[list[Rule], int]:
        """The rules that may match, and the places that look-alikes cover."""
        strict = Tape(words, loose=False)
        candidates = self._candidates(strict)
        hidden = 0
        for rule in candidates:
            if rule.tier == LOOKALIKE and rule.ends(strict):
                hidden |= spans(rule.node, strict)
        return candidates, hidden

    def _candidates(self, tape: Tape) -> list[Rule]:
        found: set[int] = set()
        for word in tape.vocabulary:
            found.update(self._by_word.get(word, ()))
            for length in self._prefix_lengths:
                found.update(self._by_prefix.get(word[:length], ()))
        return [self.rules[number] for number in sorted(found)]


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a JSON-lines file."""
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if line.strip():
            try:
                yield cast("dict[str, Any]", json.loads(line))
            except json.JSONDecodeError as error:
                raise PatternError(f"{path.name}:{number}: {error}") from error


def typos(word: str) -> Iterator[str]:
    """A long word with one letter left out, or two swapped; the first letter stands."""
    for at in range(1, len(word)):
        yield word[:at] + word[at + 1 :]
    for at, (one, other) in enumerate(pairwise(word[1:]), 1):
        yield word[:at] + other + one + word[at + 2 :]


def read_spellings(path: Path) -> dict[str, str]:
    """Wrong spelling to right; `typos` adds those of the word, `not` takes real words out."""
    found: dict[str, str] = {}
    for row in read_lines(path):
        made = set(typos(row["right"])) if row.get("typos") else set()
        made -= {row["right"], *row.get("not", ())}
        found = dict.fromkeys(made, row["right"]) | found
        found |= dict.fromkeys(row.get("wrong", ()), row["right"])
    return found


def read_book(folder: Path = DATA) -> PhraseBook:
    """The phrase book of a folder. Raises `PatternError` for anything it cannot use."""
    normaliser = Normaliser(read_spellings(folder / "spellings.jsonl"))
    parsers = {}
    for language in LANGUAGES:
        rows = (row for row in read_lines(folder / "lists.jsonl") if row["language"] == language)
        lists = {row["list"]: row["pattern"] for row in rows}
        parsers[language] = Parser(normaliser.words, lists)
    rules = []
    for number, row in enumerate(read_lines(folder / "phrases.jsonl"), 1):
        try:
            rules.append(_rule(row, parsers[row["language"]]))
        except (KeyError, PatternError) as error:
            raise PatternError(f"phrases.jsonl, line {number}: {error}") from error
    return PhraseBook(normaliser, rules)


def _rule(row: dict[str, Any], parser: Parser) -> Rule:
    tier, unless = row["tier"], row.get("unless")
    if tier not in TIERS:
        raise PatternError(f"no tier {tier!r}")
    if unless and tier in (FULL, SOFT):
        raise PatternError("only look-alikes and clinical questions may be taken back")
    if row.get("weak") and tier != FULL:
        raise PatternError("only a pattern for danger may be weak")
    node = parser.parse(row["pattern"])
    needs = tuple(sorted(node.needs(), key=commonness))
    if not needs:
        raise PatternError("a pattern needs at least one word that cannot be left out")
    return Rule(
        category=row["category"],
        tier=tier,
        language=row["language"],
        example=row["example"],
        node=node,
        unless=parser.parse(unless) if unless else None,
        needs=needs,
        weak=bool(row.get("weak")),
    )
