"""Every subject ends well: fresh questions of all 371, through the trained assistant.

The floors are what a change must not fall through, a little under what was measured when they were
set. `careline eval coverage --misses` lists what is behind the numbers.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from bot.cli_eval import COVERAGE
from bot.evaluation.coverage import (
    ENDED,
    OFFERED,
    Judged,
    by_class,
    never_reached,
    read,
    share,
)
from bot.knowledge.topics import standard
from bot.settings import ROOT

pytestmark = pytest.mark.dialogue


def test_every_subject_is_asked_about_twice_in_each_language() -> None:
    asked = Counter((one.topic, one.question.locale or "en") for one in read(COVERAGE, standard()))
    assert asked == {(topic, locale): 2 for topic in standard().root for locale in ("en", "es")}


@pytest.fixture(scope="module")
def judged(trained_model: None, tmp_path_factory: pytest.TempPathFactory) -> list[Judged]:
    """All questions asked once, by the command that anybody can run."""
    out = tmp_path_factory.mktemp("coverage") / "outcomes.jsonl"
    careline = Path(sys.executable).with_name("careline")
    command = [str(careline), "eval", "coverage", "--out", str(out)]
    subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    rows = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    expected = read(COVERAGE, standard())
    return [Judged(one, row["verdict"], row) for one, row in zip(expected, rows, strict=True)]


def test_questions_end_as_their_subject_must(judged: list[Judged]) -> None:
    assert share(judged, ENDED)[0] >= 0.66
    assert share(judged, ENDED, OFFERED)[0] >= 0.87


def test_nearly_every_subject_is_reached(judged: list[Judged]) -> None:
    assert len(never_reached(judged)) <= 8


def test_most_emergencies_are_seen_by_the_gate_alone(judged: list[Judged]) -> None:
    table = by_class(judged, standard())
    for language in ("en", "es"):
        counts = table[("safety", language)]
        assert counts[ENDED] + counts[OFFERED] >= 24, counts
