"""The redactor's measures among the others: strong identifiers found, clean lines changed.

A half of the set, chosen by the hash of the id, is looked at by nobody who works on the redactor;
it is reported apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bot.evaluation.results import Measured
from bot.evaluation.sets import FOLDER, LANGUAGES, path_of
from bot.intervals import Share

if TYPE_CHECKING:
    from bot.evaluation.redaction import Judged

SET = "identifiers"
FOUND, UNSEEN, CHANGED = NAMES = (
    "identifiers_found",
    "identifiers_found_unseen",
    "clean_lines_changed",
)
DEFINITIONS = {
    FOUND: "Of identifiers of strong kinds: nothing of it is left to read after redaction.",
    UNSEEN: "The same, in the half of the set that nobody looked at.",
    CHANGED: "Of lines that identify nobody: the redactor changed something.",
}
TITLES = {
    FOUND: "strong identifiers found",
    UNSEEN: "  in the unseen half",
    CHANGED: "clean lines changed",
}
UNSEEN_HALF = "test"


def measure(model_dir: Path, folder: Path = FOLDER) -> list[Measured]:
    """The measures; missing without the set. `model_dir` is where the entity model lies."""
    path = path_of(SET, folder)
    if not path.is_file():
        return [
            Measured(name, TITLES[name], name == CHANGED, None, (0.0, 1.0), missing=(SET,))
            for name in NAMES
        ]
    # The redactor brings spaCy, which the other measures do not need.
    from bot.evaluation.redaction import judge, read
    from bot.privacy.redaction import Redactor

    redactor = Redactor(model_dir)
    return of([judge(line, redactor) for line in read(path)])


def of(judged: Sequence[Judged]) -> list[Measured]:
    """The measures over lines that were redacted."""
    return [_measured(name, judged) for name in NAMES]


def _measured(name: str, judged: Sequence[Judged]) -> Measured:
    every = _share(name, judged)
    return Measured(
        name=name,
        title=TITLES[name],
        at_most=name == CHANGED,
        value=every.value if every.total else None,
        interval=every.interval(),
        share=every,
        languages=tuple(
            (language, _share(name, [one for one in judged if one.line.language == language]))
            for language in LANGUAGES
        ),
    )


def _share(name: str, judged: Sequence[Judged]) -> Share:
    from bot.evaluation.redaction import counts

    if name == UNSEEN:
        judged = [one for one in judged if one.line.half == UNSEEN_HALF]
    counted = counts(judged)
    if name == CHANGED:
        return Share(counted["clean_changed"], counted["clean_total"])
    return Share(counted["strong_found"], counted["strong_total"])
