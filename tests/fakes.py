"""Small stand-ins for the parts that a test is not about."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.effects import ArticleRef, Reason
from bot.knowledge.outcomes import Answer, Context, NeedsPerson, NoAnswer, Outcome


def article(slug: str, language: str = "en", title: str | None = None) -> ArticleRef:
    """A published version of an article with this slug."""
    return ArticleRef(
        slug=slug,
        version_id=1,
        language=language,
        title=title or slug.replace("-", " ").capitalize(),
        topics=(f"cov.{slug}",),
    )


def answer(
    slug: str,
    lead: str = "The approved lead.",
    *,
    title: str | None = None,
    language: str = "en",
    more: str | None = None,
    other_language: bool = False,
) -> Answer:
    """An answer from that article."""
    return Answer(article(slug, language, title), lead, more, 0.9, other_language)


def needs_person(slug: str, reason: Reason, lead: str = "The rule.") -> NeedsPerson:
    """An article that ends with a person."""
    found = article(slug)
    return NeedsPerson(reason, found, lead, None, found.topics)


@dataclass
class FakeFacts:
    """A clinic profile of a few facts."""

    facts: dict[str, str] = field(default_factory=dict)

    def display(self, key: str, language: str) -> str | None:
        return self.facts.get(key)


class FakeKnowledge:
    """Ends every question as it was told to, and remembers what it was asked.

    `outcomes` maps a question to its outcome; `articles` a slug to its outcome. What is in
    neither is `NoAnswer`. An excluded article is never the answer.
    """

    def __init__(
        self,
        outcomes: dict[str, Outcome] | None = None,
        articles: dict[str, Outcome] | None = None,
        **facts: str,
    ) -> None:
        self.outcomes = outcomes or {}
        self.articles = articles or {}
        self.profile = FakeFacts(facts)
        self.asked: list[tuple[str, Context]] = []

    def answer(self, question: str, context: Context) -> Outcome:
        self.asked.append((question, context))
        outcome = self.outcomes.get(question, NoAnswer())
        if isinstance(outcome, Answer) and outcome.article.slug in context.exclude:
            return NoAnswer()
        return outcome

    def article(self, slug: str, context: Context) -> Outcome:
        self.asked.append((slug, context))
        return self.articles.get(slug, NoAnswer())
