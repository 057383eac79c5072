"""Training utterances: more ways patients ask, beside the variants that editors keep.

`data/training/questions/*.jsonl` holds one a line: the article's slug, the language, the words.
They are found like variants and the ranker is fitted on them; nobody reads them as a text. An
article that no longer exists leaves its utterances without effect.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from bot.errors import Invalid

FOLDER = "training/questions"
LANGUAGES = ("en", "es")


@dataclass(frozen=True, slots=True)
class Utterance:
    """What a patient might write, and in which language."""

    language: str
    text: str


Utterances = Mapping[str, tuple[Utterance, ...]]
NONE: Utterances = MappingProxyType({})


@cache
def load(data_dir: Path) -> Utterances:
    """The utterances by slug, in the order of the files. Raises `Invalid` naming file and line."""
    found: dict[str, dict[str, Utterance]] = {}
    for path in sorted((data_dir / FOLDER).glob("*.jsonl")):
        for slug, utterance in _read(path):
            found.setdefault(slug, {}).setdefault(utterance.text, utterance)
    return MappingProxyType({slug: tuple(own.values()) for slug, own in sorted(found.items())})


def _read(path: Path) -> Iterator[tuple[str, Utterance]]:
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        try:
            row = json.loads(line)
            slug, language, text = row["slug"], row["language"], row["text"]
            valid = isinstance(slug, str) and language in LANGUAGES and bool(text.strip())
        except (ValueError, KeyError, TypeError, AttributeError):
            valid = False
        if not valid:
            where = f"{path.name}:{number}"
            remedy = 'Each line is like {"slug": "eob", "language": "en", "text": "…"}.'
            raise Invalid(f"{where}: not a training utterance", field=where, remedy=remedy)
        yield slug, Utterance(language, text.strip())
