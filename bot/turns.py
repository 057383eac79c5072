"""Turns: the assistant's work on stored messages, each committed whole or not at all.

Whoever holds a conversation's lease answers its waiting messages in order. An answer, its effects
and the dialogue state are one conditional transaction; when an agent stepped in meanwhile, the
turn is dropped and recorded. When the assistant fails, a fixed text and a handoff take its place.
"""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass

from bot import safety, tasks
from bot.assistant.host import AssistantHost, State
from bot.assistant.turn import AssistantFailed, TurnInput, TurnOutput
from bot.conversations import leases
from bot.conversations.queries import opened
from bot.conversations.service import Lease, close, post_system
from bot.db import Database, UnitOfWork
from bot.desk import Desk, chosen_handoff, line_draft
from bot.errors import StorageUnavailable
from bot.events import AssistantWorking
from bot.language.identify import language_of
from bot.notice_board import Told, notice_drafts
from bot.privacy.encryption import KeyRing
from bot.safety import Tier
from bot.turn_lines import (
    Waiting,
    extra_lines,
    fallback,
    may_stand,
    says_goodbye,
    soft_line,
    spoken,
)

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 2
# A model that loads answers soon; a person may be away until Monday.
LOADING_PATIENCE = 20.0
CAUSE_CHARS = 60
CLINICAL_INTENT = "ask_clinical"
SWEEP_SECONDS = 0.5
SWEEP_LIMIT = 50


@dataclass(frozen=True, slots=True)
class Limits:
    """How long an answer and a lease may take, and how much of a message is read."""

    answer_seconds: float
    lease_seconds: float
    max_chars: int


class Turns:
    """Runs the turns of one process."""

    def __init__(
        self,
        database: Database,
        keys: KeyRing,
        host: AssistantHost,
        desk: Desk,
        limits: Limits,
    ):
        self._database = database
        self._keys = keys
        self._host = host
        self._desk = desk
        self._limits = limits
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._stopping = False

    @property
    def lease_seconds(self) -> float | None:
        """What a stored message may take as its lease; None while this process cannot answer."""
        if self._stopping or self._host.state is State.LOADING:
            return None
        return self._limits.lease_seconds

    def begin(self, lease: Lease, message: Waiting) -> None:
        """Answer `message` in the background, and whatever waits behind it."""
        task = asyncio.create_task(self._work(lease, message))
        self._tasks[lease.conversation_id] = task
        task.add_done_callback(lambda done: self._finished(lease.conversation_id, done))

    async def settled(self, conversation_id: str) -> None:
        """Wait until no turn of this conversation runs in this process."""
        while task := self._tasks.get(conversation_id):
            await asyncio.wait({task})

    async def sweep_forever(self) -> None:
        """Take up turns that nobody holds: after a crash, or when another process died."""
        while not self._stopping:
            if self._host.state is not State.LOADING or self._host.loading_for > LOADING_PATIENCE:
                await tasks.tried(self.sweep, "turns")
            await asyncio.sleep(SWEEP_SECONDS)

    async def sweep(self) -> int:
        """Take up what waits now; returns how many turns were begun."""
        async with self._database.reading() as session:
            waiting = await leases.waiting_conversations(session, SWEEP_LIMIT)
        begun = 0
        for conversation_id in waiting:
            if conversation_id in self._tasks:
                continue
            try:
                begun += await self._resume(conversation_id)
            except StorageUnavailable:
                raise
            except Exception as error:
                # One that cannot be read must not keep the others waiting; its attempt counts.
                kind = type(error).__name__
                log.error("turn of conversation %s not taken up: %s", conversation_id, kind)
        return begun

    async def drain(self, timeout: float) -> None:
        """Finish the turns that run; what is not done by then is given back, and loses nothing."""
        self._stopping = True
        running = list(self._tasks.values())
        if not running:
            return
        _, late = await asyncio.wait(running, timeout=timeout)
        await tasks.end(late)

    def _finished(self, conversation_id: str, task: asyncio.Task[None]) -> None:
        if self._tasks.get(conversation_id) is task:
            del self._tasks[conversation_id]
        if not task.cancelled() and task.exception():
            # The lease runs out by itself; then the sweep takes the turn up again.
            kind = type(task.exception()).__name__
            log.error("turn of conversation %s lost: %s", conversation_id, kind)

    async def _resume(self, conversation_id: str) -> bool:
        async with self._database.work() as work:
            lease = await leases.acquire(work, conversation_id, self._limits.lease_seconds)
            await work.commit()
        if lease is None:
            return False
        message = await self._next(lease)
        if message is None:
            await self._give_back(lease)
            return False
        self.begin(lease, message)
        return True

    async def _work(self, lease: Lease, message: Waiting | None) -> None:
        current: Lease | None = lease
        try:
            while current and message and not self._stopping:
                current = await self._answer(current, message)
                message = await self._next(current) if current else None
        except asyncio.CancelledError:
            if current:
                await self._give_back(current)
            raise
        # After any other exception the lease runs out by itself, and the attempt counts.
        if current:
            await self._give_back(current)

    async def _next(self, lease: Lease) -> Waiting | None:
        async with self._database.reading() as session:
            row = await leases.next_message(session, lease)
        if row is None:
            return None
        if lease.attempts > MAX_ATTEMPTS:
            # Its words may be what broke the attempts: a person will read them.
            return Waiting(row.seq, "")
        view = opened(self._keys, row)
        soft = row.safety_category if row.safety_tier == Tier.SOFT else None
        clinical = safety.assess(view.text, (), view.language).clinical
        return Waiting(row.seq, view.text, view.choice, soft, clinical)

    async def _give_back(self, lease: Lease) -> None:
        try:
            async with self._database.work() as work:
                await leases.release(work, lease)
                await work.commit()
        except StorageUnavailable:
            log.warning("lease of conversation %s runs out by itself", lease.conversation_id)

    async def _answer(self, lease: Lease, message: Waiting) -> Lease | None:
        started = time.monotonic()
        language = "es" if lease.language == "es" else "en"
        self._database.bus.publish(AssistantWorking(lease.conversation_id))
        cause = None
        try:
            output = await self._ask(lease, message, language)
        except AssistantFailed as failed:
            cause = failed.cause[:CAUSE_CHARS]
            log.error("assistant failed in conversation %s: %s", lease.conversation_id, cause)
            output = fallback(language)
        except Exception as error:
            cause = type(error).__name__[:CAUSE_CHARS]
            log.exception("turn in conversation %s failed", lease.conversation_id)
            output = fallback(language)
        elapsed = int((time.monotonic() - started) * 1000)
        async with self._database.work() as work:
            committed = await self._commit(work, lease, message, output, language, elapsed, cause)
            await work.commit()
        return committed.lease if committed else None

    async def _ask(self, lease: Lease, message: Waiting, language: str) -> TurnOutput:
        if lease.attempts > MAX_ATTEMPTS:
            raise AssistantFailed("lost_attempts")
        snapshot = None
        if lease.snapshot:
            snapshot = self._keys.open(lease.snapshot, snapshot_context(lease.conversation_id))
        text = message.text[: self._limits.max_chars]
        detected = language if message.choice else language_of(text, language)
        # A clinical question has one way to go, whatever else it looks like.
        intent = CLINICAL_INTENT if message.clinical else None
        turn = TurnInput(
            lease.conversation_id, text, detected, snapshot, message.choice, intent, language
        )
        return await self._host.respond(turn, self._limits.answer_seconds)

    async def _commit(
        self,
        work: UnitOfWork,
        lease: Lease,
        message: Waiting,
        output: TurnOutput,
        language: str,
        elapsed: int,
        cause: str | None,
    ) -> leases.Committed | None:
        language = spoken(output, language)
        asked = chosen_handoff(output.effects)
        told = await self._notices(work, lease, message, output)
        drafts = notice_drafts(told, language)
        drafts += [line_draft(line) for line in output.lines if may_stand(line, message)]
        drafts += extra_lines(message, self._limits.max_chars, language)
        plan = None
        if asked:
            plan = await self._desk.plan(work.session, lease.conversation_id, asked, language)
        if plan:
            drafts += plan.notices
        sealed = self._keys.seal(output.snapshot, snapshot_context(lease.conversation_id))
        committed = await leases.commit_turn(
            work,
            self._keys,
            lease,
            seq=message.seq,
            drafts=drafts,
            snapshot=sealed,
            language=language,
            to_queue=plan is not None,
            seconds=self._limits.lease_seconds,
        )
        outcome = "dropped" if committed is None else "fallback" if cause else "committed"
        if committed is None:
            cause = "stale"
            log.info("answer dropped in conversation %s", lease.conversation_id)
            if soft := soft_line(message, language):
                await post_system(work, self._keys, lease.conversation_id, soft)
        else:
            await self._desk.board.told(work, lease.conversation_id, told)
            await self._desk.apply(
                work, lease.conversation_id, message.seq, message.text, output.effects, plan
            )
            if plan is None and committed.lease is None and says_goodbye(output.effects):
                await close(work, lease.conversation_id, "patient_said", forget=False)
        await leases.record_turn(work, lease.conversation_id, message.seq, outcome, elapsed, cause)
        return committed

    async def _notices(
        self, work: UnitOfWork, lease: Lease, message: Waiting, output: TurnOutput
    ) -> Told:
        """What the patient should know before this answer. Nothing stands before a safety line."""
        if message.soft_category or message.clinical:
            return ()
        return await self._desk.board.before(
            work.session, lease.conversation_id, output.lines, message.text
        )


def snapshot_context(conversation_id: str) -> str:
    """The place a dialogue snapshot is sealed for."""
    return f"snapshot:{conversation_id}"
