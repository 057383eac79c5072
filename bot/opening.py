"""How the engine of a database is made: one for SQLite, one for PostgreSQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot import events
from bot.connections import Connections
from bot.db import READ_ONLY, Database


def async_url(url: str) -> str:
    """The URL with the asynchronous driver of its database."""
    parsed = make_url(url)
    drivers = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}
    backend = parsed.get_backend_name()
    if backend not in drivers:
        raise ValueError(f"database_url: {backend!r} is not sqlite or postgresql")
    return parsed.set(drivername=drivers[backend]).render_as_string(hide_password=False)


def open_database(
    url: str,
    bus: events.Bus,
    *,
    pool_size: int = 10,
    busy_timeout: float = 5.0,
    synchronous: str = "FULL",
    inline: bool = False,
) -> Database:
    """An engine for `url`; connects on first use. `synchronous` is SQLite's, in WAL mode.

    With `inline`, SQLite's statements run on the loop's own thread.
    """
    url = async_url(url)
    opened = Connections(inline=inline)
    if make_url(url).get_backend_name() == "postgresql":
        engine = create_async_engine(
            url,
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_pre_ping=True,
            pool_timeout=busy_timeout,
            hide_parameters=True,
            connect_args={
                "timeout": busy_timeout,
                "command_timeout": busy_timeout * 2,
                "async_creator_fn": opened.postgresql,
            },
        )
    else:
        engine = create_async_engine(
            url,
            pool_size=pool_size,
            max_overflow=pool_size,
            hide_parameters=True,
            pool_timeout=busy_timeout,
            # A session ends its transaction itself; once more at return is a trip for nothing.
            pool_reset_on_return=None,
            connect_args={"timeout": busy_timeout, "async_creator_fn": opened.sqlite},
        )
        _prepare_sqlite(engine, busy_timeout, synchronous)
    return Database(engine, bus, opened, patience=busy_timeout)


def _prepare_sqlite(engine: AsyncEngine, busy_timeout: float, synchronous: str) -> None:
    pragmas = (
        "PRAGMA journal_mode=WAL",
        f"PRAGMA synchronous={synchronous}",
        "PRAGMA foreign_keys=ON",
        f"PRAGMA busy_timeout={int(busy_timeout * 1000)}",
    )

    def on_connect(connection: Any, _: Any) -> None:
        # The driver's own BEGIN is late and deferred; ours below says what it will do.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(pragma)
        cursor.close()

    def on_begin(connection: Connection) -> None:
        # A deferred transaction that turns into a writer can fail at once instead of waiting.
        reading = connection.get_execution_options().get(READ_ONLY)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    event.listen(engine.sync_engine, "connect", on_connect)
    event.listen(engine.sync_engine, "begin", on_begin)
