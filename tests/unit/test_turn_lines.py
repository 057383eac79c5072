"""Which of the assistant's lines may stand in a turn."""

from __future__ import annotations

import pytest

from bot.effects import FixedRef, Line
from bot.turn_lines import Waiting, may_stand


def line(text_id: str) -> Line:
    return Line(text="words", language="en", fixed=FixedRef(id=text_id, hash="0" * 16))


@pytest.mark.parametrize(
    ("text_id", "soft", "stands"),
    [
        ("empathy.fear", None, True),
        ("empathy.fear", "saf.suicide", False),
        ("assistant.clarify", "saf.suicide", True),
    ],
)
def test_sympathy_gives_way_to_a_safety_line(text_id: str, soft: str | None, stands: bool) -> None:
    assert may_stand(line(text_id), Waiting(1, "…", soft_category=soft)) is stands
