"""Processes of the product that a test can kill at any statement, and the clock they live by.

Each has a loop of its own and everything that `careline up` has but the web; what runs for ever
in the background there is called when the machine says so.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import event

from bot.assistant.turn import AssistantFailed, TurnInput, TurnOutput
from bot.core import Core
from bot.db import UnitOfWork
from bot.errors import CarelineError
from bot.knowledge.base import KnowledgeBase
from bot.settings import Settings

# A Tuesday, 10 in the morning at the clinic in Chicago.
TUESDAY = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
GLANCE_SECONDS = 0.0005
Work = Callable[[Core], Awaitable[Any]]
Verb = Callable[[Core, UnitOfWork], Awaitable[Any]]


class Died(BaseException):
    """The process is no more. Nothing of the product may catch this and go on."""


class VirtualClock:
    """Time that passes when the machine says so, and a second with everything that is done."""

    def __init__(self) -> None:
        self.at = TUESDAY

    def __call__(self) -> datetime:
        return self.at

    def tick(self) -> None:
        self.at += timedelta(seconds=1)


class Thinking:
    """An assistant that answers when it is told to: meanwhile anything may happen."""

    def __init__(self) -> None:
        self.asked: list[tuple[TurnInput, asyncio.Future[TurnOutput]]] = []

    async def respond(self, turn: TurnInput) -> TurnOutput:
        answer: asyncio.Future[TurnOutput] = asyncio.get_running_loop().create_future()
        self.asked.append((turn, answer))
        return await answer

    def answer(self, made: Callable[[TurnInput], TurnOutput | AssistantFailed]) -> None:
        """Answer what was asked first; an error is what the assistant fails with."""
        turn, answer = self.asked.pop(0)
        output = made(turn)
        tell = answer.set_exception if isinstance(output, AssistantFailed) else answer.set_result
        answer.get_loop().call_soon_threadsafe(tell, output)  # type: ignore[arg-type]


class Process:
    """One process about one conversation. `dies` counts the statements that it still makes."""

    def __init__(self, settings: Settings, knowledge: KnowledgeBase | None = None):
        """`knowledge` is what another process has read: nothing here is about articles."""
        self.assistant = Thinking()
        self.about = ""
        self._dead = False
        self._left: int | None = None
        self._runner = asyncio.Runner()
        self.core = Core(settings, load_assistant=lambda _: self.assistant)
        engine = self.core.database.engine.sync_engine
        event.listen(engine, "before_cursor_execute", self._makes_a_statement)
        event.listen(engine, "commit", self._makes_a_statement)
        self._runner.run(self._start(knowledge))

    async def _start(self, knowledge: KnowledgeBase | None) -> None:
        if knowledge is None:
            await self.core.knowledge.refresh(self.core.database)
        else:
            self.core.knowledge = knowledge
        await self.core.host.start()

    def do(self, work: Work, dies: int | None = None) -> Any:
        """Do it, and go on until the assistant thinks or nothing is left to do.

        With `dies`, the process comes to its end at that statement, or before it could tell
        anybody that it is done: either way `Died` is raised.
        """
        self._left, found = dies, None
        try:
            found = self._runner.run(self._whole(work))
        except CarelineError:
            if dies is None:
                raise
        finally:
            self._left = None
            self._dead = self._dead or dies is not None
        if self._dead:
            raise Died
        return found

    async def _whole(self, work: Work) -> Any:
        found = await work(self.core)
        settled = asyncio.ensure_future(self.core.turns.settled(self.about))
        while not (settled.done() or self.assistant.asked):  # noqa: ASYNC110
            await asyncio.sleep(GLANCE_SECONDS)
        settled.cancel()
        return found

    def end(self) -> None:
        """What it was doing is lost: from now on it reaches no table."""
        self._dead = True
        self._runner.run(self._end())
        self._runner.close()

    async def _end(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self.core.host.stop()
        await self.core.database.close()

    def _makes_a_statement(self, *_: Any) -> None:
        if self._left is not None:
            self._left -= 1
            self._dead = self._dead or self._left < 0
        if self._dead:
            raise Died


def in_one_transaction(verb: Verb) -> Work:
    """A verb of a service, called as the web calls it."""

    async def work(core: Core) -> Any:
        async with core.database.work() as unit:
            found = await verb(core, unit)
            await unit.commit()
            return found

    return work
