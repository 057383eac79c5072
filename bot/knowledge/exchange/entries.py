"""What a reader finds in a clinic's file: questions with answers, what it could not read, notes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from bot.errors import Invalid

MEGABYTE = 1_000_000
MOST_ENTRIES = 2_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One question with its answer in Markdown. Everything but these two may be empty."""

    where: str
    question: str
    answer: str
    language: str = ""
    topics: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()
    source_title: str = ""
    source_url: str = ""
    slug: str = ""
    domain: str = ""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A place in the file that was not taken, and what to do about it."""

    where: str
    message: str
    remedy: str


@dataclass(slots=True)
class Found:
    """All that a reader found. `notes` tell what was passed over without harm."""

    entries: list[Entry] = field(default_factory=list)
    bad: list[BadRow] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def refuse(self, where: str, message: str, remedy: str) -> None:
        """Keep a place that was not taken."""
        self.bad.append(BadRow(where, message, remedy))


Reader = Callable[[bytes, str], Found]


@dataclass(frozen=True, slots=True)
class Step:
    """How far a long work is; `stage` is `compared`, `decided` or `written`."""

    stage: str
    done: int
    all: int

    def __str__(self) -> str:
        what = {
            "compared": "known questions compared",
            "decided": "questions of the file looked at",
            "written": "drafts written",
        }
        return f"{self.done} of {self.all} {what[self.stage]}"


Say = Callable[[Step], None]


def read_bytes(path: Path, most_megabytes: int) -> bytes:
    """The file's content. Raises `Invalid` when it is larger, or cannot be read."""
    try:
        with path.open("rb") as file:
            content = file.read(most_megabytes * MEGABYTE + 1)
    except OSError as error:
        raise Invalid(
            f"{path.name}: {error.strerror}", remedy="Name a file you can read."
        ) from None
    refuse_size(content, path.name, most_megabytes)
    return content


def refuse_size(content: bytes, name: str, most_megabytes: int) -> None:
    """Raise `Invalid` for a file that is too large, or empty."""
    if len(content) > most_megabytes * MEGABYTE:
        raise too_large(name, most_megabytes)
    if not content.strip():
        raise Invalid(
            f"{name} is empty", field="file", remedy="Name the file that holds the questions."
        )


def too_large(name: str, most_megabytes: int) -> Invalid:
    """The refusal of a file that nobody should have to wait for."""
    return Invalid(
        f"{name} is larger than {most_megabytes} MB",
        field="file",
        remedy="Cut it into several files; leave pictures out.",
    )


def read_entries(path: Path, most_megabytes: int, reader: Reader) -> Found:
    """What `reader` finds in the file. Raises `Invalid` when there is nothing, or too much."""
    return entries_of(read_bytes(path, most_megabytes), path.name, most_megabytes, reader)


def entries_of(content: bytes, name: str, most_megabytes: int, reader: Reader) -> Found:
    """The same of a file that is at hand already."""
    refuse_size(content, name, most_megabytes)
    found = reader(content, name)
    if not found.entries and not found.bad:
        raise Invalid(
            f"there is no question in {name}",
            field="file",
            remedy="docs/take-and-give.md says what is read as a question.",
        )
    if len(found.entries) > MOST_ENTRIES:
        raise Invalid(
            f"{name} has {len(found.entries)} questions; {MOST_ENTRIES} can be taken at once",
            field="file",
            remedy="Cut it into several files.",
        )
    return found
