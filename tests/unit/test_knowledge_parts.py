"""What a message asks, apart from what it tells."""

from __future__ import annotations

import pytest

from bot.knowledge.parts import questions


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        (
            "hi so my daughter fell at school last week and we went to the ER. they sent me a "
            "bill today. can I pay it in parts?",
            ("can I pay it in parts?",),
        ),
        (
            "do you take Aetna, and what time do you open on Saturday for a sports physical?",
            ("do you take Aetna", "what time do you open on Saturday for a sports physical?"),
        ),
        (
            "buenas, mi mama vive conmigo y no maneja. quisiera saber si hay transporte para sus "
            "citas",
            ("quisiera saber si hay transporte para sus citas",),
        ),
    ],
)
def test_the_parts_that_ask_are_found_in_a_story(text: str, asked: tuple[str, ...]) -> None:
    assert set(asked) <= set(questions(text))
    assert "my daughter fell" not in " ".join(questions(text))


@pytest.mark.parametrize(
    "text",
    [
        "what is a copay?",
        "my card says thirty dollars and nobody told me anything about that other letter today",
        "",
    ],
)
def test_a_short_message_and_one_that_only_tells_have_no_parts(text: str) -> None:
    assert questions(text) == ()
