"""Facts into their places, without ever leaving a hole.

`{{ clinic.x }}` that the clinic has not stated stops the answer; `{{ fact.x }}` that has expired,
and `{{ lookup.x }}` that has nothing to say, take their sentence away, their list item when it
was the only one, and the line that announced the list when no item is left.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import takewhile
from typing import Protocol

PLACEHOLDER = re.compile(r"\{\{\s*(?P<kind>clinic|fact|lookup)\.(?P<key>[a-z0-9_]+)\s*\}\}")
_BRACES = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_ITEM = re.compile(r"^(?P<indent> *)(?P<marker>(?:[-*+]|\d+[.)])\s+)")
# A sentence ends at a stop and what closes with it, before a space and what may begin a sentence.
# A look-up is a sentence of its own.
_BOUNDARY = re.compile(
    r"(?P<end>(?<=[.!?…])[\"'”’»)\]*_]*|\{\{\s*lookup\.\w+\s*\}\})\s+"
    r"(?=[\"'“‘«¿¡(\[*_]*(?:[A-ZÁÉÍÓÚÑÜ0-9]|\{\{))"
)
_ABBREVIATION = re.compile(
    r"\b(?:[ap]\. ?m|e\.g|i\.e|vs|núm|dra?|sra?|st|ave|inc|jr|mrs?|ms|u\.s|ee\. uu)\.$",
    re.IGNORECASE,
)


class MissingClinicFact(Exception):
    """The clinic profile lacks `key`."""

    def __init__(self, key: str):
        super().__init__(key)
        self.key = key


class Facts(Protocol):
    """Where the words for a place come from."""

    def clinic(self, key: str) -> str | None:
        """The clinic's fact; None when it has not stated it."""

    def figure(self, key: str) -> str | None:
        """The national figure; None once it has expired."""

    def lookup(self, key: str) -> str | None:
        """What the question itself asks the profile; None when there is nothing to say."""


@dataclass(frozen=True, slots=True)
class _Chunk:
    """A paragraph line or list item: `head` is its indent and marker, `blank` comes before it."""

    head: str
    sentences: tuple[str, ...]
    blank: bool

    @property
    def indent(self) -> int:
        return len(self.head) - len(self.head.lstrip(" "))

    @property
    def item(self) -> bool:
        return bool(self.head.strip())

    @property
    def announces(self) -> bool:
        return bool(self.sentences) and self.sentences[-1].rstrip(" *_").endswith(":")


def render(text: str, facts: Facts) -> str:
    """The text with its places filled. Raises `MissingClinicFact`; may be empty."""
    filled = [replace(chunk, sentences=_fill(chunk, facts)) for chunk in _chunks(text)]
    kept = _without_orphans(filled)
    return _join([_without_announcement(kept, at) for at in range(len(kept))])


def placeholders(text: str) -> list[tuple[str, str]]:
    """All places in order, as kind and key."""
    return [(match["kind"], match["key"]) for match in PLACEHOLDER.finditer(text)]


def malformed(text: str) -> list[str]:
    """What stands in double braces but is no place that can be filled."""
    return [braces for braces in _BRACES.findall(text) if not PLACEHOLDER.fullmatch(braces)]


def sentences(text: str) -> list[str]:
    """A line cut after each sentence; marks that span sentences keep them together."""
    cuts, start = [], 0
    for match in _BOUNDARY.finditer(text):
        piece = text[start : match.end("end")]
        if _ABBREVIATION.search(piece) or not _balanced(piece):
            continue
        cuts.append(piece)
        start = match.end()
    return [*cuts, text[start:]] if text[start:].strip() else cuts


def _balanced(piece: str) -> bool:
    bare = PLACEHOLDER.sub("", piece)
    return (
        bare.count("**") % 2 == 0
        and bare.replace("**", "").count("*") % 2 == 0
        and bare.count("[") == bare.count("]")
        and bare.count("(") == bare.count(")")
    )


@lru_cache(1024)
def _chunks(text: str) -> tuple[_Chunk, ...]:
    found: list[tuple[str, list[str], bool]] = []
    blank = True
    for line in text.splitlines():
        if not line.strip():
            blank = True
            continue
        item = _ITEM.match(line)
        if item or blank or not found:
            head = item[0] if item else line[: len(line) - len(line.lstrip(" "))]
            found.append((head, [line[len(head) :].rstrip(" ")], blank))
        else:
            found[-1][1].append(line.strip(" ") if not line.endswith("  ") else line.lstrip(" "))
        blank = False
    return tuple(
        _Chunk(head, tuple(sentences("\n".join(lines))), blank) for head, lines, blank in found
    )


def _fill(chunk: _Chunk, facts: Facts) -> tuple[str, ...]:
    return tuple(
        said for sentence in chunk.sentences if (said := _sentence(sentence, facts)) is not None
    )


def _sentence(sentence: str, facts: Facts) -> str | None:
    values: list[str] = []
    for match in PLACEHOLDER.finditer(sentence):
        value = _value(match["kind"], match["key"], facts)
        if value is None:
            return None
        values.append(value)
    words = iter(values)
    # Braces that name no place, in the text or in a fact, must not reach a patient as code.
    filled = PLACEHOLDER.sub(lambda _: next(words), sentence)
    return None if "{{" in filled else filled


def _value(kind: str, key: str, facts: Facts) -> str | None:
    if kind == "fact":
        return facts.figure(key)
    if kind == "lookup":
        return facts.lookup(key)
    value = facts.clinic(key)
    if value is None:
        raise MissingClinicFact(key)
    return value


def _without_orphans(chunks: list[_Chunk]) -> list[_Chunk]:
    """Items below an emptied item go with it."""
    kept: list[_Chunk] = []
    emptied: int | None = None
    for chunk in chunks:
        if emptied is not None and chunk.item and chunk.indent > emptied:
            kept.append(replace(chunk, sentences=()))
            continue
        emptied = chunk.indent if chunk.item and not chunk.sentences else None
        kept.append(chunk)
    return kept


def _without_announcement(chunks: list[_Chunk], at: int) -> _Chunk:
    """The chunk without its last sentence, when that announced items and none is left."""
    chunk = chunks[at]
    following = list(takewhile(lambda after: _belongs(after, chunk), chunks[at + 1 :]))
    gone = bool(following) and not any(after.sentences for after in following)
    return replace(chunk, sentences=chunk.sentences[:-1]) if chunk.announces and gone else chunk


def _belongs(after: _Chunk, chunk: _Chunk) -> bool:
    return after.item and (not chunk.item or after.indent > chunk.indent)


def _join(chunks: list[_Chunk]) -> str:
    lines: list[str] = []
    blank = False
    for chunk in chunks:
        blank = blank or chunk.blank
        if not chunk.sentences:
            continue
        if lines and blank:
            lines.append("")
        lines.append(chunk.head + " ".join(chunk.sentences))
        blank = False
    return "\n".join(lines)
