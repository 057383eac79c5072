"""The migrations make exactly the tables that the models describe, and can be taken back."""

from __future__ import annotations

from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect
from sqlalchemy.engine import Connection

from bot.db import Database
from bot.migrations.run import _config, metadata, pending, upgrade


async def on(database: Database, act: Any) -> Any:
    async with database.engine.begin() as connection:
        return await connection.run_sync(act)


async def test_the_newest_revision_equals_the_models(database: Database) -> None:
    def differences(connection: Connection) -> Any:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return compare_metadata(context, metadata())

    assert not await pending(database)
    assert await on(database, differences) == []


async def test_upgrading_again_changes_nothing(database: Database) -> None:
    await upgrade(database)
    assert not await pending(database)


async def test_the_tables_can_be_taken_back_and_made_again(database: Database) -> None:
    await on(database, lambda connection: command.downgrade(_config(connection), "base"))
    left = await on(database, lambda connection: inspect(connection).get_table_names())
    assert set(left) <= {"alembic_version", "sqlite_sequence"}
    assert await pending(database)
    await upgrade(database)
    assert not await pending(database)
