"""What came after an answer: the first thing that shows whether it helped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Next(StrEnum):
    """The kinds of what can come next."""

    HANDOFF = "handoff"
    NOT_WHAT_I_ASKED = "not_what_i_asked"
    ANOTHER_QUESTION = "another_question"
    ENDED = "ended"
    NOTHING_YET = "nothing_yet"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a conversation, without its words."""

    seq: int
    author: str
    version_id: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Life:
    """What is known of one conversation. `missed` are the lines in which the patient said that
    the answer before was not what they asked, `asked` the times and reasons of its handoffs."""

    lines: Sequence[Line]
    missed: Sequence[int]
    asked: Sequence[tuple[datetime, str]]
    closed: bool


@dataclass(frozen=True, slots=True)
class Came:
    """What came next; `reason` is that of a handoff."""

    next: Next
    reason: str | None = None


def came_next(shown: Line, life: Life) -> Came:
    """What followed `shown` before the patient was given another answer."""
    later = [one for one in life.lines if one.seq > shown.seq]
    answer = next((one for one in later if one.version_id and one.author != "patient"), None)
    missed = next(
        (seq for seq in sorted(life.missed) if _between(seq, shown, answer)),
        None,
    )
    asked = next(
        (
            (at, reason)
            for at, reason in sorted(life.asked)
            if at >= shown.at and (not answer or at < answer.at)
        ),
        None,
    )
    said_at = {one.seq: one.at for one in later}
    if asked and (missed is None or asked[0] < said_at.get(missed, asked[0])):
        return Came(Next.HANDOFF, asked[1])
    if missed is not None:
        return Came(Next.NOT_WHAT_I_ASKED)
    if any(one.author == "patient" for one in later):
        return Came(Next.ANOTHER_QUESTION)
    return Came(Next.ENDED if life.closed else Next.NOTHING_YET)


def _between(seq: int, shown: Line, answer: Line | None) -> bool:
    return seq > shown.seq and (answer is None or seq < answer.seq)
