"""What the commands do that bring a process up: migrate, load, train, serve."""

from __future__ import annotations

import asyncio
import gc
import signal
import sys
from collections.abc import Callable, Sequence

from aiohttp import web

from bot import logs, safety
from bot.app import create_app
from bot.core import database_for
from bot.db import Database
from bot.keys import ASSISTANT
from bot.knowledge.importer import import_directory
from bot.migrations.run import pending, upgrade
from bot.settings import BadSettings, Settings, encryption_keys
from bot.staff import service as staff
from bot.staff.models import Account, Role
from bot.training import train_what_is_due

SHUTDOWN_SECONDS = 5.0
SWITCH_SECONDS = 0.001
GC_ALLOCATIONS = 20_000
Say = Callable[[str], None]


def require_approved(settings: Settings) -> None:
    """Refuse production with safety texts that nobody qualified has reviewed.

    Texts in third languages are left out instead: English stands in for them.
    """
    safety.serve_only_reviewed(settings.production)
    _, book = safety.load()
    open_texts = sorted({text.id for text in book if not text.reviewed_by})
    if settings.production and open_texts:
        raise BadSettings(
            f"safety texts without a reviewer: {', '.join(open_texts)}",
            field="mode",
            remedy="Have them reviewed and put the name into `reviewed_by` in data/safety/.",
        )


async def migrate(settings: Settings, say: Say) -> None:
    """Bring the tables to this release."""
    settings.var_dir.mkdir(parents=True, exist_ok=True)
    database = database_for(settings)
    try:
        if await pending(database):
            say("Migrating the database")
            await upgrade(database)
    finally:
        await database.close()


async def serve(settings: Settings, say: Say) -> None:
    """Prepare what lacks, then serve until a signal. Prints where, and how to sign in."""
    # Three kinds of threads take turns (web, assistant, SQLite), each for about a millisecond. At
    # Python's usual five, one that computes would keep the others waiting longer than they work.
    sys.setswitchinterval(SWITCH_SECONDS)
    encryption_keys(settings)
    require_approved(settings)
    await migrate(settings, say)
    await _load_content(settings, say)
    await asyncio.to_thread(train_what_is_due, settings, say)
    logs.configure(settings.log_level)
    logs.quiet_failures(asyncio.get_running_loop())
    runner = web.AppRunner(create_app(settings), access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
    await runner.setup()
    site = web.TCPSite(runner, settings.host, settings.port)
    await site.start()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await _announce(settings, runner, say)
    sparing = asyncio.create_task(_spare_the_collector(runner))
    await stop.wait()
    sparing.cancel()
    say("Stopping: turns that run are finished first")
    await runner.cleanup()


async def _spare_the_collector(runner: web.AppRunner) -> None:
    """What is loaded stays loaded: the collector need not walk through all of it for ever."""
    await runner.app[ASSISTANT].settled()
    gc.collect()
    gc.freeze()
    gc.set_threshold(GC_ALLOCATIONS)


async def _load_content(settings: Settings, say: Say) -> None:
    database = database_for(settings)
    try:
        report = await import_directory(database, settings.data_dir)
        for line in report.lines(changes_only=True):
            say(line)
    finally:
        await database.close()


async def _announce(settings: Settings, runner: web.AppRunner, say: Say) -> None:
    host, port = runner.addresses[0][:2]
    address = settings.public_url or f"http://{host}:{port}"
    say("")
    say(f"Careline serves {address}")
    say(f"  clinic page with the chat  {address}/")
    say(f"  agents' console            {address}/console")
    say(f"  editors' studio            {address}/studio")
    if settings.production:
        say("Add people with: careline staff add NAME --role agent")
        return
    database = database_for(settings)
    try:
        accounts = await staff.ensure_demo_staff(database, settings)
    finally:
        await database.close()
    kept = settings.var_dir / staff.DEMO_FILE
    if accounts:
        say(f"Sign in as (made once, kept in {kept}):")
        for account in accounts:
            roles = ", ".join(account.roles)
            say(f"  {account.name:<12} {account.password}   {roles}")
    elif kept.exists():
        say(f"Demo accounts and their passwords are in {kept}")


async def add_staff(
    settings: Settings, name: str, display_name: str, roles: Sequence[str], password: str
) -> None:
    """Add an account, as the command line's operator."""
    database = database_for(settings)
    try:
        async with database.work() as work:
            await staff.create_account(
                work,
                "command-line",
                name=name,
                display_name=display_name,
                roles=[Role(one) for one in roles],
                password=password,
            )
            await work.commit()
    finally:
        await database.close()


async def list_staff(settings: Settings) -> Sequence[Account]:
    """All accounts."""
    database: Database = database_for(settings)
    try:
        async with database.reading() as session:
            return await staff.list_accounts(session)
    finally:
        await database.close()
