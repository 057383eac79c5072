"""The gate: what holds, what falls, and what cannot be measured; and the intervals beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import Invalid
from bot.evaluation import floors, run
from bot.evaluation.floors import Floor, fallen, load
from bot.evaluation.results import Measured
from bot.intervals import Share, difference


def measured(name: str, value: float | None, *, at_most: bool = False, **rest: object) -> Measured:
    return Measured(name, name, at_most, value, (0.0, 1.0), **rest)  # type: ignore[arg-type]


def test_values_on_the_right_side_of_their_bounds_hold() -> None:
    every = [measured("good", 0.95), measured("bad", 0.05, at_most=True), measured("free", 0.0)]

    assert list(fallen(every, {"good": Floor(floor=0.95), "bad": Floor(floor=0.05)})) == []


def test_every_measure_below_its_floor_is_named() -> None:
    every = [measured("good", 0.94), measured("bad", 0.051, at_most=True)]
    lines = list(fallen(every, {"good": Floor(floor=0.95), "bad": Floor(floor=0.05)}))

    assert lines == ["good: 0.9400 is below 0.95", "bad: 0.0510 is above 0.05"]


def test_the_gate_holds_what_is_reached_now_before_what_is_promised() -> None:
    bounds = {"good": Floor(floor=0.95, now=0.8)}

    assert list(fallen([measured("good", 0.85)], bounds)) == []
    assert len(list(fallen([measured("good", 0.79)], bounds))) == 1


def test_a_missing_set_falls_through_the_gate() -> None:
    gone = measured("good", None, missing=("questions",))
    empty = measured("bad", None, at_most=True)
    lines = list(fallen([gone, empty], {"good": Floor(floor=0.5), "bad": Floor(floor=0.5)}))

    assert lines == ["good: missing: questions", "bad: nothing to measure"]


def test_a_floor_of_no_measure_is_refused() -> None:
    with pytest.raises(Invalid, match="wrong"):
        list(fallen([measured("good", 1.0)], {"wrong": Floor(floor=0.5)}))


def test_the_floors_of_this_product_are_read_and_each_has_its_measure() -> None:
    assert set(load()) <= run.definitions().keys()


@pytest.mark.parametrize(
    "text", ["[a]\nfloor = 2.0", "[a]\naim = 0.5", "[a]\nlow = 0.5", "floor = ", "[a", "a = 1"]
)
def test_a_file_of_floors_that_cannot_be_used_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "floors.toml"
    path.write_text(text, "utf-8")

    with pytest.raises(Invalid, match=r"floors\.toml"):
        floors.load(path)


def test_an_absent_file_of_floors_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="cannot be read"):
        floors.load(tmp_path / "floors.toml")


@pytest.mark.parametrize(
    ("share", "low", "high"),
    [(Share(9, 10), 0.596, 0.982), (Share(0, 120), 0.0, 0.031), (Share(0, 0), 0.0, 1.0)],
)
def test_a_share_has_wilsons_interval(share: Share, low: float, high: float) -> None:
    assert tuple(round(one, 3) for one in share.interval()) == (low, high)


def test_a_difference_has_newcombes_interval() -> None:
    # The example of Newcombe's paper: 56/70 against 48/80.
    apart, low, high = difference(Share(56, 70), Share(48, 80))

    assert (round(apart, 4), round(low, 4), round(high, 4)) == (0.2, 0.0524, 0.3339)
