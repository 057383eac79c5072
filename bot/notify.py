"""Hints between processes on one PostgreSQL: LISTEN on a connection of its own.

Nothing depends on a hint arriving. After a lost connection everyone looks at the tables once.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any

import asyncpg

from bot import events
from bot.db import CHANNEL, Database

log = logging.getLogger(__name__)

RETRY_SECONDS = 1.0
PROBE_SECONDS = 5.0


async def listen_forever(database: Database, on_reconnect: Callable[[], None]) -> None:
    """Repeat other processes' events on this process's bus, for as long as it runs."""
    # The same arguments the engine connects with, TLS included.
    _, how = database.engine.dialect.create_connect_args(database.engine.url)
    while True:
        try:
            await _listen(how, database, on_reconnect)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
            log.warning("the event connection is down; trying again")
        await asyncio.sleep(RETRY_SECONDS)


async def _listen(
    how: Mapping[str, Any], database: Database, on_reconnect: Callable[[], None]
) -> None:
    connection = await asyncpg.connect(**how, timeout=RETRY_SECONDS * 5)
    try:
        await connection.add_listener(CHANNEL, lambda *args: _hear(database, args[3]))
        on_reconnect()
        while True:
            await asyncio.sleep(PROBE_SECONDS)
            await connection.execute("SELECT 1", timeout=PROBE_SECONDS)
    finally:
        connection.terminate()


def _hear(database: Database, payload: Any) -> None:
    decoded = events.decode(payload)
    if decoded is None:
        return
    happened, origin = decoded
    if origin != database.origin:
        database.bus.publish(happened)
