"""Measuring sets are read as they are defined, and refused by the line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.errors import Invalid
from bot.evaluation import run, sets
from bot.evaluation.sets import Row, Turn, read, sample
from bot.knowledge.topics import standard

GOOD = {"id": "1", "language": "es", "kind": "plain", "topics": ["cov.copay"], "text": "hola"}


def write(folder: Path, name: str, *rows: dict[str, Any]) -> Path:
    lines = (json.dumps(row) + "\n" for row in rows)
    sets.path_of(name, folder).write_text("".join(lines), "utf-8")
    return folder


def test_a_question_is_read(tmp_path: Path) -> None:
    folder = write(tmp_path, "questions", GOOD)

    turn = Turn("hola", ("cov.copay",))
    assert read("questions", standard(), folder) == [Row("questions", "1", "es", (turn,), "plain")]


def test_the_fields_of_the_older_sets_are_understood(tmp_path: Path) -> None:
    row = {"id": "1", "locale": "en", "text": "x", "tier": "graded", "part": "dev"}
    [found] = read("safety_indirect", standard(), write(tmp_path, "safety_indirect", row))

    assert (found.language, found.kind, found.part) == ("en", "graded", "dev")


def test_a_conversation_has_its_turns(tmp_path: Path) -> None:
    turns = [
        {"text": "a", "topics": ["cov.copay"]},
        {"text": "b", "expect": "handoff"},
        {"text": "c"},
    ]
    row = {"id": "1", "language": "en", "turns": turns}
    [found] = read("conversations", standard(), write(tmp_path, "conversations", row))

    assert found.turns == (Turn("a", ("cov.copay",)), Turn("b", (), "handoff"), Turn("c"))


@pytest.mark.parametrize(
    ("name", "change", "why"),
    [
        ("questions", {"topics": ["cov.nothing"]}, "unknown topics"),
        ("questions", {"topics": []}, "no topics"),
        ("questions", {"kind": "odd"}, "kind 'odd'"),
        ("questions", {"language": "Spanish"}, "language"),
        ("questions", {"text": " "}, "no text"),
        ("handoff", {}, "reason"),
        ("conversations", {"turns": []}, "no turns"),
        ("conversations", {"turns": [{"text": "x", "expect": "magic"}]}, "expect 'magic'"),
    ],
)
def test_a_line_that_does_not_fit_is_named(
    tmp_path: Path, name: str, change: dict[str, Any], why: str
) -> None:
    with pytest.raises(Invalid, match=rf"{name}\.jsonl:1: .*{why}"):
        read(name, standard(), write(tmp_path, name, {**GOOD, **change}))


def test_an_id_stands_once(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=r"questions\.jsonl:2: .*twice"):
        read("questions", standard(), write(tmp_path, "questions", GOOD, GOOD))


def test_a_sample_is_the_same_every_time_and_grows_with_the_set() -> None:
    rows = [Row("questions", str(at), "en", (Turn("x"),)) for at in range(50)]
    few = sample(rows, 10)

    assert len(few) == 10
    assert sample(rows, 10) == few
    assert set(sample(rows[:25], 10)) & set(few)
    assert sample(rows, None) == sample(rows, 50) == rows


def test_a_measure_or_a_set_says_what_has_to_be_asked(tmp_path: Path) -> None:
    for name in ("questions", "clinical", "lookalikes"):
        write(tmp_path, name, GOOD)

    assert run.chosen_sets([], tmp_path) == ["questions", "lookalikes", "clinical"]
    assert run.chosen_sets(["clinical_routed"], tmp_path) == ["clinical"]
    assert run.chosen_sets(["clinical", "spanish_behind"], tmp_path) == ["questions", "clinical"]
    with pytest.raises(Invalid, match="nonsense"):
        run.chosen_sets(["nonsense"], tmp_path)
