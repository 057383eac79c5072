"""How a question's end is judged against the map of subjects."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.errors import Invalid
from bot.evaluation.ask import Question
from bot.evaluation.coverage import (
    ENDED,
    MISSED,
    OFFERED,
    Expected,
    Judged,
    never_reached,
    read,
    share,
    verdict,
)
from bot.knowledge.topics import Topic, standard


def topic(ends: str, **values: Any) -> Topic:
    by = {} if ends == "article" else {"by": "x"}
    return Topic.model_validate({"ends": ends, "en": "X", "es": "X", **by, **values})


def line(outcome: str, **values: Any) -> dict[str, Any]:
    ended: dict[str, Any] = {
        "safety": {"tier": "none"},
        "topics": [],
        "options": [],
        "handoff": None,
    }
    return {"outcome": outcome, **ended, **values}


FULL, SOFT = {"safety": {"tier": "full"}}, {"safety": {"tier": "soft"}}
PERSON = {"handoff": {"reason": "asked"}}


@pytest.mark.parametrize(
    ("ends", "reported", "expected"),
    [
        (topic("article"), line("answer", topics=["t"]), ENDED),
        (topic("article"), line("handoff", topics=["t"], **PERSON), ENDED),
        (topic("article"), line("answer", topics=["u"]), MISSED),
        (topic("article"), line("handoff", **PERSON), MISSED),
        (topic("article", person=True), line("handoff", **PERSON), ENDED),
        (topic("article"), line("clarify", options=[["u"], ["t"]]), OFFERED),
        (topic("article"), line("clarify", options=[["u"]]), MISSED),
        (topic("article"), line("no_answer"), MISSED),
        (topic("person"), line("handoff", **PERSON), ENDED),
        (topic("person"), line("answer", topics=["t"]), MISSED),
        (topic("safety"), line("safety", **FULL), ENDED),
        (topic("safety"), line("answer", **SOFT), OFFERED),
        (topic("safety"), line("clinical", **PERSON), MISSED),
        (topic("clinical"), line("clinical", **PERSON), ENDED),
        (topic("clinical"), line("safety", **FULL), ENDED),
        (topic("clinical"), line("answer"), MISSED),
        (topic("decline"), line("decline"), ENDED),
        (topic("decline"), line("no_answer"), MISSED),
        (topic("reply"), line("chitchat"), ENDED),
        (topic("reply"), line("no_answer"), MISSED),
    ],
)
def test_a_question_is_judged_by_how_its_subject_has_to_end(
    ends: Topic, reported: dict[str, Any], expected: str
) -> None:
    assert verdict("t", ends, reported) == expected


def judged(*verdicts: str) -> list[Judged]:
    return [
        Judged(Expected(Question(str(at), ("q",), "en"), f"t{at // 2}"), one, {})
        for at, one in enumerate(verdicts)
    ]


def test_the_share_comes_with_its_interval() -> None:
    rate, low, high = share(judged(*[ENDED] * 9, MISSED), ENDED)
    assert rate == 0.9
    assert (round(low, 3), round(high, 3)) == (0.596, 0.982)


def test_a_subject_is_reached_when_one_of_its_questions_is() -> None:
    assert never_reached(judged(MISSED, OFFERED, MISSED, MISSED)) == ["t1"]


@pytest.mark.parametrize(
    "text", ["{", '{"id": "1", "topic": "cov.none", "locale": "en", "text": ""}']
)
def test_a_line_that_is_no_question_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "set.jsonl"
    path.write_text(text, "utf-8")
    with pytest.raises(Invalid, match=r"set\.jsonl:1"):
        list(read(path, standard()))
