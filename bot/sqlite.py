"""SQLite behind asyncio, with one trip to its thread per statement.

aiosqlite takes four trips for what SQLAlchemy does with one statement: make a cursor, execute,
fetch, close. Each is a hand-over between threads and a turn of the event loop, which together
cost more than the statement. A transaction begins on the trip of its first statement.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import aiosqlite

Act = Callable[[sqlite3.Connection], None]


class OneTripCursor:
    """The part of a cursor that SQLAlchemy's dialect uses; rows are fetched while executing."""

    def __init__(self, connection: OneTripConnection):
        self._connection = connection
        self._rows: Sequence[Any] = ()
        self.description: Any = None
        self.lastrowid: int | None = None
        self.rowcount = -1

    async def execute(self, sql: str, parameters: Iterable[Any] = ()) -> None:
        """Run a statement and keep its rows."""
        if sql.startswith("BEGIN"):
            self._connection.begin(sql)
            return
        await self._connection.run(lambda raw: self._take(raw.execute(sql, tuple(parameters))))

    async def executemany(self, sql: str, parameters: Iterable[Sequence[Any]]) -> None:
        """Run a statement for each set of parameters."""
        await self._connection.run(lambda raw: self._take(raw.executemany(sql, parameters)))

    def _take(self, cursor: sqlite3.Cursor) -> None:
        self.description = cursor.description
        self._rows = cursor.fetchall() if cursor.description else ()
        self.lastrowid, self.rowcount = cursor.lastrowid, cursor.rowcount
        cursor.close()

    async def fetchall(self) -> Sequence[Any]:
        """The rows of the last statement."""
        return self._rows

    async def close(self) -> None:
        """Nothing is left open."""


class OneTripConnection(aiosqlite.Connection):
    """aiosqlite's connection and thread, with the cursor above.

    An `inline` one runs its statements on the loop's own thread: for work that nothing else waits
    beside, as a simulation, where each hand-over between threads would only cost time.
    """

    inline = False
    _begin: str | None = None
    _ending = False
    _ended: asyncio.Future[Any] | None = None

    def stop(self) -> asyncio.Future[Any] | None:
        """End the thread, once; done when it has ended, None where no loop can tell.

        SQLAlchemy also stops a connection whose closing was cancelled. The thread hears only the
        first who asks: the end that a second one waited for would never come.
        """
        if not self._ending:
            self._ending, self._ended = True, super().stop()
        return self._ended

    def has_thread(self) -> bool:
        """Whether its thread runs, so that the file is open or is about to be."""
        return self._thread.is_alive()

    async def cursor(self) -> OneTripCursor:  # type: ignore[override]
        """A cursor, without asking the thread for it."""
        return OneTripCursor(self)

    async def _execute(self, fn: Callable[..., Any], *args: Any, **named: Any) -> Any:
        if self.inline:
            return fn(*args, **named)
        return await super()._execute(fn, *args, **named)  # type: ignore[no-untyped-call]

    async def run(self, act: Act) -> None:
        """Call `act` with the raw connection, on the connection's thread."""
        begin, self._begin = self._begin, None

        def on_thread(raw: sqlite3.Connection) -> None:
            if begin:
                raw.execute(begin)
            act(raw)

        await self._execute(on_thread, self._conn)

    def begin(self, sql: str) -> None:
        """Begin a transaction together with its first statement."""
        self._begin = sql

    async def commit(self) -> None:
        """Commit, if anything was begun."""
        if self._begin is None:
            await super().commit()
        self._begin = None

    async def rollback(self) -> None:
        """Roll back, if anything was begun."""
        if self._begin is None:
            await super().rollback()
        self._begin = None


def connect(database: str, **arguments: Any) -> OneTripConnection:
    """What `sqlite3.connect` takes; the result is awaited to connect."""
    return OneTripConnection(lambda: sqlite3.connect(database, **arguments), 64)
