"""SQLite behind asyncio, with one trip to its thread per statement.

aiosqlite takes four trips for what SQLAlchemy does with one statement: make a cursor, execute,
fetch, close. Each is a hand-over between threads and a turn of the event loop, which together
cost more than the statement.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

import aiosqlite


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
        await self._connection.run(lambda raw: self._take(raw.execute(sql, tuple(parameters))))

    async def executemany(self, sql: str, parameters: Iterable[Iterable[Any]]) -> None:
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
    """aiosqlite's connection and thread, with the cursor above."""

    async def cursor(self) -> OneTripCursor:  # type: ignore[override]
        """A cursor, without asking the thread for it."""
        return OneTripCursor(self)

    async def run(self, act: Any) -> None:
        """Call `act` with the raw connection, on the connection's thread."""
        await self._execute(act, self._conn)  # type: ignore[no-untyped-call]


def connect(database: str, **arguments: Any) -> OneTripConnection:
    """What `sqlite3.connect` takes; the result is awaited to connect."""
    return OneTripConnection(lambda: sqlite3.connect(database, **arguments), 64)
