"""Article files: what is read, what is refused and how it is said, and the way back."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import Invalid
from bot.knowledge.files import content_hash, read_article, read_articles, write_article

KNOWLEDGE = Path(__file__).resolve().parents[2] / "data" / "knowledge"

TEXT = """\
---
slug: eob
topics:
  - cov.eob
language: en
title: What an EOB is
revision: 2
variants:
  - what is an eob
golden:
  - how do I read this?
sources:
  - title: 'CMS: EOB'
    url: https://www.cms.gov/eob
verified_on: 2026-11-21
expires_on: 2027-11-21
reviewed_by: ''
reviewed_on: null
---
It is not a bill.

<!-- more -->

Keep it.
"""


def put(tmp_path: Path, text: str, name: str = "eob.en.md", domain: str = "coverage") -> Path:
    path = tmp_path / domain / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def refused(path: Path) -> Invalid:
    with pytest.raises(Invalid) as caught:
        read_article(path)
    assert path.name in caught.value.message
    assert caught.value.remedy
    return caught.value


def test_a_file_is_read_with_its_lead_and_the_rest_apart(tmp_path: Path) -> None:
    article = read_article(put(tmp_path, TEXT))
    assert (article.domain, article.slug, article.revision) == ("coverage", "eob", 2)
    assert article.lead == "It is not a bill."
    assert article.more == "Keep it."
    assert article.handoff is None


def test_a_file_without_the_mark_is_all_lead(tmp_path: Path) -> None:
    article = read_article(put(tmp_path, TEXT.replace("<!-- more -->\n\nKeep it.\n", "")))
    assert article.more is None
    assert article.lead == "It is not a bill."


def test_a_missing_field_is_named(tmp_path: Path) -> None:
    error = refused(put(tmp_path, TEXT.replace("title: What an EOB is\n", "")))
    assert error.field == "title"


def test_an_unknown_field_is_named(tmp_path: Path) -> None:
    error = refused(put(tmp_path, TEXT.replace("golden:", "goldens:")))
    assert error.field in {"golden", "goldens"}


def test_a_wrong_handoff_reason_is_named(tmp_path: Path) -> None:
    text = TEXT.replace("sources:", "handoff:\n  reason: whim\nsources:")
    assert refused(put(tmp_path, text)).field == "handoff.reason"


def test_a_translation_must_say_what_it_translates(tmp_path: Path) -> None:
    spanish = TEXT.replace("language: en", "language: es")
    assert "translates" in refused(put(tmp_path, spanish, "eob.es.md")).message
    translated = spanish.replace("revision: 2", "translates: 2")
    assert read_article(put(tmp_path, translated, "eob.es.md")).translates == 2


def test_a_review_needs_name_and_date(tmp_path: Path) -> None:
    half = TEXT.replace("reviewed_by: ''", "reviewed_by: Ana Ruiz")
    assert "reviewed_on" in refused(put(tmp_path, half)).message
    whole = half.replace("reviewed_on: null", "reviewed_on: 2026-11-20")
    assert read_article(put(tmp_path, whole)).reviewed_by == "Ana Ruiz"


def test_an_article_that_ends_before_it_was_checked_is_refused(tmp_path: Path) -> None:
    assert "expires_on" in refused(put(tmp_path, TEXT.replace("2027-11-21", "2026-01-01"))).message


def test_the_file_name_must_agree_with_slug_and_language(tmp_path: Path) -> None:
    assert refused(put(tmp_path, TEXT, "bill.en.md")).field == "slug"


def test_an_unknown_domain_is_refused(tmp_path: Path) -> None:
    assert refused(put(tmp_path, TEXT, domain="misc")).field == "domain"


def test_broken_yaml_is_refused_with_its_line(tmp_path: Path) -> None:
    error = refused(put(tmp_path, TEXT.replace("title: What", "title: EOB: What")))
    assert "line 6" in error.message


def test_a_file_without_front_matter_is_refused(tmp_path: Path) -> None:
    assert refused(put(tmp_path, "Just words.\n")).field == "front matter"


def test_the_text_cannot_be_given_twice(tmp_path: Path) -> None:
    error = refused(put(tmp_path, TEXT.replace("revision: 2", "revision: 2\nlead: Other")))
    assert error.field == "lead"


def test_writing_and_reading_gives_the_same_article(tmp_path: Path) -> None:
    article = read_article(put(tmp_path, TEXT))
    assert write_article(article) == TEXT
    assert read_article(put(tmp_path, write_article(article))) == article


def test_the_hash_follows_the_meaning_not_the_layout(tmp_path: Path) -> None:
    article = read_article(put(tmp_path, TEXT))
    loose = TEXT.replace("topics:\n  - cov.eob", "topics: [cov.eob]").replace("''", '""')
    assert content_hash(read_article(put(tmp_path, loose))) == content_hash(article)
    changed = TEXT.replace("Keep it.", "Keep it safe.")
    assert content_hash(read_article(put(tmp_path, changed))) != content_hash(article)


def test_every_starter_file_is_in_canonical_form() -> None:
    articles = read_articles(KNOWLEDGE)
    assert articles
    for article in articles:
        assert (KNOWLEDGE / article.path).read_text("utf-8") == write_article(article)
