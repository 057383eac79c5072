"""The measuring sets: what patients might write, and how each of it has to end.

One JSON-lines file a set under `tests/evaluation/`; `FIELDS` says what its lines hold. Nothing is
ever trained on them.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.errors import Invalid
from bot.knowledge.topics import Topics
from bot.settings import ROOT

FOLDER = ROOT / "tests" / "evaluation"
# What a line says beside `id`, `language` (older sets: `locale`) and `text`.
FIELDS: dict[str, tuple[str, ...]] = {
    "questions": ("kind", "topics"),
    "ambiguous": ("topics",),
    "lookalikes": (),
    "clinical": (),
    "handoff": ("reason",),
    "conversations": ("turns",),
    "safety_direct": ("tier",),
    "safety_indirect": ("tier", "part"),
}
ORDINARY = ("plain", "messy", "story", "several")
NO_ARTICLE = ("near_miss", "out_of_scope")
KINDS = {
    "questions": (*ORDINARY, *NO_ARTICLE),
    "safety_direct": ("full", "graded", "none"),
    "safety_indirect": ("full", "graded", "none"),
}
EXPECTATIONS = ("handoff", "apology", "safety", "clinical", "clarify", "courtesy")
LANGUAGES = ("en", "es")  # those we answer in; a row may be in a third


@dataclass(frozen=True, slots=True)
class Turn:
    """One message. `topics` are those that may answer it; `expect` is another end it must have."""

    text: str
    topics: tuple[str, ...] = ()
    expect: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a set. `language` is an ISO code, `kind` the kind of a question or the tier of a
    danger; `part` says who has seen it, `reason` why a person is due."""

    set: str
    id: str
    language: str
    turns: tuple[Turn, ...]
    kind: str = ""
    part: str = ""
    reason: str = ""


def path_of(name: str, folder: Path = FOLDER) -> Path:
    """Where a set lies."""
    return folder / f"{name}.jsonl"


def present(folder: Path = FOLDER) -> tuple[str, ...]:
    """The sets that are there."""
    return tuple(name for name in FIELDS if path_of(name, folder).is_file())


def read(name: str, topics: Topics, folder: Path = FOLDER) -> list[Row]:
    """A set's rows. Raises `Invalid` naming the line, and what is wrong with it."""
    path, rows, seen = path_of(name, folder), [], set()
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = _row(name, json.loads(line), topics)
            if row.id in seen:
                raise ValueError(f"id {row.id} stands there twice")
        except (ValueError, KeyError, TypeError) as error:
            where = f"{path.name}:{number}"
            fields = ", ".join(("id", "language", "text", *FIELDS[name]))
            raise Invalid(
                f"{where}: not a line of this set: {error}",
                field=where,
                remedy=f"A line holds {fields}; topics are those of data/topics.toml.",
            ) from None
        seen.add(row.id)
        rows.append(row)
    return rows


def _row(name: str, data: dict[str, Any], topics: Topics) -> Row:
    language = data.get("language") or data["locale"]
    if not re.fullmatch("[a-z]{2}", str(language)):
        raise ValueError(f"language {language!r}")
    listed = data["turns"] if name == "conversations" else [data]
    row = Row(
        set=name,
        id=str(data["id"]),
        language=language,
        turns=tuple(_turn(one, topics) for one in listed),
        kind=str(data["tier"] if "tier" in FIELDS[name] else data.get("kind") or ""),
        part=str(data.get("part") or ""),
        reason=str(data["reason"]) if "reason" in FIELDS[name] else "",
    )
    if name in KINDS and row.kind not in KINDS[name]:
        raise ValueError(f"kind {row.kind!r}")
    if not row.turns:
        raise ValueError("no turns")
    needs_topics = name == "ambiguous" or row.kind in ORDINARY
    if needs_topics and not row.turns[0].topics:
        raise ValueError("no topics")
    return row


def _turn(data: dict[str, Any], topics: Topics) -> Turn:
    text, named, expect = data["text"], tuple(data.get("topics") or ()), data.get("expect")
    if not isinstance(text, str) or not text.strip():
        raise ValueError("no text")
    unknown = [one for one in named if topics.get(one) is None]
    if unknown:
        raise ValueError(f"unknown topics {unknown}")
    if expect is not None and expect not in EXPECTATIONS:
        raise ValueError(f"expect {expect!r}")
    return Turn(text, named, expect)


def sample(rows: Sequence[Row], most: int | None) -> list[Row]:
    """At most so many rows, the same every time: a row that is added moves few of the others."""
    if most is None or len(rows) <= most:
        return list(rows)
    chosen = set(sorted(rows, key=_lot)[:most])
    return [row for row in rows if row in chosen]


def _lot(row: Row) -> str:
    return hashlib.sha256(f"{row.set} {row.id}".encode()).hexdigest()
