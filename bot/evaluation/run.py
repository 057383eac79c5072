"""One run of `careline eval`: read the sets, ask every row, measure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bot.errors import Invalid
from bot.evaluation import identifiers, measures, results, sets
from bot.evaluation.asking import Progress, ask_rows
from bot.evaluation.coverage import fitted_on
from bot.evaluation.ends import Ended
from bot.evaluation.results import Measured
from bot.evaluation.sets import Row
from bot.knowledge.content import from_files
from bot.knowledge.measuring import said
from bot.knowledge.topics import TOPICS_FILE, load
from bot.knowledge.utterances import load as load_utterances
from bot.settings import Settings


@dataclass(frozen=True, slots=True)
class Run:
    """What was asked and what came of it. `known` are rows with a message that stands word for
    word among the questions the search is fitted on: they prove little."""

    measured: tuple[Measured, ...]
    ended: tuple[Ended, ...]
    known: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Everything, for a machine."""
        return {
            "measures": [_measure_json(one) for one in self.measured],
            "known": list(self.known),
            "outcomes": [_outcome_json(one) for one in self.ended],
        }


def chosen_sets(only: Sequence[str], folder: Path = sets.FOLDER) -> list[str]:
    """The sets that are there and belong to these sets or measures; all, when none is named.

    Raises `Invalid` for a name that is neither.
    """
    wanted: set[str] = set()
    for name in only:
        wanted |= set(_needed(name))
    return [name for name in sets.present(folder) if not only or name in wanted]


def _needed(name: str) -> Sequence[str]:
    if name in sets.FIELDS or name == identifiers.SET:
        return (name,)
    if name in identifiers.NAMES:
        return (identifiers.SET,)
    found = measures.find("topic_first" if name == results.SPANISH_BEHIND else name)
    if found is None:
        known = (*sets.FIELDS, identifiers.SET, *definitions())
        remedy = f"There are: {', '.join(known)}."
        raise Invalid(f"{name}: no such set or measure", field=name, remedy=remedy)
    return found.sets


def definitions() -> dict[str, str]:
    """What each measure counts, by name, in the order of the table."""
    own = {one.name: one.definition for one in measures.MEASURES}
    return {**own, results.SPANISH_BEHIND: results.SPANISH_DEFINITION, **identifiers.DEFINITIONS}


def rows_of(
    settings: Settings, chosen: Sequence[str], most: int | None, folder: Path = sets.FOLDER
) -> list[Row]:
    """The rows to ask, at most so many of each set. Raises `Invalid` naming a line."""
    topics = load(settings.data_dir / TOPICS_FILE)
    read = (sets.sample(sets.read(name, topics, folder), most) for name in chosen)
    return [row for rows in read for row in rows]


async def measure(
    settings: Settings,
    rows: Sequence[Row],
    progress: Progress,
    only: Sequence[str] = (),
    folder: Path = sets.FOLDER,
) -> Run:
    """Ask the rows and measure; `only` limits which measures are reported, as `chosen_sets` does.

    A measure whose set is not there is reported as missing.
    """
    topics = load(settings.data_dir / TOPICS_FILE)
    ended = await ask_rows(settings, rows, topics, progress) if rows else []
    found = results.measure(ended, sorted({row.set for row in rows}))
    if not only or any(identifiers.SET in _needed(name) for name in only):
        found += identifiers.measure(settings.model_dir, folder)
    known = fitted_on(from_files(settings.data_dir), load_utterances(settings.data_dir))
    return Run(
        measured=tuple(one for one in found if not only or _concerns(one, only)),
        ended=tuple(ended),
        known=tuple(row.id for row in rows if any(said(one.text) in known for one in row.turns)),
    )


def _concerns(measured: Measured, only: Sequence[str]) -> bool:
    return measured.name in only or any(name in only for name in _needed(measured.name))


def _measure_json(one: Measured) -> dict[str, Any]:
    values = asdict(one)
    values["languages"] = {name: asdict(share) for name, share in one.languages}
    return {**values, "definition": definitions()[one.name]}


def _outcome_json(one: Ended) -> dict[str, Any]:
    return {
        "set": one.row.set,
        "kind": one.row.kind,
        "expected": list(one.turn.topics),
        "expect": one.turn.expect,
        "text": one.turn.text,
        "against": [measure.name for measure in measures.MEASURES if measure.misses([one])],
        **one.line,
    }
