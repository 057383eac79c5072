"""What patients must not meet, found before they do.

`text_findings` looks at one text, `reach_findings` at whether its questions find it, `check` at a
whole folder of content. A finding says where, what and how to mend it; one that `blocks` keeps a
text from being published.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from rich.console import Console

from bot.clock import utc_now
from bot.knowledge import readability
from bot.knowledge.content import Article, Content, Words, from_files
from bot.knowledge.facts import Figures, UnknownFigure
from bot.knowledge.index import SHARED, Asked, Index, asked, build
from bot.knowledge.lookups import LOOKUPS
from bot.knowledge.markdown import outside_subset
from bot.knowledge.plans import normal
from bot.knowledge.profile import ClinicProfile
from bot.knowledge.ranking import FILE, Decision, NotTrained, Ranker
from bot.knowledge.render import malformed, placeholders
from bot.settings import Settings

LEAD_WORDS = 60
TITLE_CHARACTERS = 200
HARDEST_GRADE = 8.0  # US school grade, English
LEAST_EASE = 55.0  # INFLESZ, Spanish
SOON = timedelta(days=30)
SAME_QUESTION = 0.95  # cosine of two questions that differ in a mark or a letter


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend. `field` is that of the text, `where` names the text."""

    rule: str
    where: str
    field: str
    message: str
    remedy: str
    blocks: bool = True


@dataclass(frozen=True, slots=True)
class Reference:
    """What a text's places are checked against."""

    profile: ClinicProfile
    figures: Figures
    today: date


def text_findings(
    where: str, language: str, words: Words, reference: Reference
) -> Iterator[Finding]:
    """Everything that one text shows by itself."""
    yield from _form(where, words)
    yield from _authority(where, words, reference.today)
    for field, text in (("lead", words.lead), ("more", words.more or "")):
        yield from _markup(where, field, text)
        yield from _places(where, field, text, language, reference)
    yield from _reading(where, language, words)


def _form(where: str, words: Words) -> Iterator[Finding]:
    if not words.title.strip():
        yield Finding("title", where, "title", "The title is missing.", "Write the question.")
    elif len(words.title) > TITLE_CHARACTERS:
        message = f"The title has {len(words.title)} characters."
        remedy = f"Shorten it to {TITLE_CHARACTERS}."
        yield Finding("title", where, "title", message, remedy)
    count = len(readability.words(readability.plain(words.lead)))
    if not count:
        yield Finding("lead", where, "lead", "The answer is missing.", "Write it.")
    elif count > LEAD_WORDS:
        message = f"The answer has {count} words."
        remedy = f"Keep at most {LEAD_WORDS}; move the rest to “More”."
        yield Finding("lead_length", where, "lead", message, remedy)
    for field, name, lines in (
        ("variants", "way patients ask it", words.variants),
        ("golden", "test question", words.golden),
    ):
        if not lines:
            yield Finding(field, where, field, f"There is no {name}.", "Add at least one.")
    for same in sorted({" ".join(normal(one)) for one in words.golden} & _normal(words.variants)):
        message = f"“{same}” is a test question and a way patients ask it."
        remedy = "Word the test question differently, or it tests nothing."
        yield Finding("golden_is_variant", where, "golden", message, remedy, blocks=False)


def _normal(texts: Sequence[str]) -> set[str]:
    return {" ".join(normal(text)) for text in texts}


def _authority(where: str, words: Words, today: date) -> Iterator[Finding]:
    kinds = {kind for kind, _ in placeholders(f"{words.lead} {words.more or ''}")}
    if not words.sources and kinds <= {"fact"}:
        remedy = "Name the page it comes from. Only what the clinic profile says needs no source."
        yield Finding("sources", where, "sources", "There is no source.", remedy)
    for source in words.sources:
        if not source.title.strip() or not source.url.startswith("https://"):
            remedy = "Give it a title and an address that starts with https://."
            message = "A source is incomplete."
            yield Finding("sources", where, "sources", message, remedy)
    if words.verified_on is None:
        message = "It is not said when the facts were checked."
        yield Finding("verified_on", where, "verified_on", message, "Set the date.")
    if words.expires_on is None:
        message = "It is not said until when the text is valid."
        yield Finding("expires_on", where, "expires_on", message, "Set the date.")
        return
    if words.expires_on < today:
        remedy = "Check the facts and set a new date."
        message = f"It expired on {words.expires_on}."
        yield Finding("expired", where, "expires_on", message, remedy)
    elif words.verified_on and words.expires_on <= words.verified_on:
        message = "It expires before the day it was checked."
        yield Finding("expires_on", where, "expires_on", message, "Correct the dates.")
    elif words.expires_on - today <= SOON:
        message = f"It expires on {words.expires_on}."
        remedy = "Check the facts and set a new date."
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
        if kind == "lookup" and key not in LOOKUPS:
            remedy = f"Known are: {', '.join(sorted(LOOKUPS))}."
            message = f"There is no look-up “{key}”."
            yield Finding("placeholder", where, field, message, remedy)
        elif kind == "fact":
            yield from _figure(where, field, key, language, reference)
        elif kind == "clinic" and reference.profile.display(key, language, reference.today) is None:
            message = f"The clinic profile does not state “{key}”: such questions go to a person."
            remedy = "State the fact in the profile, or take it out of the text."
            yield Finding("missing_fact", where, field, message, remedy)


def _figure(
    where: str, field: str, key: str, language: str, reference: Reference
) -> Iterator[Finding]:
    try:
        value = reference.figures.display(key, language, reference.today)
    except UnknownFigure as unknown:
        message = f"There is no figure “{key}”."
        yield Finding("placeholder", where, field, message, unknown.remedy or "")
        return
    if value is None:
        message = f"The figure “{key}” has expired: its sentence is not shown."
        remedy = "Bring the figure up to date."
        yield Finding("expired_figure", where, field, message, remedy, blocks=False)


def _reading(where: str, language: str, words: Words) -> Iterator[Finding]:
    text = f"{words.lead}\n\n{words.more or ''}"
    if not readability.words(readability.plain(text)):
        return
    remedy = "Shorten sentences and use simpler words."
    if language == "es":
        ease = readability.inflesz(text)
        if ease < LEAST_EASE:
            message = f"Reading ease is {ease:.0f}; at least {LEAST_EASE:.0f} is wanted."
            yield Finding("reading", where, "lead", message, remedy, blocks=False)
        return
    grade = readability.flesch_kincaid(text)
    if grade > HARDEST_GRADE:
        message = f"It reads at grade {grade:.1f}; at most {HARDEST_GRADE:.0f} is wanted."
        yield Finding("reading", where, "lead", message, remedy, blocks=False)


def reach_findings(
    where: str, index: Index, ranker: Ranker, position: int, golden: Sequence[str]
) -> Iterator[Finding]:
    """Golden questions that find another article, or are too far from any to be answered."""
    remedy = "Add ways patients ask it that are closer to the question."
    for question in golden:
        decision = _decision(index, ranker, asked(question))
        if decision.options[:1] == (position,):
            if decision.verdict == "no_answer":
                message = f"The search is not sure enough to answer “{question}”."
                yield Finding("golden_unsure", where, "golden", message, remedy, blocks=False)
        elif not (decision.verdict == "clarify" and position in decision.options):
            found = index.articles[decision.options[0]].slug if decision.options else "nothing"
            message = f"The test question “{question}” finds {found}."
            yield Finding("golden", where, "golden", message, remedy)


def _decision(
    index: Index, ranker: Ranker, question: Asked, hidden: Sequence[int] = ()
) -> Decision:
    rows = np.array(hidden, dtype=np.intp)
    return ranker.decide(ranker.rank(index.evidence(question, rows)))


def check(
    data_dir: Path, *, ranker: Ranker | None = None, today: date | None = None
) -> list[Finding]:
    """Look at a whole folder of content. Raises `Invalid` for a file that cannot be read."""
    content = from_files(data_dir)
    day = today or utc_now().astimezone(content.profile.zone).date()
    findings = list(_texts(content, day))
    try:
        known = ranker or Ranker.load(Settings().model_dir / FILE)
    except NotTrained as error:
        remedy = error.remedy or ""
        findings.append(Finding("ranker", "models", "", error.message, remedy, blocks=False))
        return findings
    index = build(content, SHARED)
    return [*findings, *_golden(index, known), *_confusable(index, known)]


def _texts(content: Content, today: date) -> Iterator[Finding]:
    reference = Reference(content.profile, content.figures, today)
    for article in content.articles:
        for language, version in article.versions.items():
            where = _where(article, language)
            yield from text_findings(where, language, version.words, reference)
            if version.stale:
                message = "It translates an older English text and is not shown."
                yield Finding("stale", where, "translates", message, "Translate it again.")


def _golden(index: Index, ranker: Ranker) -> Iterator[Finding]:
    for position, article in enumerate(index.articles):
        for language, version in article.versions.items():
            where = _where(article, language)
            yield from reach_findings(where, index, ranker, position, version.words.golden)


def _confusable(index: Index, ranker: Ranker) -> Iterator[Finding]:
    """Variants that would be answered with another article, and questions two articles share."""
    for row, entry in enumerate(index.entries):
        article = index.articles[entry.article]
        if entry.text not in article.versions[entry.language].words.variants:
            continue
        where = _where(article, entry.language)
        question = asked(entry.text)
        near = index.vectors @ index.vectors[row]
        near[index.owner == entry.article] = -1
        twin = int(near.argmax())
        if near[twin] >= SAME_QUESTION:
            other = index.articles[index.entries[twin].article].slug
            message = f"“{entry.text}” is also a question of {other}."
            remedy = "Leave it with one of the two."
            yield Finding("near_duplicate", where, "variants", message, remedy, blocks=False)
            continue
        decision = _decision(index, ranker, question, [row])
        if decision.verdict == "answer" and decision.options[0] != entry.article:
            other = index.articles[decision.options[0]].slug
            message = f"Without itself, “{entry.text}” would be answered with {other}."
            remedy = "Check that it belongs here; if it does, add more like it."
            yield Finding("lonely_variant", where, "variants", message, remedy, blocks=False)


def _where(article: Article, language: str) -> str:
    return f"{article.domain}/{article.slug}.{language}.md"


def print_findings(findings: Sequence[Finding], screen: Console, *, as_json: bool = False) -> None:
    """Show them, those that block first."""
    ordered = sorted(findings, key=lambda one: (not one.blocks, one.where, one.rule))
    if as_json:
        screen.print_json(json.dumps([asdict(one) for one in ordered], ensure_ascii=False))
        return
    for one in ordered:
        mark = "blocks" if one.blocks else "think "
        screen.print(f"{mark}  {one.where}  {one.message}", markup=False, highlight=False)
        screen.print(f"        {one.remedy}", markup=False, highlight=False)
    blocking = sum(one.blocks for one in ordered)
    screen.print(f"{len(ordered)} findings, {blocking} of them block", highlight=False)
