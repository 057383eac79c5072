"""How much of what identifies a person the redactor finds, and how many clean lines it changes.

Each line of a set holds a text and the spans in it that identify somebody: `{"id", "language",
"text", "spans": [{"kind", "text"}]}`. A span counts as found when nothing of it is left to read,
whatever kind it was taken for.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.errors import Invalid
from bot.privacy.redaction import Redactor
from bot.privacy.spans import Redacted
from bot.settings import Settings

STRONG = frozenset(
    ["card", "ssn", "cvv", "password", "phone", "email", "member_id", "mrn", "account", "dob"]
)
HALVES = ("dev", "test")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text and what in it identifies somebody: (kind, start, end)."""

    id: str
    language: str
    text: str = field(repr=False)
    spans: tuple[tuple[str, int, int], ...]

    @property
    def half(self) -> str:
        """The half it belongs to for good: misses are looked at in `dev` only."""
        return HALVES[hashlib.sha256(self.id.encode()).digest()[0] % 2]


@dataclass(frozen=True, slots=True)
class Judged:
    """What the redactor made of a text: the labelled spans it left, and whether it changed it."""

    line: Labelled
    redacted: Redacted
    missed: tuple[tuple[str, int, int], ...]


def measure(
    path: Path, half: str | None = None, redactor: Redactor | None = None
) -> dict[str, Any]:
    """Counts over the set, or over one half of it.

    `found` and `total` per kind, the same for all strong kinds together, `clean_changed` of
    `clean_total` lines without spans, and the 95th percentile of the time in milliseconds.
    """
    redactor = redactor or Redactor(Settings().model_dir)
    redactor.load()
    lines = [line for line in read(path) if half in (None, line.half)]
    milliseconds, judged = [], []
    for line in lines:
        started = time.perf_counter()
        judged.append(judge(line, redactor))
        milliseconds.append((time.perf_counter() - started) * 1000)
    return {**counts(judged), "p95_ms": round(_percentile(milliseconds, 0.95), 2)}


def judge(line: Labelled, redactor: Redactor) -> Judged:
    """Redact one line and see what is left of its spans."""
    redacted = redactor.redact(line.text, line.language)
    covered = [False] * len(line.text)
    for span in redacted.spans:
        covered[span.start : span.end] = [True] * (span.end - span.start)
    missed = [
        (kind, start, end)
        for kind, start, end in line.spans
        if any(line.text[at].isalnum() and not covered[at] for at in range(start, end))
    ]
    return Judged(line, redacted, tuple(missed))


def counts(judged: Sequence[Judged]) -> dict[str, Any]:
    """The counts of `measure`."""
    total = Counter(kind for one in judged for kind, _, _ in one.line.spans)
    missed = Counter(kind for one in judged for kind, _, _ in one.missed)
    kinds = {
        kind: {"found": total[kind] - missed[kind], "total": total[kind]} for kind in sorted(total)
    }
    clean = [one for one in judged if not one.line.spans]
    return {
        "lines": len(judged),
        "kinds": kinds,
        "strong_found": sum(total[kind] - missed[kind] for kind in total if kind in STRONG),
        "strong_total": sum(total[kind] for kind in total if kind in STRONG),
        "clean_changed": sum(bool(one.redacted.spans) for one in clean),
        "clean_total": len(clean),
    }


def read(path: Path) -> list[Labelled]:
    """The lines of a set. Raises `Invalid` for a span that its text does not hold."""
    lines = path.read_text("utf-8").splitlines()
    return [_labelled(json.loads(line)) for line in lines if line.strip()]


def _labelled(row: dict[str, Any]) -> Labelled:
    text, places, at = str(row["text"]), [], Counter[str]()
    for span in row["spans"]:
        start = text.find(span["text"], at[span["text"]])
        if start < 0:
            raise Invalid(f"line {row['id']}: a span is not in its text", field="spans")
        end = start + len(span["text"])
        at[span["text"]] = end
        places.append((str(span["kind"]), start, end))
    return Labelled(str(row["id"]), str(row.get("language") or "en"), text, tuple(places))


def _percentile(values: Iterable[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0
