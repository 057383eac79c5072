"""Is somebody in danger? Asked of every message, before anything else happens to it.

Pure: the message and the lines before it go in, an assessment comes out. A danger that is found
is never outvoted; words that only look dangerous are hidden before the search.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from bot.safety.foreign import EMERGENCY, danger_in, spoken, text_in
from bot.safety.phrases import (
    CLINICAL,
    DISTANT,
    FULL,
    HARMLESS_TIERS,
    SOFT,
    PhraseBook,
    Rule,
    read_book,
)
from bot.safety.second import Opinion, judges, second_opinion, warm_up
from bot.safety.texts import (
    CLINICAL_TEXT,
    SOFT_TEXT,
    SafetyText,
    TextBook,
    TextError,
    fill_nurse_line,
    read_texts,
)

# Of several dangers in one message the first here is answered. Every text begins with 911 or 988;
# those whose own line matters most come first.
ORDER = (
    "saf.suicide",
    "saf.other_suicide",
    "saf.sexual_assault",
    "saf.domestic",
    "saf.abuse",
    "saf.poison_overdose",
    "saf.pregnancy",
    "saf.infant_child",
    "saf.withdrawal",
    "saf.stroke_cardiac",
    "saf.breathing_allergy",
    "saf.bleeding_injury",
    "saf.medical",
    "saf.psychosis",
    "saf.violence",
    "clin.wait_or_go",
    "clin.pregnancy",
    "clin.postop",
    "clin.pediatric",
    "clin.medication",
    "clin.results",
    "clin.diagnosis",
    "clin.treatment",
    "clin.symptom",
)
RANK = {category: rank for rank, category in enumerate(ORDER)}


# What a full interrupt without a category is treated as.
UNKNOWN_DANGER = "saf.medical"
# What a clinical question counts as that only its meaning gives away.
UNKNOWN_QUESTION = "clin.symptom"


class Tier(StrEnum):
    """NONE: go on. SOFT: one line after the answer. FULL: the safety text and a person instead."""

    NONE = "none"
    SOFT = "soft"
    FULL = "full"


@dataclass(frozen=True)
class Assessment:
    """What the gate found. `clinical`: a question for a nurse, which nothing here may answer.

    `language` is the third language that danger was named in, when it was not English or Spanish.
    """

    tier: Tier
    category: str | None = None
    clinical: bool = False
    language: str | None = None


@cache
def load() -> tuple[PhraseBook, TextBook]:
    """Patterns and texts, read once. Call it at start: a broken file must stop the start."""
    book, texts = read_book(), read_texts()
    warm_up()
    spoken()
    if unknown := {one for judge in judges().values() for one in judge.dangers} - texts.ids.keys():
        raise TextError(f"no text answers {unknown}")
    for rule in book.rules:
        if rule.tier not in HARMLESS_TIERS and rule.category not in RANK:
            raise TextError(f"unknown category {rule.category!r}")
        if rule.tier == FULL and rule.category not in texts.ids:
            raise TextError(f"no text answers {rule.category!r}")
    return book, texts


_SENTENCE_END = re.compile(r"[.!?…;\n]+")


def assess(text: str, previous: Sequence[str] = (), locale: str = "en") -> Assessment:
    """Assess a message; `previous` are the patient's last lines, newest last.

    All languages are always looked for: people in danger write in whichever comes first.
    """
    if foreign := danger_in(text):
        return Assessment(Tier.FULL, foreign.category, language=foreign.language)
    return _assess(text, previous, locale)


def _assess(text: str, previous: Sequence[str], locale: str) -> Assessment:
    book, _ = load()
    words = book.normaliser.words(text)
    found = list(book.matches(words, (FULL, SOFT, CLINICAL, DISTANT)))
    full = _of(found, FULL)
    if full and not _doubtful(text, found):
        return Assessment(Tier.FULL, _first(full))
    opinion = opinion_on(text, book.uncovered(words), locale)
    if full and not (opinion and opinion.doubts):
        return Assessment(Tier.FULL, _first(full))
    # Never doubted: the opinion has not read the lines before.
    if not full and (across := _of(spread := list(book.across(previous, words)), FULL)):
        return Assessment(Tier.FULL, _first(across))
    if not full:
        found += spread
    return _weighed(found, opinion)


def only_sounds_dangerous(text: str) -> bool:
    """Whether a message holds words that are known to look like danger and to mean none."""
    book, _ = load()
    return book.uncovered(book.normaliser.words(text)) is not None


def opinion_on(text: str, rest: Sequence[str] | None, locale: str) -> Opinion | None:
    """What the meaning says, of the message and of what its look-alikes leave: the lesser danger.

    Without them the rest may be broken words, and with them the whole may only sound like danger.
    """
    if rest is None:
        return second_opinion(text, locale)
    whole, left = second_opinion(text, locale), second_opinion(" ".join(rest), locale)
    return min(whole, left, key=lambda one: one.danger) if whole and left else None


def _doubtful(text: str, found: Sequence[Rule]) -> bool:
    """Whether the patterns that found danger are all weak, or the message itself puts what it
    tells far away: then the second opinion is asked, and overrules them where it is far off.

    Words put far away only what their own sentence tells.
    """
    if all(rule.weak for rule in _of(found, FULL)):
        return True
    return bool(_of(found, DISTANT)) and not any(map(_tells_of_danger, _SENTENCE_END.split(text)))


def _tells_of_danger(sentence: str) -> bool:
    """Whether a sentence by itself names danger in strong words, with nothing far about it."""
    book, _ = load()
    found = list(book.matches(book.normaliser.words(sentence), (FULL, DISTANT)))
    return not _of(found, DISTANT) and any(not rule.weak for rule in found)


def _weighed(found: Sequence[Rule], opinion: Opinion | None) -> Assessment:
    """The assessment when no pattern settles it."""
    clinical = [] if opinion and opinion.asks_otherwise else _of(found, CLINICAL)
    if soft := _of(found, SOFT):
        return Assessment(Tier.SOFT, _first(soft), clinical=bool(clinical))
    # A clinical question gets the 911 line anyway: only likely danger is more urgent.
    if opinion and opinion.tier == FULL and not (clinical and opinion.rather_clinical):
        return Assessment(Tier.FULL, opinion.category)
    if clinical:
        return Assessment(Tier.NONE, _first(clinical), clinical=True)
    asked = bool(opinion and opinion.asks_clinically)
    if opinion and opinion.tier == SOFT:
        return Assessment(Tier.SOFT, opinion.category, clinical=asked)
    if asked:
        return Assessment(Tier.NONE, UNKNOWN_QUESTION, clinical=True)
    return Assessment(Tier.NONE)


def _of(rules: Iterable[Rule], tier: str) -> list[Rule]:
    return [rule for rule in rules if rule.tier == tier]


def _first(rules: Iterable[Rule]) -> str:
    return min((rule.category for rule in rules), key=RANK.__getitem__)


def text_for(assessment: Assessment, locale: str) -> SafetyText:
    """The fixed text of a full interrupt, or the one line of a soft one."""
    _, texts = load()
    if assessment.tier is Tier.SOFT:
        return texts.get(SOFT_TEXT, locale)
    if assessment.tier is Tier.FULL:
        if foreign := text_in(EMERGENCY, assessment.language):
            return foreign
        # Without a category the gate itself failed: 911 is never the wrong line.
        category = assessment.category or UNKNOWN_DANGER
        return texts.get(texts.ids[category], locale)
    raise ValueError("nothing was found, so there is no text")


def clinical_text(locale: str, nurse_line: str | None) -> SafetyText:
    """The text that meets a clinical question: the nurse line, the 911 line, a person."""
    _, texts = load()
    found = texts.get(CLINICAL_TEXT, locale)
    filled = fill_nurse_line(found.text, nurse_line)
    return SafetyText(found.id, found.hash, found.language, filled, found.reviewed_by)
