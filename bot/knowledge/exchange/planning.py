"""What each question of a clinic's file would become, before anything is written."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
from pydantic import ValidationError

from bot.knowledge.checks import Finding, Reference, text_findings
from bot.knowledge.checks.findings import quoting
from bot.knowledge.content import Content
from bot.knowledge.exchange.entries import MOST_ENTRIES, BadRow, Entry, Say, Step
from bot.knowledge.exchange.prose import clean, safe_address, split_lead
from bot.knowledge.exchange.report import Collision, How
from bot.knowledge.files import Domain
from bot.knowledge.lexicon import Floats
from bot.knowledge.measuring import TextCache, asked
from bot.knowledge.plans import normal
from bot.knowledge.problems import explain
from bot.knowledge.saving import DraftSource, DraftText
from bot.language.encoder import DIMENSION
from bot.language.identify import language_of

SAME = 0.95  # cosine of two questions that differ in a mark, a letter or a small word
CLOSE = 0.8  # of two that may well be one
AT_ONCE = 250
SECONDS = 1.0
LONGEST_SLUG = 60
LONGEST_QUESTION = 200
OWN_TOPIC = "own."
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LANGUAGES = {
    **dict.fromkeys(("en", "eng", "english", "ingles"), "en"),
    **dict.fromkeys(("es", "spa", "spanish", "espanol", "castellano"), "es"),
}
# A command measures each text once, whatever else it holds.
MEASURED = TextCache(spare=sys.maxsize)


@dataclass(frozen=True, slots=True)
class Known:
    """A question that is asked already, of a published text or of a draft."""

    question: str
    slug: str
    domain: str


@dataclass(frozen=True, slots=True)
class Base:
    """What is there: all questions, and each article's languages with text and with a draft."""

    content: Content
    known: tuple[Known, ...]
    texts: dict[str, dict[str, int]]
    drafts: dict[tuple[str, str], str]


@dataclass(frozen=True, slots=True)
class Plan:
    """A draft to be written. `live` is the version it would follow, when there is one."""

    entry: Entry
    slug: str
    language: str
    domain: str
    topics: tuple[str, ...]
    text: DraftText
    todo: tuple[Finding, ...]
    live: int | None = None


class Planner:
    """Decides row by row; remembers the rows before, so that a file cannot collide with itself."""

    def __init__(
        self,
        base: Base,
        reference: Reference,
        *,
        onto_existing: bool,
        say: Say,
        cache: TextCache = MEASURED,
    ):
        self._base = base
        self._cache = cache
        self._reference = reference
        self._onto_existing = onto_existing
        self._say = say
        self._exact = {" ".join(normal(one.question)): one for one in reversed(base.known)}
        self._rows: dict[tuple[str, str, str], Entry] = {}
        self._taken: dict[tuple[str, str], str] = {}

    def plan(self, entries: Sequence[Entry]) -> Iterator[Plan | Collision | BadRow]:
        """The end of every entry, in order."""
        vectors, told = self._measured(), time.monotonic()
        for number, entry in enumerate(entries):
            if time.monotonic() - told > SECONDS:
                told = time.monotonic()
                self._say(Step("decided", number, len(entries)))
            yield self._one(entry, vectors)

    def _measured(self) -> Floats:
        """A row for each question that is there."""
        questions = [one.question for one in self._base.known]
        told = time.monotonic()
        for end in range(AT_ONCE, len(questions), AT_ONCE):
            self._cache.measure(questions[:end])
            if time.monotonic() - told > SECONDS:
                told = time.monotonic()
                self._say(Step("compared", end, len(questions)))
        if not questions:
            return np.zeros((0, DIMENSION), np.float32)
        return np.stack([one.vector for one in self._cache.measure(questions)])

    def _one(self, entry: Entry, vectors: Floats) -> Plan | Collision | BadRow:
        language = language_for(entry)
        if bad := self._refused(entry, language):
            return bad
        near, likeness = self._nearest(entry.question, vectors)
        how = self._how(entry, near, likeness)
        same = near if how else None
        slug = entry.slug or (same.slug if same else self._free_slug(entry.question, language))
        if clash := self._clash(entry, slug, language, how, same):
            return clash
        plan = self._planned(entry, slug, language, near, likeness)
        if isinstance(plan, Plan):
            self._taken[slug, language] = f"from {entry.where}"
        return plan

    def _how(self, entry: Entry, near: Known | None, likeness: float) -> How | None:
        """How the question is one that is there; a row that names an article belongs to that."""
        if near is None or likeness < SAME or entry.slug in self._base.texts:
            return None
        exact = normal(near.question) == normal(entry.question)
        return "same question" if exact else "nearly the same question"

    def _clash(
        self, entry: Entry, slug: str, language: str, how: How | None, same: Known | None
    ) -> Collision | None:
        clash = partial(Collision, entry.where, entry.question, language)
        place = (slug, language)
        if place in self._base.drafts:
            return clash(slug, "a draft of it exists", f"by {self._base.drafts[place]}")
        if place in self._taken:
            return clash(slug, "a draft of it exists", self._taken[place])
        if same and how and same.slug != slug:
            return clash(same.slug, how, same.question)
        if language in self._base.texts.get(slug, {}) and not self._onto_existing:
            return clash(slug, how or "same slug", same.question if same else slug)
        return None

    def _refused(self, entry: Entry, language: str) -> BadRow | None:
        def bad(message: str, remedy: str) -> BadRow:
            return BadRow(entry.where, message, remedy)

        if not entry.question:
            return bad("there is no question", "Write the question in the words of a patient.")
        if not entry.answer.strip():
            return bad(f"“{entry.question[:80]}” has no answer", "Write the answer as text.")
        if len(entry.question) > LONGEST_QUESTION:
            remedy = f"Shorten it to {LONGEST_QUESTION}."
            return bad(f"the question has {len(entry.question)} characters", remedy)
        if language not in ("en", "es"):
            remedy = "Only English (en) and Spanish (es) are answered; correct the language."
            return bad(f"the language is “{language[:40]}”", remedy)
        if entry.slug and (not _SLUG.fullmatch(entry.slug) or len(entry.slug) > 2 * LONGEST_SLUG):
            return bad("the slug cannot be one", "Use small letters, digits and hyphens.")
        if entry.domain and entry.domain not in set(Domain):
            return bad("there is no such domain", f"Use one of: {', '.join(Domain)}.")
        for key, what in ((" ".join(normal(entry.question)), "question"), (entry.slug, "slug")):
            before = self._rows.setdefault((what, language, key), entry) if key else entry
            if before is not entry:
                message = f"the same {what} as {before.where} (“{before.question[:80]}”)"
                return bad(message, "Keep one of the two.")
        return None

    def _nearest(self, question: str, vectors: Floats) -> tuple[Known | None, float]:
        if same := self._exact.get(" ".join(normal(question))):
            return same, 1.0
        if not len(vectors):
            return None, 0.0
        likeness = vectors @ asked(question, "").vector
        at = int(likeness.argmax())
        return self._base.known[at], float(likeness[at])

    def _free_slug(self, question: str, language: str) -> str:
        """A slug from the question; a second row that would have the same gets a number."""
        wanted = slug_of(question)
        more = (f"{wanted}-{number}" for number in range(2, MOST_ENTRIES + 2))
        free = (one for one in more if (one, language) not in self._taken)
        free = (one for one in free if one not in self._base.texts)
        return next(free) if (wanted, language) in self._taken else wanted

    def _planned(
        self, entry: Entry, slug: str, language: str, near: Known | None, likeness: float
    ) -> Plan | BadRow:
        lead, more = split_lead(clean(entry.answer))
        live = self._base.texts.get(slug, {}).get(language)
        try:
            text = self._draft(entry, slug, language, lead, more)
        except ValidationError as error:
            message = explain(error, entry.where).message.removeprefix(f"{entry.where}: ")
            return BadRow(entry.where, message, "Shorten it, or split the row.")
        domain = entry.domain or (near.domain if near else Domain.CLINIC.value)
        topics = entry.topics or (f"{OWN_TOPIC}{slug}",)
        todo = [*text_findings(slug, language, text.words(), self._reference)]
        if slug not in self._base.texts:
            todo += _filing(slug, entry, domain)
        if near and CLOSE <= likeness < SAME and near.slug != slug:
            values = quoting(question=near.question, slug=near.slug)
            todo.append(Finding("similar", slug, "title", "close_to", values, blocks=False))
        return Plan(entry, slug, language, domain, topics, text, tuple(todo), live)

    def _draft(
        self, entry: Entry, slug: str, language: str, lead: str, more: str | None
    ) -> DraftText:
        """The row as a draft. Onto an article it keeps the questions that already find it."""
        variants, golden, title = list(entry.variants), list[str](), entry.question
        article = next((one for one in self._base.content.articles if one.slug == slug), None)
        if article and (live := article.versions.get(language)):
            title = live.words.title
            variants = [*live.words.variants, entry.question, *variants]
            variants = [one for one in variants if normal(one) != normal(title)]
            golden = list(live.words.golden)
        sources = []
        if entry.source_title or entry.source_url:
            address = safe_address(entry.source_url) or ""
            url = address if address.startswith("https://") else ""
            sources.append(DraftSource(title=entry.source_title or url, url=url))
        return DraftText(
            title=title, lead=lead, more=more, variants=variants, golden=golden, sources=sources
        )


def language_for(entry: Entry) -> str:
    """The language the row names, else the one its text is in; else the name as it stands."""
    if entry.language:
        named = " ".join(normal(re.split(r"[-_]", entry.language, maxsplit=1)[0]))
        return _LANGUAGES.get(named, entry.language)
    said: Literal["en", "es", "other"] = language_of(f"{entry.question} {entry.answer[:600]}")
    return said if said != "other" else "neither English nor Spanish"


def slug_of(question: str) -> str:
    """The question as a file name, cut at a word."""
    words: list[str] = []
    for word in re.findall(r"[a-z0-9]+", " ".join(normal(question))):
        if words and len("-".join([*words, word])) > LONGEST_SLUG:
            break
        words.append(word[:LONGEST_SLUG])
    return "-".join(words) or "question"


def _filing(slug: str, entry: Entry, domain: str) -> Iterator[Finding]:
    if not entry.topics:
        values = quoting(topic=f"{OWN_TOPIC}{slug}")
        yield Finding("topics", slug, "topics", "filed_by_itself", values, blocks=False)
    if not entry.domain:
        yield Finding("domain", slug, "domain", "filed_near", quoting(domain=domain), blocks=False)
