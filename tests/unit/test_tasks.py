"""Tasks that are told to end, end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

import pytest

from bot import tasks
from bot.errors import StorageUnavailable


async def sleeps() -> None:
    await asyncio.sleep(3600)


async def misses(times: int) -> None:
    """Runs on although it was cancelled, as a loop does that lost a cancellation."""
    while True:
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            times -= 1
            if times < 0:
                raise


async def started(*works: Coroutine[Any, Any, None]) -> list[asyncio.Task[None]]:
    running = [asyncio.create_task(work) for work in works]
    await asyncio.sleep(0)
    return running


async def test_a_task_is_cancelled_and_waited_for() -> None:
    running = await started(sleeps())
    await tasks.end(running)
    assert running[0].cancelled()


async def test_a_task_that_missed_its_cancellation_is_cancelled_again() -> None:
    running = await started(misses(2), sleeps())
    await tasks.end(running, patience=0.01)
    assert all(task.cancelled() for task in running)


async def test_a_task_that_never_ends_is_left_and_named(caplog: pytest.LogCaptureFixture) -> None:
    (running,) = await started(misses(tasks.ROUNDS))
    running.set_name("stubborn")
    with caplog.at_level(logging.ERROR):
        await tasks.end([running], patience=0.001)
    assert "stubborn" in caplog.text
    running.cancel()
    await asyncio.wait({running})


async def test_what_a_task_raised_before_does_not_matter() -> None:
    async def fails() -> None:
        raise ValueError

    running = await started(fails())
    await asyncio.sleep(0)
    await tasks.end(running)
    assert isinstance(running[0].exception(), ValueError)


async def test_a_job_that_fails_is_done_again(caplog: pytest.LogCaptureFixture) -> None:
    done = asyncio.Event()
    failures: list[Exception] = [StorageUnavailable("away"), ValueError("broken")]

    async def job() -> None:
        if failures:
            raise failures.pop()
        done.set()

    with caplog.at_level(logging.WARNING, logger=tasks.log.name):
        running = await started(tasks.repeat(job, "letters", 0))
        async with asyncio.timeout(5):
            await done.wait()
        await tasks.end(running)
    assert "a round of letters failed" in caplog.text
    assert "letters wait" in caplog.text
