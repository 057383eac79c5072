"""Putting questions together, on vectors whose groups are known."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from bot.gaps.clustering import grouped, joined, kept, members, typical
from bot.gaps.grouping import Entry, regrouped
from bot.gaps.rates import effect, weekly
from bot.intervals import Share
from bot.knowledge.starting import slug_of
from bot.knowledge.vectors import Floats

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
PUBLISHED = NOW - timedelta(days=14)


def around(*directions: int) -> Floats:
    """Unit vectors, each close to the axis of its number."""
    rows = np.zeros((len(directions), 12), np.float32)
    for at, direction in enumerate(directions):
        rows[at, direction] = 1
        rows[at, 8 + at % 4] = 0.3
    found: Floats = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return found


def groups_of(labels: object) -> list[list[int]]:
    return members(list(np.asarray(labels)))


def test_questions_that_are_alike_are_together_and_one_like_no_other_stays_alone() -> None:
    assert groups_of(grouped(around(0, 1, 0, 1, 0, 5))) == [[0, 2, 4], [1, 3], [5]]


@pytest.mark.parametrize("count", [0, 1])
def test_no_question_and_a_single_one_are_grouped_too(count: int) -> None:
    assert len(grouped(around(*[0] * count))) == count


def test_a_question_joins_the_gap_it_is_like_and_no_gap_when_it_is_like_none() -> None:
    gaps = {7: around(0, 0), 9: around(1, 1)}
    assert joined(around(1, 0, 4), gaps) == [9, 7, None]
    assert joined(around(1), {}) == [None]


def test_a_group_stays_the_gap_it_shares_most_with_and_no_gap_is_two_groups() -> None:
    before = {"a": 1, "b": 1, "c": 1, "d": 2}
    assert kept([["c"], ["a", "b", "d"], ["e"]], before) == [None, 1, None]


def test_a_gap_is_named_by_its_most_central_question_that_is_no_story() -> None:
    vectors = around(0, 0, 0, 1)
    story = " ".join(["word"] * 40)
    texts = ["wifi", story, "is there wifi here", "something else altogether now"]
    assert typical(vectors, texts) == 2
    assert typical(vectors[:1], ["wifi"]) == 0


def test_a_decided_gap_holds_its_questions_and_takes_in_new_ones() -> None:
    entries = [Entry(1, 10), Entry(2, 10), Entry(3, None), Entry(4, 20)]
    groups = regrouped(entries, around(0, 3, 0, 0), ["some words here"] * 4, frozenset({10}))
    found = {one.gap_id: set(one.entries) for one in groups}
    # Question 2 is unlike the first, and stays: a person left it there. So does 4 elsewhere.
    assert found == {10: {1, 2, 3}, 20: {4}}


def test_open_gaps_are_grouped_anew_and_keep_their_numbers() -> None:
    entries = [Entry(1, 10), Entry(2, 20), Entry(3, 20), Entry(4, None)]
    groups = regrouped(entries, around(0, 0, 0, 1), ["some words here"] * 4, frozenset())
    assert {one.gap_id: one.entries for one in groups} == {20: (1, 2, 3), None: (4,)}


def test_in_a_very_long_log_only_what_stands_alone_is_grouped_anew() -> None:
    entries = [Entry(1, 10), Entry(2, 10), Entry(3, 20), Entry(4, None)]
    groups = regrouped(entries, around(0, 1, 2, 2), ["some words here"] * 4, frozenset(), most=3)
    assert {one.gap_id: set(one.entries) for one in groups} == {10: {1, 2}, 20: {3, 4}}


def test_weeks_count_conversations_once_and_the_last_seven_days_come_last() -> None:
    asked = [("a", NOW), ("a", NOW - timedelta(days=1)), ("b", NOW - timedelta(days=8))]
    assert weekly(asked, NOW) == [0, 0, 0, 0, 0, 0, 1, 1]


def test_a_rate_fell_only_when_the_counts_can_show_it() -> None:
    before = [PUBLISHED - timedelta(days=3)] * 100
    since = [PUBLISHED + timedelta(days=3)] * 100
    asked = [(str(at), PUBLISHED - timedelta(days=3)) for at in range(20)]
    found = effect(asked, before + since, PUBLISHED, NOW)
    assert (found.before, found.since) == (Share(20, 100), Share(0, 100))
    assert found.verdict == "fell"
    assert effect(asked[:1], before + since, PUBLISHED, NOW).verdict == "unclear"
    assert effect(asked, before + since[:10], PUBLISHED, NOW).verdict == "early"
    later = [(who, PUBLISHED + timedelta(days=3)) for who, _ in asked]
    assert effect(later, before + since, PUBLISHED, NOW).verdict == "rose"


def test_a_title_becomes_a_name_for_an_address() -> None:
    assert slug_of("¿Cuál es la contraseña del wifi?") == "cual-es-la-contrasena-del-wifi"
    assert len(slug_of("word " * 40)) <= 60
