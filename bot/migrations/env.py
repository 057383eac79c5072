"""Alembic's entry: always online, on the connection it is handed."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context

from bot.db import UtcDateTime
from bot.migrations.run import metadata


def render_item(kind: str, item: Any, autogen: Any) -> str | Literal[False]:
    """Write our own column type by its short name."""
    if kind == "type" and isinstance(item, UtcDateTime):
        autogen.imports.add("from bot.db import UtcDateTime")
        return "UtcDateTime()"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata(),
    render_item=render_item,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
