"""The assistant's own thread and loop, and the watch over it.

A turn that awaits too long is cancelled. A turn that computes too long cannot be: then the whole
thread is given up and a new one loads the model again, while patients get the fixed text.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Protocol, runtime_checkable

from bot import tasks
from bot.assistant.turn import AssistantFailed, Guess, TurnInput, TurnOutput
from bot.logs import quiet_failures

log = logging.getLogger(__name__)

QUEUE_LIMIT = 256
BEAT_SECONDS = 1.0
STALL_SECONDS = 6.0
LOAD_SECONDS = 120.0


class Responder(Protocol):
    """A loaded model."""

    def respond(self, turn: TurnInput) -> Awaitable[TurnOutput]:
        """Answer one message."""


@runtime_checkable
class Guesses(Protocol):
    """A loaded model that says what kind of turn a message may be."""

    def guesses(self, turn: TurnInput) -> Awaitable[tuple[Guess, ...]]:
        """The kinds, likeliest first."""


class State(StrEnum):
    """Where the assistant stands."""

    LOADING = "loading"
    READY = "ready"
    FAILED = "failed"
    STOPPED = "stopped"


class _Worker:
    """One thread with one loop and one loaded model."""

    def __init__(self, load: Callable[[], Responder]):
        self.loop = asyncio.new_event_loop()
        self.loaded: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.responder: Responder | None = None
        self._load = load
        self._main = asyncio.get_running_loop()
        # A daemon: a thread that computes for ever must not keep the process from ending.
        threading.Thread(target=self._run, name="assistant", daemon=True).start()

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        quiet_failures(self.loop)
        try:
            self.responder = self._load()
        except BaseException as error:  # Rasa leaves by SystemExit where others raise
            cause = error.cause if isinstance(error, AssistantFailed) else type(error).__name__
            log.error("the assistant's model did not load: %s", cause, exc_info=_unexpected(error))
            self._tell(AssistantFailed(cause))
            self.loop.close()
            return
        self._tell(None)
        self.loop.run_forever()
        self._end()

    def _end(self) -> None:
        """Leave no task behind: what still runs has nobody waiting for it."""
        self.loop.run_until_complete(_cancel_others())
        self.loop.close()

    def beat(self) -> asyncio.Future[None]:
        """Done as soon as the worker's loop has turned once."""
        heard: asyncio.Future[None] = self._main.create_future()

        def settle() -> None:
            if not heard.done():
                heard.set_result(None)

        if not self.loop.is_closed():
            self.loop.call_soon_threadsafe(lambda: self._main.call_soon_threadsafe(settle))
        return heard

    def _tell(self, error: AssistantFailed | None) -> None:
        def settle() -> None:
            if self.loaded.done():
                return
            if error:
                self.loaded.set_exception(error)
            else:
                self.loaded.set_result(None)

        if not self._main.is_closed():
            self._main.call_soon_threadsafe(settle)

    def stop(self) -> None:
        if not self.loop.is_closed():
            self.loop.call_soon_threadsafe(self.loop.stop)


class AssistantHost:
    """Loads the assistant, asks it, and replaces it when it hangs."""

    def __init__(
        self, load: Callable[[], Responder], *, stall_seconds: float = STALL_SECONDS
    ) -> None:
        self._load = load
        self._stall = stall_seconds
        self._worker: _Worker | None = None
        self._watch: asyncio.Task[None] | None = None
        self._running = 0
        self._since = 0.0
        self._settled = asyncio.Event()
        self.state = State.STOPPED
        self.cause: str | None = None

    async def start(self) -> None:
        """Load the model. A model that does not load leaves the state `failed`."""
        await self._replace()
        self._watch = asyncio.create_task(self._watch_beats())

    @property
    def loading_for(self) -> float:
        """Seconds since loading began; 0 when it is not loading."""
        return time.monotonic() - self._since if self.state is State.LOADING else 0.0

    async def settled(self) -> State:
        """Wait until the model is loaded, or is known not to load."""
        await self._settled.wait()
        return self.state

    async def stop(self) -> None:
        """Ask nothing more."""
        self.state = State.STOPPED
        if self._watch:
            await tasks.end([self._watch])
        if self._worker:
            self._worker.stop()

    async def respond(self, turn: TurnInput, timeout: float) -> TurnOutput:
        """Answer one message within `timeout` seconds. Raises `AssistantFailed`."""
        worker = self._worker
        if self.state is State.LOADING and worker:
            started = time.monotonic()
            await self._until_loaded(worker, timeout)
            timeout -= time.monotonic() - started
        if self.state is not State.READY or worker is None or worker.responder is None:
            raise AssistantFailed(self.cause or self.state.value)
        if self._running >= QUEUE_LIMIT:
            raise AssistantFailed("queue_full")
        self._running += 1
        try:
            asked = asyncio.run_coroutine_threadsafe(_ask(worker.responder, turn), worker.loop)
            async with asyncio.timeout(timeout):
                return await asyncio.wrap_future(asked)
        except TimeoutError:
            raise AssistantFailed("timeout") from None
        except AssistantFailed:
            raise
        except Exception as error:
            # The message may quote the patient; its type does not.
            raise AssistantFailed(type(error).__name__) from None
        finally:
            self._running -= 1

    async def guesses(self, turn: TurnInput, timeout: float) -> tuple[Guess, ...]:
        """What kind of turn a message may be, likeliest first; nothing is said or remembered.
        Nothing from an assistant that does not guess. Raises `AssistantFailed`."""
        worker = self._worker
        if self.state is not State.READY or worker is None:
            raise AssistantFailed(self.cause or self.state.value)
        if not isinstance(worker.responder, Guesses):
            return ()
        asked = asyncio.run_coroutine_threadsafe(_guess(worker.responder, turn), worker.loop)
        try:
            async with asyncio.timeout(timeout):
                return await asyncio.wrap_future(asked)
        except TimeoutError:
            raise AssistantFailed("timeout") from None
        except Exception as error:
            # As for answers: the message may quote the patient.
            raise AssistantFailed(type(error).__name__) from None

    async def _until_loaded(self, worker: _Worker, timeout: float) -> None:
        try:
            async with asyncio.timeout(timeout):
                await asyncio.shield(worker.loaded)
        except TimeoutError:
            raise AssistantFailed("loading") from None

    async def _replace(self) -> None:
        self.state, self.cause, self._since = State.LOADING, None, time.monotonic()
        self._settled.clear()
        if self._worker:
            self._worker.stop()
        self._worker = worker = _Worker(self._load)
        try:
            async with asyncio.timeout(LOAD_SECONDS):
                await asyncio.shield(worker.loaded)
        except AssistantFailed as error:
            self.state, self.cause = State.FAILED, error.cause
        except TimeoutError:
            log.error("the assistant's model does not finish loading")
            self.state, self.cause = State.FAILED, "loading"
        else:
            self.state = State.READY
        self._settled.set()

    async def _watch_beats(self) -> None:
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            worker = self._worker
            if self.state is not State.READY or worker is None:
                continue
            try:
                async with asyncio.timeout(self._stall):
                    await worker.beat()
            except TimeoutError:
                log.error("the assistant does not respond; loading it anew")
                await self._replace()
            except Exception:
                log.exception("the assistant could not be looked after")


async def _cancel_others() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


def _unexpected(error: BaseException) -> BaseException | None:
    return None if isinstance(error, AssistantFailed) else error


async def _ask(responder: Responder, turn: TurnInput) -> TurnOutput:
    return await responder.respond(turn)


async def _guess(responder: Guesses, turn: TurnInput) -> tuple[Guess, ...]:
    return await responder.guesses(turn)
