"""The time by which the patient is told a person will answer.

A first, honest form: minutes by priority while people are there, else minutes after the next
opening. Load and skills do not count yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.effects import Priority, Reason

USUAL_PRIORITY = {
    Reason.EMERGENCY: Priority.URGENT,
    Reason.CLINICAL: Priority.HIGH,
    Reason.LEGAL_PRIVACY: Priority.HIGH,
    Reason.COMPLAINT: Priority.HIGH,
    Reason.NO_FOLLOWUP: Priority.HIGH,
    Reason.REPEATED_FAILURE: Priority.HIGH,
    Reason.ASSISTANT_DOWN: Priority.HIGH,
}


class AgentHours(Protocol):
    """When people answer the chat. All times are aware."""

    def is_open(self, at: datetime) -> bool:
        """Whether someone answers at this time."""

    def closes_at(self, at: datetime) -> datetime | None:
        """When the opening that holds `at` ends."""

    def next_opening(self, at: datetime) -> datetime | None:
        """When the next opening after `at` begins; None when none is planned."""


@dataclass(frozen=True, slots=True)
class PromisePolicy:
    """Minutes to a first reply by priority, and after an opening for what came while closed."""

    minutes: dict[Priority, int]
    after_opening: int


@dataclass(frozen=True, slots=True)
class Promise:
    """`by` is None when no opening is planned: then no time is promised."""

    by: datetime | None
    open_now: bool


def priority_of(reason: Reason, asked: Priority | None) -> Priority:
    """The priority a reason has unless the request names another."""
    return asked or USUAL_PRIORITY.get(reason, Priority.NORMAL)


def promise(at: datetime, priority: Priority, policy: PromisePolicy, hours: AgentHours) -> Promise:
    """When a person will have answered a request made `at` this time.

    A promise that would end after closing moves behind the next opening: nobody answers then.
    """
    if hours.is_open(at):
        due = at + timedelta(minutes=policy.minutes[priority])
        closing = hours.closes_at(at)
        if closing is None or due <= closing:
            return Promise(due, open_now=True)
    opening = hours.next_opening(at)
    if opening is None:
        return Promise(None, open_now=False)
    return Promise(opening + timedelta(minutes=policy.after_opening), open_now=False)
