"""The migrations make exactly the tables that the models describe, and can be taken back."""

from __future__ import annotations

from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import insert, inspect, select
from sqlalchemy.engine import Connection

from bot.clock import utc_now
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


OWNERS = {
    "one": "Ana Ruiz",
    "two": "Sam Lee",
    "three": "Nobody Known",
    "four": "a" * 32,
    "five": "",
}


async def test_names_of_owners_become_accounts_where_they_name_just_one(database: Database) -> None:
    def old_articles(connection: Connection) -> None:
        command.downgrade(_config(connection), "20261122_0015")
        accounts, articles = metadata().tables["accounts"], metadata().tables["articles"]
        blank = {"roles": "editor", "email": "", "password_hash": "", "created_at": utc_now()}
        for at, name in enumerate(("Ana Ruiz", "Sam Lee", "Sam Lee")):
            one = {"id": str(at) * 32, "name": f"name{at}", "display_name": name}
            connection.execute(insert(accounts).values(**one, **blank))
        for slug, owner in OWNERS.items():
            about = {"domain": "clinic", "topics": [], "related": [], "scope": {}}
            row = {"slug": slug, "owner": owner, "created_at": utc_now(), **about}
            connection.execute(insert(articles).values(**row))

    await on(database, old_articles)
    await upgrade(database)
    articles = metadata().tables["articles"].c
    found = select(articles.slug, articles.owner)
    rows = await on(database, lambda connection: connection.execute(found).all())
    assert {slug: owner for slug, owner in rows if slug in OWNERS} == OWNERS | {"one": "0" * 32}
