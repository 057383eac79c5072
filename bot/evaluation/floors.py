"""What the measures must reach: `floors.toml` beside the sets, and the gate that holds it.

Each measure has a table there: `floor` and `aim` are what the product promises, `now` is what the
gate holds, a little under what was last measured, so that a change cannot make it worse unseen.
Without `now` the gate holds the floor. For measures where less is better they are upper bounds.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from bot.errors import Invalid
from bot.evaluation.results import Measured
from bot.evaluation.sets import FOLDER
from bot.knowledge.problems import explain

FLOORS = FOLDER / "floors.toml"
TOLERANCE = 1e-9


class Floor(BaseModel):
    """The bounds of one measure."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    floor: float | None = Field(default=None, ge=0, le=1)
    aim: float | None = Field(default=None, ge=0, le=1)
    now: float | None = Field(default=None, ge=0, le=1)

    @model_validator(mode="after")
    def _bounds_something(self) -> Floor:
        if self.bound is None:
            raise ValueError("say `floor` or `now`")
        return self

    @property
    def bound(self) -> float | None:
        """What the gate holds."""
        return self.floor if self.now is None else self.now


Floors = Mapping[str, Floor]
_ADAPTER: TypeAdapter[dict[str, Floor]] = TypeAdapter(dict[str, Floor])


def load(path: Path = FLOORS) -> Floors:
    """The floors by measure. Raises `Invalid`."""
    try:
        return _ADAPTER.validate_python(tomllib.loads(path.read_text("utf-8")))
    except OSError:
        raise Invalid(f"{path} cannot be read", field=path.name) from None
    except tomllib.TOMLDecodeError as error:
        raise Invalid(f"{path.name}: not valid TOML: {error}", field=path.name) from None
    except ValidationError as error:
        raise explain(error, path.name) from None


def fallen(measured: Sequence[Measured], floors: Floors) -> Iterator[str]:
    """One line for each measure that has a floor and fell through it, or could not be measured.

    Raises `Invalid` for a floor of a measure that does not exist.
    """
    by_name = {one.name: one for one in measured}
    if unknown := sorted(set(floors) - by_name.keys()):
        raise Invalid(
            f"floors for unknown measures: {', '.join(unknown)}",
            field=unknown[0],
            remedy=f"There are: {', '.join(by_name)}.",
        )
    for name, floor in floors.items():
        one, bound = by_name[name], floor.bound
        if one.missing:
            yield f"{name}: missing: {', '.join(one.missing)}"
        elif one.value is None or bound is None:
            yield f"{name}: nothing to measure"
        elif not holds(one, bound):
            words = "above" if one.at_most else "below"
            yield f"{name}: {one.value:.4f} is {words} {bound:g}"


def holds(measured: Measured, bound: float) -> bool:
    """Whether the measured value is on the right side of a bound."""
    if measured.value is None:
        return False
    excess = measured.value - bound if measured.at_most else bound - measured.value
    return excess <= TOLERANCE
