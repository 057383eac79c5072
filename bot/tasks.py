"""Background work: doing a job again and again, and ending tasks for certain.

A cancellation can be lost: it arrives while something inside the task completes, and what waits
there returns instead of raising (`asyncio.wait_for` before Python 3.12 does). A loop that missed
its cancellation runs for ever, and whoever waits for it waits for ever too.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from bot.errors import StorageUnavailable

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 1.0
ROUNDS = 10
Job = Callable[[], Awaitable[object]]


async def repeat(job: Job, name: str, every: float) -> None:
    """Do a job until cancelled, with `every` seconds between; no failure ends it."""
    while True:
        await tried(job, name)
        await asyncio.sleep(every)


async def tried(job: Job, name: str) -> None:
    """Do a job once. A failure is logged under `name`, and keeps nothing from what comes after."""
    try:
        await job()
    except StorageUnavailable:
        log.warning("%s wait: the database does not answer", name)
    except Exception:
        log.exception("a round of %s failed", name)


async def end(tasks: Iterable[asyncio.Task[Any]], patience: float = PATIENCE_SECONDS) -> None:
    """Cancel tasks and wait until they have ended, asking again those that did not hear.

    Whatever they raise is theirs. After ten times `patience` seconds it gives up on what still
    runs, and logs the names.
    """
    running = {task for task in tasks if not task.done()}
    for _ in range(ROUNDS):
        if not running:
            return
        for task in running:
            task.cancel()
        _, running = await asyncio.wait(running, timeout=patience)
    for task in running:
        log.error("a task does not end: %s", task.get_name())
