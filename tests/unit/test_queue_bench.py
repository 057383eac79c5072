"""The bench of a long queue says plainly whether what is promised of it is held."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.evaluation import queue_bench
from bot.evaluation.load import Load
from bot.evaluation.queue_bench import QueueSpeed


def speed(*, opened: float = 90, seen: float = 40) -> QueueSpeed:
    """What was measured, as if every time had been the same."""
    alike = [Load(1, (took,) * 20, 1) for took in (opened, 30.0, 20.0, seen)]
    return QueueSpeed(1000, 2, *alike)


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setattr(queue_bench, "measure", lambda *_: speed())
    return CliRunner()


def test_promised_times_that_are_kept_are_held(measured: CliRunner) -> None:
    done = measured.invoke(main, ["bench", "--only-queue"])
    assert done.exit_code == 0
    assert done.output.count("held") == 3
    assert "missed" not in done.output


@pytest.mark.parametrize("slow", [speed(opened=1000), speed(seen=500)])
def test_a_promised_time_that_is_missed_fails_the_command(
    slow: QueueSpeed, measured: CliRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue_bench, "measure", lambda *_: slow)
    done = measured.invoke(main, ["bench", "--only-queue"])
    assert done.exit_code == 1
    assert done.output.count("missed") == 1


def test_one_slow_answer_in_twenty_does_not_break_a_promise_and_two_do() -> None:
    once, twice = (Load(1, (40.0,) * (20 - slow) + (900.0,) * slow, 1) for slow in (1, 2))
    assert queue_bench.Row("seen", once, 500).held
    assert not queue_bench.Row("seen", twice, 500).held
