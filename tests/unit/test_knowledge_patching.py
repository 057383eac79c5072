"""An index with one article changed is the index that would be made anew."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bot.knowledge import evidence, patching, utterances
from bot.knowledge.content import Article, Content
from bot.knowledge.index import UNLEARNED, Index, build
from bot.knowledge.measuring import SHARED
from bot.knowledge.patching import patched
from bot.knowledge.stacked import Stacked
from tests.starter import DATA, starter_content, starter_ranker

SLUGS = ("coinsurance", "copay", "deductible", "deductible-met", "eob", "family-deductible")
QUESTIONS = (
    ("en", "how do I read my eob"),
    ("en", "where do the ducks walk"),
    ("en", "what is a deductible"),
    ("es", "qué es el deducible"),
    ("es", "dónde caminan los patos"),
)
DUCKS = {"en": "where do the ducks walk", "es": "por dónde caminan los patos"}


def small(*articles: Article) -> Content:
    return replace(starter_content(), articles=tuple(sorted(articles, key=lambda one: one.slug)))


def starter(*slugs: str) -> list[Article]:
    return [article for article in starter_content().articles if article.slug in slugs]


def asking(article: Article, slug: str = "") -> Article:
    """The article with one more way of asking it in each language, and one fewer."""
    versions = {
        language: replace(
            version,
            words=replace(version.words, variants=(*version.words.variants[1:], DUCKS[language])),
        )
        for language, version in article.versions.items()
    }
    return replace(article, slug=slug or article.slug, versions=versions)


def made(content: Content) -> Index:
    return build(content, SHARED, utterances.load(DATA), starter_ranker().learned)


def patch(before: Index, content: Content) -> Index | None:
    learned = starter_ranker().learned
    return patched(before, content, SHARED, utterances.load(DATA), learned)


@pytest.fixture(scope="module")
def before() -> Index:
    return made(small(*starter(*SLUGS)))


def assert_same(found: Index | None, content: Content) -> None:
    anew = made(content)
    assert found is not None
    assert found.entries == anew.entries
    for language, question in QUESTIONS:
        asked = anew.asked(question, language)
        assert found.asked(question, language).text == asked.text
        one, other = found.evidence(asked), anew.evidence(asked)
        for name in one.__slots__:
            np.testing.assert_allclose(
                getattr(one, name), getattr(other, name), rtol=2e-3, atol=2e-3, err_msg=name
            )


@pytest.mark.parametrize("slug", SLUGS)
def test_an_edited_article_is_found_as_in_an_index_made_anew(before: Index, slug: str) -> None:
    (article,) = starter(slug)
    others = [one for one in starter(*SLUGS) if one.slug != slug]
    content = small(*others, asking(article))
    assert_same(patch(before, content), content)


@pytest.mark.parametrize("slug", ["aaa", "duck-walk", "zzz"])
def test_a_new_article_is_found_wherever_it_stands(before: Index, slug: str) -> None:
    (article,) = starter("eob")
    content = small(*starter(*SLUGS), asking(article, slug))
    assert_same(patch(before, content), content)


@pytest.mark.parametrize("slug", ["copay", "duck-walk"])
def test_a_very_large_base_shares_what_has_not_changed(
    before: Index, slug: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (evidence, patching):
        monkeypatch.setattr(module, "MANY", 10)
    monkeypatch.setattr(evidence, "SHORTLIST", 4)
    (article,) = starter("copay")
    content = small(*(one for one in starter(*SLUGS) if one.slug != slug), asking(article, slug))
    plain, learned = replace_heads(before), UNLEARNED
    found = patched(plain, content, SHARED, utterances.load(DATA), learned)
    again = small(*(asking(one) if one.slug == "eob" else one for one in content.articles))
    found = found and patched(found, again, SHARED, utterances.load(DATA), learned)
    assert found is not None
    assert isinstance(found.vectors, Stacked)
    assert found.vectors.base is before.vectors
    anew = build(again, SHARED, utterances.load(DATA), learned)
    np.testing.assert_allclose(np.asarray(found.vectors), anew.vectors, atol=1e-6)
    for language, question in QUESTIONS:
        asked = anew.asked(question, language)
        for one, other in (
            (found.evidence(asked), anew.evidence(asked)),
            (found.evidence_many([asked, asked]), anew.evidence_many([asked, asked])),
        ):
            for name in one.__slots__:
                np.testing.assert_allclose(
                    getattr(one, name), getattr(other, name), rtol=2e-3, atol=2e-3, err_msg=name
                )


def replace_heads(index: Index) -> Index:
    """The index without anything learned."""
    return replace(index, space=replace(index.space, heads={}))


def test_edits_one_after_the_other_add_up(before: Index) -> None:
    articles = {one.slug: one for one in starter(*SLUGS)}
    found: Index | None = before
    for slug in ("eob", "copay", "eob"):
        articles[slug] = asking(articles[slug])
        assert found is not None
        found = patch(found, small(*articles.values()))
    assert_same(found, small(*articles.values()))


def test_what_changes_no_text_keeps_everything(before: Index) -> None:
    content = replace(before.content, revision=before.content.revision + 1)
    found = patch(before, content)
    assert found is not None
    assert found.space is before.space
    assert found.content is content


def test_two_changed_articles_and_one_taken_away_are_left_to_an_index_made_anew(
    before: Index,
) -> None:
    one, other, *rest = starter(*SLUGS)
    assert patch(before, small(asking(one), asking(other), *rest)) is None
    assert patch(before, small(other, *rest)) is None
