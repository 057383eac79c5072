"""The machine: every actor, and what is always true."""

from __future__ import annotations

from hypothesis import strategies
from hypothesis.stateful import initialize

from bot.handoff.cases import Agent
from tests.web.ownership.calls import Calls
from tests.web.ownership.invariants import Invariants
from tests.web.ownership.timers import Timers
from tests.web.ownership.world import ANA, BEN

# Where it begins: from an empty chat, much is many steps away.
BEGINNINGS = strategies.sampled_from(
    ("nothing", "is answered", "waits", *("is asked", "is helped", "is to be called") * 2)
)


class Ownership(Timers, Calls, Invariants):
    """Patient, assistant, agents, clock and death, in any order."""

    @initialize(begins=BEGINNINGS, agent=strategies.sampled_from((ANA, BEN)))
    def the_chat_begins_where_it(self, begins: str, agent: Agent) -> None:
        if begins == "nothing":
            return
        self.asks_and("answers")
        if begins == "is answered":
            return
        self.asks_and(None if begins == "is asked" else "hands over")
        if begins == "is to be called":
            self.tries(1, self.leaves("phone"))
            self.tries(1, self.holds(agent))
        if begins == "is helped":
            self.does(1, lambda core: core.shift.beat(agent))
            self.tries(1, self.claims(agent))

    def asks_and(self, how: str | None) -> None:
        """The patient asks in the first process, whose assistant has come to an end or thinks."""
        number = len(self.acknowledged)
        client_id, text = f"client-{number:06}", f"hello. This is line {number}."
        self.was_acknowledged(client_id, self.does(0, self.sends(client_id, text)))
        if how is not None:
            self.does(0, self.says(0, how))
