"""What one text shows by itself: its parts, its authority, its markup, the places for facts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from bot.knowledge import readability
from bot.knowledge.checks.findings import SOON, Finding, Reference
from bot.knowledge.checks.phrasing import phrasing_findings
from bot.knowledge.content import Words
from bot.knowledge.lookups import LOOKUPS
from bot.knowledge.markdown import outside_subset
from bot.knowledge.plans import normal
from bot.knowledge.render import malformed, placeholders

LEAD_WORDS = 60
_ADDRESS = re.compile(r"https://\S+")
TITLE_CHARACTERS = 200
FEWEST_VARIANTS, MOST = 8, 15
FEWEST_GOLDEN = 2
ELSEWHERE = timedelta(days=1)  # where a text is written it may be tomorrow already


def text_findings(
    where: str, language: str, words: Words, reference: Reference
) -> Iterator[Finding]:
    """Everything that one text shows by itself."""
    yield from _title(where, words)
    yield from _lead(where, language, words, reference)
    yield from _questions(where, words)
    yield from _sources(where, words)
    yield from _dates(where, words, reference.today)
    for field, text in (("lead", words.lead), ("more", words.more or "")):
        yield from _markup(where, field, text)
        yield from _places(where, field, text, language, reference)
    yield from phrasing_findings(where, language, words, reference)


def _title(where: str, words: Words) -> Iterator[Finding]:
    if not words.title.strip():
        yield Finding("title", where, "title", "The title is missing.", "Write the question.")
    elif len(words.title) > TITLE_CHARACTERS:
        message = f"The title has {len(words.title)} characters."
        remedy = f"Shorten it to {TITLE_CHARACTERS}."
        yield Finding("title", where, "title", message, remedy)


def _lead(where: str, language: str, words: Words, reference: Reference) -> Iterator[Finding]:
    if not words.lead.strip():
        yield Finding("lead", where, "lead", "The answer is missing.", "Write it.")
        return
    said = readability.plain(reference.filled(words.lead, language))
    # `a. m.` is one word to a reader.
    count = len(readability.words(said.replace(". m.", "m")))
    if count > LEAD_WORDS:
        message = f"The answer has {count} words."
        remedy = f"Keep at most {LEAD_WORDS}; move the rest to “More”."
        yield Finding("lead_length", where, "lead", message, remedy)


def _questions(where: str, words: Words) -> Iterator[Finding]:
    for rule, field, name, lines, fewest, most in (
        ("variants", "variants", "way patients ask it", words.variants, FEWEST_VARIANTS, MOST),
        ("golden_count", "golden", "test question", words.golden, FEWEST_GOLDEN, None),
    ):
        if not lines:
            remedy = f"Add at least {fewest}."
            yield Finding(rule, where, field, f"There is no {name}.", remedy)
        elif len(lines) < fewest or (most and len(lines) > most):
            wanted = f"{fewest} to {most}" if most else f"{fewest} or more"
            message = f"{wanted} “{field}” are wanted, and there are {len(lines)}."
            remedy = "Add some." if len(lines) < fewest else "Keep those that differ most."
            yield Finding(rule, where, field, message, remedy, blocks=False)
    for same in sorted(_normal(words.golden) & _normal(words.variants)):
        message = f"“{same}” is a test question and a way patients ask it."
        remedy = "Word the test question differently, or it tests nothing."
        yield Finding("golden_is_variant", where, "golden", message, remedy, blocks=False)


def _normal(texts: Sequence[str]) -> set[str]:
    return {" ".join(normal(text)) for text in texts}


def _sources(where: str, words: Words) -> Iterator[Finding]:
    kinds = {kind for kind, _ in placeholders(f"{words.lead} {words.more or ''}")}
    if not words.sources and ("fact" in kinds or not kinds):
        remedy = "Name the page it comes from. Only what the clinic profile says needs no source."
        yield Finding("sources", where, "sources", "There is no source.", remedy)
    for source in words.sources:
        if not source.title.strip() or not _ADDRESS.fullmatch(source.url):
            remedy = "Give it a title, and an address that starts with https:// and has no spaces."
            message = "A source is incomplete."
            yield Finding("sources", where, "sources", message, remedy)


def _dates(where: str, words: Words, today: date) -> Iterator[Finding]:
    if words.verified_on is None:
        message = "It is not said when the facts were checked."
        yield Finding("verified_on", where, "verified_on", message, "Set the date.")
    elif words.verified_on > today + ELSEWHERE:
        message = f"It says that the facts were checked on {words.verified_on}, which is to come."
        remedy = "Set the day on which they were checked."
        yield Finding("verified_on", where, "verified_on", message, remedy, blocks=False)
    if words.expires_on is None:
        message = "It is not said until when the text is valid."
        yield Finding("expires_on", where, "expires_on", message, "Set the date.")
        return
    remedy = "Check the facts and set a new date."
    if words.expires_on < today:
        message = f"It expired on {words.expires_on}."
        yield Finding("expired", where, "expires_on", message, remedy)
    elif words.verified_on and words.expires_on <= words.verified_on:
        message = "It expires before the day it was checked."
        yield Finding("expires_on", where, "expires_on", message, "Correct the dates.")
    elif words.expires_on - today <= SOON:
        message = f"It expires on {words.expires_on}."
        yield Finding("expires_soon", where, "expires_on", message, remedy, blocks=False)


def _markup(where: str, field: str, text: str) -> Iterator[Finding]:
    for what in outside_subset(text):
        remedy = "Use paragraphs, bold, emphasis, lists, and https, tel or mailto links only."
        yield Finding("markup", where, field, f"{what} cannot be shown.", remedy)
    for braces in malformed(text):
        remedy = "Write {{ clinic.… }}, {{ fact.… }} or {{ lookup.… }}."
        yield Finding("placeholder", where, field, f"{braces} is no fact.", remedy)


def _places(
    where: str, field: str, text: str, language: str, reference: Reference
) -> Iterator[Finding]:
    for kind, key in dict.fromkeys(placeholders(text)):
        if kind == "lookup":
            if key not in LOOKUPS:
                remedy = f"Known are: {', '.join(sorted(LOOKUPS))}."
                message = f"There is no look-up “{key}”."
                yield Finding("placeholder", where, field, message, remedy)
        elif kind == "fact" and key not in reference.figures.root:
            remedy = "Add it to the file of figures, or correct the placeholder."
            yield Finding("placeholder", where, field, f"There is no figure “{key}”.", remedy)
        elif reference.value(kind, key, language) is not None:
            continue
        elif kind == "fact":
            message = f"The figure “{key}” has expired: its sentence is not shown."
            remedy = "Bring the figure up to date."
            yield Finding("expired_figure", where, field, message, remedy, blocks=False)
        else:
            message = f"The clinic profile does not state “{key}”: such questions go to a person."
            remedy = "State the fact in the profile, or take it out of the text."
            yield Finding("missing_fact", where, field, message, remedy)
