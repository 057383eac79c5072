"""Heads: articles that came since training are judged at once, be they few or many."""

from __future__ import annotations

import numpy as np
import pytest

from bot.knowledge import heads
from bot.knowledge.heads import Head, Lessons, aligned, fit, sentences_hash
from bot.knowledge.vectors import Floats

WIDTH, ARTICLES, EACH = 24, 20, 12


@pytest.fixture(scope="module")
def places() -> Floats:
    """Where the sentences of each article lie, more or less."""
    return np.random.default_rng(4).normal(size=(ARTICLES, WIDTH)).astype(np.float32)


def said(places: Floats, seed: int) -> tuple[Floats, heads.Rows]:
    noise = np.random.default_rng(seed).normal(size=(ARTICLES * EACH, WIDTH)) * 0.8
    owner = np.repeat(np.arange(ARTICLES), EACH)
    return (places[owner] + noise).astype(np.float32), owner


def lessons(places: Floats, *, texts: str = "as trained") -> Lessons:
    vectors, owner = said(places, 1)
    hashes = tuple(sentences_hash([texts, str(at)]) for at in range(ARTICLES))
    return Lessons(vectors, owner, hashes, np.arange(len(vectors)))


def slugs(begin: int = 0) -> list[str]:
    return [f"article-{at}" for at in range(begin, begin + ARTICLES)]


def right(head: Head, places: Floats) -> float:
    """The share of fresh sentences that are given to their article."""
    vectors, owner = said(places, 2)
    return float((head.logits(vectors).argmax(axis=1) == owner).mean())


@pytest.fixture(scope="module")
def trained(places: Floats) -> Head:
    return fit(lessons(places), slugs())


def of_half_known(places: Floats, trained: Head, before: Head | None = None) -> Head:
    """The head when half of the articles are others than at training."""
    names = [*slugs()[: ARTICLES // 2], *slugs(100)[ARTICLES // 2 :]]
    found = aligned(trained, lessons(places), names, before)
    assert found is not None
    return found


def test_many_new_articles_are_told_apart_without_training(
    places: Floats, trained: Head, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = of_half_known(places, trained)
    monkeypatch.setattr(heads, "MOST_NEW", 3)
    many = of_half_known(places, trained)
    assert right(trained, places) > 0.9
    assert right(many, places) > right(few, places) - 0.05


def test_many_new_articles_leave_the_columns_of_the_others(
    places: Floats, trained: Head, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heads, "MOST_NEW", 3)
    found = of_half_known(places, trained)
    half = ARTICLES // 2
    assert np.array_equal(found.weights[:, :half], trained.weights[:, :half])
    assert np.array_equal(found.bias[:half], trained.bias[:half])


def test_a_base_of_new_articles_alone_is_told_apart_too(
    places: Floats, trained: Head, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heads, "MOST_NEW", 3)
    found = aligned(trained, lessons(places, texts="all written anew"), slugs(200))
    assert found is not None
    assert right(found, places) > 0.9


def test_an_edit_among_many_new_articles_touches_its_own_column_alone(
    places: Floats, trained: Head, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heads, "MOST_NEW", 3)
    before = of_half_known(places, trained)
    known = lessons(places)
    edited = (*known.texts[:-1], sentences_hash(["said otherwise"]))
    now = Lessons(known.vectors, known.owner, edited, known.rows)
    found = aligned(trained, now, before.slugs, before)
    assert found is not None
    assert np.array_equal(found.weights[:, :-1], before.weights[:, :-1])
    assert not np.array_equal(found.weights[:, -1], before.weights[:, -1])
    assert right(found, places) > 0.85
