"""One owner, whatever happens in whatever order: patient, bot, agents, timers and crashes.

Two processes work on one database through the services that the product uses. After every step
the tables are looked at: who owns the conversation, who wrote under which epoch, what is stored.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings, strategies
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot import events
from bot.clock import utc_now
from bot.conversations import leases
from bot.conversations import service as conversations
from bot.conversations.expiry import close_idle
from bot.conversations.lines import Draft, body_context
from bot.conversations.models import BOT, CLOSED, QUEUE, Conversation, Message, agent_owner
from bot.conversations.service import Lease
from bot.db import Database, UnitOfWork
from bot.effects import Priority, Reason
from bot.errors import CarelineError, NotFound
from bot.handoff import lines, moves, reopening
from bot.handoff import service as handoff
from bot.handoff.cases import Agent, Request, notice
from bot.handoff.models import CLAIMED, RESOLVED, WAITING, Handoff
from bot.handoff.promise import Promise
from bot.opening import open_database
from bot.privacy.encryption import KeyRing

ANA, BEN = Agent("a" * 32, "Ana"), Agent("b" * 32, "Ben")
AGENTS = strategies.sampled_from((ANA, BEN))
PROCESSES = strategies.sampled_from((0, 1))
PACKET: dict[str, Any] = {"question": "", "topics": [], "details": {}}
Result = TypeVar("Result")


@dataclass(frozen=True)
class World:
    """Two processes on one database, and the loop that both run on."""

    runner: asyncio.Runner
    processes: tuple[Database, Database]
    keys: KeyRing

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        return self.runner.run(work)


@pytest.fixture
def world(database_url: str, keys: KeyRing) -> Iterator[World]:
    with asyncio.Runner() as runner:
        first, second = (open_database(database_url, events.Bus()) for _ in range(2))
        yield World(runner, (first, second), keys)
        runner.run(first.close())
        runner.run(second.close())


def in_twenty_minutes() -> datetime:
    return utc_now() + timedelta(minutes=20)


async def promised(session: AsyncSession, handoff_id: int) -> Promise:
    return Promise(in_twenty_minutes(), open_now=True)


def excused(case: Handoff, holder: str, by: datetime | None) -> Sequence[Draft]:
    return [notice("desk.back_in_queue", case.language, agent=holder)]


class Ownership(RuleBasedStateMachine):
    """One conversation. The machine remembers what was acknowledged and which epochs were whose."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        self.id, _token = self.do(lambda work: conversations.open_conversation(work, "en"))
        self.sent: list[str] = []
        self.turns: dict[int, tuple[Lease, int]] = {}
        self.owners = {1: BOT}
        self.ended = False

    def do(self, verb: Any, process: int = 0) -> Any:
        """One transaction of a process, as the product makes it."""

        async def once() -> Any:
            async with self.world.processes[process].work() as work:
                found = await verb(work)
                await work.commit()
                return found

        return self.world.run(once())

    def attempt(self, verb: Any, process: int = 0) -> Any:
        """The same; None when it was refused with a reason."""
        try:
            return self.do(verb, process)
        except CarelineError:
            return None

    # --- the patient

    @rule(process=PROCESSES)
    def the_patient_writes(self, process: int) -> None:
        client_id = f"client-{len(self.sent):06}"
        draft = Draft(author="patient", text="hello", language="en", client_id=client_id)
        if self.ended:
            with pytest.raises(NotFound):
                self.do(self.stored(draft), process)
            return
        self.do(self.stored(draft), process)
        self.sent.append(client_id)

    @precondition(lambda self: self.sent and not self.ended)
    @rule(process=PROCESSES, which=strategies.integers(0))
    def the_patient_sends_a_line_again(self, process: int, which: int) -> None:
        client_id = self.sent[which % len(self.sent)]
        draft = Draft(author="patient", text="hello", language="en", client_id=client_id)
        with pytest.raises(IntegrityError):
            self.do(self.stored(draft), process)

    def stored(self, draft: Draft) -> Any:
        return lambda work: conversations.store_patient_message(
            work, self.world.keys, self.id, draft
        )

    @precondition(lambda self: not self.ended)
    @rule()
    def the_patient_speaks_of_danger(self) -> None:
        client_id = f"client-{len(self.sent):06}"
        draft = Draft(author="patient", text="help", language="en", client_id=client_id)

        async def interrupt(work: UnitOfWork) -> None:
            found = await conversations.store_patient_message(work, self.world.keys, self.id, draft)
            said = notice("desk.urgent", "en")
            await conversations.post_system(work, self.world.keys, self.id, [said])
            if found.owner == BOT:
                await conversations.change_owner(
                    work, self.id, owner=BOT, epoch=found.epoch, to=QUEUE
                )
            asked = self.request(Reason.EMERGENCY, Priority.URGENT)
            await handoff.request(work, self.world.keys, asked)

        self.do(interrupt)
        self.sent.append(client_id)

    @precondition(lambda self: len(self.sent) > 4 and not self.ended)
    @rule(left=strategies.sampled_from([(), ("phone",), ("email",)]))
    def the_patient_ends_the_chat(self, left: tuple[str, ...]) -> None:
        self.do(lambda work: handoff.end_for_patient(work, self.id, left=left))
        self.ended = True

    def request(self, reason: Reason, priority: Priority) -> Request:
        return Request(self.id, reason, priority, "en", in_twenty_minutes(), PACKET)

    # --- the assistant, in either process

    @rule(process=PROCESSES)
    def a_process_begins_a_turn(self, process: int) -> None:
        async def begin(work: UnitOfWork) -> tuple[Lease, int] | None:
            lease = await leases.acquire(work, self.id, 60.0)
            message = await leases.next_message(work.session, lease) if lease else None
            return (lease, message.seq) if lease and message else None

        if begun := self.do(begin, process):
            self.turns[process] = begun

    @precondition(lambda self: self.turns)
    @rule(process=PROCESSES, hand_over=strategies.booleans())
    def a_process_commits_its_turn(self, process: int, hand_over: bool) -> None:
        if process not in self.turns:
            return
        lease, seq = self.turns.pop(process)
        answer = Draft(author="bot", text=f"answers {seq}", language="en")

        async def commit(work: UnitOfWork) -> leases.Committed | None:
            committed = await leases.commit_turn(
                work,
                self.world.keys,
                lease,
                seq=seq,
                drafts=[answer],
                snapshot=None,
                language="en",
                to_queue=hand_over,
                seconds=60.0,
            )
            if committed and hand_over:
                asked = self.request(Reason.ASKED, Priority.NORMAL)
                await handoff.request(work, self.world.keys, asked)
            return committed

        committed = self.do(commit, process)
        if committed and committed.lease:
            self.turns[process] = (committed.lease, self.next_seq(committed.lease))

    def next_seq(self, lease: Lease) -> int:
        async def look(work: UnitOfWork) -> int:
            message = await leases.next_message(work.session, lease)
            assert message is not None
            return message.seq

        found: int = self.do(look)
        return found

    @rule(process=PROCESSES)
    def a_process_dies_in_mid_turn(self, process: int) -> None:
        self.turns.pop(process, None)

    @rule()
    def leases_run_out(self) -> None:
        statement = update(Conversation).where(Conversation.id == self.id).values(lease_until=0.0)
        self.do(lambda work: work.session.execute(statement))

    # --- agents

    @rule(agent=AGENTS, process=PROCESSES)
    def an_agent_claims(self, agent: Agent, process: int) -> None:
        case = self.open_case()
        if case:
            self.attempt(lambda work: handoff.claim(work, self.world.keys, case.id, agent), process)

    @rule()
    def two_agents_claim_at_once_and_at_most_one_wins(self) -> None:
        case = self.open_case()
        if not case:
            return

        async def claim(process: int, agent: Agent) -> bool:
            try:
                async with self.world.processes[process].work() as work:
                    await handoff.claim(work, self.world.keys, case.id, agent)
                    await work.commit()
            except CarelineError:
                return False
            return True

        async def both() -> list[bool]:
            return list(await asyncio.gather(claim(0, ANA), claim(1, BEN)))

        assert self.world.run(both()).count(True) == (case.state == WAITING)

    @rule(agent=AGENTS, process=PROCESSES)
    def an_agent_takes_over(self, agent: Agent, process: int) -> None:
        self.attempt(
            lambda work: handoff.take_over(work, self.world.keys, self.id, agent, PACKET), process
        )

    @rule(agent=AGENTS, anybodys=strategies.booleans())
    def an_agent_releases(self, agent: Agent, anybodys: bool) -> None:
        case = self.open_case()
        if case:
            self.attempt(
                lambda work: handoff.release(
                    work,
                    self.world.keys,
                    case.id,
                    agent,
                    promise=promised,
                    excuse=excused,
                    any_agent=anybodys,
                )
            )

    @rule(agent=AGENTS, to_bot=strategies.booleans())
    def an_agent_resolves(self, agent: Agent, to_bot: bool) -> None:
        case = self.open_case()
        if case:
            self.attempt(
                lambda work: handoff.resolve(
                    work, self.world.keys, case.id, agent, "answered", to_bot=to_bot
                )
            )

    @rule(agent=AGENTS, believed=strategies.integers(0, 3))
    def an_agent_writes_as_of_some_epoch(self, agent: Agent, believed: int) -> None:
        epoch = max(1, max(self.owners) - believed)
        draft = Draft(author="agent", text="hi", language="en", agent_id=agent.id)
        self.attempt(
            lambda work: lines.reply(work, self.world.keys, self.id, agent.id, draft, epoch)
        )

    @rule(agent=AGENTS, to=AGENTS, believed=strategies.integers(0, 2))
    def an_agent_transfers_to_a_colleague(self, agent: Agent, to: Agent, believed: int) -> None:
        if move := self.move(agent, believed):
            self.attempt(lambda work: moves.to_agent(work, self.world.keys, move, to, "Please"))

    @rule(agent=AGENTS, believed=strategies.integers(0, 2))
    def an_agent_transfers_to_the_queue(self, agent: Agent, believed: int) -> None:
        if move := self.move(agent, believed):
            self.attempt(
                lambda work: moves.to_queue(
                    work,
                    self.world.keys,
                    move,
                    "Please",
                    need="language:es",
                    promise=promised,
                    said=lambda by, language: "soon",
                )
            )

    @rule(agent=AGENTS, believed=strategies.integers(0, 2), holder_is_here=strategies.booleans())
    def an_agent_takes_a_colleagues_case(
        self, agent: Agent, believed: int, holder_is_here: bool
    ) -> None:
        present = [ANA.id, BEN.id] if holder_is_here else [agent.id]
        if move := self.move(agent, believed):
            self.attempt(lambda work: moves.take_from(work, self.world.keys, move, present=present))

    @rule(agent=AGENTS)
    def an_agent_reopens_what_was_resolved(self, agent: Agent) -> None:
        ended = [case for case in self.cases() if case.state == RESOLVED]
        if ended:
            self.attempt(
                lambda work: reopening.reopen(
                    work, self.world.keys, ended[-1].id, agent, token_valid=timedelta(hours=1)
                )
            )

    def move(self, agent: Agent, believed: int) -> moves.Move | None:
        case = self.open_case()
        epoch = max(1, max(self.owners) - believed)
        return moves.Move(case.id, agent, epoch) if case else None

    # --- timers

    @rule()
    def silence_ends_what_nobody_owes(self) -> None:
        self.do(lambda work: close_idle(work, timedelta(seconds=-1)))

    # --- what is always true

    def open_case(self) -> Handoff | None:
        found = [case for case in self.cases() if case.state != RESOLVED]
        return found[0] if found else None

    def cases(self) -> list[Handoff]:
        statement = select(Handoff).where(Handoff.conversation_id == self.id)
        return self.read(statement)

    def read(self, statement: Any) -> list[Any]:
        async def look() -> list[Any]:
            async with self.world.processes[0].reading() as session:
                return list(await session.scalars(statement))

        return self.world.run(look())

    def conversation(self) -> Conversation:
        found: Conversation = self.read(select(Conversation).where(Conversation.id == self.id))[0]
        return found

    def messages(self) -> list[Message]:
        statement = select(Message).where(Message.conversation_id == self.id).order_by(Message.seq)
        return self.read(statement)

    @invariant()
    def the_owner_and_the_open_case_say_the_same(self) -> None:
        held = self.conversation()
        still = [case for case in self.cases() if case.state != RESOLVED]
        assert len(still) <= 1
        if held.owner in (BOT, CLOSED):
            assert still == []
        elif held.owner == QUEUE:
            assert still[0].state == WAITING
            assert still[0].promised_by is not None, "a case that waits has a next step"
        else:
            assert still[0].state == CLAIMED
            assert held.owner == agent_owner(still[0].agent_id or "")

    @invariant()
    def an_epoch_has_one_owner(self) -> None:
        held = self.conversation()
        # A patient's line in a closed conversation gives it to the bot before danger takes it on.
        for skipped in range(max(self.owners) + 1, held.epoch):
            self.owners[skipped] = BOT
        assert self.owners.setdefault(held.epoch, held.owner) == held.owner

    @invariant()
    def nobody_but_the_owner_writes_under_an_epoch(self) -> None:
        for line in self.messages():
            if line.author == "bot":
                assert self.owners[line.epoch] == BOT
            elif line.author == "agent":
                assert self.owners[line.epoch] == agent_owner(line.agent_id or "")

    @invariant()
    def every_line_is_stored_once_and_in_order(self) -> None:
        stored = self.messages()
        assert [line.seq for line in stored] == list(range(1, len(stored) + 1))
        written = [line.client_id for line in stored if line.author == "patient"]
        assert written == self.sent

    @invariant()
    def no_line_is_answered_twice(self) -> None:
        opened = self.world.keys.open
        answers = [
            opened(line.body, body_context(self.id, line.seq))["text"]
            for line in self.messages()
            if line.author == "bot"
        ]
        assert len(answers) == len(set(answers))


def test_every_order_of_events_leaves_one_owner_and_loses_nothing(world: World) -> None:
    run_state_machine_as_test(
        lambda: Ownership(world),  # type: ignore[arg-type]  # any factory does
        settings=settings(
            max_examples=25,
            stateful_step_count=30,
            suppress_health_check=list(HealthCheck),
        ),
    )
