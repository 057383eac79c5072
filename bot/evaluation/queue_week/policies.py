"""Three ways to work the queue, each a policy that a clinic can set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.evaluation.queue_week.clinic import AT_ONCE, Person
from bot.handoff.policy import QueuePolicy
from bot.handoff.waiting import InLine


@dataclass(frozen=True, slots=True)
class Way:
    """A policy by its name in the report."""

    name: str
    queue: QueuePolicy

    @property
    def pull(self) -> bool:
        """Whether people look at the queue by themselves."""
        return self.queue.assignment == "pull"


def first_for(line: Sequence[InLine], person: Person) -> InLine | None:
    """What somebody claims who looks at the queue from the top: the first they can take."""
    return next((case for case in line if person.skills.meet(case.needs)), None)


WAYS = (
    Way("pull", QueuePolicy("pull", AT_ONCE)),
    Way("push, to those with the skills", QueuePolicy("push", AT_ONCE)),
    Way("push, to anyone while nobody has the skills", QueuePolicy("push", AT_ONCE, True)),
)
