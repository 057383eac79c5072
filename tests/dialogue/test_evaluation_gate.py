"""The gate of `tests/evaluation/floors.toml` as CI holds it: all sets through the trained model."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bot.evaluation import floors
from bot.settings import ROOT

pytestmark = pytest.mark.dialogue


def evaluate(*options: str) -> subprocess.CompletedProcess[str]:
    """The command that anybody can run."""
    careline = Path(sys.executable).with_name("careline")
    command = [str(careline), "eval", "--gate", *options]
    return subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True)


def test_no_measure_falls_through_its_floor(tmp_path: Path) -> None:
    target = tmp_path / "outcomes.json"
    done = evaluate("--json", str(target))

    assert done.returncode == 0, done.stderr[-3000:]
    measured = json.loads(target.read_text("utf-8"))["measures"]
    assert {one["name"] for one in measured} >= floors.load().keys()
    assert "every measure holds" in done.stdout


def test_a_measure_below_its_floor_closes_the_gate_by_name(tmp_path: Path) -> None:
    strict = tmp_path / "floors.toml"
    strict.write_text(
        "[ambiguous_clarified]\nfloor = 1\n\n[clinical_answered]\nfloor = 1\n", "utf-8"
    )
    done = evaluate("--floors", str(strict), "--only", "ambiguous", "--sample", "60")

    assert done.returncode == 1
    assert "ambiguous_clarified" in done.stderr
    assert "clinical_answered" not in done.stderr
