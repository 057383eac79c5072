"""The starter articles keep their promises: short, plain, sourced, figures only as facts."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from bot.knowledge import facts, profile, readability
from bot.knowledge.files import ArticleFile, read_articles

DATA = Path(__file__).resolve().parents[2] / "data"
TODAY = date(2026, 11, 21)
ARTICLES = read_articles(DATA / "knowledge")
CLINIC = profile.load(DATA / "clinic.toml")
FIGURES = facts.load(DATA / "facts.toml")

PLACE = re.compile(r"\{\{ (clinic|fact|lookup)\.([a-z][a-z0-9_]*) \}\}")
ANY_PLACE = re.compile(r"\{\{.*?\}\}")
LOOKUPS = {"accepts-plan": "plan", "hours": "open"}

# Made-up amounts may stand only where the reader is told that they are made up.
EXAMPLE = ("**Example (made-up numbers):**", "**Ejemplo (números inventados):**")
FIGURE = re.compile(
    r"\$\s?\d|\d\s?%|\b\d+\s+(?:(?:business|calendar|hábiles|calendario)\s+)?"
    r"(?:days?|hours?|months?|minutes?|percent|días?|horas?|mes(?:es)?|minutos?|por ciento)\b",
    re.IGNORECASE,
)
STALE = (
    *("$10,150", "$20,300", "$3,300", "$185.00", "$257", "$2,000", "donut hole"),
    *("coverage gap", "brecha de cobertura", "January 15", "15 de enero", "July 1", "1 de julio"),
    *("tax penalty", "multa de impuestos", "no longer appear on credit"),
)
HELP = re.compile(r"\bhelp with (?:bills|this bill)|assistance_|\bayuda (?:con facturas|económica)")
PAY = re.compile(r"clinic\.pay_|clinic\.payment_plan_")
PROMISE = re.compile(
    r"\b(?:you are covered|is covered for you|it is covered|will be covered|usted está cubierto|"
    r"está cubierto para usted|le va a cubrir|don't worry|no se preocupe)\b",
    re.IGNORECASE,
)


def ids(articles: list[ArticleFile]) -> list[str]:
    return [str(article.path) for article in articles]


every_article = pytest.mark.parametrize("article", ARTICLES, ids=ids(ARTICLES))


def text_of(article: ArticleFile) -> str:
    return f"{article.lead}\n\n{article.more or ''}"


def said(text: str, language: str, today: date = TODAY) -> str:
    """The text with clinic facts and figures in their places; look-ups say nothing."""

    def words(place: re.Match[str]) -> str:
        kind, key = place.groups()
        if kind == "clinic":
            return CLINIC.display(key, language, today) or ""
        return (FIGURES.display(key, language, today) or "") if kind == "fact" else ""

    return PLACE.sub(words, text)


def same(question: str) -> str:
    """A question without case, accents and punctuation."""
    bare = unicodedata.normalize("NFKD", question.casefold())
    return " ".join(re.findall(r"\w+", "".join(c for c in bare if not unicodedata.combining(c))))


def test_there_are_at_least_thirty_topics_in_each_language() -> None:
    for language in ("en", "es"):
        topics = {t for a in ARTICLES if a.language == language for t in a.topics}
        assert len(topics) >= 30


def test_every_english_article_has_a_current_spanish_translation() -> None:
    english = {a.slug: a for a in ARTICLES if a.language == "en"}
    spanish = {a.slug: a for a in ARTICLES if a.language == "es"}
    assert english.keys() == spanish.keys()
    for slug, translation in spanish.items():
        source = english[slug]
        assert translation.translates == source.revision, slug
        assert translation.domain == source.domain, slug
        assert translation.topics == source.topics, slug
        assert translation.related == source.related, slug
        assert translation.handoff == source.handoff, slug
        assert places(translation) == places(source), slug


def places(article: ArticleFile) -> set[tuple[str, ...]]:
    return {place.groups() for place in PLACE.finditer(text_of(article))}


def test_no_topic_has_two_articles() -> None:
    counts = Counter(t for a in ARTICLES if a.language == "en" for t in a.topics)
    assert [topic for topic, count in counts.items() if count > 1] == []


def test_related_articles_exist() -> None:
    slugs = {article.slug for article in ARTICLES}
    assert {slug for article in ARTICLES for slug in article.related} <= slugs


def test_no_question_belongs_to_two_articles_or_stands_twice() -> None:
    owners: dict[tuple[str, str], list[str]] = {}
    for article in ARTICLES:
        for question in (*article.variants, *article.golden):
            owners.setdefault((article.language, same(question)), []).append(article.slug)
    assert {key: slugs for key, slugs in owners.items() if len(slugs) > 1} == {}


@every_article
def test_an_article_knows_enough_ways_of_asking(article: ArticleFile) -> None:
    assert 8 <= len(article.variants) <= 15
    assert len(article.golden) >= 2


@every_article
def test_a_lead_has_at_most_sixty_words(article: ArticleFile) -> None:
    filled = readability.plain(said(article.lead, article.language))
    # `a. m.` is one word to a reader.
    assert len(readability.words(filled.replace(". m.", "m"))) <= 60


@every_article
def test_an_article_is_easy_to_read(article: ArticleFile) -> None:
    for text in (article.lead, text_of(article)):
        if article.language == "en":
            assert readability.flesch_kincaid(text) <= 8
        else:
            assert readability.inflesz(text) >= 55


def test_most_articles_reach_the_reading_level_aimed_at() -> None:
    easy = [
        readability.flesch_kincaid(text_of(a)) <= 6
        if a.language == "en"
        else readability.inflesz(text_of(a)) >= 65
        for a in ARTICLES
    ]
    assert sum(easy) / len(easy) >= 0.9


@every_article
def test_every_placeholder_resolves(article: ArticleFile) -> None:
    text = text_of(article)
    assert ANY_PLACE.findall(text) == [place.group() for place in PLACE.finditer(text)]
    for kind, key in places(article):
        if kind == "clinic":
            assert CLINIC.display(key, article.language, TODAY), key
        elif kind == "fact":
            assert FIGURES.display(key, article.language, TODAY), key


@every_article
def test_a_look_up_opens_the_lead_of_its_own_article_only(article: ArticleFile) -> None:
    found = [key for kind, key in PLACE.findall(text_of(article)) if kind == "lookup"]
    expected = LOOKUPS.get(article.slug)
    assert found == ([expected] if expected else [])
    if expected:
        assert article.lead.startswith(f"{{{{ lookup.{expected} }}}} ")


@every_article
def test_every_figure_is_a_fact(article: ArticleFile) -> None:
    own = [p for p in text_of(article).split("\n\n") if not p.startswith(EXAMPLE)]
    assert [m.group() for p in own for m in FIGURE.finditer(ANY_PLACE.sub("", p))] == []


@pytest.mark.parametrize(
    "text",
    ["You pay $25.", "It is 20% of it.", "Wait 3 business days.", "en 30 días", "within 72 hours"],
)
def test_the_rule_for_figures_sees_money_shares_and_deadlines(text: str) -> None:
    assert FIGURE.search(text)


@pytest.mark.parametrize("text", ["Call 911.", "since January 1, 2022", "1. Read it", "a 988"])
def test_the_rule_for_figures_leaves_dates_and_emergency_numbers_alone(text: str) -> None:
    assert not FIGURE.search(text)


@every_article
def test_no_stale_figure_and_no_promise_of_coverage(article: ArticleFile) -> None:
    filled = said(text_of(article), article.language)
    assert [trap for trap in STALE if trap.casefold() in filled.casefold()] == []
    assert PROMISE.findall(filled) == []


@every_article
def test_help_comes_before_payment(article: ArticleFile) -> None:
    text = text_of(article)
    if payment := PAY.search(text):
        offered = HELP.search(text)
        assert offered
        assert offered.start() < payment.start()


@pytest.mark.parametrize(
    "article",
    [a for a in ARTICLES if a.domain == "billing" or EXAMPLE[a.language == "es"] in text_of(a)],
    ids=lambda article: str(article.path),
)
def test_every_cost_answer_offers_help(article: ArticleFile) -> None:
    assert HELP.search(text_of(article))


@every_article
def test_a_statement_has_a_source_and_an_end(article: ArticleFile) -> None:
    if any(kind == "fact" for kind, _ in places(article)):
        assert article.sources
    assert article.sources or any(kind == "clinic" for kind, _ in places(article))
    assert article.verified_on <= TODAY < article.expires_on


def test_nothing_claims_a_review_that_has_not_happened() -> None:
    assert {article.reviewed_by for article in ARTICLES} == {""}


def test_account_estimate_and_nurse_questions_end_with_a_person() -> None:
    people = {a.slug: a.handoff.reason.value for a in ARTICLES if a.handoff}
    assert people["my-claim-denied"] == "account"
    assert people["request-estimate"] == "estimate"
    assert people["nurse-line"] == "clinical"
    assert "deductible" not in people


def test_every_figure_is_used_and_expiry_takes_only_the_old_year_away() -> None:
    used = {key for a in ARTICLES for kind, key in places(a) if kind == "fact"}
    assert used == set(FIGURES.root)
    assert set(FIGURES.expiring(date(2027, 1, 2))) == {"aca_oop_2026_self", "aca_oop_2026_family"}


def test_spanish_addresses_the_patient_as_usted() -> None:
    informal = re.compile(r"\b(?:tú|tu|tus|tienes|puedes|debes|llámanos|contigo)\b", re.IGNORECASE)
    for article in ARTICLES:
        if article.language == "es":
            assert informal.findall(text_of(article)) == [], article.slug


def lines_with(pattern: str) -> Iterator[tuple[str, str]]:
    for article in ARTICLES:
        for line in text_of(article).splitlines():
            if re.search(pattern, line, re.IGNORECASE):
                yield article.slug, line


def test_one_spanish_word_for_one_thing() -> None:
    spanish = {a.slug for a in ARTICLES if a.language == "es"}
    for other in (r"\bcoaseguro\b", r"\bdesembolso\b", r"\bpreautorización\b", r"\bcargo fijo\b"):
        assert [line for slug, line in lines_with(other) if slug in spanish] == []
