"""The catalogue of fixed texts: every word of the product that is not an article.

Texts lie in `data/texts/<language>/<area>.toml`. What is said to a patient is stored with the
text's id and the hash of its wording, so that a later edit never rewrites what was said.
"""

from __future__ import annotations

import hashlib
import string
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bot.errors import CarelineError

LANGUAGES = ("en", "es")
TEXTS_DIR = Path(__file__).resolve().parent.parent / "data" / "texts"


class UnknownText(CarelineError):
    """A text id that the catalogue lacks, or a value that the text needs."""

    code = "unknown_text"


@dataclass(frozen=True, slots=True)
class FixedText:
    """One catalogue text, filled in. `hash` is of the wording before filling."""

    id: str
    hash: str
    language: str
    text: str


@cache
def catalogue(language: str) -> dict[str, str]:
    """All texts of a language, keyed `area.key`."""
    found: dict[str, str] = {}
    for path in sorted((TEXTS_DIR / language).glob("*.toml")):
        for area, entries in tomllib.loads(path.read_text("utf-8")).items():
            found |= {f"{area}.{key}": text for key, text in entries.items()}
    return found


def starting(*beginnings: str) -> dict[str, dict[str, str]]:
    """By language, the texts whose id starts with one of `beginnings`, for a page that draws in
    either."""
    return {
        language: {
            key: text for key, text in catalogue(language).items() if key.startswith(beginnings)
        }
        for language in LANGUAGES
    }


def fields(template: str) -> set[str]:
    """The names of the places in a text."""
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def get(text_id: str, language: str, **values: str) -> FixedText:
    """The text with `values` filled in. Raises `UnknownText` for an id or a value that lacks."""
    template = catalogue(language).get(text_id)
    if template is None:
        raise UnknownText(f"no text {text_id!r} in {language!r}", field="text_id")
    missing = fields(template) - values.keys()
    if missing:
        raise UnknownText(f"text {text_id!r} needs {sorted(missing)}", field=sorted(missing)[0])
    digest = hashlib.sha256(template.encode()).hexdigest()[:16]
    return FixedText(text_id, digest, language, template.format_map(values))
