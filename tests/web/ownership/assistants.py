"""The assistant in either process: it thinks, and meanwhile agents step in and processes die."""

from __future__ import annotations

from bot.assistant.turn import AssistantFailed, TurnInput, TurnOutput
from bot.conversations.models import agent_of
from bot.core import Core
from bot.effects import Effect, EndConversation, Reason, RequestHandoff
from bot.handoff.cases import Agent
from tests.assistants import EMPTY, line
from tests.web.ownership.agents import Agents
from tests.web.ownership.processes import Work, in_one_transaction
from tests.web.ownership.scene import AGENTS, DEATHS, PROCESSES, step

ENDS: dict[str, tuple[Effect, ...]] = {
    "answers": (),
    "hands over": (RequestHandoff(reason=Reason.ASKED),),
    "was told that nobody called": (RequestHandoff(reason=Reason.NO_FOLLOWUP),),
    "says goodbye": (EndConversation(),),
}
HOW = ("answers", "answers", *ENDS, "fails")
ANSWER = "The answer to: "


def made(how: str, turn: TurnInput) -> TurnOutput | AssistantFailed:
    """What the assistant has thought out."""
    if how == "fails":
        return AssistantFailed("action_raised:ValueError")
    return TurnOutput((line(ANSWER + turn.text),), ENDS[how], EMPTY)


class Assistants(Agents):
    """Turns, as far as they wait for the assistant, and what cuts them short."""

    def thinking(self, process: int) -> bool:
        return bool(self.world.processes[process].assistant.asked)

    def says(self, process: int, how: str) -> Work:
        """The assistant is done; the turn is committed behind it, or dropped."""
        assistant = self.world.processes[process].assistant

        async def work(core: Core) -> None:
            assistant.answer(lambda turn: made(how, turn))

        return work

    @step(
        often=8,
        when=lambda self: self.thinking(0) or self.thinking(1),
        process=PROCESSES,
        how=HOW,
        dies=DEATHS,
    )
    def the_assistant_comes_to_an_end(self, process: int, how: str, dies: int | None) -> None:
        which = process if self.thinking(process) else 1 - process
        self.does(which, self.says(which, how), dies)

    @step(often=2, process=PROCESSES, dies=DEATHS)
    def a_process_takes_up_what_waits(self, process: int, dies: int | None) -> None:
        self.does(process, lambda core: core.turns.sweep(), dies)

    @step(
        often=2,
        when=lambda self: self.thinking(0) or self.thinking(1),
    )
    def a_process_dies_while_its_assistant_thinks(self) -> None:
        for number in (0, 1):
            if self.thinking(number):
                self._tables = None
                self.world.restart(number)

    @step(
        often=2,
        when=lambda self: self.thinking(0) or self.thinking(1),
    )
    def a_process_is_slow_and_its_lease_runs_out(self) -> None:
        self._tables = None
        self.world.set_columns(self.id, lease_until=0.0)

    @step(last=True, when=lambda self: self.thinking(0), agent=AGENTS, how=HOW)
    def an_agent_steps_in_just_as_the_assistant_answers(self, agent: Agent, how: str) -> None:
        agent = self.really(agent)
        self.both(self.says(0, how), in_one_transaction(self.steps_in(agent)))
        if agent_of(self.now.conversation.owner) == agent.id:
            assert self.now.lines[-1].author != "bot"
