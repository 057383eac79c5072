"""Long texts are read in parts, and long blanks as short ones.

So the time a search takes grows with the length of a text and nothing else, whatever was pasted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from bot.privacy.spans import Span

PART = 2000
BLANK = re.compile(r"\s{4,}")
Find = Callable[[str], Iterable[Span]]


def in_parts(text: str, find: Find) -> Iterator[Span]:
    """What `find` finds in each part, in the places of the whole text."""
    short, places = _squeezed(text)
    start = 0
    while start < len(short):
        end = _cut(short, start)
        for span in find(short[start:end]):
            first, last = places[start + span.start], places[start + span.end - 1]
            yield Span(first, last + 1, span.kind)
        start = end


def _cut(text: str, start: int) -> int:
    """Where a part that begins at `start` ends: at a line's end, or between two words."""
    if len(text) - start <= PART:
        return len(text)
    end = start + PART
    for blank in ("\n", " "):
        found = text.rfind(blank, start + PART // 2, end)
        if found > 0:
            return found + 1
    return end


def _squeezed(text: str) -> tuple[str, Sequence[int]]:
    """The text with blanks of three signs at most, and where each sign stood."""
    if not BLANK.search(text):
        return text, range(len(text))
    kept = [True] * len(text)
    for blank in BLANK.finditer(text):
        kept[blank.start() + 3 : blank.end()] = [False] * (len(blank[0]) - 3)
    places = [at for at, keep in enumerate(kept) if keep]
    return "".join(text[at] for at in places), places
