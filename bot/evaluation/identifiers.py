"""The redactor's two measures among the others: strong identifiers found, clean lines changed."""

from __future__ import annotations

from pathlib import Path

from bot.evaluation.measures import Measured
from bot.evaluation.sets import FOLDER, path_of

SET = "identifiers"
FOUND, CHANGED = NAMES = ("identifiers_found", "clean_lines_changed")
TITLES = {FOUND: "identifiers of strong kinds found", CHANGED: "clean lines changed"}


def measure(folder: Path = FOLDER) -> list[Measured]:
    """Both measures; missing without the set or the redactor."""
    lacking = (SET,) if not path_of(SET, folder).is_file() else ("redactor",)
    return [
        Measured(name, TITLES[name], name == CHANGED, None, (0.0, 1.0), missing=lacking)
        for name in NAMES
    ]
