"""What was found in a text and where, and the text with placeholders in its places."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import groupby


class Kind(StrEnum):
    """What a span identifies. The order is the order of precedence where spans overlap."""

    EMAIL = "email"
    URL = "url"
    CARD = "card"
    CVV = "cvv"
    PASSWORD = "password"  # noqa: S105 - a kind, not a password
    SSN = "ssn"
    DOB = "dob"
    DATE = "date"
    MRN = "mrn"
    MEMBER_ID = "member_id"
    ACCOUNT = "account"
    LICENSE = "license"
    VEHICLE = "vehicle"
    PHONE = "phone"
    IP = "ip"
    ADDRESS = "address"
    NUMBER = "number"  # long, and nothing says whose or what
    NAME = "name"

    @property
    def placeholder(self) -> str:
        """What stands in a redacted text instead."""
        return f"[{self.value}]"


RANK = {kind: rank for rank, kind in enumerate(Kind)}
# What nobody may read, not even the agent who helps: it opens accounts and buys things.
SECRETS = frozenset({Kind.CARD, Kind.CVV, Kind.PASSWORD, Kind.SSN})


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """`text[start:end]` identifies somebody."""

    start: int
    end: int
    kind: Kind


@dataclass(frozen=True, slots=True)
class Redacted:
    """A text with placeholders, and the spans of the original they stand for, in order."""

    text: str
    spans: tuple[Span, ...] = field(default=())


def settled(text: str, found: Iterable[Span]) -> tuple[Span, ...]:
    """The spans without overlaps: of two, the one that tells more is kept whole.

    What sticks out of it on the other side is still covered, by what is left of the other.
    """
    owner: list[Span | None] = [None] * len(text)
    for span in sorted(found, key=lambda one: (RANK[one.kind], one.start - one.end, one.start)):
        for at in range(span.start, span.end):
            owner[at] = owner[at] or span
    kept: list[Span] = []
    for whose, run in groupby(range(len(text)), key=owner.__getitem__):
        if whose:
            places = list(run)
            kept += _trimmed(text, Span(places[0], places[-1] + 1, whose.kind))
    return tuple(kept)


def replaced(text: str, spans: Iterable[Span], words: dict[Kind, str] | None = None) -> str:
    """The text with each span's placeholder, or its own words, in its place."""
    parts, at = [], 0
    for span in spans:
        parts += [text[at : span.start], words[span.kind] if words else span.kind.placeholder]
        at = span.end
    return "".join((*parts, text[at:]))


def _trimmed(text: str, span: Span) -> list[Span]:
    """The span without the punctuation around it; none when nothing is left."""
    start, end = span.start, span.end
    opening = "" if ")" in text[start:end] else "("
    while start < end and text[start] in f" \t\n,;:)-{opening}":
        start += 1
    while start < end and text[end - 1] in " \t\n,;:(-":
        end -= 1
    told = any(character.isalnum() for character in text[start:end])
    return [Span(start, end, span.kind)] if told else []
