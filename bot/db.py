"""The database of a process, its transactions, and the few places where the two kinds differ."""

from __future__ import annotations

import asyncio
import builtins
import logging
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self, cast

import asyncpg
from sqlalchemy import (
    CursorResult,
    DateTime,
    Executable,
    Float,
    MetaData,
    Table,
    text,
)
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError, TimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.pool import QueuePool
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator

from bot import events
from bot.connections import Connections
from bot.errors import StorageUnavailable
from bot.outages import is_outage

log = logging.getLogger(__name__)

CHANNEL = "careline"
CLOSE_SECONDS = 10.0
_GLANCE_SECONDS = 0.01
READ_ONLY = "careline_read_only"


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC in Python on both databases; SQLite has no time zones, so it stores plain UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime has no place in the database")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """All tables, with constraint names that Alembic can find again."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcDateTime()}  # noqa: RUF012


def table_of(model: type[Base]) -> Table:
    """The table behind a class, for statements that need no mapped objects."""
    return cast(Table, model.__table__)


class db_epoch(FunctionElement[float]):
    """Seconds since 1970 by the database's own clock: leases of all processes agree on it."""

    type = Float()
    inherit_cache = True


@compiles(db_epoch, "sqlite")
def _sqlite_epoch(element: Any, compiler: Any, **kw: Any) -> str:
    return "((julianday('now') - 2440587.5) * 86400.0)"


@compiles(db_epoch, "postgresql")
def _postgresql_epoch(element: Any, compiler: Any, **kw: Any) -> str:
    # clock_timestamp, not now(): now() stands still inside a transaction.
    return "extract(epoch from clock_timestamp())"


class UnitOfWork:
    """One transaction. Nothing is kept without `commit`; events leave after it."""

    def __init__(self, database: Database, session: AsyncSession):
        self._database = database
        self.session = session
        self._events: list[events.Event] = []
        self._connection: AsyncConnection | None = None

    async def run(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
        """Execute a statement on tables in this transaction, past the mapping of objects."""
        if self._connection is None:
            self._connection = await self.session.connection()
        return await self._connection.execute(statement, parameters)

    @property
    def is_postgresql(self) -> bool:
        """Whether this is PostgreSQL, for the few statements that differ."""
        return self._database.is_postgresql

    def insert(self, model: type[Base]) -> Any:
        """An insert that may say what happens on a conflict, in the dialect of the database."""
        make = postgresql_insert if self.is_postgresql else sqlite_insert
        return make(table_of(model))

    def emit(self, happened: events.Event) -> None:
        """Tell `happened` once this transaction is committed."""
        self._events.append(happened)

    async def commit(self) -> None:
        """Commit, then tell. On PostgreSQL the other processes' hints leave at the same instant."""
        if self._events and self._database.is_postgresql:
            for happened in self._events:
                payload = events.encode(happened, self._database.origin)
                await self.session.execute(
                    text("SELECT pg_notify(:channel, :payload)"),
                    {"channel": CHANNEL, "payload": payload},
                )
        await self.session.commit()
        pending, self._events = self._events, []
        for happened in pending:
            self._database.bus.publish(happened)


class _WriteGate:
    """One writer at a time inside this process, in order of arrival.

    SQLite admits one writer; waiting here is fair and instant, waiting in SQLite polls.
    """

    def __init__(self, enabled: bool, patience: float):
        self._lock = asyncio.Lock() if enabled else None
        self._patience = patience

    async def __aenter__(self) -> Self:
        if self._lock:
            try:
                # Not wait_for: cancelled at the wrong moment, it keeps the lock or the task.
                async with asyncio.timeout(self._patience):
                    await self._lock.acquire()
            except builtins.TimeoutError:
                raise _unavailable() from None
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._lock:
            self._lock.release()


class Database:
    """The engine of one process and the bus its commits speak on."""

    def __init__(
        self,
        engine: AsyncEngine,
        bus: events.Bus,
        connections: Connections,
        *,
        patience: float = 5.0,
    ):
        self.engine = engine
        self.bus = bus
        self._connections = connections
        self.origin = uuid.uuid4().hex
        self._gate = _WriteGate(not self.is_postgresql, patience)

    @property
    def is_postgresql(self) -> bool:
        """Whether many processes may share this database."""
        return self.engine.dialect.name == "postgresql"

    @asynccontextmanager
    async def work(self) -> AsyncIterator[UnitOfWork]:
        """A transaction that may write. Raises `StorageUnavailable` when nothing answers."""
        async with self._gate, self._session(self.engine) as session:
            yield UnitOfWork(self, session)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A transaction that only reads: on SQLite it takes no write lock."""
        engine = self.engine.execution_options(**{READ_ONLY: True})
        async with self._session(engine) as session:
            yield session

    @asynccontextmanager
    async def _session(self, engine: AsyncEngine) -> AsyncIterator[AsyncSession]:
        try:
            async with AsyncSession(engine, expire_on_commit=False) as session:
                yield session
        except DBAPIError as error:
            if error.connection_invalidated or is_outage(error.orig):
                raise _unavailable() from error
            raise
        except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            # Raised while connecting, before SQLAlchemy wraps anything.
            if is_outage(error):
                raise _unavailable() from error
            raise
        except (OSError, TimeoutError) as error:
            raise _unavailable() from error

    async def ping(self) -> None:
        """Raise `StorageUnavailable` when the database does not answer."""
        async with self.reading() as session:
            await session.execute(text("SELECT 1"))

    async def close(self) -> None:
        """Close every connection, also those that are given back late or never.

        The pool forgets what is out when it is disposed of. A session that is ending is waited
        for; after that, and with a server that does not say goodbye, the line is cut.
        """
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                # A pool tells of what comes back before it has it.
                while cast(QueuePool, self.engine.pool).checkedout():  # noqa: ASYNC110
                    await asyncio.sleep(_GLANCE_SECONDS)
                await self.engine.dispose()
        except builtins.TimeoutError:
            log.warning("the database did not close its connections in time")
        finally:
            await self._connections.end(CLOSE_SECONDS)


def _unavailable() -> StorageUnavailable:
    return StorageUnavailable(
        "the database does not answer", remedy="Nothing was stored. Send it again in a moment."
    )
