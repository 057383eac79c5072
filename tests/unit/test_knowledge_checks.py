"""The checks find what patients must not meet, say how to mend it, and are quiet otherwise.

Every rule is broken once here, and kept once; the last test counts them.
"""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from rich.console import Console

from bot.cli import main
from bot.errors import Invalid
from bot.knowledge import glossary
from bot.knowledge.checks import (
    RULES,
    Finding,
    Reference,
    check,
    check_content,
    print_findings,
    text_findings,
)
from bot.knowledge.checks.findings import quoting
from bot.knowledge.checks.search import drawn_away
from bot.knowledge.content import Article, Content, Words, from_files
from bot.knowledge.facts import Figures
from bot.knowledge.index import build
from bot.knowledge.measuring import SHARED, asked
from bot.knowledge.ranking import Ranker
from bot.knowledge.training import fingerprint, train
from bot.settings import Settings
from tests.starter import DATA, starter_content

TODAY = date(2026, 11, 22)
SLUGS = (
    *("cant-pay", "coinsurance", "copay", "deductible", "eob", "hours", "network"),
    *("out-of-pocket-max", "phone", "prior-auth", "running-late", "why-bill"),
)
BOTH = ("en", "es")


@cache
def small() -> Content:
    """A dozen starter articles that link to nothing beyond, and the figures they name."""
    content = starter_content()
    articles = tuple(
        replace(one, related=tuple(slug for slug in one.related if slug in SLUGS))
        for one in content.articles
        if one.slug in SLUGS
    )
    texts = " ".join(
        f"{version.words.lead} {version.words.more}"
        for one in articles
        for version in one.versions.values()
    )
    figures = {key: f for key, f in content.figures.root.items() if f"fact.{key} " in texts}
    return replace(content, articles=articles, figures=Figures(figures))


@cache
def small_ranker() -> Ranker:
    return train(small(), DATA)


def article(slug: str) -> Article:
    return next(one for one in small().articles if one.slug == slug)


def sound_words(language: str = "en") -> Words:
    return article("out-of-pocket-max").versions[language].words


def found(language: str = "en", today: date = TODAY, **changes: Any) -> list[Finding]:
    content = small()
    reference = Reference(content.profile, content.figures, today)
    words = replace(sound_words(language), **changes)
    return list(text_findings("here", language, words, reference))


@pytest.mark.parametrize("language", BOTH)
def test_a_sound_text_has_no_findings(language: str) -> None:
    assert found(language) == []


HARD = (
    "Notwithstanding considerable administrative complexity, beneficiaries customarily experience "
    "reimbursement determinations retrospectively."
)
HARD_ES = (
    "Independientemente de consideraciones administrativas, los beneficiarios experimentarán "
    "determinaciones retrospectivas de financiamiento institucional."
)
EXAMPLE = "**Example (made-up numbers):** You pay $25."

TEXT_FAULTS: list[tuple[str, str, bool, dict[str, Any]]] = [
    ("title", "en", True, {"title": " "}),
    ("title", "en", True, {"title": "x" * 201}),
    ("lead", "en", True, {"lead": ""}),
    ("lead_length", "en", True, {"lead": "word " * 61}),
    ("lead_length", "en", True, {"lead": "word " * 55 + "{{ clinic.hours }}"}),
    ("variants", "en", True, {"variants": ()}),
    ("variants", "en", False, {"variants": tuple("abcdefg")}),
    ("variants", "en", False, {"variants": tuple("abcdefghijklmnop")}),
    ("golden_count", "en", True, {"golden": ()}),
    ("golden_count", "en", False, {"golden": ("one only",)}),
    (
        "golden_is_variant",
        "en",
        False,
        {"golden": ("What IS it",), "variants": ("what is it?",)},
    ),
    ("sources", "en", True, {"sources": ()}),
    ("verified_on", "en", True, {"verified_on": None}),
    ("verified_on", "en", False, {"verified_on": date(2026, 11, 24)}),
    ("expires_on", "en", True, {"expires_on": None}),
    (
        "expires_on",
        "en",
        True,
        {"verified_on": date(2026, 12, 2), "expires_on": date(2026, 12, 1)},
    ),
    ("expired", "en", True, {"expires_on": date(2026, 11, 21)}),
    ("expires_soon", "en", False, {"expires_on": date(2026, 12, 22)}),
    ("missing_fact", "en", True, {"lead": "Ask {{ clinic.nobody }}."}),
    ("placeholder", "en", True, {"lead": "It is {{ fact.nothing }}."}),
    ("placeholder", "en", True, {"lead": "It is {{ lookup.weather }}."}),
    ("placeholder", "en", True, {"lead": "It is {{ that }}."}),
    ("markup", "en", True, {"lead": "| a | table |"}),
    ("markup", "en", True, {"lead": "[x](http://a.example)"}),
    ("reading", "en", False, {"lead": HARD, "more": None}),
    ("reading", "en", False, {"lead": HARD, "more": "You pay. We help. " * 40}),
    ("reading", "es", False, {"lead": HARD_ES, "more": None}),
    ("bare_figure", "en", True, {"lead": "You pay $25."}),
    ("bare_figure", "en", True, {"lead": "It is 20% of it."}),
    ("bare_figure", "en", True, {"title": "Wait 3 business days"}),
    ("bare_figure", "en", True, {"more": "Ask within 72 hours."}),
    ("bare_figure", "es", True, {"lead": "Tiene 30 días."}),
    ("bare_figure", "es", False, {"lead": "Espere dos semanas."}),
    ("year", "en", True, {"lead": "The cap is {{ fact.aca_oop_2026_self }}."}),
    (
        "year",
        "en",
        False,
        {
            "lead": "It was {{ fact.aca_oop_2026_self }} in 2026 and is "
            "{{ fact.aca_oop_2027_self }} in 2027."
        },
    ),
    ("vanishes", "en", False, {"lead": "In 2026 the cap is {{ fact.aca_oop_2026_self }}."}),
    ("stale_figure", "en", True, {"lead": "The cap is $10,150 for one person."}),
    ("stale_figure", "en", True, {"more": "Part D still has a donut hole."}),
    ("stale_figure", "en", True, {"more": "There is a tax penalty if you have no plan."}),
    ("stale_figure", "es", True, {"more": "La inscripción abierta termina el 15 de enero."}),
    ("promise", "en", True, {"lead": "Good news: you are covered."}),
    ("promise", "en", True, {"lead": "Don’t worry about the bill."}),
    ("promise", "es", True, {"lead": "No se preocupe por la factura."}),
    ("help_first", "en", True, {"lead": "A bill.", "more": EXAMPLE}),
    ("help_first", "en", True, {"lead": "Pay at {{ clinic.pay_url }}.", "more": None}),
    (
        "help_first",
        "en",
        True,
        {"lead": "Ask for a payment plan, or for help with bills.", "more": None},
    ),
    ("informal", "es", False, {"lead": "Llame si tienes preguntas."}),
    ("glossary", "es", False, {"lead": "Su preautorización está lista."}),
    ("glossary", "es", False, {"title": "Qué es el Coaseguro"}),
    ("glossary", "en", False, {"lead": "Ask us about charity care."}),
]

TEXT_SOUND: list[tuple[str, str, dict[str, Any]]] = [
    ("title", "en", {"title": "x" * 200}),
    ("lead_length", "en", {"lead": "word " * 60}),
    ("variants", "en", {"variants": tuple("abcdefgh")}),
    ("variants", "en", {"variants": tuple("abcdefghijklmno")}),
    ("golden_count", "en", {"golden": ("one", "two")}),
    ("sources", "en", {"lead": "Call {{ clinic.phone }}.", "more": None, "sources": ()}),
    ("verified_on", "en", {"verified_on": date(2026, 11, 23)}),
    ("expired", "en", {"expires_on": TODAY}),
    ("expires_soon", "en", {"expires_on": date(2026, 12, 23)}),
    ("bare_figure", "en", {"lead": "Call 911 or 988. Since January 1, 2022. Form 1095-A."}),
    ("bare_figure", "en", {"more": EXAMPLE}),
    ("bare_figure", "es", {"lead": "Hasta cumplir 26 años."}),
    ("year", "en", {"lead": "In 2026 the cap is {{ fact.aca_oop_2026_self }}."}),
    ("vanishes", "en", {"lead": "There is a cap. In 2026, {{ fact.aca_oop_2026_self }}."}),
    ("stale_figure", "en", {"more": "Part D no longer has a donut hole."}),
    ("stale_figure", "en", {"more": "There is no federal tax penalty for this."}),
    ("stale_figure", "en", {"more": "Taxes are due on January 15."}),
    ("promise", "en", {"lead": "Ask your plan if you are covered."}),
    ("promise", "es", {"lead": "Pregunte a su plan si le va a cubrir."}),
    ("help_first", "en", {"lead": "Ask for help with bills first. Then {{ clinic.pay_url }}."}),
    ("help_first", "en", {"lead": "Bring your card.", "more": None}),
    ("informal", "es", {"lead": "Llame si tiene preguntas sobre su té."}),
    ("informal", "en", {"lead": "Take the TE bus."}),
    ("glossary", "es", {"lead": "Quizá la carta diga “preautorización”."}),
    ("glossary", "en", {"lead": "Ask about help with bills (charity care)."}),
    ("glossary", "en", {"variants": tuple(f"charity care {one}" for one in "abcdefgh")}),
]


@pytest.mark.parametrize(("rule", "language", "blocks", "changes"), TEXT_FAULTS)
def test_a_fault_of_a_text_is_found_with_a_remedy(
    rule: str, language: str, blocks: bool, changes: dict[str, Any]
) -> None:
    findings = [one for one in found(language, **changes) if one.rule == rule]

    assert findings
    assert findings[0].blocks is blocks
    assert findings[0].message
    assert findings[0].remedy


@pytest.mark.parametrize(("rule", "language", "changes"), TEXT_SOUND)
def test_what_only_looks_like_a_fault_is_left_alone(
    rule: str, language: str, changes: dict[str, Any]
) -> None:
    assert [one for one in found(language, **changes) if one.rule == rule] == []


def test_an_editor_learns_in_the_text_that_a_figure_has_expired() -> None:
    assert {one.rule for one in found(today=date(2027, 1, 2))} == {"expired_figure"}


def changed(slug: str, **changes: Any) -> Content:
    """The small base with one article changed."""
    articles = [replace(one, **changes) if one.slug == slug else one for one in small().articles]
    return replace(small(), articles=tuple(articles))


def reworded(slug: str, language: str = "en", **changes: Any) -> Content:
    """The small base with the words of one text changed."""
    versions = article(slug).versions
    version = versions[language]
    after = replace(version, words=replace(version.words, **changes))
    return changed(slug, versions={**versions, language: after})


def with_figures(**ends: date) -> Content:
    """The small base whose figures end on other days."""
    figures = {
        key: figure.model_copy(update={"expires_on": ends[key]} if key in ends else {})
        for key, figure in small().figures.root.items()
    }
    return replace(small(), figures=Figures.model_construct(root=figures))


def with_a_spare_figure() -> Content:
    figures = small().figures.root
    spare = figures["aca_oop_2027_self"]
    return replace(small(), figures=Figures({**figures, "spare": spare}))


def without_spanish(slug: str) -> Content:
    return changed(slug, versions={"en": article(slug).versions["en"]})


def stale(slug: str) -> Content:
    versions = article(slug).versions
    return changed(slug, versions={**versions, "es": replace(versions["es"], stale=True)})


BASE_FAULTS: list[tuple[str, str, str, bool, Callable[[], Content]]] = [
    (
        *("expired_figure", "facts.toml", "from out-of-pocket-max", False),
        lambda: with_figures(aca_oop_2026_self=date(2026, 11, 21)),
    ),
    (
        *("figure_soon", "facts.toml", "out-of-pocket-max", False),
        lambda: with_figures(aca_oop_2026_self=date(2026, 12, 22)),
    ),
    ("unused_figure", "facts.toml", "spare", False, with_a_spare_figure),
    (
        *("topic_missing", "topics.toml", "cov.copay", False),
        lambda: changed("copay", topics=("cov.my_copay",)),
    ),
    (
        *("topic_unknown", "coverage/copay.en.md", "cov.copayy", False),
        lambda: changed("copay", topics=("cov.copayy",)),
    ),
    (
        *("topic_twice", "coverage/copay.en.md", "deductible", False),
        lambda: changed("copay", topics=("cov.copay", "cov.deductible")),
    ),
    (
        *("topic_person", "coverage/copay.en.md", "cov.my_claim_denied", True),
        lambda: changed("copay", topics=("cov.my_claim_denied",)),
    ),
    (
        *("related", "coverage/copay.en.md", "nowhere", False),
        lambda: changed("copay", related=("nowhere",)),
    ),
    (
        *("related", "coverage/copay.en.md", "itself", False),
        lambda: changed("copay", related=("copay",)),
    ),
    (
        *("translation", "coverage/copay.es.md", "missing", False),
        lambda: without_spanish("copay"),
    ),
    ("stale", "coverage/copay.es.md", "older", True, lambda: stale("copay")),
    (
        *("twins", "coverage/copay.es.md", "clinic.fax", True),
        lambda: reworded("copay", "es", lead="Mande un fax al {{ clinic.fax }}."),
    ),
    (
        *("same_question", "coverage/copay.en.md", "deductible", False),
        lambda: reworded("copay", variants=article("deductible").versions["en"].words.variants),
    ),
    (
        *("same_question", "coverage/copay.en.md", "twice", False),
        lambda: reworded("copay", variants=("What is it?", "what is it")),
    ),
    (
        *("help_first", "billing/why-bill.en.md", "no help", True),
        lambda: reworded("why-bill", lead="We send a bill after a visit.", more=None),
    ),
]


def base_findings(content: Content) -> list[Finding]:
    rules = sorted({rule for rule, *_ in BASE_FAULTS})
    return check_content(content, DATA, today=TODAY, rules=rules)


@cache
def sound_findings() -> list[Finding]:
    return base_findings(small())


@pytest.mark.parametrize(("rule", "where", "told", "blocks", "broken"), BASE_FAULTS)
def test_a_fault_of_the_base_is_found_where_it_stands(
    rule: str, where: str, told: str, blocks: bool, broken: Callable[[], Content]
) -> None:
    fresh = [one for one in base_findings(broken()) if one not in sound_findings()]
    findings = [one for one in fresh if (one.rule, one.where) == (rule, where)]

    assert [one for one in findings if told in one.message]
    assert {one.blocks for one in findings} == {blocks}
    assert all(one.remedy for one in findings)


def test_a_sound_base_has_no_findings_but_the_subjects_it_leaves_out() -> None:
    assert {one.rule for one in sound_findings()} == {"topic_missing"}


def test_a_figure_is_named_once_with_all_its_articles() -> None:
    after = date(2027, 1, 2)
    findings = check_content(small(), DATA, today=after, rules=["expired_figure"])

    assert [one.field for one in findings] == list(small().figures.expiring(after))
    assert {one.where for one in findings} == {"facts.toml"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three articles as files, with everything that they are checked against."""
    for path in DATA.glob("knowledge/*/*.md"):
        if path.name.split(".")[0] in ("copay", "deductible", "hours"):
            there = tmp_path / path.relative_to(DATA)
            there.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, there)
    for path in DATA.glob("*.toml"):
        shutil.copy(path, tmp_path / path.name)
    shutil.copytree(DATA / "training", tmp_path / "training")
    return tmp_path


def rewrite(path: Path, old: str, new: str) -> None:
    before = path.read_text("utf-8")
    assert old in before
    path.write_text(before.replace(old, new, 1), "utf-8")


COPAY = "knowledge/coverage/copay.{}.md"


def test_a_translation_of_an_older_text_is_reported(folder: Path) -> None:
    rewrite(folder / COPAY.format("en"), "revision: ", "revision: 1")

    findings = check(folder, today=TODAY, rules=["stale"])

    assert [one.where for one in findings] == ["coverage/copay.es.md"]


@pytest.mark.parametrize("field", ["topics", "related"])
def test_languages_that_disagree_about_their_article_are_reported(folder: Path, field: str) -> None:
    assert check(folder, today=TODAY, rules=["twins"]) == []
    rewrite(folder / COPAY.format("es"), f"{field}:\n", f"{field}:\n  - hours\n")

    findings = check(folder, today=TODAY, rules=["twins"])

    assert [(one.where, one.field) for one in findings] == [("coverage/copay.es.md", field)]


def test_only_the_rules_asked_for_are_told(folder: Path) -> None:
    rewrite(folder / COPAY.format("es"), "<!-- more -->", "Su coaseguro.\n\n<!-- more -->")

    findings = check(folder, today=TODAY, rules=["glossary"])

    assert [one.rule for one in findings] == ["glossary"]


def test_a_rule_that_does_not_exist_is_refused_with_those_that_do(folder: Path) -> None:
    with pytest.raises(Invalid) as caught:
        check(folder, today=TODAY, rules=["glosary"])
    assert caught.value.remedy is not None
    assert "glossary" in caught.value.remedy


def search_findings(content: Content, *rules: str) -> list[Finding]:
    return check_content(content, DATA, ranker=small_ranker(), today=TODAY, rules=rules)


def test_a_question_that_finds_another_article_is_reported_where_it_stands() -> None:
    base = reworded("copay", golden=("are you open on saturday morning", "what is a copay"))

    findings = search_findings(base, "golden")

    mine = [one for one in findings if "saturday morning" in one.message]
    assert [(one.where, one.blocks) for one in mine] == [("coverage/copay.en.md", True)]
    assert "finds hours" in mine[0].message


def test_a_question_that_the_search_is_not_sure_of_is_reported() -> None:
    models = {
        language: replace(model, thresholds=replace(model.thresholds, answer=1.1, clarify=1.1))
        for language, model in small_ranker().models.items()
    }
    unsure = replace(small_ranker(), models=models)
    findings = check_content(small(), DATA, ranker=unsure, today=TODAY, rules=["golden_unsure"])

    assert findings
    assert not any(one.blocks for one in findings)


def test_a_question_of_another_article_is_reported_whatever_its_language() -> None:
    theirs = article("deductible").versions["es"].words.variants[0]
    variants = (*article("copay").versions["en"].words.variants[:8], theirs)

    findings = search_findings(reworded("copay", variants=variants), "close_question")

    assert [one for one in findings if f"of deductible: “{theirs}”" in one.message]
    assert search_findings(small(), "close_question") == []


def test_a_way_of_asking_that_belongs_elsewhere_is_reported() -> None:
    stray = "at what time do you open the office on monday"
    variants = (*article("copay").versions["en"].words.variants[:8], stray)

    findings = search_findings(reworded("copay", variants=variants), "lonely_variant")

    mine = [one for one in findings if stray in one.message]
    assert [one.where for one in mine] == ["coverage/copay.en.md"]
    assert "answered with hours" in mine[0].message


def test_all_questions_at_once_are_decided_as_each_by_itself() -> None:
    index, ranker = build(small(), SHARED, learned=small_ranker().learned), small_ranker()
    expected = []
    for row, entry in enumerate(index.entries):
        words = index.articles[entry.article].versions[entry.language].words
        if entry.text in words.variants:
            question, own = asked(entry.text, entry.language), ranker.of(entry.language)
            evidence = index.evidence(question, np.array([row], dtype=np.intp))
            decision = own.decide(own.rank(evidence))
            if decision.verdict == "answer" and decision.options[0] != entry.article:
                expected.append((row, decision.options[0]))

    assert list(drawn_away(index, ranker)) == expected


def test_two_articles_of_one_subject_are_reported_and_neighbours_are_not() -> None:
    twin = replace(article("copay"), slug="copayment")
    base = replace(small(), articles=(*small().articles, twin))

    findings = search_findings(base, "similar_articles")

    assert [(one.where, "copayment" in one.message) for one in findings] == [
        ("coverage/copay.en.md", True)
    ]
    assert search_findings(small(), "similar_articles") == []


def test_without_a_ranker_the_texts_are_checked_all_the_same(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CARELINE_MODEL_DIR", str(tmp_path / "nothing"))
    rewrite(folder / COPAY.format("es"), "<!-- more -->", "Su coaseguro.\n\n<!-- more -->")

    rules = {one.rule for one in check(folder, today=TODAY)}

    assert {"ranker", "glossary"} <= rules


def test_a_ranker_of_other_articles_is_reported_and_used(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CARELINE_MODEL_DIR", str(tmp_path))
    small_ranker().save(tmp_path / "ranker.json")

    findings = check(folder, today=TODAY, rules=["ranker"])
    assert ["other articles" in one.message for one in findings] == [True]

    fitting = replace(small_ranker(), fingerprint=fingerprint(from_files(folder), folder))
    fitting.save(tmp_path / "ranker.json")
    assert check(folder, today=TODAY, rules=["ranker"]) == []


def test_every_rule_is_broken_by_a_test() -> None:
    by_text = {rule for rule, *_ in TEXT_FAULTS}
    by_base = {rule for rule, *_ in BASE_FAULTS}
    by_search = {
        "golden",
        "golden_unsure",
        "close_question",
        "lonely_variant",
        "similar_articles",
        "ranker",
    }
    assert by_text | by_base | by_search == RULES.keys()


A_TERM = '[[es]]\nuse = "deducible"\n'


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("glossary.toml", A_TERM, "glossary.toml: es.0.never"),
        ("glossary.toml", f"{A_TERM}never = []\n", "glossary.toml: es.0.never"),
        ("glossary.toml", "[[", "glossary.toml: not valid TOML"),
        ("traps.toml", '[stale.x]\ntexts = ["a"]\n', "traps.toml: stale.x.why"),
        (
            *("traps.toml", '[stale.x]\ntexts = ["a"]\nwhy = "b"\nremedy = "c"\n'),
            "traps.toml: stale.x.why_es",
        ),
        ("traps.toml", "[other.x]\n", "traps.toml: other"),
    ],
)
def test_an_agreed_word_that_is_not_understood_is_named(
    folder: Path, name: str, text: str, told: str
) -> None:
    (folder / name).write_text(text, "utf-8")
    with pytest.raises(Invalid, match=told):
        glossary.load(folder)


FAILS = quoting(question="it [fails]")
ONE = Finding("golden", "coverage/copay.en.md", "golden", "golden_nothing", FAILS)
OTHER = replace(ONE, rule="golden_unsure", text="golden_unsure", blocks=False)
ELSEWHERE = replace(ONE, where="coverage/eob.en.md", values=quoting(question="so does this"))


def printed(findings: Sequence[Finding], *, as_json: bool = False) -> str:
    said = io.StringIO()
    print_findings(findings, Console(file=said, width=100), as_json=as_json)
    return said.getvalue()


def test_findings_are_grouped_by_article_and_counted_by_rule() -> None:
    said = printed([OTHER, ELSEWHERE, ONE])
    lines = [line.split() for line in said.splitlines() if line.strip()]

    names = [line[0] for line in lines if line[0].endswith(".md")]
    assert names == ["coverage/copay.en.md", "coverage/eob.en.md"]
    assert said.index("“it [fails]” finds") < said.index("not sure") < said.index("so does this")
    assert said.count("Add ways patients ask it") == 3
    assert ["golden", "2"] in [line[:2] for line in lines]
    assert lines[-1] == ["3", "findings,", "2", "of", "them", "block"]


def test_findings_are_given_to_programs_as_json() -> None:
    data = json.loads(printed([ONE, OTHER], as_json=True))

    assert [(one["rule"], one["blocks"]) for one in data] == [
        ("golden", True),
        ("golden_unsure", False),
    ]


def run_check(folder: Path, *options: str) -> Result:
    env = {"CARELINE_DATA_DIR": str(folder), "CARELINE_VAR_DIR": str(folder / "var")}
    assert {name.removeprefix("CARELINE_").lower() for name in env} <= Settings.model_fields.keys()
    return CliRunner().invoke(main, ["kb", "check", *options], env=env)


def test_the_command_leaves_with_one_when_something_blocks(folder: Path) -> None:
    assert run_check(folder, "--rule", "markup").exit_code == 0

    rewrite(folder / COPAY.format("en"), "<!-- more -->", "| a | table |\n\n<!-- more -->")

    result = run_check(folder, "--rule", "markup")
    assert result.exit_code == 1
    assert "coverage/copay.en.md" in result.output


def test_the_command_looks_ahead(folder: Path) -> None:
    options = ("--rule", "expired", "--json")
    assert json.loads(run_check(folder, *options, "--today", "2026-11-22").output) == []

    later = run_check(folder, *options, "--today", "2030-01-01")

    assert later.exit_code == 1
    assert len(json.loads(later.output)) == 6


def test_the_command_checks_what_is_published(folder: Path) -> None:
    env = {"CARELINE_DATA_DIR": str(folder), "CARELINE_VAR_DIR": str(folder / "var")}
    for command in (["db", "upgrade"], ["kb", "import"]):
        done = CliRunner().invoke(main, command, env=env, catch_exceptions=False)
        assert done.exit_code == 0, done.output
    # What lies in the files is not looked at any more.
    rewrite(folder / COPAY.format("en"), "<!-- more -->", "| a | table |\n\n<!-- more -->")

    result = run_check(folder, "--published", "--rule", "markup", "--rule", "translation")

    assert result.exit_code == 0, result.output
    assert "0 findings" in result.output
