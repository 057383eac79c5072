"""The connections that a process has opened, known until they end.

SQLAlchemy's pool knows a connection while it lies in it; one that is out when the pool is disposed
of is left to the garbage collector, which cannot say goodbye to a server or end a thread.
"""

from __future__ import annotations

import asyncio
from typing import Any
from weakref import WeakSet

import asyncpg

from bot import sqlite


class Connections:
    """Makes connections for the pool of one database and remembers those that live."""

    def __init__(self, *, inline: bool = False) -> None:
        self._inline = inline
        self._sqlite: WeakSet[sqlite.OneTripConnection] = WeakSet()
        self._postgresql: WeakSet[asyncpg.Connection] = WeakSet()
        self._ended = False

    def sqlite(self, database: str, **arguments: Any) -> sqlite.OneTripConnection:
        """A connection to a file, to be awaited; takes what `sqlite3.connect` takes.

        Raises `ConnectionError` after `end`, as `postgresql` does.
        """
        self._refuse_when_ended()
        connection = sqlite.connect(database, **arguments)
        connection.inline = self._inline
        self._sqlite.add(connection)
        return connection

    async def postgresql(self, *arguments: Any, **named: Any) -> asyncpg.Connection:
        """A connection to a server; takes what `asyncpg.connect` takes."""
        self._refuse_when_ended()
        connection: asyncpg.Connection = await asyncpg.connect(*arguments, **named)
        self._postgresql.add(connection)
        return connection

    async def end(self, patience: float) -> None:
        """End those that are still open, whoever holds them, and make no more.

        What a patient who left set going may still be running, and would open another. A file
        whose thread is in the middle of a statement is waited for, for `patience` seconds.
        """
        self._ended = True
        for server in list(self._postgresql):
            if not server.is_closed():
                server.terminate()
        endings = [file.stop() for file in list(self._sqlite) if file.has_thread()]
        if waiting := [ending for ending in endings if ending]:
            await asyncio.wait(waiting, timeout=patience)

    def _refuse_when_ended(self) -> None:
        if self._ended:
            raise ConnectionError("the database was closed")
