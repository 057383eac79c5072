"""The scene of the machine: two processes, one conversation, and what was acknowledged in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any, TypeVar

from hypothesis import note, strategies
from hypothesis.stateful import RuleBasedStateMachine, rule

from bot.conversations.models import BOT
from bot.errors import CarelineError
from bot.handoff.cases import Agent
from tests.web.ownership.processes import (
    Verb,
    Work,
    in_one_transaction,
)
from tests.web.ownership.tables import Tables
from tests.web.ownership.world import ANA, BEN, World

# An agent, or whoever has the case, who may do the most with it.
HOLDER = Agent("", "whoever has it")
AGENTS = (HOLDER, HOLDER, ANA, BEN)
PROCESSES = (0, 1)
# Most things go well. A number is the statement before which the process dies; what makes fewer
# is committed, and nobody is told.
DEATHS = (*(None,) * 100, *range(20))
# Agents look at what was true a little while ago.
STALE = (0, 0, 0, 1, 2)
# So much happens before the last thing.
BEFORE_THE_LAST = 12
MARK = "ownership_step"


Act = TypeVar("Act", bound=Callable[..., None])


@dataclass(frozen=True, slots=True)
class Step:
    """Something that may happen: when, how often beside others, and what is drawn for it.

    After a `last` one nothing happens: it leads to rest, or chance decides how it comes out, so
    that what followed could not be told again.
    """

    when: Callable[[Any], object]
    often: int
    last: bool
    drawn: dict[str, Sequence[Any]]


def step(
    when: Callable[[Any], object] = lambda _: True,
    *,
    often: int = 1,
    last: bool = False,
    **drawn: Sequence[Any],
) -> Callable[[Act], Act]:
    """Mark a method as a step; each of its arguments is one of a sequence."""

    def marked(act: Act) -> Act:
        setattr(act, MARK, Step(when, often, last, drawn))
        return act

    return marked


class Scene(RuleBasedStateMachine):
    """What every actor of the machine knows. Nothing here is read from the tables but `now`."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        self._tables: Tables | None = None
        self.acknowledged: list[str] = []
        self.unsure: tuple[str, str] | None = None
        self.replied: list[str] = []
        self.unsure_reply: dict[str, tuple[str, int]] = {}
        self.ended = False
        self.over = False
        self.done = 0
        self.owners = {1: BOT}
        self.settled_seq = 0
        self.settled_epoch = 1
        world.begin()
        self.id, _token = self.does(0, lambda core: core.gateway.start("en"))
        for process in world.processes:
            process.about = self.id
        self.token_hash = self.now.conversation.token_hash

    @property
    def now(self) -> Tables:
        """What stands in the tables after the last step."""
        if self._tables is None:
            self._tables = self.world.look(self.id)
        return self._tables

    def does(self, number: int, work: Work, dies: int | None = None) -> Any:
        """A process does something that must not be refused."""
        self._tables = None
        return self.world.do(number, work, dies)

    def tries(self, number: int, verb: Verb, dies: int | None = None) -> Any:
        """A verb in one transaction; None when it was refused with a reason."""
        try:
            return self.does(number, in_one_transaction(verb), dies)
        except CarelineError:
            return None

    def both(self, first: Work, second: Work) -> list[Any]:
        """Two things at the same time, one in each process: the step is a last one."""
        assert self.over
        self._tables = None
        return self.world.at_once(first, second)

    def passes(self, span: timedelta) -> None:
        """Time goes by, for the program and for the database, whose clock the leases go by."""
        self._tables = None
        self.world.clock.at += span
        self.world.set_columns(self.id, lease_until=0.0)

    def really(self, agent: Agent) -> Agent:
        """Who that is now."""
        if agent is not HOLDER:
            return agent
        case = self.now.open_case
        return BEN if case and case.agent_id == BEN.id else ANA

    def epoch_seen(self, stale: int) -> int:
        """The epoch that somebody saw so many changes ago."""
        return max(1, self.now.conversation.epoch - stale)

    @classmethod
    def steps(cls) -> dict[str, Step]:
        """Everything that may happen, by name."""
        found = ((name, getattr(getattr(cls, name), MARK, None)) for name in sorted(dir(cls)))
        return {name: one for name, one in found if one}

    @rule(seed=strategies.integers(0, 2**64 - 1))
    def something_happens(self, seed: int) -> None:
        """One step, of those that are possible now.

        Not a rule for each, and not hypothesis' own choices: it leaves half of the rules out of an
        example and likes to do the same again, so that hardly ever one thing followed from another.
        """
        if self.over:
            return
        chance = Random(f"{seed}:{self.done}")
        late = self.done >= BEFORE_THE_LAST
        possible = {
            name: one for name, one in self.steps().items() if one.last <= late and one.when(self)
        }
        (name,) = chance.choices(list(possible), [one.often for one in possible.values()])
        arguments = {key: chance.choice(among) for key, among in possible[name].drawn.items()}
        note(f"{name}({', '.join(f'{key}={value!r}' for key, value in arguments.items())})")
        self.done += 1
        self.over = possible[name].last
        getattr(self, name)(**arguments)
