"""From the lines of the history to the life of a case. Pure: the order of the lines decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.conversations.models import QUEUE
from bot.handoff.history import Happened
from bot.insights.facts import CaseLife, Held

TAKES = frozenset({Happened.CLAIMED, Happened.TAKEN_OVER, Happened.REOPENED})
ENDS = frozenset({Happened.RESOLVED, Happened.RETURNED_TO_BOT, Happened.PATIENT_LEFT})
LETS_GO = ENDS | {Happened.RELEASED, Happened.TRANSFERRED}
PROMISES = frozenset({Happened.REQUESTED, Happened.PROMISE_GIVEN, Happened.RAISED})
TELLS_LATE = frozenset({Happened.PROMISE_WARNED, Happened.PROMISE_RENEGOTIATED})


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the history."""

    kind: str
    at: datetime
    agent_id: str | None = None
    promised_by: datetime | None = None
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Opened:
    """A handoff as its row says."""

    id: int
    conversation_id: str
    reason: str
    language: str
    requested_at: datetime
    site: str | None = None


def life(opened: Opened, events: Sequence[Event]) -> CaseLife:
    """The life of a case. `events` are its own, oldest first."""
    first = {event.kind: event for event in reversed(events)}
    reply = first.get(Happened.FIRST_REPLY)
    ends = [event.at for event in events if event.kind in ENDS]
    reopened = first.get(Happened.REOPENED)
    details = [event.detail for event in events if event.kind in PROMISES]
    return CaseLife(
        id=opened.id,
        conversation_id=opened.conversation_id,
        reason=opened.reason,
        language=opened.language,
        requested_at=opened.requested_at,
        site=opened.site,
        topics=tuple(dict.fromkeys(t for one in details for t in _codes(one.get("topics")))),
        taken_over=_taken_over(events),
        promised=_promised(events, reply.at if reply else None),
        told_late=tuple(event.at for event in events if event.kind in TELLS_LATE),
        renegotiated=Happened.PROMISE_RENEGOTIATED in first,
        replied_at=reply.at if reply else None,
        replied_by=reply.agent_id if reply else None,
        left_at=first[Happened.PATIENT_LEFT].at if Happened.PATIENT_LEFT in first else None,
        ended_at=None if _is_open(events) else max(ends, default=None),
        first_ended_at=min(ends, default=None),
        reopened_at=reopened.at if reopened else None,
        held=tuple(held(events)),
    )


def held(events: Sequence[Event]) -> list[Held]:
    """Who had the case from when to when; whoever has it still is not in it."""
    spans: list[Held] = []
    holder: tuple[str, datetime] | None = None
    for event in events:
        if _changes_hands(event) and holder:
            spans.append(Held(holder[0], holder[1], event.at))
            holder = None
        if (taker := _taker(event)) is not None:
            holder = (taker, event.at)
    return spans


def _changes_hands(event: Event) -> bool:
    """Whether nobody, or somebody else, has the case after this line."""
    if event.kind == Happened.VANISHED:
        return bool(event.detail.get("returned"))
    return event.kind in LETS_GO | TAKES


def _taker(event: Event) -> str | None:
    """Who has the case after this line, where the line gives it to somebody."""
    if event.kind in TAKES:
        return event.agent_id
    given = event.detail.get("to") if event.kind == Happened.TRANSFERRED else None
    return str(given) if given and given != QUEUE else None


def _taken_over(events: Sequence[Event]) -> bool:
    """Whether a person stepped in before anybody had been promised anything."""
    kinds = [event.kind for event in events if event.kind in TAKES]
    return bool(kinds) and kinds[0] == Happened.TAKEN_OVER


def _promised(events: Sequence[Event], before: datetime | None) -> datetime | None:
    """The first time the patient was told, or an earlier one told before the reply."""
    told = [
        event.promised_by
        for event in events
        if event.kind in PROMISES
        and event.promised_by is not None
        and (before is None or event.at <= before)
    ]
    return min(told, default=None)


def _is_open(events: Sequence[Event]) -> bool:
    moves = [
        event.kind for event in events if event.kind in ENDS or event.kind == Happened.REOPENED
    ]
    return not moves or moves[-1] == Happened.REOPENED


def _codes(joined: object) -> list[str]:
    return [code for code in str(joined or "").split(",") if code]
