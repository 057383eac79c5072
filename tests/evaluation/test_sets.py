"""The measuring sets are as large and as mixed as they must be to say something, and were not
taught to the search."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest

from bot.evaluation import sets
from bot.evaluation.coverage import fitted_on
from bot.evaluation.redaction import read as read_identifiers
from bot.evaluation.sets import Row
from bot.knowledge.measuring import said
from bot.knowledge.topics import Ends, standard
from bot.knowledge.utterances import load
from tests.starter import DATA, starter_content

SIZES = {"questions": 600, "ambiguous": 100, "lookalikes": 150, "clinical": 100, "handoff": 100}
SIZES |= {"conversations": 60, "safety_direct": 150, "safety_indirect": 600}
# A few of the shortest ways to ask are anybody's: "aceptan medicaid?".
TAUGHT = 0.02


@cache
def rows(name: str) -> list[Row]:
    return sets.read(name, standard())


@pytest.mark.parametrize("name", sets.FIELDS)
def test_a_set_is_large_enough_and_in_both_languages(name: str) -> None:
    spoken = Counter(row.language for row in rows(name))

    assert spoken.total() >= SIZES[name]
    assert spoken["es"] >= 0.2 * spoken.total()
    assert spoken["en"] >= 0.2 * spoken.total()


@pytest.mark.parametrize("name", sets.FIELDS)
def test_hardly_any_message_is_among_the_training_questions(name: str) -> None:
    known = fitted_on(starter_content(), load(DATA))
    messages = [turn.text for row in rows(name) for turn in row.turns]
    taught = [text for text in messages if said(text) in known]

    assert len(taught) <= TAUGHT * len(messages), taught


def test_questions_are_of_all_kinds() -> None:
    kinds = Counter(row.kind for row in rows("questions"))
    shares = {kind: kinds[kind] / kinds.total() for kind in kinds}

    assert shares["out_of_scope"] >= 0.1
    assert shares["near_miss"] >= 0.15
    assert shares["messy"] + shares["story"] >= 0.2
    assert kinds["several"] >= 30


def test_questions_are_about_nearly_every_subject_that_has_an_article() -> None:
    asked = {topic for row in rows("questions") for turn in row.turns for topic in turn.topics}
    subjects = set(standard().ending(Ends.ARTICLE))

    assert len(asked & subjects) >= 0.95 * len(subjects)


def test_dangers_that_taught_the_gate_are_marked() -> None:
    parts = Counter(row.part for row in rows("safety_indirect"))

    assert set(parts) == {"dev", "held_out", "fresh"}
    assert parts.total() - parts["dev"] >= 500


def test_identifiers_are_many_and_a_part_of_the_lines_is_clean() -> None:
    lines = read_identifiers(sets.path_of("identifiers"))
    clean = sum(not line.spans for line in lines)

    assert len(lines) - clean >= 150
    assert clean >= 50
