"""Why the gate assessed a message so: the patterns that matched, and the second opinion's score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.safety.gate import Assessment, assess, load, opinion_on
from bot.safety.phrases import CLINICAL, DISTANT, FULL, SOFT, Rule
from bot.safety.second import Opinion


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern that matched; `example` is the phrase it was written for."""

    tier: str
    category: str
    language: str
    example: str


@dataclass(frozen=True, slots=True)
class Reasons:
    """An assessment and what led to it.

    `read` is what is left of the message when words that only look dangerous are hidden. `opinion`
    is None when it has none, because the message is too short or the encoder is missing.
    """

    assessment: Assessment
    patterns: tuple[Pattern, ...]
    read: str = field(repr=False)
    opinion: Opinion | None


def reasons(text: str, previous: Sequence[str] = (), locale: str = "en") -> Reasons:
    """What `assess` finds, with the reasons."""
    book, _ = load()
    words = book.normaliser.words(text)
    found = [*book.matches(words, (FULL, SOFT, CLINICAL, DISTANT)), *book.across(previous, words)]
    rest = book.uncovered(words)
    read = text if rest is None else " ".join(rest)
    return Reasons(
        assessment=assess(text, previous, locale),
        patterns=tuple(dict.fromkeys(map(_pattern, found))),
        read=read,
        opinion=opinion_on(text, rest, locale),
    )


def _pattern(rule: Rule) -> Pattern:
    return Pattern(rule.tier, rule.category, rule.language, rule.example)
