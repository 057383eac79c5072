"""Agreed words and words to avoid are found where they stand."""

from __future__ import annotations

import pytest

from bot.knowledge.marking import marks
from bot.knowledge.translating import compare


def found(text: str, language: str) -> list[tuple[str, str, str | None]]:
    return [
        (text[one["start"] : one["end"]], one["kind"], one["es"]) for one in marks(text, language)
    ]


def test_an_english_term_says_what_the_spanish_answer_calls_it() -> None:
    assert found("Your copays and your deductible.", "en") == [
        ("copays", "agreed", "copago"),
        ("deductible", "agreed", "deducible"),
    ]


def test_a_spanish_text_shows_agreed_words_and_words_to_avoid() -> None:
    text = "Su copago no es el deducible. Pida una cotización."
    assert [one[:2] for one in found(text, "es")] == [
        ("copago", "agreed"),
        ("deducible", "agreed"),
        ("cotización", "avoid"),
    ]


@pytest.mark.parametrize("text", ["", "The weather is nice.", "copayable deductibly"])
def test_other_words_are_left_alone(text: str) -> None:
    assert found(text, "en") == []


def test_two_texts_are_compared_word_by_word() -> None:
    runs = compare("Call us by Friday.", "Call us by noon on Friday.")
    assert [(one["kind"], one["text"]) for one in runs] == [
        ("same", "Call us by "),
        ("added", "noon on "),
        ("same", "Friday."),
    ]
    assert "".join(one["text"] for one in runs if one["kind"] != "removed") == (
        "Call us by noon on Friday."
    )
