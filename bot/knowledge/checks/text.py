"""What one text shows by itself: its parts, its authority, its markup, the places for facts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from bot.knowledge import readability
from bot.knowledge.checks.findings import PLACES, SOON, Finding, Reference, quoting
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
        yield Finding("title", where, "title", "title_missing")
    elif len(words.title) > TITLE_CHARACTERS:
        values = quoting(count=len(words.title), limit=TITLE_CHARACTERS)
        yield Finding("title", where, "title", "title_long", values)


def _lead(where: str, language: str, words: Words, reference: Reference) -> Iterator[Finding]:
    if not words.lead.strip():
        yield Finding("lead", where, "lead", "lead_missing")
        return
    said = readability.plain(reference.filled(words.lead, language))
    # `a. m.` is one word to a reader.
    count = len(readability.words(said.replace(". m.", "m")))
    if count > LEAD_WORDS:
        values = quoting(count=count, limit=LEAD_WORDS)
        yield Finding("lead_length", where, "lead", "lead_long", values)


def _questions(where: str, words: Words) -> Iterator[Finding]:
    for rule, field, lines, fewest, most in (
        ("variants", "variants", words.variants, FEWEST_VARIANTS, MOST),
        ("golden_count", "golden", words.golden, FEWEST_GOLDEN, None),
    ):
        values = quoting(fewest=fewest)
        counted = quoting(count=len(lines), fewest=fewest, most=most or "")
        if not lines:
            yield Finding(rule, where, field, f"{field}_none", values)
        elif len(lines) < fewest:
            yield Finding(rule, where, field, f"{field}_few", counted, blocks=False)
        elif most and len(lines) > most:
            yield Finding(rule, where, field, f"{field}_many", counted, blocks=False)
    for same in sorted(_normal(words.golden) & _normal(words.variants)):
        values = quoting(question=same)
        yield Finding(
            "golden_is_variant", where, "golden", "golden_is_variant", values, blocks=False
        )


def _normal(texts: Sequence[str]) -> set[str]:
    return {" ".join(normal(text)) for text in texts}


def _sources(where: str, words: Words) -> Iterator[Finding]:
    kinds = {kind for kind, _ in placeholders(f"{words.lead} {words.more or ''}")}
    if not words.sources and ("fact" in kinds or not kinds):
        yield Finding("sources", where, "sources", "sources_none")
    for source in words.sources:
        if not source.title.strip() or not _ADDRESS.fullmatch(source.url):
            yield Finding("sources", where, "sources", "source_incomplete")


def _dates(where: str, words: Words, today: date) -> Iterator[Finding]:
    checked, ends = words.verified_on, words.expires_on
    if checked is None:
        yield Finding("verified_on", where, "verified_on", "verified_on_missing")
    elif checked > today + ELSEWHERE:
        values = quoting(date=checked)
        yield Finding(
            "verified_on", where, "verified_on", "verified_on_to_come", values, blocks=False
        )
    if ends is None:
        yield Finding("expires_on", where, "expires_on", "expires_on_missing")
    elif ends < today:
        yield Finding("expired", where, "expires_on", "expired", quoting(date=ends))
    elif checked and ends <= checked:
        yield Finding("expires_on", where, "expires_on", "expires_before_checked")
    elif ends - today <= SOON:
        values = quoting(date=ends)
        yield Finding("expires_soon", where, "expires_on", "expires_soon", values, blocks=False)


def _markup(where: str, field: str, text: str) -> Iterator[Finding]:
    for kind, label in outside_subset(text):
        values = quoting(label=label) if kind == "link" else ()
        yield Finding("markup", where, field, f"markup_{kind}", values)
    for braces in malformed(text):
        values = quoting(braces=braces, **PLACES)
        yield Finding("placeholder", where, field, "place_malformed", values)


def _places(
    where: str, field: str, text: str, language: str, reference: Reference
) -> Iterator[Finding]:
    for kind, key in dict.fromkeys(placeholders(text)):
        values = quoting(key=key)
        if kind == "lookup":
            if key not in LOOKUPS:
                values = quoting(key=key, known=", ".join(sorted(LOOKUPS)))
                yield Finding("placeholder", where, field, "lookup_unknown", values)
        elif kind == "fact" and key not in reference.figures.root:
            yield Finding("placeholder", where, field, "figure_unknown", values)
        elif reference.value(kind, key, language) is not None:
            continue
        elif kind == "fact":
            yield Finding("expired_figure", where, field, "figure_expired", values, blocks=False)
        else:
            yield Finding("missing_fact", where, field, "fact_missing", values)
