"""National figures: deadlines, yearly caps, phone lines. Each has a source and an end.

Articles name a figure as `{{ fact.<id> }}`; when it has expired nothing is shown in its place.
"""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, RootModel, ValidationError, model_validator

from bot.errors import CarelineError, Invalid
from bot.knowledge.problems import explain


class UnknownFigure(CarelineError):
    """An article names a figure that the file of figures lacks."""

    code = "unknown_figure"


class Figure(BaseModel):
    """One figure. `value` is shown as it stands; `es` where Spanish words differ."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    statement: str = Field(min_length=1)
    value: str = Field(min_length=1)
    es: str | None = None
    effective: str = Field(min_length=4)
    verified_on: date
    expires_on: date
    source_title: str = Field(min_length=1)
    source_url: str = Field(pattern=r"^https://\S+$")
    note: str = ""

    @model_validator(mode="after")
    def _ends_after_it_was_checked(self) -> Figure:
        if self.expires_on <= self.verified_on:
            raise ValueError("`expires_on` must be later than `verified_on`")
        return self

    def current(self, today: date) -> bool:
        """The last day it may be shown is `expires_on` itself."""
        return today <= self.expires_on


class Figures(RootModel[dict[str, Figure]]):
    """All figures by id."""

    model_config = ConfigDict(frozen=True)

    def __getitem__(self, figure_id: str) -> Figure:
        if figure_id not in self.root:
            raise UnknownFigure(
                f"no figure {figure_id!r}",
                field=figure_id,
                remedy="Add it to the file of figures, or correct the placeholder.",
            )
        return self.root[figure_id]

    def display(self, figure_id: str, language: str, today: date) -> str | None:
        """The words for the place, None once expired. Raises `UnknownFigure`."""
        figure = self[figure_id]
        if not figure.current(today):
            return None
        return figure.es or figure.value if language == "es" else figure.value

    def expiring(self, on: date) -> tuple[str, ...]:
        """Ids that may no longer be shown on that day."""
        return tuple(name for name, figure in self.root.items() if not figure.current(on))


def load(path: Path) -> Figures:
    """Read the file of figures. Raises `Invalid` naming id, key and remedy."""
    try:
        return Figures.model_validate(tomllib.loads(path.read_text("utf-8-sig")))
    except tomllib.TOMLDecodeError as error:
        raise Invalid(f"{path.name}: not valid TOML: {error}", field=path.name) from None
    except ValidationError as error:
        raise explain(error, path.name) from None
