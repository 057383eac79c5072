"""The parts of one process without the web: what `careline up` and `careline ask` share."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

from bot import events, jobs, safety, tasks
from bot.assistant.archive import verified_archive
from bot.assistant.host import AssistantHost, Responder
from bot.clock import Clock, utc_now
from bot.conversations import asked
from bot.corrections.sending import Corrections
from bot.db import Database, UnitOfWork
from bot.desk import Desk
from bot.gaps.running import Grouping
from bot.gateway import Gateway
from bot.handoff import words
from bot.handoff.forecast import who_is_there
from bot.handoff.promise_watch import watch
from bot.knowledge import following
from bot.knowledge.base import KnowledgeBase
from bot.knowledge.profile import ClinicProfile
from bot.notify import listen_forever
from bot.opening import open_database
from bot.outreach.calling import Calls
from bot.outreach.linked import linked_conversations
from bot.outreach.postman import Postman
from bot.outreach.service import Outreach, Staff
from bot.privacy.encryption import KeyRing
from bot.privacy.entities import NotTrained
from bot.privacy.redaction import Redactor
from bot.settings import Settings, encryption_keys
from bot.shift import Shift
from bot.turns import Limits, Turns
from bot.upkeep import Upkeep

log = logging.getLogger(__name__)

DRAIN_SECONDS = 8.0
LoadAssistant = Callable[[KnowledgeBase], Responder]


def load_rasa(settings: Settings) -> LoadAssistant:
    """How the trained model is loaded: on the assistant's thread, and importing Rasa only there."""

    def load(knowledge: KnowledgeBase) -> Responder:
        archive = verified_archive(settings.model_dir)
        from actions.support import in_process_actions
        from bot.assistant.processor import Processor

        return Processor(archive, in_process_actions(knowledge))

    return load


def database_for(settings: Settings, bus: events.Bus | None = None) -> Database:
    """The database of these settings."""
    return open_database(
        settings.url,
        bus or events.Bus(),
        pool_size=settings.database_pool,
        busy_timeout=settings.busy_timeout,
        synchronous=settings.sqlite_synchronous,
    )


class Core:
    """Made by `__init__`, brought to life by `start`, ended by `stop`."""

    def __init__(
        self,
        settings: Settings,
        *,
        load_assistant: LoadAssistant | None = None,
        clock: Clock = utc_now,
    ):
        self.settings = settings
        self.clock = clock
        self.bus = events.Bus()
        self.keys = KeyRing(encryption_keys(settings))
        self.database = database_for(settings, self.bus)
        self.knowledge = KnowledgeBase(settings, clock=clock)
        token_valid = timedelta(hours=settings.token_hours)
        load = load_assistant or load_rasa(settings)
        self.host = AssistantHost(lambda: load(self.knowledge))
        self.redactor = Redactor(settings.model_dir)
        self.desk = Desk(
            self.keys,
            self._clinic,
            self.redactor,
            clock=clock,
            staffing=who_is_there(clock, lambda: self._clinic().queue.capacity),
            linked=linked_conversations,
            notices=lambda: self.knowledge.notices,
        )
        self.outreach = Outreach(self.keys, settings, self._clinic, clock=clock)
        self.calls = Calls(self.keys, self._clinic, self.outreach)
        self.postman = Postman(self.database, self.keys, settings, self._clinic, self.outreach)
        self.corrections = Corrections(
            self.database, self.keys, self.knowledge, self.outreach, token_valid=token_valid
        )
        limits = Limits(settings.answer_seconds, settings.lease_seconds, settings.max_chars)
        self.turns = Turns(self.database, self.keys, self.host, self.desk, limits)
        self.gateway = Gateway(
            self.database, self.keys, self.turns, self.desk, self.outreach, token_valid=token_valid
        )
        self.shift = Shift(
            self.database,
            self.keys,
            self.desk,
            self._clinic,
            grace=timedelta(seconds=settings.presence_grace_seconds),
            clock=clock,
            mail=self._mail_alarm,
            alarm_email=settings.alarm_email,
        )
        self.upkeep = Upkeep(self.database, self.knowledge, self.outreach, settings, clock=clock)
        self.gaps = Grouping(self.database, self.keys, settings, self.desk.copied, clock)
        self._tasks: list[asyncio.Task[None]] = []

    def _clinic(self) -> ClinicProfile:
        return self.knowledge.profile

    async def start(self, *, on_reconnect: Callable[[], None] = lambda: None) -> None:
        """Read the knowledge, begin loading the assistant and the background work.

        A safety gate that cannot be read keeps the process from starting.
        """
        safety.load()
        await self.knowledge.refresh(self.database)
        work: list[Coroutine[Any, Any, None]] = [
            self.host.start(),
            self._load_redactor(),
            self.turns.sweep_forever(),
            following.watch(self.knowledge, self.database),
            jobs.run_forever(
                self.database,
                self.settings,
                self._copy_words,
                self._copy_questions,
                self._watch_promises,
                self.upkeep.publish,
                self.upkeep.remind,
                self.gaps.job,
                clock=self.clock,
            ),
            self.shift.run_forever(),
            self.postman.run_forever(),
            self.corrections.run_forever(),
        ]
        if self.database.is_postgresql:
            work.append(listen_forever(self.database, on_reconnect))
        self._tasks = [asyncio.create_task(one) for one in work]

    async def _load_redactor(self) -> None:
        try:
            await asyncio.to_thread(self.redactor.load)
        except NotTrained:
            log.warning("stored copies keep names: no entity model, run `careline train`")

    async def _copy_words(self) -> None:
        await words.catch_up(
            self.database,
            self.keys,
            copied=self.desk.copied,
            site_of=self.desk.site_of,
            now=self.clock(),
        )

    async def _copy_questions(self) -> None:
        await asked.catch_up(self.database, self.keys, self.desk.copied, self.clock())

    async def _mail_alarm(self, work: UnitOfWork, address: str, count: int, minutes: int) -> None:
        to = Staff(address)
        await self.outreach.send(work, "alarm", to, "en", count=str(count), minutes=str(minutes))

    async def _watch_promises(self) -> None:
        await watch(self.database, self.keys, self.desk, self.clock())

    async def stop(self) -> None:
        """Finish the turns that run, then end; what is not finished is taken up again."""
        try:
            await self.turns.drain(DRAIN_SECONDS)
            await self.gaps.stop()
            await tasks.end(self._tasks)
            await self.host.stop()
        finally:
            await self.database.close()
            self.knowledge.forget()
