"""The assistant's thread: loaded, asked, timed, and replaced when it hangs."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator

import pytest

from bot.assistant.host import AssistantHost, Responder, State
from bot.assistant.turn import AssistantFailed, TurnInput
from tests.assistants import Echo, Hanging, Stalled

HELLO = TurnInput("conversation-1", "hello", "en")


async def test_a_loaded_assistant_answers() -> None:
    host = AssistantHost(Echo)
    await host.start()
    try:
        assert host.state is State.READY
        output = await host.respond(HELLO, 2)
        assert output.lines[0].text == "You said: hello"
    finally:
        await host.stop()


async def test_a_turn_that_waits_too_long_is_cancelled_and_the_next_is_answered() -> None:
    host = AssistantHost(Hanging)
    await host.start()
    try:
        with pytest.raises(AssistantFailed, match="timeout"):
            await host.respond(HELLO, 0.1)
        assert host.state is State.READY
    finally:
        await host.stop()


async def test_a_thread_that_computes_for_ever_is_given_up_and_loaded_anew() -> None:
    made: Iterator[Responder] = itertools.chain([Stalled()], itertools.repeat(Echo()))
    host = AssistantHost(lambda: next(made), stall_seconds=0.2)
    await host.start()
    try:
        with pytest.raises(AssistantFailed, match="timeout"):
            await host.respond(HELLO, 0.1)
        async with asyncio.timeout(5):
            while True:
                try:
                    output = await host.respond(HELLO, 0.5)
                    break
                except AssistantFailed:
                    await asyncio.sleep(0.1)
        assert output.lines[0].text == "You said: hello"
    finally:
        await host.stop()


@pytest.mark.parametrize("error", [ValueError("secret"), SystemExit(1), AssistantFailed("why")])
async def test_a_model_that_does_not_load_is_known_and_named_by_a_code(
    error: BaseException,
) -> None:
    def broken() -> Echo:
        raise error

    host = AssistantHost(broken)
    await host.start()
    try:
        assert await host.settled() is State.FAILED
        assert host.cause in ("ValueError", "SystemExit", "why")
        with pytest.raises(AssistantFailed) as failed:
            await host.respond(HELLO, 1)
        assert "secret" not in str(failed.value)
    finally:
        await host.stop()
