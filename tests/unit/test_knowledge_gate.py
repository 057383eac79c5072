"""What the gate compares: a text in its place, golden questions, and who is near."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.knowledge import golden
from bot.knowledge.content import Article, Content
from bot.knowledge.gate import key_of, loss_finding, overridable
from bot.knowledge.golden import Found, Golden, Reach, losses, neighbours
from bot.knowledge.index import build
from bot.knowledge.measuring import SHARED
from bot.knowledge.proposal import Proposal
from tests.starter import starter_content

SLUGS = ("coinsurance", "copay", "deductible", "deductible-met", "eob", "family-deductible")


def article(slug: str) -> Article:
    return next(one for one in starter_content().articles if one.slug == slug)


def content() -> Content:
    return replace(starter_content(), articles=tuple(map(article, SLUGS)))


def proposed(slug: str, language: str = "en", **changes: object) -> Proposal:
    own = article(slug)
    words = replace(own.versions[language].words, **changes)  # type: ignore[arg-type]
    return Proposal(own, language, 99, words)


def test_a_new_meaning_of_the_english_text_leaves_the_translation_behind() -> None:
    after = proposed("eob", lead="An EOB is a letter.").applied(content())
    eob = next(one for one in after.articles if one.slug == "eob")
    assert eob.versions["en"].version_id == 99
    assert eob.versions["es"].stale


@pytest.mark.parametrize("language", ["en", "es"])
def test_new_questions_and_a_new_translation_leave_nothing_behind(language: str) -> None:
    changes = {"variants": ("one",)} if language == "en" else {"lead": "Es una carta."}
    after = proposed("eob", language, **changes).applied(content())
    eob = next(one for one in after.articles if one.slug == "eob")
    assert not any(version.stale for version in eob.versions.values())


def test_an_article_that_is_not_live_yet_gets_its_place() -> None:
    own = replace(article("eob"), slug="duck-walk", versions={})
    wanted = replace(proposed("eob"), article=own)
    slugs = [one.slug for one in wanted.applied(content()).articles]
    assert slugs == sorted((*SLUGS, "duck-walk"))


def test_the_text_is_the_same_whoever_reviewed_it_and_another_with_another_word() -> None:
    plain = proposed("eob")
    assert proposed("eob", reviewed_by="Rita").text_hash == plain.text_hash
    assert proposed("eob", more="Another word.").text_hash != plain.text_hash


def test_only_a_question_that_finds_its_article_no_longer_holds_a_text_back() -> None:
    one, other = Golden("eob", "en", "one"), Golden("copay", "es", "other")
    before = dict.fromkeys((one, other), Found(Reach.ANSWERED, "eob"))
    after = {one: Found(Reach.OFFERED, "eob"), other: Found(Reach.LOST, "deductible")}
    found = losses(before, after)
    assert [(loss.golden, loss.blocks) for loss in found] == [(other, True), (one, False)]
    assert "deductible" in loss_finding(found[0]).message
    assert losses(after, before) == []


def test_the_key_of_a_finding_names_what_was_found() -> None:
    one = Golden("eob", "en", "one")
    before = {one: Found(Reach.ANSWERED, "eob")}
    first, second = (
        loss_finding(losses(before, {one: Found(Reach.LOST, slug)})[0])
        for slug in ("copay", "deductible")
    )
    assert key_of(first) == key_of(replace(first, blocks=False))
    assert key_of(first) != key_of(second)
    assert overridable(first)
    assert not overridable(replace(first, rule="placeholder"))


def test_in_a_small_base_everyone_is_a_neighbour_and_in_a_large_one_who_is_near(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    index = build(content(), SHARED)
    assert neighbours([index], "deductible") == set(SLUGS)
    monkeypatch.setattr(golden, "EVERY", 2)
    monkeypatch.setattr(golden, "NEAREST", 3)
    monkeypatch.setattr(golden, "MOST", 3)
    near = neighbours([index], "deductible")
    assert "deductible" in near
    assert near & {"deductible-met", "family-deductible"}
    assert len(near) <= 4
