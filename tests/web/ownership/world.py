"""The world of the machine: one database, two processes that share it, and somebody who looks."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import delete, insert, update

from bot import events
from bot.clock import running_on
from bot.conversations.models import Conversation
from bot.db import Base
from bot.errors import CarelineError
from bot.handoff.cases import Agent
from bot.opening import open_database
from bot.settings import Settings
from bot.staff.models import Account
from tests.web.ownership.processes import TUESDAY, Died, Process, VirtualClock, Work
from tests.web.ownership.tables import Tables, read_tables

ANA, BEN = Agent("a" * 32, "Ana"), Agent("b" * 32, "Ben")
# What came of it nobody was told.
LOST = object()


class World:
    """A database, the two processes that share it, and somebody who only looks."""

    def __init__(self, settings: Settings):
        self.clock = VirtualClock()
        self._settings = settings
        self._runner = asyncio.Runner()
        self._threads = ThreadPoolExecutor(2)
        self._looking = open_database(settings.url, events.Bus())
        with running_on(self.clock):
            self.run(self._hire())
            first = Process(settings)
            self._knowledge = first.core.knowledge
            self.processes = [first, Process(settings, self._knowledge)]

    def run(self, work: Any) -> Any:
        """Something that is no process's work."""
        return self._runner.run(work)

    def close(self) -> None:
        """The end of the test."""
        for process in self.processes:
            process.end()
        self._knowledge.forget()
        self._threads.shutdown()
        self.run(self._looking.close())
        self._runner.close()

    def begin(self) -> None:
        """An empty desk on Tuesday morning, and two processes that have just started."""
        self.clock.at = TUESDAY
        self.run(self._clear())
        for number in (0, 1):
            self.restart(number)

    def restart(self, number: int) -> None:
        """Another process takes the place of one that died."""
        self.processes[number].end()
        about = self.processes[number].about
        with running_on(self.clock):
            self.processes[number] = Process(self._settings, self._knowledge)
        self.processes[number].about = about

    def do(self, number: int, work: Work, dies: int | None = None) -> Any:
        """One thing that a process does; `LOST` when it died before it could say what came."""
        self.clock.tick()
        try:
            with running_on(self.clock):
                return self.processes[number].do(work, dies)
        except Died:
            self.restart(number)
            return LOST

    def at_once(self, first: Work, second: Work) -> list[Any]:
        """The two processes do something at the same time; what is refused is None."""
        self.clock.tick()

        def done(number: int, work: Work) -> Any:
            try:
                return self.processes[number].do(work)
            except CarelineError:
                return None

        with running_on(self.clock):
            return list(self._threads.map(done, (0, 1), (first, second)))

    def look(self, conversation_id: str) -> Tables:
        """What stands in the tables now."""

        async def read() -> Tables:
            async with self._looking.reading() as session:
                return await read_tables(session, conversation_id)

        found: Tables = self.run(read())
        return found

    def set_columns(self, conversation_id: str, **values: Any) -> None:
        """What no service does: the database's own clock goes on."""

        async def write() -> None:
            async with self._looking.work() as work:
                which = Conversation.id == conversation_id
                await work.session.execute(update(Conversation).where(which).values(**values))
                await work.commit()

        self.run(write())

    async def _hire(self) -> None:
        async with self._looking.work() as work:
            for agent in (ANA, BEN):
                who = {"id": agent.id, "name": agent.name.lower(), "display_name": agent.name}
                more = {"roles": "agent", "password_hash": "", "created_at": TUESDAY}
                await work.session.execute(insert(Account).values(**who, **more))
            await work.commit()

    async def _clear(self) -> None:
        kept = {"consent_ledger", "conversations"}
        tables = Base.metadata.sorted_tables
        about = {"presence", "conversations"}
        for table in tables:
            if any(key.column.table.name in about for key in table.foreign_keys):
                about.add(table.name)
        async with self._looking.work() as work:
            for table in reversed(tables):
                if table.name in about - kept:
                    await work.session.execute(delete(table))
            await work.session.execute(delete(Conversation))
            await work.commit()
