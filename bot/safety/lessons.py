"""What the second opinion learns from: every danger, look-alike and ordinary message we keep.

Danger and clinical questions: the examples of the phrase book, `prototypes.jsonl` and
`lessons.jsonl`. No danger: their look-alikes, and all that patients ask in the articles, the
training questions and the assistant's own examples.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import frontmatter
import yaml

from bot.safety.phrases import CLINICAL, DATA, DISTANT, FULL, LOOKALIKE, read_lines

ROOT = DATA.parents[1]
# Written for the gate: a change of one of these makes the learned weights stale.
OWN = ("phrases.jsonl", "prototypes.jsonl", "lessons.jsonl")
# What a message is that is neither a danger nor a clinical question.
HARMLESS = "none"
CLINICAL_INTENT, EMERGENCY_INTENT = "ask_clinical", "report_emergency"

Asked = tuple[str, str]


@dataclass(frozen=True)
class Lesson:
    """A message and what it is: a category of danger, `clinical` or `none`.

    `own`: written for the gate, so that a harmless one is a look-alike. `direct`: the example of a
    pattern for danger.
    """

    text: str
    language: str
    kind: str
    own: bool = False
    direct: bool = False

    @property
    def danger(self) -> bool:
        return self.kind not in (HARMLESS, CLINICAL)


def fingerprint(folder: Path = DATA) -> str:
    """Of the gate's own lessons, so that a test sees when the weights are older than they."""
    parts = (hashlib.sha256((folder / name).read_bytes()).digest() for name in OWN)
    return hashlib.sha256(b"".join(parts)).hexdigest()[:16]


def read_lessons(root: Path = ROOT) -> list[Lesson]:
    """All lessons in a fixed order, no text twice: what is said first of a text counts."""
    found: dict[str, Lesson] = {}
    for lesson in (*_own(root / "data" / "safety"), *_ordinary(root)):
        found.setdefault(lesson.text, lesson)
    return list(found.values())


def _own(folder: Path) -> Iterator[Lesson]:
    for row in read_lines(folder / "phrases.jsonl"):
        if row["tier"] == DISTANT:
            continue
        kind = {LOOKALIKE: HARMLESS, CLINICAL: CLINICAL}.get(row["tier"], row["category"])
        yield Lesson(row["example"], row["language"], kind, True, row["tier"] == FULL)
    for name in OWN[1:]:
        for row in read_lines(folder / name):
            yield Lesson(row["text"], row["language"], row["category"], own=True)


def _ordinary(root: Path) -> Iterator[Lesson]:
    training = root / "data" / "training"
    examples = list(_examples(root))
    for text, language, intent in examples:
        if intent == CLINICAL_INTENT:
            yield Lesson(text, language, CLINICAL)
    for row in read_lines(training / "out_of_scope.jsonl"):
        yield Lesson(row["text"], row["language"], HARMLESS)
    for row in read_lines(training / "ambiguous.jsonl"):
        yield Lesson(row["text"], row["language"], HARMLESS)
    questions = (
        (row["text"], row["language"])
        for path in sorted((training / "questions").glob("*.jsonl"))
        for row in read_lines(path)
    )
    others = (one[:2] for one in examples if one[2] != CLINICAL_INTENT)
    for asked in (questions, _articles(root), others):
        for text, language in sorted(set(asked)):
            yield Lesson(text, language, HARMLESS)


def _articles(root: Path) -> Iterator[Asked]:
    for path in sorted((root / "data" / "knowledge").glob("*/*.md")):
        meta = frontmatter.load(str(path)).metadata
        for field in ("variants", "golden"):
            asked = meta.get(field)
            for text in asked if isinstance(asked, list) else ():
                yield str(text), str(meta["language"])


def _examples(root: Path) -> Iterator[tuple[str, str, str]]:
    """The assistant's examples, with their intent; those of an emergency are left out, for some
    only say where it hurts."""
    for path in sorted((root / "data" / "nlu").glob("*/*.yml")):
        for block in yaml.safe_load(path.read_text("utf-8")).get("nlu", ()):
            intent = block.get("intent", EMERGENCY_INTENT)
            if intent == EMERGENCY_INTENT:
                continue
            for line in str(block.get("examples", "")).splitlines():
                yield spoken(line), path.parent.name, intent


def spoken(line: str) -> str:
    """An example without its marks: "my [gold plan]{...}" is "my gold plan"."""
    text, depth = "", 0
    for letter in line.strip().removeprefix("- "):
        depth += (letter == "{") - (letter == "}")
        text += letter if not depth and letter not in "[]}" else ""
    return text
