"""Bringing a database to the current tables, from the program itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData
from sqlalchemy.engine import Connection

from bot.db import Base, Database

HERE = Path(__file__).resolve().parent


def metadata() -> MetaData:
    """All tables of all packages."""
    from bot.conversations import models as conversations
    from bot.corrections import models as corrections
    from bot.gaps import models as gaps
    from bot.handoff import models as handoff
    from bot.knowledge import draft_models as drafts
    from bot.knowledge import gate_models as gate
    from bot.knowledge import import_models as imports
    from bot.knowledge import life_models as lives
    from bot.knowledge import models as knowledge
    from bot.knowledge import notice_models as notices
    from bot.outreach import models as outreach
    from bot.privacy import models as privacy
    from bot.staff import models as staff

    known = (
        *(conversations, corrections, drafts, gaps, gate, handoff, imports, knowledge),
        *(lives, notices, outreach, privacy, staff),
    )
    if not known:  # pragma: no cover - imported for their tables
        raise RuntimeError
    return Base.metadata


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.attributes["connection"] = connection
    return config


async def _on_connection(database: Database, act: Callable[[Connection], Any]) -> Any:
    async with database.engine.begin() as connection:
        return await connection.run_sync(act)


async def upgrade(database: Database) -> None:
    """Migrate to the newest revision, in one transaction."""
    await _on_connection(database, lambda sync: command.upgrade(_config(sync), "head"))


async def pending(database: Database) -> bool:
    """Whether `upgrade` has something to do."""

    def behind(connection: Connection) -> bool:
        at = MigrationContext.configure(connection).get_current_heads()
        newest = ScriptDirectory.from_config(_config(connection)).get_heads()
        return set(at) != set(newest)

    return bool(await _on_connection(database, behind))


async def make_revision(database: Database, message: str, revision_id: str) -> None:
    """Write a new migration from the difference between tables and models (for developers)."""

    def write(connection: Connection) -> None:
        command.revision(_config(connection), message, autogenerate=True, rev_id=revision_id)

    await _on_connection(database, write)
