"""Keeping the knowledge of a process at what is published.

The revision row is read five times a second, so that an edit made in any process is served here
within a second, also among thousands of articles; events only make it sooner.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from concurrent.futures import Future
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from bot.db import Database
from bot.errors import CarelineError, NotReady, StorageUnavailable
from bot.events import Bus, Event, KnowledgeChanged
from bot.knowledge import queries
from bot.knowledge.base import KnowledgeBase
from bot.knowledge.content import from_files
from bot.opening import open_database
from bot.settings import Settings

POLL_SECONDS = 0.2

log = logging.getLogger(__name__)


async def watch(knowledge: KnowledgeBase, database: Database) -> None:
    """Follow what is published until cancelled. An outage is waited out."""
    hurry = asyncio.Event()
    loop = asyncio.get_running_loop()

    def heard(event: Event) -> None:
        if isinstance(event, KnowledgeChanged):
            loop.call_soon_threadsafe(hurry.set)

    forget = database.bus.subscribe(heard)
    try:
        while True:
            await _look(knowledge, database)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(POLL_SECONDS):
                    await hurry.wait()
            hurry.clear()
    finally:
        forget()


async def _look(knowledge: KnowledgeBase, database: Database) -> None:
    try:
        async with database.reading() as session:
            latest = await queries.revision(session)
        if latest != knowledge.revision:
            await knowledge.refresh(database)
    except StorageUnavailable:
        log.warning("the database does not answer; knowledge stays at %s", knowledge.revision)
    except Exception:
        # What is served stays as it was: better an old answer than none.
        log.exception("knowledge could not be refreshed from revision %s", knowledge.revision)


def standalone(settings: Settings | None = None) -> KnowledgeBase:
    """The knowledge for a program without our event loop, as `rasa run actions` is.

    It follows the configured database on a thread of its own, when that has published articles;
    else it serves the files as they lie. Nothing is written.
    """
    settings = settings or Settings()
    knowledge = KnowledgeBase(settings)
    ready: Future[None] = Future()
    if _may_be_there(settings.url):
        follower = threading.Thread(
            target=lambda: asyncio.run(_follow_alone(knowledge, settings, ready)),
            name="careline-knowledge",
            daemon=True,
        )
        follower.start()
    else:
        ready.set_exception(NotReady("there is no database yet"))
    try:
        ready.result()
    except (CarelineError, SQLAlchemyError) as error:
        log.info("answers come from the files: %s", type(error).__name__)
        knowledge.load(from_files(settings.data_dir))
    return knowledge


def _may_be_there(url: str) -> bool:
    """Connecting to a SQLite file that does not exist would make it."""
    parsed = make_url(url)
    return parsed.get_backend_name() != "sqlite" or Path(parsed.database or "").is_file()


async def _follow_alone(knowledge: KnowledgeBase, settings: Settings, ready: Future[None]) -> None:
    database = open_database(settings.url, Bus(), pool_size=1, busy_timeout=settings.busy_timeout)
    try:
        await knowledge.refresh(database)
        ready.set_result(None)
        await watch(knowledge, database)
    except BaseException as error:
        # Told first: somebody waits for it, and closing a broken connection may fail too.
        if ready.done():
            raise
        ready.set_exception(error)
    finally:
        await database.close()
