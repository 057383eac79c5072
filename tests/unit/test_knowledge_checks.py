"""The checks find what patients must not meet, say how to mend it, and are quiet otherwise."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from bot.knowledge.checks import Finding, Reference, check, print_findings, text_findings
from bot.knowledge.content import Words
from tests.starter import DATA, starter_content, starter_ranker

TODAY = date(2026, 11, 21)


def sound_words() -> Words:
    article = next(one for one in starter_content().articles if one.slug == "out-of-pocket-max")
    return article.versions["en"].words


def found(today: date = TODAY, **changes: Any) -> list[Finding]:
    content = starter_content()
    reference = Reference(content.profile, content.figures, today)
    return list(text_findings("here", "en", replace(sound_words(), **changes), reference))


def test_a_sound_text_has_no_findings() -> None:
    assert found() == []


@pytest.mark.parametrize(
    ("changes", "rule", "blocks"),
    [
        ({"title": " "}, "title", True),
        ({"title": "x" * 201}, "title", True),
        ({"lead": ""}, "lead", True),
        ({"lead": "word " * 61}, "lead_length", True),
        ({"variants": ()}, "variants", True),
        ({"golden": ()}, "golden", True),
        ({"golden": ("What IS it",), "variants": ("what is it?",)}, "golden_is_variant", False),
        ({"sources": ()}, "sources", True),
        ({"verified_on": None}, "verified_on", True),
        ({"expires_on": None}, "expires_on", True),
        ({"expires_on": date(2026, 11, 20)}, "expired", True),
        ({"expires_on": date(2026, 12, 1)}, "expires_soon", False),
        ({"lead": "Ask {{ clinic.nobody }}."}, "missing_fact", True),
        ({"lead": "It is {{ fact.nothing }}."}, "placeholder", True),
        ({"lead": "It is {{ lookup.weather }}."}, "placeholder", True),
        ({"lead": "It is {{ that }}."}, "placeholder", True),
        ({"lead": "| a | table |"}, "markup", True),
        ({"lead": "[x](http://a.example)"}, "markup", True),
        (
            {
                "lead": "Notwithstanding considerable administrative complexity, beneficiaries "
                "customarily experience reimbursement determinations retrospectively.",
                "more": None,
            },
            "reading",
            False,
        ),
    ],
)
def test_a_fault_is_found_with_a_remedy(changes: dict[str, Any], rule: str, blocks: bool) -> None:
    findings = [one for one in found(**changes) if one.rule == rule]

    assert findings
    assert findings[0].blocks is blocks
    assert findings[0].message
    assert findings[0].remedy


def test_what_only_the_clinic_profile_says_needs_no_source() -> None:
    assert not found(lead="Call {{ clinic.phone }}.", more=None, sources=())


def test_an_expired_figure_is_pointed_out_before_its_sentence_is_missed() -> None:
    rules = {one.rule for one in found(today=date(2027, 1, 2))}

    assert rules == {"expired_figure"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("knowledge", "clinic.toml", "facts.toml"):
        copy: Callable[..., Any] = shutil.copytree if (DATA / name).is_dir() else shutil.copy
        copy(DATA / name, tmp_path / name)
    return tmp_path


def rewrite(path: Path, old: str, new: str) -> None:
    before = path.read_text("utf-8")
    assert old in before
    path.write_text(before.replace(old, new, 1), "utf-8")


def test_a_question_of_another_article_is_reported_where_it_stands(folder: Path) -> None:
    copay = folder / "knowledge" / "coverage" / "copay.en.md"
    rewrite(copay, "golden:\n", "golden:\n  - are you open on saturday morning\n")
    rewrite(copay, "variants:\n", "variants:\n  - what are your hours?\n")

    findings = check(folder, ranker=starter_ranker(), today=TODAY)

    mine = {one.rule: one for one in findings if one.where == "coverage/copay.en.md"}
    assert "finds hours" in mine["golden"].message
    assert mine["golden"].blocks
    assert "also a question of hours" in mine["near_duplicate"].message


def test_a_translation_of_an_older_text_is_reported(folder: Path) -> None:
    rewrite(folder / "knowledge" / "coverage" / "copay.en.md", "revision: 1", "revision: 2")

    findings = check(folder, ranker=starter_ranker(), today=TODAY)

    assert [one.where for one in findings if one.rule == "stale"] == ["coverage/copay.es.md"]


def test_the_starter_texts_themselves_hold_every_rule() -> None:
    """Reach is measured elsewhere; here every text must be fit to be read."""
    reach = {"golden", "golden_unsure", "near_duplicate", "lonely_variant"}
    findings = check(DATA, ranker=starter_ranker(), today=TODAY)

    assert [one for one in findings if one.rule not in reach] == []


def test_findings_are_printed_for_people_and_for_programs() -> None:
    one = Finding("golden", "coverage/copay.en.md", "golden", "It [fails].", "Mend it.")
    other = replace(one, rule="reading", blocks=False)
    said, data = io.StringIO(), io.StringIO()

    print_findings([other, one], Console(file=said, width=120))
    print_findings([other, one], Console(file=data, width=120), as_json=True)

    assert said.getvalue().splitlines()[0] == "blocks  coverage/copay.en.md  It [fails]."
    assert said.getvalue().splitlines()[-1] == "2 findings, 1 of them block"
    assert [finding["blocks"] for finding in json.loads(data.getvalue())] == [True, False]
