"""Closing a database: no connection stays behind, whoever holds it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from bot import db
from bot.db import Database
from bot.errors import StorageUnavailable
from bot.events import Bus
from bot.opening import open_database
from bot.sqlite import OneTripConnection


class Holder:
    """Holds a connection of `database` until it is told to give it back."""

    def __init__(self, database: Database):
        self._database = database
        self._held = asyncio.Event()
        self.give_back = asyncio.Event()
        self.driver: Any = None
        self.task = asyncio.create_task(self._hold())

    async def _hold(self) -> None:
        async with self._database.reading() as session:
            await session.execute(text("SELECT 1"))
            raw = await (await session.connection()).get_raw_connection()
            self.driver = raw.driver_connection
            self._held.set()
            await self.give_back.wait()

    async def holds(self) -> None:
        await self._held.wait()

    def is_closed(self) -> bool:
        if isinstance(self.driver, OneTripConnection):
            self.driver._thread.join(timeout=5)
            return not self.driver.has_thread()
        return bool(self.driver.is_closed())


async def test_a_connection_that_is_given_back_while_closing_is_waited_for(
    database_url: str,
) -> None:
    database = open_database(database_url, Bus())
    holder = Holder(database)
    await holder.holds()
    closing = asyncio.create_task(database.close())
    await asyncio.sleep(0.1)
    assert not closing.done()
    holder.give_back.set()
    await closing
    await holder.task
    assert holder.is_closed()


async def test_a_connection_that_nobody_gives_back_is_cut_off(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "CLOSE_SECONDS", 0.1)
    database = open_database(database_url, Bus())
    holder = Holder(database)
    await holder.holds()
    await database.close()
    assert holder.is_closed()
    holder.give_back.set()
    await asyncio.gather(holder.task, return_exceptions=True)


async def test_closing_twice_does_no_harm(database_url: str) -> None:
    database = open_database(database_url, Bus())
    await database.ping()
    await database.close()
    await database.close()


async def test_nothing_is_opened_after_closing(database_url: str) -> None:
    database = open_database(database_url, Bus())
    await database.close()
    with pytest.raises(StorageUnavailable):
        await database.ping()
