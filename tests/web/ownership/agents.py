"""Two agents: their consoles come and go, and each acts on what was true a little while ago."""

from __future__ import annotations

from datetime import timedelta

from bot.conversations.lines import Draft
from bot.core import Core
from bot.db import UnitOfWork
from bot.handoff import lines, moves, queries, reopening
from bot.handoff import service as handoff
from bot.handoff.cases import Agent
from bot.handoff.follow_ups import open_follow_up
from bot.handoff.models import RESOLVED, WAITING, Handoff
from tests.web.ownership.processes import Verb, in_one_transaction
from tests.web.ownership.scene import AGENTS, DEATHS, PROCESSES, STALE, Scene, step
from tests.web.ownership.world import ANA, BEN, LOST

TRUTH = (False, True)


class Agents(Scene):
    """The verbs of the console, each at either process."""

    def case(self) -> Handoff:
        """The last case, whatever has become of it: an agent may look at an old page."""
        return self.now.cases[-1]

    # --- being there

    @step(agent=AGENTS, process=PROCESSES, away=TRUTH)
    def an_agents_console_is_heard_of(self, agent: Agent, process: int, away: bool) -> None:
        agent = self.really(agent)
        if away:
            self.does(process, lambda core: core.shift.choose(agent, "away"))
        else:
            self.does(process, lambda core: core.shift.beat(agent))

    # --- whose case it is

    @step(often=2, when=lambda self: self.now.cases, agent=AGENTS, process=PROCESSES, dies=DEATHS)
    def an_agent_claims(self, agent: Agent, process: int, dies: int | None) -> None:
        agent = self.really(agent)
        self.tries(process, self.claims(agent), dies)

    def claims(self, agent: Agent) -> Verb:
        case_id = self.case().id
        return lambda core, work: handoff.claim(work, core.keys, case_id, agent)

    @step(
        last=True,
        when=lambda self: self.now.cases,
    )
    def two_agents_claim_at_once_and_one_wins(self) -> None:
        case, before = self.case(), len(self.now.happened("claimed"))
        won = self.both(*(in_one_transaction(self.claims(agent)) for agent in (ANA, BEN)))
        assert sum(one is not None for one in won) == (case.state == WAITING)
        assert len(self.now.happened("claimed")) - before == (case.state == WAITING)

    @step(often=2, agent=AGENTS, process=PROCESSES, dies=DEATHS)
    def an_agent_steps_in(self, agent: Agent, process: int, dies: int | None) -> None:
        agent = self.really(agent)
        self.tries(process, self.steps_in(agent), dies)

    def steps_in(self, agent: Agent) -> Verb:
        async def verb(core: Core, work: UnitOfWork) -> None:
            packet = await queries.packet_so_far(work.session, core.keys, self.id, core.desk.copied)
            await handoff.take_over(work, core.keys, self.id, agent, packet)

        return verb

    @step(
        when=lambda self: self.now.cases,
        agent=AGENTS,
        process=PROCESSES,
        anybodys=TRUTH,
        dies=DEATHS,
    )
    def an_agent_puts_a_case_back(
        self, agent: Agent, process: int, anybodys: bool, dies: int | None
    ) -> None:
        agent = self.really(agent)
        case_id = self.case().id
        self.tries(
            process,
            lambda core, work: handoff.release(
                work,
                core.keys,
                case_id,
                agent,
                promise=core.desk.again,
                excuse=core.desk.put_back_notices,
                any_agent=anybodys,
            ),
            dies,
        )

    @step(
        often=2,
        when=lambda self: self.now.cases,
        agent=AGENTS,
        process=PROCESSES,
        to_bot=TRUTH,
        follow_up=TRUTH,
        dies=DEATHS,
    )
    def an_agent_resolves(
        self, agent: Agent, process: int, to_bot: bool, follow_up: bool, dies: int | None
    ) -> None:
        agent = self.really(agent)
        case_id = self.case().id

        async def verb(core: Core, work: UnitOfWork) -> None:
            case = await handoff.resolve(work, core.keys, case_id, agent, "answered", to_bot=to_bot)
            if follow_up:
                await open_follow_up(
                    work,
                    core.keys,
                    conversation_id=self.id,
                    handoff_id=case.id,
                    kind="follow_up",
                    due_at=core.desk.at_work(core.desk.now() + timedelta(hours=2)),
                    owner_id=agent.id,
                    note=None,
                    created_by=agent.id,
                    now=core.desk.now(),
                )

        self.tries(process, verb, dies)

    @step(
        when=lambda self: self.now.cases,
        agent=AGENTS,
        process=PROCESSES,
        stale=STALE,
        to_queue=TRUTH,
        dies=DEATHS,
    )
    def an_agent_transfers(
        self, agent: Agent, process: int, stale: int, to_queue: bool, dies: int | None
    ) -> None:
        agent = self.really(agent)
        move = moves.Move(self.case().id, agent, self.epoch_seen(stale))
        other = BEN if agent is ANA else ANA

        async def verb(core: Core, work: UnitOfWork) -> None:
            if to_queue:
                await moves.to_queue(
                    work,
                    core.keys,
                    move,
                    "Please",
                    need="language:es",
                    promise=core.desk.again,
                    said=core.desk.said,
                )
            else:
                await moves.to_agent(work, core.keys, move, other, "Please")

        self.tries(process, verb, dies)

    @step(
        when=lambda self: self.now.cases,
        agent=AGENTS,
        process=PROCESSES,
        stale=STALE,
        holder_is_here=TRUTH,
        dies=DEATHS,
    )
    def an_agent_takes_a_colleagues_case(
        self, agent: Agent, process: int, stale: int, holder_is_here: bool, dies: int | None
    ) -> None:
        agent = self.really(agent)
        move = moves.Move(self.case().id, agent, self.epoch_seen(stale))
        present = [ANA.id, BEN.id] if holder_is_here else [agent.id]
        self.tries(
            process,
            lambda core, work: moves.take_from(work, core.keys, move, present=present),
            dies,
        )

    @step(
        when=lambda self: any(case.state == RESOLVED for case in self.now.cases),
        agent=AGENTS,
        process=PROCESSES,
        dies=DEATHS,
    )
    def an_agent_reopens_what_was_resolved(
        self, agent: Agent, process: int, dies: int | None
    ) -> None:
        agent = self.really(agent)
        ended = [case.id for case in self.now.cases if case.state == RESOLVED]
        self.tries(
            process,
            lambda core, work: reopening.reopen(
                work, core.keys, ended[-1], agent, token_valid=timedelta(hours=24)
            ),
            dies,
        )

    # --- writing

    @step(
        often=3,
        when=lambda self: self.now.cases,
        agent=AGENTS,
        process=PROCESSES,
        stale=STALE,
        dies=DEATHS,
    )
    def an_agent_writes(self, agent: Agent, process: int, stale: int, dies: int | None) -> None:
        """What was not acknowledged is posted again first, as it was."""
        agent = self.really(agent)
        fresh = f"{agent.name}-{len(self.replied):06}", self.epoch_seen(stale)
        client_id, epoch = self.unsure_reply.pop(agent.id, fresh)
        draft = Draft("agent", "hi", "en", client_id=client_id, agent_id=agent.id)
        seq = self.tries(
            process,
            lambda core, work: lines.reply(work, core.keys, self.id, agent.id, draft, epoch),
            dies,
        )
        if seq is LOST:
            self.unsure_reply[agent.id] = client_id, epoch
        elif seq is not None:
            self.replied.append(client_id)
