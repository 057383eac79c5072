"""How much of a question an article has words for."""

from __future__ import annotations

import numpy as np
import pytest

from bot.knowledge.vocabulary import Vocabulary, stems

TEXTS = (
    "how much is a tooth cleaning",
    "what does a dental visit cost",
    "how do i pay my bill",
    "can i pay in parts",
)
OWNER = np.array([0, 0, 1, 1], dtype=np.intp)


@pytest.fixture
def vocabulary() -> Vocabulary:
    return Vocabulary.of(TEXTS, OWNER, 2)


def test_a_question_in_an_articles_own_words_is_covered_whole(vocabulary: Vocabulary) -> None:
    assert vocabulary.covered("pay my bill") == pytest.approx([0, 1])


def test_a_rare_word_that_nobody_has_leaves_a_question_half_covered(
    vocabulary: Vocabulary,
) -> None:
    dental, billing = vocabulary.covered("how much is tattoo removal")
    assert billing < dental < 0.5


def test_endings_case_and_accents_make_no_difference(vocabulary: Vocabulary) -> None:
    assert stems("Cleanings, Clínica") == {"cleani", "clinic"}
    assert vocabulary.covered("CLEANINGS") == pytest.approx([1, 0])


def test_entries_that_are_hidden_have_no_words(vocabulary: Vocabulary) -> None:
    assert vocabulary.covered_by("tooth cleaning", [0, 1]) == 1
    assert vocabulary.covered_by("tooth cleaning", [1]) == 0
    assert vocabulary.covered_by("tooth cleaning", []) == 0


def test_a_question_without_words_is_covered_by_nothing(vocabulary: Vocabulary) -> None:
    assert not vocabulary.covered("?!").any()


def test_an_empty_base_covers_nothing() -> None:
    none = Vocabulary.of((), np.zeros(0, np.intp), 0)
    assert not len(none.covered("anything"))
