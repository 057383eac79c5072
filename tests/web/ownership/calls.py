"""What is owed outside the chat: calls with their attempts, and the tasks that follow a case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.core import Core
from bot.db import UnitOfWork
from bot.handoff import follow_up_work
from bot.handoff.cases import Agent
from bot.handoff.follow_up_work import Change, Worker
from bot.outreach import callbacks
from bot.outreach.callbacks import CallOutcome
from bot.outreach.models import OPEN
from tests.web.ownership.processes import Verb, in_one_transaction
from tests.web.ownership.scene import AGENTS, DEATHS, PROCESSES, Scene, step
from tests.web.ownership.world import ANA, BEN

OUTCOMES: Sequence[CallOutcome] = (
    "no_answer",
    "no_answer",
    "no_answer",
    "voicemail",
    "reached",
    "wrong_number",
    "not_needed",
)


class Calls(Scene):
    """Calls and tasks, as the lists of the console offer them."""

    def call_id(self) -> int:
        """The call that is owed, or the last one."""
        owed = [call for call in self.now.calls if call.state == OPEN] or self.now.calls
        return owed[-1].id

    @step(often=2, when=lambda self: self.now.calls, agent=AGENTS, process=PROCESSES, dies=DEATHS)
    def an_agent_takes_a_call(self, agent: Agent, process: int, dies: int | None) -> None:
        agent = self.really(agent)
        self.tries(process, self.holds(agent), dies)

    def holds(self, agent: Agent) -> Verb:
        call_id = self.call_id()
        return lambda core, work: core.calls.hold(work, call_id, agent)

    @step(
        last=True,
        when=lambda self: any(call.state == OPEN for call in self.now.calls),
    )
    def two_agents_take_a_call_at_once_and_at_most_one_dials(self) -> None:
        dialling = self.both(*(in_one_transaction(self.holds(agent)) for agent in (ANA, BEN)))
        assert sum(one is not None for one in dialling) <= 1

    @step(when=lambda self: self.now.calls, agent=AGENTS, process=PROCESSES)
    def an_agent_does_not_call_after_all(self, agent: Agent, process: int) -> None:
        agent = self.really(agent)
        call_id = self.call_id()
        self.tries(process, lambda core, work: callbacks.put_back(work, call_id, agent))

    @step(
        often=3,
        when=lambda self: any(call.held_by for call in self.now.calls),
        process=PROCESSES,
        outcome=OUTCOMES,
        dies=DEATHS,
    )
    def whoever_called_says_what_came_of_it(
        self, process: int, outcome: CallOutcome, dies: int | None
    ) -> None:
        held = next(call for call in self.now.calls if call.held_by)
        agent = ANA if held.held_by == ANA.id else BEN
        self.tries(process, lambda core, work: core.calls.log(work, held.id, agent, outcome), dies)

    # --- tasks

    @step(
        when=lambda self: self.now.tasks,
        agent=AGENTS,
        process=PROCESSES,
        which=range(60),
        dies=DEATHS,
    )
    def an_agent_does_a_task(
        self, agent: Agent, process: int, which: int, dies: int | None
    ) -> None:
        agent = self.really(agent)
        task, who = self.task_id(which), self.worker(agent)
        self.tries(
            process,
            lambda core, work: follow_up_work.finish(
                work, task, who, "reached", now=core.desk.now()
            ),
            dies,
        )

    @step(
        when=lambda self: self.now.tasks,
        agent=AGENTS,
        process=PROCESSES,
        which=range(60),
    )
    def an_agent_takes_up_a_task_again(self, agent: Agent, process: int, which: int) -> None:
        agent = self.really(agent)
        task, who = self.task_id(which), self.worker(agent)
        self.tries(
            process,
            lambda core, work: follow_up_work.reopen(work, task, who, now=core.desk.now()),
        )

    @step(
        when=lambda self: self.now.tasks,
        agent=AGENTS,
        process=PROCESSES,
        which=range(60),
        dies=DEATHS,
    )
    def an_agent_gives_a_task_another_day_and_nobody(
        self, agent: Agent, process: int, which: int, dies: int | None
    ) -> None:
        agent = self.really(agent)
        task, who = self.task_id(which), self.worker(agent)

        async def verb(core: Core, work: UnitOfWork) -> None:
            later = Change(core.desk.now() + timedelta(days=1), None)
            await follow_up_work.change(work, task, who, later, now=core.desk.now())

        self.tries(process, verb, dies)

    def task_id(self, which: int) -> int:
        return self.now.tasks[which % len(self.now.tasks)].id

    def worker(self, agent: Agent) -> Worker:
        return Worker(agent.id, frozenset({"agent"}))
