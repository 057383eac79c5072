"""A text that is out of date is never said, and one in the other language never silently."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.effects import Reason
from bot.knowledge.base import KnowledgeBase
from bot.knowledge.content import Content, Published
from bot.knowledge.outcomes import Answer, Clarify, Context, NeedsPerson
from bot.settings import Settings
from tests.starter import NOW, starter_content, starter_ranker

SLUGS = ("eob", "deductible", "copay", "accepts-medicaid", "claim-denied", "out-of-pocket-max")
QUESTIONS = (
    *("how do I read my EOB?", "what is a deductible", "how much is my copay", "claim denied"),
    *("¿qué es la explicación de beneficios?", "¿qué es el deducible?", "¿aceptan Medicaid?"),
    *("me negaron el reclamo", "¿cuánto es mi copago?"),
)
EOB_ES = "¿qué es la explicación de beneficios?"


def few(change: Any = lambda slug, version: version) -> Content:
    """Some starter articles, every version put through `change`."""
    content = starter_content()
    kept = [one for one in content.articles if one.slug in SLUGS]
    articles = []
    for article in kept:
        versions = {
            language: changed
            for language, version in article.versions.items()
            if (changed := change(article.slug, version)) is not None
        }
        articles.append(replace(article, versions=versions))
    return replace(content, articles=tuple(one for one in articles if one.versions))


def knowing(content: Content, elsewhere: Literal["show", "person"] = "show") -> KnowledgeBase:
    known = KnowledgeBase(
        Settings(_env_file=None, other_language=elsewhere),
        clock=lambda: NOW,
        ranker=starter_ranker(),
    )
    known.load(content)
    return known


def stale_spanish(slug: str, version: Published) -> Published:
    return replace(version, stale=slug == "eob" and version.language == "es")


@settings(max_examples=40, deadline=None)
@given(data=st.data(), elsewhere=st.sampled_from(["show", "person"]))
def test_a_stale_or_expired_version_is_never_served(
    data: st.DataObject, elsewhere: Literal["show", "person"]
) -> None:
    """Whatever is stale, expired or missing, whatever is asked, by question or by choice."""
    fates = st.sampled_from(["fine", "stale", "expired", "missing"])
    fate = {(slug, one): data.draw(fates) for slug in SLUGS for one in ("en", "es")}

    def change(slug: str, version: Published) -> Published | None:
        match fate[slug, version.language]:
            case "stale" if version.language == "es":
                return replace(version, stale=True)
            case "expired":
                ended = replace(version.words, expires_on=date(2026, 11, 20))
                return replace(version, words=ended)
            case "missing":
                return None
        return version

    content = few(change)
    known = knowing(content, elsewhere)
    may = {
        version.version_id
        for article in content.articles
        for version in article.versions.values()
        if fate[article.slug, version.language] == "fine"
        or (fate[article.slug, version.language] == "stale" and version.language == "en")
    }
    for language in ("en", "es"):
        context = Context(language)
        outcomes = [known.answer(question, context) for question in QUESTIONS]
        outcomes += [known.article(slug, context) for slug in SLUGS]
        for outcome in outcomes:
            if isinstance(outcome, Clarify):
                assert all(known.article(one.slug, context) for one in outcome.options)
                continue
            if not isinstance(outcome, Answer | NeedsPerson) or outcome.article is None:
                continue
            assert outcome.article.version_id in may
            assert outcome.other_language == (outcome.article.language != language)
            if outcome.other_language and elsewhere == "person":
                assert isinstance(outcome, NeedsPerson)
                assert outcome.withheld


def test_a_stale_translation_is_told_from_a_missing_one() -> None:
    stale = knowing(few(stale_spanish)).answer(EOB_ES, Context("es"))
    gone = knowing(
        few(lambda slug, one: None if (slug, one.language) == ("eob", "es") else one)
    ).article("eob", Context("es"))

    assert isinstance(stale, Answer)
    assert (stale.other_language, stale.outdated) == (True, True)
    assert isinstance(gone, Answer)
    assert (gone.other_language, gone.outdated) == (True, False)


def test_an_answer_in_the_patients_language_has_neither_mark() -> None:
    found = knowing(few()).answer(EOB_ES, Context("es"))
    assert isinstance(found, Answer)
    assert (found.article.language, found.other_language, found.outdated) == ("es", False, False)


def test_by_the_setting_a_person_is_offered_in_place_of_the_other_language() -> None:
    known = knowing(few(stale_spanish), "person")
    found = known.answer(EOB_ES, Context("es"))
    assert isinstance(found, NeedsPerson)
    assert (found.reason, found.withheld, found.outdated) == (Reason.NO_ANSWER, True, True)
    assert isinstance(known.answer("how do I read my EOB?", Context("en")), Answer)


@pytest.mark.parametrize("elsewhere", ["show", "person"])
def test_an_article_that_ends_with_a_person_says_it_too(
    elsewhere: Literal["show", "person"],
) -> None:
    content = few(stale_spanish)
    articles = [
        replace(one, handoff=Reason.ACCOUNT) if one.slug == "eob" else one
        for one in content.articles
    ]
    known = knowing(replace(content, articles=tuple(articles)), elsewhere)
    found = known.article("eob", Context("es"))
    assert isinstance(found, NeedsPerson)
    assert (found.reason, found.other_language) == (Reason.ACCOUNT, True)
    assert found.withheld == (elsewhere == "person")
