"""Which answers would read differently with another clinic profile: before and after.

Every article that names a fact is said twice. One that looks something up in the profile is asked
the ways patients ask it, because what it says depends on the question.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any

from bot.knowledge.content import Article, Content, Published
from bot.knowledge.lookups import ProfileFacts
from bot.knowledge.markdown import plain
from bot.knowledge.plans import PlanNames
from bot.knowledge.profile import ClinicProfile
from bot.knowledge.render import MissingClinicFact, placeholders, render

# So many ways of asking show what a look-up does.
QUESTIONS = 12
SHOWN = 3
# The parts that look-ups read: no other part can change what they say.
LOOKED_UP = (
    *("name", "contacts", "locations", "holidays", "accepted_plans", "services"),
    *("visit_types", "prices", "self_pay", "booking", "portal"),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """One answer, before and after. None: the fact is missing, so the question goes to a person.

    `question` is what was asked, where the answer depends on it.
    """

    slug: str
    title: str
    language: str
    question: str
    before: str | None
    after: str | None

    def as_dict(self) -> dict[str, Any]:
        """As JSON, with the answers in plain words."""
        before, after = (None if one is None else plain(one) for one in (self.before, self.after))
        return {**asdict(self), "before": before, "after": after}


def affected(content: Content, profile: ClinicProfile, now: datetime) -> list[Shown]:
    """Every published answer that the new profile changes, those that would be lost first.

    Takes a moment: not for the event loop.
    """
    older = _Reader(content, content.profile, now)
    newer = _Reader(content, profile, now)
    asks = any(getattr(content.profile, name) != getattr(profile, name) for name in LOOKED_UP)
    found = [
        one
        for article in content.articles
        for version in article.versions.values()
        for one in _of(article, version, older, newer, asks)
    ]
    return sorted(found, key=lambda one: (one.after is not None, one.slug, one.language))


class _Reader:
    """Says articles as one profile has them."""

    def __init__(self, content: Content, profile: ClinicProfile, now: datetime):
        plans = PlanNames.of(profile)
        self._stated: dict[tuple[str, str], str | None] = {}
        self._facts = {
            language: ProfileFacts(profile, content.figures, plans, language, "", now)
            for language in ("en", "es")
        }

    def say(self, version: Published, question: str) -> str | None:
        """The whole answer; None when it lacks a fact."""
        facts = self._for(version, question)
        words = version.words
        try:
            parts = [render(text, facts) for text in (words.lead, words.more) if text]
        except MissingClinicFact:
            return None
        return "\n\n".join(part for part in parts if part)

    def facts(self, version: Published, keys: Sequence[str]) -> list[str | None]:
        """What the profile states, each fact read once."""
        return [self._fact(version.language, key) for key in keys]

    def _fact(self, language: str, key: str) -> str | None:
        if (language, key) not in self._stated:
            self._stated[language, key] = self._facts[language].clinic(key)
        return self._stated[language, key]

    def look_up(self, version: Published, question: str, keys: Sequence[str]) -> list[str | None]:
        """What the profile itself says to a question."""
        facts = self._for(version, question)
        return [facts.lookup(key) for key in keys]

    def _for(self, version: Published, question: str) -> ProfileFacts:
        return replace(self._facts[version.language], question=question)


def _of(
    article: Article, version: Published, older: _Reader, newer: _Reader, asks: bool
) -> Iterator[Shown]:
    named = placeholders(f"{version.words.lead}\n\n{version.words.more or ''}")
    facts = [key for kind, key in named if kind == "clinic"]
    keys = [key for kind, key in named if kind == "lookup"] if asks else []
    asked = [""] if older.facts(version, facts) != newer.facts(version, facts) else []
    if keys:
        differ = (
            question
            for question in version.words.questions[:QUESTIONS]
            if older.look_up(version, question, keys) != newer.look_up(version, question, keys)
        )
        asked += islice(differ, SHOWN)
    for question in asked:
        before, after = older.say(version, question), newer.say(version, question)
        if before != after:
            title, language = version.words.title, version.language
            yield Shown(article.slug, title, language, question, before, after)
