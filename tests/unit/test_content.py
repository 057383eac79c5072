"""The starter base keeps every rule of the checks that needs no search, today and next year.

Whether its questions find their articles is measured in `tests/evaluation` and by
`careline kb check`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import cast

import pytest

from bot.knowledge import readability, wording
from bot.knowledge.checks import Finding, Reference, check
from bot.knowledge.checks.base import figure_users
from bot.knowledge.checks.findings import (
    BASE_RULES,
    TEXT_RULES,
    sentences_of,
    without_examples,
)
from bot.knowledge.content import Article, Content, Published
from bot.knowledge.decide import Desk, served
from bot.knowledge.index import Index
from bot.knowledge.outcomes import Answer, Context, NeedsPerson, Outcome
from bot.knowledge.plans import PlanNames
from bot.knowledge.ranking import Ranker
from bot.knowledge.render import PLACEHOLDER, placeholders
from tests.starter import DATA, starter_content

TODAY = date(2026, 11, 22)
NEXT_YEAR = date(2027, 1, 2)
# These two speak of the day on which the checks run, not of a fault.
OF_THE_DAY = {"expires_soon", "figure_soon"}
HELD = sorted((TEXT_RULES.keys() | BASE_RULES.keys()) - OF_THE_DAY)
LOOKUPS = {
    "accepts-plan": "plan",
    "hours": "open",
    "holiday-hours": "day",
    "services": "service",
    "price-list": "price",
    "request-estimate": "price",
    "visit-types": "visit",
}

MONTHS = "|".join(month for names in wording.MONTHS.values() for month in names)
# Numbers that are names: dates, ages, help lines, forms, codes, the steps of a drug list. An age
# is two digits alone; money, shares and spans of time are the business of the rule `bare_figure`.
NAMES = re.compile(
    rf"\b(?:{MONTHS}) \d{{1,2}}\b|\b\d{{1,2}}\.?º? de (?:{MONTHS})\b|\b(?:19|20)\d\d\b"
    r"|(?<![$\d.,])\b(?:1[3-9]|[2-9]\d)\b(?!\s?%|[.,]?\d)|\b(?:911|988|211|711|411)\b|\b24/7\b"
    r"|\b(?:Form|Publication|formulario|publicación) [\w-]+|\b1095(?:-[ABC])?\b|\b501\(r\)"
    r"|\b[A-Z]+[-/]?\d+(?:\.\d+)?(?:-[A-Z]+)?\b|\b\d{5}\b|\b1-8\d\d-[A-Z]+(?:-[A-Z]+)*\b"
    r"|\b(?:tier|level|nivel|press|option|oprima|opción|marque)\w* \d\b|\bel \d(?= (?:es )?de\b)",
    re.IGNORECASE,
)


def versions() -> Iterator[tuple[str, Article, str, Published]]:
    for article in starter_content().articles:
        for language, version in article.versions.items():
            yield f"{article.domain}/{article.slug}.{language}.md", article, language, version


def text_of(version: Published) -> str:
    return f"{version.words.lead}\n\n{version.words.more or ''}"


@cache
def findings(today: date) -> list[Finding]:
    return check(DATA, today=today, rules=HELD)


@pytest.mark.parametrize("rule", HELD)
def test_the_starter_base_keeps_the_rule(rule: str) -> None:
    broken = [f"{one.where}: {one.message}" for one in findings(TODAY) if one.rule == rule]
    assert broken == []


def test_most_articles_reach_the_reading_level_aimed_at() -> None:
    easy = [
        readability.flesch_kincaid(text_of(version)) <= 6
        if language == "en"
        else readability.inflesz(text_of(version)) >= 65
        for _, _, language, version in versions()
    ]
    assert sum(easy) / len(easy) >= 0.9


def test_a_look_up_opens_the_lead_of_its_own_article_only() -> None:
    for where, article, _, version in versions():
        found = [key for kind, key in placeholders(text_of(version)) if kind == "lookup"]
        expected = LOOKUPS.get(article.slug)
        assert found == ([expected] if expected else []), where
        if expected:
            assert version.words.lead.startswith(f"{{{{ lookup.{expected} }}}} "), where


def test_every_figure_in_the_answers_is_a_fact_with_a_source_and_a_year() -> None:
    assert [f"{where}: {number}" for where, number in loose_numbers()] == []
    figures = starter_content().figures.root
    for key in figure_users(starter_content()):
        assert figures[key].source_url.startswith("https://"), key
        assert figures[key].effective == "ongoing" or figures[key].effective[:4].isdigit(), key
        assert figures[key].expires_on > figures[key].verified_on, key


def loose_numbers() -> Iterator[tuple[str, str]]:
    """Numbers that are no fact, no name, and not made up; the numbers of lists do not count."""
    for where, _, _, version in versions():
        own = without_examples(text_of(version))
        shown = re.sub(r"\]\([^)]*\)|(?m:^\s*\d+\.)", "]", PLACEHOLDER.sub("", own))
        for number in re.findall(r"[^\s(“\"]*\d[^\s,;:)”\"]*", NAMES.sub("", shown)):
            yield where, number.rstrip(".")


@pytest.mark.parametrize(
    ("text", "loose"),
    [
        ("You have 8 visits at $12.", ["8", "12"]),
        ("At 65, about 5 in 100.", ["5", "100"]),
        ("Desde el 1 de enero de 2022, llame al 911.", []),
        ("Form 8962 and code Z00.00", []),
    ],
)
def test_a_number_is_loose_unless_it_is_a_name(text: str, loose: list[str]) -> None:
    assert re.findall(r"\d+", NAMES.sub("", text)) == loose


def test_nothing_claims_a_review_that_has_not_happened() -> None:
    assert {version.words.reviewed_by for _, _, _, version in versions()} == {""}


def test_account_estimate_and_nurse_questions_end_with_a_person() -> None:
    people = {one.slug: one.handoff.value for one in starter_content().articles if one.handoff}
    assert people["my-claim-denied"] == "account"
    assert people["request-estimate"] == "estimate"
    assert people["nurse-line"] == "clinical"
    assert "deductible" not in people


@dataclass(frozen=True)
class Unmeasured:
    """An index that no question is asked of: its articles, and nothing measured."""

    content: Content

    @property
    def articles(self) -> tuple[Article, ...]:
        return self.content.articles


def said(slug: str, language: str, day: date) -> Outcome:
    """What a patient who chose the article gets at noon of that day."""
    desk = desk_of(day)
    position = desk.position(slug)
    assert position is not None
    return desk.say(position, "", Context(language))


@cache
def desk_of(day: date) -> Desk:
    content = starter_content()
    return Desk(
        index=cast(Index, Unmeasured(content)),
        served=served(content, day, unreviewed=True),
        ranker=cast(Ranker, None),
        plans=PlanNames.of(content.profile),
        now=datetime(day.year, day.month, day.day, 18, tzinfo=UTC),
    )


def test_no_answer_is_empty_or_broken_when_the_year_is_over() -> None:
    for where, article, language, version in versions():
        if not version.words.current(NEXT_YEAR):
            continue  # the check names it: see the last test
        outcome = said(article.slug, language, NEXT_YEAR)
        assert isinstance(outcome, Answer | NeedsPerson), where
        whole = f"{outcome.lead}\n\n{outcome.more or ''}"
        assert outcome.lead
        assert bool(outcome.more) == bool(version.words.more), where
        assert "{{" not in whole, where
        assert not re.search(r":\s*\n\n(?![-*\d])", whole) or ":\n\n" in text_of(version), where


def test_expired_figures_vanish_sentence_by_sentence_and_nothing_else_does() -> None:
    content = starter_content()
    expired = set(content.figures.expiring(NEXT_YEAR))
    then = Reference(content.profile, content.figures, NEXT_YEAR)
    touched = 0
    for where, article, language, version in versions():
        places = {key for kind, key in placeholders(text_of(version)) if kind == "fact"}
        outcome = said(article.slug, language, NEXT_YEAR)
        if not places & expired or not isinstance(outcome, Answer | NeedsPerson):
            continue
        shown = squeezed(f"{outcome.lead} {outcome.more or ''}")
        for sentence in sentences_of(text_of(version)):
            named = {key for kind, key in placeholders(sentence) if kind == "fact"}
            filled = squeezed(then.filled(sentence, language))
            if named & expired:
                touched += 1
                before = Reference(content.profile, content.figures, TODAY)
                assert squeezed(before.filled(sentence, language)) not in shown, where
            elif not filled.endswith(":") and "<!--" not in filled:
                assert filled in shown, where
    assert touched


def squeezed(text: str) -> str:
    """Without the marks of lists, which change where an item is gone."""
    return " ".join(re.sub(r"(?m)^\s*(?:[-*]|\d+\.)\s+", "", text).split())


def test_next_year_the_checks_name_what_needs_a_new_figure_and_nothing_more() -> None:
    content = starter_content()
    fresh = [one for one in findings(NEXT_YEAR) if one not in findings(TODAY)]
    by_figure = {one.field: one.message for one in fresh if one.rule == "expired_figure"}
    users = figure_users(content)

    assert sorted(by_figure) == sorted(content.figures.expiring(NEXT_YEAR))
    for key, message in by_figure.items():
        assert f"from {', '.join(users[key])}." in message, key
    over = {where for where, _, _, version in versions() if not version.words.current(NEXT_YEAR)}
    assert {one.where for one in fresh if one.rule == "expired"} == over
    assert {one.rule for one in fresh} <= {"expired_figure", "expired"}
