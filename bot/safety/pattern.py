"""How a pattern finds its place in a message.

A message is a `Tape`: for each word an integer whose bit i says "at place i". A pattern moves a
set of places, also bits of one integer, along the tape. So a match costs a few integer
operations per element, for any text: nothing can backtrack.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

from bot.safety.normalise import PAUSE, STOP

JOINTS = ("and", "but", "so", "then", "because", "please", "y", "pero", "porque", "entonces")


class Tape:
    """The places of every word of a message. `loose`: pauses may stand between any two words."""

    def __init__(self, words: Sequence[str], *, hidden: int = 0, loose: bool = True):
        places: dict[str, int] = {}
        for at, word in enumerate(words):
            bit = 1 << at
            places[word] = places.get(word, 0) | bit
            for shape in _shapes(word) if word.isdigit() else ():
                places[shape] = places.get(shape, 0) | bit
        self.places = places
        self.vocabulary = sorted(places)
        self._known = frozenset(places)
        self.everywhere = (1 << (len(words) + 1)) - 1
        self.loose = loose
        stops, pauses = places.get(STOP, 0), places.get(PAUSE, 0)
        self.pauses = pauses & ~hidden
        self.open = self.everywhere >> 1 & ~(stops | pauses | hidden)
        joints = stops | pauses | sum(places.get(word, 0) for word in JOINTS)
        self.begins = 1 | joints << 1
        self.ends = 1 << len(words) | joints
        self._visible = ~hidden
        self._seen: dict[Words, int] = {}

    def places_of(self, words: Words) -> int:
        """Where any of these words stands and is not hidden."""
        found = self._seen.get(words)
        if found is None:
            found = reduce(or_, (self.places[one] for one in words.exact & self._known), 0)
            for start in words.prefixes:
                at = bisect_left(self.vocabulary, start)
                while at < len(self.vocabulary) and self.vocabulary[at].startswith(start):
                    found |= self.places[self.vocabulary[at]]
                    at += 1
            found &= self._visible
            self._seen[words] = found
        return found


def _shapes(number: str) -> list[str]:
    """The number "102" is also "10#", "1##" and "###". No pattern asks for longer numbers."""
    length = len(number)
    return [number[:kept] + "#" * (length - kept) for kept in range(length)] if length < 5 else []


class Node(ABC):
    """A piece of a pattern: moves a set of places over what it matches."""

    @abstractmethod
    def step(self, at: int, tape: Tape, *, back: bool = False) -> int:
        """The places after a match that starts at one of `at`; with `back`, the other way."""

    def needs(self) -> list[Words]:
        """Sets of words; a match contains one word of each."""
        return []


@dataclass(frozen=True, eq=False)
class Words(Node):
    """One word out of a set."""

    exact: frozenset[str]
    prefixes: tuple[str, ...] = ()

    def step(self, at: int, tape: Tape, *, back: bool = False) -> int:
        here = tape.places_of(self)
        if back:
            at >>= 1
            if tape.loose:
                at |= (at & tape.pauses) >> 1
            return at & here
        if tape.loose:
            at |= (at & tape.pauses) << 1
        return (at & here) << 1

    def needs(self) -> list[Words]:
        return [self]


@dataclass(frozen=True, eq=False)
class Gap(Node):
    """Up to `most` other words of the same sentence."""

    most: int

    def step(self, at: int, tape: Tape, *, back: bool = False) -> int:
        for _ in range(self.most):
            if tape.loose:
                at |= (at >> 1) & tape.pauses if back else (at & tape.pauses) << 1
            at |= (at >> 1) & tape.open if back else (at & tape.open) << 1
        return at


@dataclass(frozen=True, eq=False)
class Edge(Node):
    """The begin or the end of a sentence or clause."""

    begin: bool

    def step(self, at: int, tape: Tape, *, back: bool = False) -> int:
        return at & (tape.begins if self.begin else tape.ends)


@dataclass(frozen=True, eq=False)
class Chain(Node):
    """One after the other."""

    parts: tuple[Node, ...]

    def step(self, at: int, tape: Tape, *, back: bool = False) -> int:
        for part in reversed(self.parts) if back else self.parts:
            at = part.step(at, tape, back=back)
            if not at:
                break
        return at

    def needs(self) -> list[Words]:
        return [need for part in self.parts for need in part.needs()]


@dataclass(frozen=True, eq=False)
class Choice(Node):
    """One of these; `skippable` adds "or nothing"."""

    options: tuple[Node, ...]
    skippable: bool = False

    def step(self, at: int, tape: Tape, *, back: bool = False) -> int:
        start = at if self.skippable else 0
        return reduce(or_, (one.step(at, tape, back=back) for one in self.options), start)

    def needs(self) -> list[Words]:
        each = [one.needs() for one in self.options]
        if self.skippable or not all(each):
            return []
        rarest = [min(needs, key=commonness) for needs in each]
        return [union(rarest)]


COMMON_WORDS = """
a an the i me my you it he she they we her him his is are am be was do does not no to of in on at
for and or have has had can will go going get what this that with de la el los las en un una que se
te le lo mi su es esta estoy y o con por para tengo tiene al del si ya
"""
COMMON = frozenset(COMMON_WORDS.split())


def commonness(words: Words) -> int:
    """How badly a set tells messages apart: common words weigh most."""
    return 30 * len(words.exact & COMMON) + len(words.exact) + 3 * len(words.prefixes)


def union(sets: Sequence[Words]) -> Words:
    return Words(
        frozenset().union(*(one.exact for one in sets)),
        tuple(sorted({start for one in sets for start in one.prefixes})),
    )


def spans(node: Node, tape: Tape) -> int:
    """The places that matches cover: from each begin to the nearest end after it."""
    ends = node.step(tape.everywhere, tape)
    begins = node.step(ends, tape, back=True) if ends else 0
    covered = 0
    while begins:
        begin = begins & -begins
        begins ^= begin
        after = ends & ~((begin << 1) - 1)
        covered |= (after & -after) - begin if after else 0
    return covered
