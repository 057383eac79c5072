"""The bench of the search: distinct content of any size, and both sides measured alike."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.clock import utc_now
from bot.evaluation import made_up, search_bench
from bot.evaluation.search_bench import WARM_UP, measure, timed
from bot.knowledge import vectors
from bot.knowledge.base import KnowledgeBase
from bot.knowledge.outcomes import Answer, Clarify, Context
from bot.settings import Settings
from tests.starter import starter_content, starter_ranker


def test_every_text_of_the_made_up_content_is_distinct() -> None:
    made = made_up.content(starter_content(), made_up.MOST, 10)
    texts = [
        text
        for article in made.articles
        for version in article.versions.values()
        for text in version.words.variants
    ]

    assert len(made.articles) == made_up.MOST >= 5000
    assert len(set(texts)) == len(texts) == made_up.MOST * 10 * 2


def test_more_than_can_be_made_up_is_refused() -> None:
    with pytest.raises(ValueError, match="at most"):
        made_up.content(starter_content(), made_up.MOST + 1, 10)


def test_questions_are_of_both_languages_and_in_words_of_their_own() -> None:
    made = made_up.content(starter_content(), 40, 10)
    variants = {
        text
        for article in made.articles
        for version in article.versions.values()
        for text in version.words.questions
    }
    asked = made_up.questions(40, 20)

    assert len(asked) == 20
    assert {language for language, _ in asked} == {"en", "es"}
    assert variants.isdisjoint(text for _, text in asked)


def test_a_small_knowledge_base_is_measured_and_finds_what_it_is_asked(tmp_path: Path) -> None:
    ranker = starter_ranker()
    knowledge = KnowledgeBase(Settings(_env_file=None), clock=utc_now, ranker=ranker)
    kept = tmp_path / "bench" / "made_up.npz"
    found = measure(knowledge, starter_content(), articles=60, variants=2, questions=30, kept=kept)

    assert found.texts == 240
    assert vectors.usable(kept)
    assert len(found.ours.latencies) == len(found.plain.latencies) == 30
    assert 0 < found.ours.percentile(0.5) <= found.ours.percentile(0.95)
    outcomes = [
        knowledge.answer(text, Context(language)) for language, text in made_up.questions(60, 30)
    ]
    assert any(isinstance(one, Answer | Clarify) for one in outcomes)


def test_warming_up_is_not_counted() -> None:
    seen: list[int] = []
    load = timed(seen.append, range(WARM_UP + 5))

    assert len(seen) == WARM_UP + 5
    assert len(load.latencies) == 5
    assert search_bench.QUESTIONS >= 200
