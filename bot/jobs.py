"""Background work of a process. Every job is a conditional update, so two processes that run the
same one at once do its work once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

from bot.clock import Clock, utc_now
from bot.conversations.expiry import close_idle
from bot.db import Database
from bot.errors import StorageUnavailable
from bot.handoff.follow_ups import tell_due
from bot.settings import Settings
from bot.staff.sessions import purge

log = logging.getLogger(__name__)

EVERY_SECONDS = 30.0
Job = Callable[[], Awaitable[object]]


async def run_forever(
    database: Database, settings: Settings, *others: Job, clock: Clock = utc_now
) -> None:
    """Do every job now and then, until cancelled; `others` need more than the database."""

    async def own() -> None:
        await run_once(database, settings, clock)

    while True:
        for job in (*others, own):
            await _tried(job)
        await asyncio.sleep(EVERY_SECONDS)


async def _tried(job: Job) -> None:
    """One job's failure keeps nothing from the others."""
    try:
        await job()
    except StorageUnavailable:
        log.warning("jobs wait: the database does not answer")
    except Exception:
        log.exception("a job failed")


async def run_once(database: Database, settings: Settings, clock: Clock = utc_now) -> None:
    """Close silent conversations, tell of tasks that are due, forget sign-ins that have ended."""
    async with database.work() as work:
        closed = await close_idle(work, timedelta(minutes=settings.conversation_idle_minutes))
        await work.commit()
    if closed:
        log.info("%d silent conversations closed", len(closed))
    async with database.work() as work:
        await tell_due(work, clock())
        await work.commit()
    async with database.work() as work:
        await purge(work, settings)
        await work.commit()
