"""What each way a question can end costs the patient: `data/costs.toml`, and what to expect."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.errors import Invalid

FILE = "costs.toml"


@dataclass(frozen=True, slots=True)
class Costs:
    """The rows of the file that a single question needs, by outcome and by what was true."""

    answer: Mapping[str, float]
    clarify: Mapping[str, float]
    no_answer: Mapping[str, float]

    @classmethod
    def read(cls, path: Path) -> Costs:
        """Raises `Invalid` for a file that lacks one of them."""
        try:
            found = tomllib.loads(path.read_text("utf-8"))
            return cls(
                _row(found["answer"], "beside", "nothing"),
                _row(found["clarify"], "right", "nothing", "extra_option"),
                _row(found["no_answer"], "exists", "nothing"),
            )
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise Invalid(f"{path.name} does not say what an outcome costs") from error

    def expected(self, first: float, among: float, options: int) -> dict[str, float]:
        """The cost of each verdict, when the first article is right with the probability `first`
        and one of the few that would be offered with `among`.

        An answer that is not among the few counts as one that nobody wrote. Without two options
        there is nothing to clarify.
        """
        absent = 1 - among
        found = {"answer": (among - first) * self.answer["beside"]}
        found["answer"] += absent * self.answer["nothing"]
        if options > 1:
            extra = self.clarify["extra_option"] * (options - 2)
            helped = among * self.clarify["right"]
            found["clarify"] = helped + absent * self.clarify["nothing"] + extra
        found["no_answer"] = among * self.no_answer["exists"] + absent * self.no_answer["nothing"]
        return found


def _row(given: Mapping[str, float], *needed: str) -> dict[str, float]:
    return {name: float(given[name]) for name in needed}
