"""What is known of a period, as plain facts: the lives of cases, contacts, turns, safety, ratings.

Nothing here knows a database, and nothing holds words of a person.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

REPEAT_WITHIN = timedelta(days=7)


class Kept(StrEnum):
    """What became of the first promise."""

    KEPT = "kept"
    BROKEN = "broken"
    RENEGOTIATED = "renegotiated"


@dataclass(frozen=True, slots=True)
class Held:
    """A person had the case for this long."""

    agent_id: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class CaseLife:
    """One handoff, from the request to where it stands now.

    `promised` is the first time the patient was told, or an earlier one told since; `told_late`
    are the moments when the patient was warned or given a later time.
    """

    id: int
    conversation_id: str
    reason: str
    language: str
    requested_at: datetime
    site: str | None = None
    topics: tuple[str, ...] = ()
    taken_over: bool = False
    promised: datetime | None = None
    told_late: tuple[datetime, ...] = ()
    renegotiated: bool = False
    replied_at: datetime | None = None
    replied_by: str | None = None
    left_at: datetime | None = None
    ended_at: datetime | None = None
    first_ended_at: datetime | None = None
    reopened_at: datetime | None = None
    held: tuple[Held, ...] = ()

    def promise(self, now: datetime) -> Kept | None:
        """None: nothing was promised, the time is not over, or the patient left before it was."""
        if self.promised is None or self.taken_over:
            return None
        in_time = self.replied_at is not None and self.replied_at <= self.promised
        if self.renegotiated:
            return Kept.RENEGOTIATED
        if in_time:
            return Kept.KEPT
        if self.replied_at is None and self.left_at and self.left_at <= self.promised:
            return None
        over = self.replied_at or self.ended_at or self.promised < now
        return Kept.BROKEN if over else None

    @property
    def warned(self) -> bool:
        """Whether the patient heard of the delay before the first time was over."""
        return self.promised is not None and any(at < self.promised for at in self.told_late)

    @property
    def abandoned(self) -> bool:
        """The patient left before a person had replied."""
        return self.left_at is not None and (
            self.replied_at is None or self.left_at < self.replied_at
        )

    def agents(self) -> set[str]:
        """Everyone who had it or replied first."""
        return {one.agent_id for one in self.held} | (
            {self.replied_by} if self.replied_by else set()
        )


@dataclass(frozen=True, slots=True)
class Contact:
    """One visit of a patient: it ends with silence, and never while a case is open.

    `over` says whether it has ended. `linkable` says how a later contact of the same person would
    be recognised: `contact` (an address they left), `browser` (the token) or nothing.
    """

    conversation_id: str
    language: str
    began_at: datetime
    ended_at: datetime
    over: bool
    to_person: bool
    topics: tuple[str, ...] = ()
    linkable: str | None = "browser"
    again_at: datetime | None = None
    again_by: str | None = None

    def settled(self, now: datetime) -> bool:
        """Whether it ended so long ago that a repeated contact would have been seen."""
        return self.over and self.ended_at + REPEAT_WITHIN <= now

    @property
    def repeated(self) -> bool:
        """Whether the person was back within a week."""
        return self.again_at is not None and self.again_at - self.ended_at <= REPEAT_WITHIN


@dataclass(frozen=True, slots=True)
class SafetyEvent:
    """A patient's line that the safety gate stopped or marked; `answered_at`: the text was out."""

    tier: str
    category: str
    language: str
    at: datetime
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class TurnEnd:
    """How the assistant ended one turn."""

    outcome: str
    language: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Rating:
    """A patient's score from 1 to 5, about a `person` or the `assistant`."""

    about: str
    score: int
    language: str
    at: datetime
    agent_id: str | None = None
    reason: str | None = None
    site: str | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that the measures of one period need. `agent` narrows them to one person."""

    now: datetime
    cases: Sequence[CaseLife] = ()
    contacts: Sequence[Contact] = ()
    safety: Sequence[SafetyEvent] = ()
    turns: Sequence[TurnEnd] = ()
    ratings: Sequence[Rating] = ()
    agent: str | None = None
    names: Mapping[str, str] = field(default_factory=dict)

    def in_language(self, language: str) -> Facts:
        """What happened in one language."""
        return replace(
            self,
            cases=[one for one in self.cases if one.language == language],
            contacts=[one for one in self.contacts if one.language == language],
            safety=[one for one in self.safety if one.language == language],
            turns=[one for one in self.turns if one.language == language],
            ratings=[one for one in self.ratings if one.language == language],
        )

    def of_agent(self, agent_id: str) -> Facts:
        """The cases that this person had, and what was said of them."""
        return replace(
            self,
            agent=agent_id,
            cases=[one for one in self.cases if agent_id in one.agents()],
            ratings=[one for one in self.ratings if one.agent_id == agent_id],
        )


def later(starts: Sequence[datetime], after: datetime) -> datetime | None:
    """The first of sorted moments after one."""
    at = bisect_right(starts, after)
    return starts[at] if at < len(starts) else None
