"""Two texts side by side, word by word: what went, what came, what stayed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from bot.knowledge.content import Words

Kind = Literal["same", "removed", "added"]
# A word with the space after it, so that the pieces put together are the text.
_PIECE = re.compile(r"\s*\S+|\s+$")
# A stretch of so few equal words between two changes reads worse than one longer change.
_LEAST_SAME = 2


@dataclass(frozen=True, slots=True)
class Part:
    """A run of words that are only in the older text, only in the newer, or in both."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """One field of a text that differs."""

    field: str
    parts: tuple[Part, ...]


def compare(older: Words, newer: Words) -> list[Change]:
    """The fields that differ, in the order in which an editor reads them."""
    pairs = [
        ("title", words(older.title, newer.title)),
        ("lead", words(older.lead, newer.lead)),
        ("more", words(older.more or "", newer.more or "")),
        ("variants", lines(older.variants, newer.variants)),
        ("golden", lines(older.golden, newer.golden)),
        ("sources", lines(_sources(older), _sources(newer))),
        ("verified_on", whole(str(older.verified_on or ""), str(newer.verified_on or ""))),
        ("expires_on", whole(str(older.expires_on or ""), str(newer.expires_on or ""))),
        ("reviewed_by", whole(older.reviewed_by, newer.reviewed_by)),
    ]
    return [Change(name, parts) for name, parts in pairs if any(p.kind != "same" for p in parts)]


def words(older: str, newer: str) -> tuple[Part, ...]:
    """Two texts word by word. What is "same" or "removed" makes up the older text, what is
    "same" or "added" the newer."""
    one, other = _PIECE.findall(older), _PIECE.findall(newer)
    matcher = SequenceMatcher(None, [*map(str.strip, one)], [*map(str.strip, other)], False)
    return tuple(_joined(_runs(matcher, one, other)))


def lines(older: Sequence[str], newer: Sequence[str]) -> tuple[Part, ...]:
    """Two lists line by line, whatever their order."""
    parts = [Part("removed", line) for line in older if line not in newer]
    parts += [Part("same" if line in older else "added", line) for line in newer]
    return tuple(parts)


def whole(older: str, newer: str) -> tuple[Part, ...]:
    """Two values that are read as one piece."""
    if older == newer:
        return (Part("same", older),) if older else ()
    pairs: tuple[tuple[Kind, str], ...] = (("removed", older), ("added", newer))
    return tuple(Part(kind, text) for kind, text in pairs if text)


def _runs(
    matcher: SequenceMatcher[str], one: Sequence[str], other: Sequence[str]
) -> Iterator[Part]:
    for tag, a, b, c, d in matcher.get_opcodes():
        removed, added = "".join(one[a:b]), "".join(other[c:d])
        short = tag == "equal" and b - a < _LEAST_SAME and a > 0 and b < len(one)
        if tag == "equal" and removed == added and not (short and c > 0 and d < len(other)):
            yield Part("same", added)
            continue
        yield Part("removed", removed)
        yield Part("added", added)


def _joined(parts: Iterator[Part]) -> Iterator[Part]:
    """Neighbouring changes as one: all that went, then all that came."""
    gone, come = "", ""
    for part in parts:
        if part.kind == "removed":
            gone += part.text
        elif part.kind == "added":
            come += part.text
        else:
            yield from _change(gone, come)
            gone, come = "", ""
            yield part
    yield from _change(gone, come)


def _change(gone: str, come: str) -> Iterator[Part]:
    if gone == come:
        if gone:
            yield Part("same", gone)
        return
    if gone:
        yield Part("removed", gone)
    if come:
        yield Part("added", come)


def _sources(of: Words) -> tuple[str, ...]:
    return tuple(" – ".join(filter(None, (one.title, one.url))) for one in of.sources)
