"""`careline eval` on the screen: definitions, refusals, the table and the list of misses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner
from rich.console import Console

from bot.cli import main
from bot.evaluation import run, tables
from bot.evaluation.ends import Ended
from bot.evaluation.floors import Floor
from bot.evaluation.results import Measured
from bot.evaluation.run import Run
from bot.evaluation.sets import Row, Turn
from bot.intervals import Share
from bot.knowledge.topics import standard


def careline(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["eval", *words])
    return result.exit_code, result.output


def shown(table: Any) -> str:
    console = Console(width=tables.WIDTH)
    with console.capture() as captured:
        console.print(table)
    return captured.get()


def missed(text: str = "why this bill?") -> Ended:
    line = {
        "outcome": "handoff",
        "safety": {"tier": "soft", "category": "saf.suicide"},
        "article": None,
        "topics": [],
        "options": [["bil.why_bill"], ["bil.lab_bill"]],
        "handoff": {"reason": "asked"},
        "locale": "en",
    }
    row = Row("questions", "q-1", "en", (Turn(text, ("cov.copay",)),), "plain")
    return Ended(row, row.turns[0], line, (), standard())


def test_every_measure_is_defined_on_the_screen() -> None:
    status, output = careline("--definitions")

    assert status == 0
    assert all(name in output for name in run.definitions())


def test_a_measure_or_set_that_does_not_exist_is_refused() -> None:
    assert careline("--misses", "nonsense")[0] == 2
    status, output = careline("--only", "nonsense")

    assert status == 1
    assert "no such set or measure" in output
    assert "topic_right" in output


def test_a_folder_without_public_sets_is_refused(tmp_path: Path) -> None:
    status, output = careline("--public", str(tmp_path))

    assert status == 1
    assert "data_full.json" in output


def test_the_table_shows_value_interval_languages_and_what_must_be_reached() -> None:
    share = Share(9, 10)
    one = Measured(
        *("good", "the good", False, share.value, share.interval(), share),
        languages=(("en", Share(9, 9)), ("es", Share(0, 1))),
    )
    text = shown(tables.of_measures([one], {"good": Floor(floor=0.95, aim=1, now=0.8)}))

    for cell in ("0.900 (9/10)", "0.596 to 0.982", "1.000 (9/9)", ">= 0.95", ">= 1", ">= 0.8"):
        assert cell in text


def test_the_table_shows_what_could_not_be_measured() -> None:
    one = Measured("good", "the good", True, None, (0.0, 1.0), missing=("questions",))
    text = shown(tables.of_measures([one], {"good": Floor(floor=0.05)}))

    assert "missing" in text
    assert "needs questions" in text
    assert "<= 0.05" in text


def test_the_kinds_of_question_are_counted_by_language() -> None:
    text = shown(tables.of_kinds([missed()]))

    assert "0.000 (0/1)" in text
    assert "story" in text


def test_a_miss_is_listed_with_its_end_and_what_was_expected() -> None:
    listed = "\n".join(tables.misses([missed()], ["reached"]))

    for part in ("(reached): 1", "q-1", "why this bill?", "soft saf.suicide", "person: asked"):
        assert part in listed
    assert "offered bil.why_bill | bil.lab_bill" in listed
    assert listed.endswith("expected cov.copay")
    assert not list(tables.misses([missed()], ["topic_right"]))


def test_a_machine_reads_measures_and_what_speaks_against_them() -> None:
    one = Measured("reached", "t", False, 0.0, (0.0, 0.8), Share(0, 1), (("en", Share(0, 1)),))
    data = json.loads(json.dumps(Run((one,), (missed(),), ("q-1",)).as_json()))

    assert data["measures"][0]["definition"].startswith("Of the same")
    assert data["measures"][0]["languages"] == {"en": {"count": 0, "total": 1}}
    assert {"reached", "needless_person"} <= set(data["outcomes"][0]["against"])
    assert data["known"] == ["q-1"]
