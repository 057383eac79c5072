"""What has expired is never said, also when its hour comes while the process runs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.knowledge.base import KnowledgeBase
from bot.knowledge.content import Content, from_files
from bot.knowledge.outcomes import Answer, Context, Outcome
from bot.knowledge.render import placeholders
from bot.settings import ROOT, Settings
from tests.starter import starter_ranker

ENGLISH = Context("en")
A_SECOND = timedelta(seconds=1)


class Clock:
    """Time that a test moves, also in the middle of a question."""

    def __init__(self, now: datetime):
        self.now = now
        self.ticks: Iterator[datetime] | None = None

    def __call__(self) -> datetime:
        if self.ticks is not None:
            self.now = next(self.ticks, self.now)
        return self.now


@pytest.fixture(scope="module")
def content() -> Content:
    return from_files(ROOT / "data")


def last_moment(content: Content, day: date) -> datetime:
    """The last second of a day at the clinic."""
    return datetime(
        day.year, day.month, day.day, 23, 59, 59, tzinfo=ZoneInfo(content.profile.zone.key)
    )


def loaded(content: Content, clock: Clock) -> KnowledgeBase:
    knowledge = KnowledgeBase(Settings(_env_file=None), clock=clock, ranker=starter_ranker())
    knowledge.load(content)
    return knowledge


def with_figure(content: Content) -> tuple[str, str]:
    """A general answer that states a figure which ends before the article does, and which."""
    for article in content.articles:
        version = article.versions.get("en")
        if version is None or article.handoff or len(placeholders(version.words.lead)) != 1:
            continue
        ((kind, name),) = placeholders(version.words.lead)
        ends = version.words.expires_on
        if kind == "fact" and ends and content.figures[name].expires_on < ends:
            return article.slug, name
    raise AssertionError("no starter article states such a figure in its lead")


def says(outcome: Outcome, words: str) -> bool:
    return isinstance(outcome, Answer) and words in f"{outcome.lead} {outcome.more or ''}"


def test_an_article_leaves_at_midnight_of_the_clinic_while_the_process_runs(
    content: Content,
) -> None:
    article = next(one for one in content.articles if one.slug == "eob")
    ends = max(one.words.expires_on for one in article.versions.values() if one.words.expires_on)
    clock = Clock(last_moment(content, ends))
    knowledge = loaded(content, clock)
    assert isinstance(knowledge.article("eob", ENGLISH), Answer)
    clock.now += A_SECOND
    assert not isinstance(knowledge.article("eob", ENGLISH), Answer)
    found = knowledge.answer("how do I read my EOB?", ENGLISH)
    assert not (isinstance(found, Answer) and found.article.slug == "eob")


def test_a_figure_leaves_at_midnight_of_the_clinic_while_the_process_runs(
    content: Content,
) -> None:
    slug, name = with_figure(content)
    figure = content.figures[name]
    clock = Clock(last_moment(content, figure.expires_on))
    knowledge = loaded(content, clock)
    assert says(knowledge.article(slug, ENGLISH), figure.value)
    clock.now += A_SECOND
    assert not says(knowledge.article(slug, ENGLISH), figure.value)


def test_a_question_that_begins_before_midnight_and_ends_after_it_says_nothing_expired(
    content: Content,
) -> None:
    article = next(one for one in content.articles if one.slug == "eob")
    ends = max(one.words.expires_on for one in article.versions.values() if one.words.expires_on)
    before = last_moment(content, ends)
    clock = Clock(before)
    knowledge = loaded(content, clock)
    # The clock strikes between two looks at it: what is served and what the facts say agree.
    clock.ticks = iter((before, before + A_SECOND, before + 2 * A_SECOND))
    first = knowledge.article("eob", ENGLISH)
    assert isinstance(first, Answer)
    assert not isinstance(knowledge.article("eob", ENGLISH), Answer)
