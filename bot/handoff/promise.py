"""The time by which the patient is told a person will answer.

The clinic's policy sets a limit by priority and reason. The estimate says what is likely. What is
promised is the limit, or the end of what is likely where that is later: a time that the desk does
not believe in is never told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Protocol

from bot.effects import Priority, Reason
from bot.handoff.estimate import Estimate

USUAL_PRIORITY = {
    Reason.EMERGENCY: Priority.URGENT,
    Reason.CLINICAL: Priority.HIGH,
    Reason.LEGAL_PRIVACY: Priority.HIGH,
    Reason.COMPLAINT: Priority.HIGH,
    Reason.NO_FOLLOWUP: Priority.HIGH,
    Reason.REPEATED_FAILURE: Priority.HIGH,
    Reason.ASSISTANT_DOWN: Priority.HIGH,
}
MINUTE = timedelta(minutes=1)
# A warning earlier than after two thirds of the time would mostly be wrong.
LEAD_SHARE = 1 / 3


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
    """Minutes to a first reply by priority, or by reason where that has its own.

    `after_opening` is the limit for what came while closed; `warning` is how long before the
    promised time a patient may be told of a later one.
    """

    minutes: Mapping[Priority, int]
    after_opening: int
    reasons: Mapping[Reason, int] = field(default_factory=lambda: MappingProxyType({}))
    warning: int = 10

    def limit(self, priority: Priority, reason: Reason) -> timedelta:
        """The shorter of the two: a reason never makes an urgent case wait longer."""
        general = self.minutes[priority]
        own = self.reasons.get(reason, general)
        if priority is Priority.NORMAL:
            return timedelta(minutes=own)
        return timedelta(minutes=min(own, general))

    def lead(self, promised: timedelta) -> timedelta:
        """How long before its end a promise that lasted so long may be renegotiated."""
        return min(timedelta(minutes=self.warning), promised * LEAD_SHARE)


@dataclass(frozen=True, slots=True)
class Promise:
    """`by` is None when no opening is planned: then no time is promised.

    A reply is likely between `low` and `high`; people begin at `counted_from`.
    """

    by: datetime | None
    open_now: bool
    low: datetime | None = None
    high: datetime | None = None
    counted_from: datetime | None = None
    estimate: Estimate | None = None
    position: int = 1


def priority_of(reason: Reason, asked: Priority | None) -> Priority:
    """The priority a reason has unless the request names another."""
    return asked or USUAL_PRIORITY.get(reason, Priority.NORMAL)


def promise(
    at: datetime,
    limit: timedelta,
    policy: PromisePolicy,
    hours: AgentHours,
    likely: Estimate,
    *,
    position: int = 1,
    not_before: datetime | None = None,
) -> Promise:
    """When a person will have answered a request made `at` this time.

    What would not be answered before closing moves behind the next opening: nobody answers then.
    A promise is not earlier than `not_before`, when those ahead in the line have theirs.
    """
    closing = hours.closes_at(at)
    if hours.is_open(at):
        by = up(max(at + likely.sure, min(at + limit, closing or at + limit)))
        if not_before and (closing is None or not_before <= closing):
            by = max(by, not_before)
        if closing is None or by <= closing:
            return _given(by, at, likely, open_now=True, position=position)
    opening = hours.next_opening(at)
    if opening is None:
        return Promise(None, open_now=False, position=position)
    by = up(opening + max(likely.sure, timedelta(minutes=policy.after_opening)))
    return _given(by, opening, likely, open_now=False, position=position)


def _given(
    by: datetime, begin: datetime, likely: Estimate, *, open_now: bool, position: int
) -> Promise:
    high = min(up(begin + likely.high), by)
    low = min(down(begin + likely.low), high - MINUTE)
    return Promise(by, open_now, low, high, begin, likely, position)


def up(at: datetime) -> datetime:
    """The next whole minute: a patient reads no seconds, and must not wait them."""
    whole = down(at)
    return whole if whole == at else whole + MINUTE


def down(at: datetime) -> datetime:
    """The minute that a clock shows."""
    return at.replace(second=0, microsecond=0)
