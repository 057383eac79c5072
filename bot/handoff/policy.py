"""How a clinic wants its queue worked: by its own choice, or given out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from bot.effects import Priority
from bot.handoff.staffing import DEFAULT_CAPACITY


def _usual_alarms() -> Mapping[Priority, timedelta]:
    minutes = {Priority.URGENT: 2, Priority.HIGH: 10, Priority.NORMAL: 20}
    return {priority: timedelta(minutes=count) for priority, count in minutes.items()}


@dataclass(frozen=True, slots=True)
class QueuePolicy:
    """`pull`: people claim what they choose. `push`: the longest waiting goes to the least loaded.

    `capacity` is of people without one of their own. `unskilled` lets push give a case to anyone
    while nobody with its skills is present. `offer` is how long somebody has to open what was
    given to them, `alarm` how long a case may wait unclaimed.
    """

    assignment: Literal["pull", "push"] = "pull"
    capacity: int = DEFAULT_CAPACITY
    unskilled: bool = False
    offer: timedelta = timedelta(minutes=2)
    alarm: Mapping[Priority, timedelta] = field(default_factory=_usual_alarms)
