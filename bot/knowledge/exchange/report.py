"""What became of a clinic's file: what was taken, what collides, what could not be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from bot.knowledge.checks import Finding
from bot.knowledge.exchange.entries import BadRow

How = Literal["same slug", "same question", "nearly the same question", "a draft of it exists"]
COUNTED = {
    "sources": "need a source",
    "variants": "need ways patients ask",
    "lead_length": "have too long an answer",
    "bare_figure": "hold amounts that are no fact",
}


@dataclass(frozen=True, slots=True)
class Taken:
    """An answer that is a draft now, and what an editor must still do before patients read it."""

    where: str
    slug: str
    language: str
    title: str
    todo: tuple[Finding, ...]
    onto_existing: bool = False


@dataclass(frozen=True, slots=True)
class Collision:
    """A question that `slug` answers already; nothing of it was taken."""

    where: str
    question: str
    language: str
    slug: str
    how: How
    known: str


@dataclass(slots=True)
class TakeReport:
    """Everything that was found in the file. With `dry_run` nothing of it was kept."""

    file: str
    dry_run: bool
    taken: list[Taken] = field(default_factory=list)
    collisions: list[Collision] = field(default_factory=list)
    bad: list[BadRow] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """The report for programs, and for a page that says it in the reader's language."""
        todo = [[{**two.as_dict(), **two.as_words()} for two in one.todo] for one in self.taken]
        told = asdict(self)
        for taken, one in zip(told["taken"], todo, strict=True):
            taken["todo"] = one
        return told

    def lines(self) -> Iterator[str]:
        """The report in words."""
        would = "would be " if self.dry_run else ""
        yield (
            f"{self.file}: {len(self.taken)} {would}taken as drafts, "
            f"{len(self.collisions)} collide, {len(self.bad)} could not be taken"
        )
        yield from self._taken()
        if self.collisions:
            yield "Collide with what is there (nothing of these was taken):"
        for one in self.collisions:
            yield f"  {one.where}: “{one.question}” ({one.language})"
            yield f"    {one.slug}: {one.how} ({one.known})"
        if self.bad:
            yield "Could not be taken:"
        for row in self.bad:
            yield f"  {row.where}: {row.message}. {row.remedy}"
        if self.notes:
            yield "Notes:"
        yield from (f"  {note}" for note in self.notes)

    def _taken(self) -> Iterator[str]:
        if not self.taken:
            return
        counts = Counter(rule for one in self.taken for rule in {two.rule for two in one.todo})
        told = [f"{counts[rule]} {words}" for rule, words in COUNTED.items() if counts[rule]]
        yield "Taken as drafts" + (f" ({', '.join(told)}):" if told else ":")
        for one in self.taken:
            onto = ", a new text for an article that is there" if one.onto_existing else ""
            yield f"  {one.where}: {one.slug} ({one.language}{onto}): {one.title}"
            for finding in one.todo:
                yield f"    {'must' if finding.blocks else 'look'}  {finding.message}"
