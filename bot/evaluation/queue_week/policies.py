"""Who gets which case: three ways, all in the order of the one line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.evaluation.queue_week.clinic import AT_ONCE, Person
from bot.handoff.waiting import InLine

Choice = tuple[Person, InLine]
Policy = Callable[[Sequence[InLine], Sequence[Person]], Choice | None]


@dataclass(frozen=True, slots=True)
class Way:
    """A way to hand cases out. With `pull` people look at the queue by themselves, a bit later."""

    name: str
    policy: Policy
    pull: bool = False


def by_order(line: Sequence[InLine], people: Sequence[Person]) -> Choice | None:
    """The first case that somebody free can take; whoever is named first takes it."""
    return _first(line, people, lambda person: 0)


def least_loaded(line: Sequence[InLine], people: Sequence[Person]) -> Choice | None:
    """The first case, to whoever has the fewest."""
    return _first(line, people, lambda person: person.holds)


def skills_kept(line: Sequence[InLine], people: Sequence[Person]) -> Choice | None:
    """Longest waiting first, to whoever has the fewest other skills, and then the fewest cases."""
    return _first(line, people, lambda person: len(person.languages) * AT_ONCE + person.holds)


def _first(
    line: Sequence[InLine], people: Sequence[Person], cost: Callable[[Person], int]
) -> Choice | None:
    free = [person for person in people if person.holds < AT_ONCE]
    for case in line:
        able = [person for person in free if person.speaks(case.needs)]
        if able:
            return min(able, key=cost), case
    return None


WAYS = (
    Way("pull in order", by_order, pull=True),
    Way("push, least loaded", least_loaded),
    Way("push, longest waiting, skills", skills_kept),
)
