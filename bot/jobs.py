"""Background work of a process. Every job is a conditional update, so two processes that run the
same one at once do its work once."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta

from bot import tasks
from bot.clock import Clock, utc_now
from bot.conversations.expiry import close_idle
from bot.db import Database
from bot.handoff.follow_ups import tell_due
from bot.settings import Settings
from bot.staff.sessions import purge

log = logging.getLogger(__name__)

EVERY_SECONDS = 30.0


async def run_forever(
    database: Database, settings: Settings, *others: tasks.Job, clock: Clock = utc_now
) -> None:
    """Do every job now and then, until cancelled; `others` need more than the database."""

    async def own() -> None:
        await run_once(database, settings, clock)

    while True:
        for job in (*others, own):
            await tasks.tried(job, "jobs")
        await asyncio.sleep(EVERY_SECONDS)


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
