"""Rules the tables keep themselves: the audit log only grows, published words do not change."""

from __future__ import annotations

from typing import Any

from bot.knowledge.models import IMMUTABLE_POSTGRESQL, IMMUTABLE_SQLITE
from bot.privacy.audit import APPEND_ONLY_POSTGRESQL, APPEND_ONLY_SQLITE

_NAMES = {
    "audit_events": ("audit_events_no_update", "audit_events_no_delete"),
    "article_versions": ("article_versions_keep", "article_versions_stay"),
}


def create(op: Any) -> None:
    """Make the triggers of the database at hand."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in APPEND_ONLY_SQLITE if sqlite else APPEND_ONLY_POSTGRESQL:
        op.execute(statement)
    for statement in IMMUTABLE_SQLITE if sqlite else IMMUTABLE_POSTGRESQL:
        op.execute(statement)


def drop(op: Any) -> None:
    """Remove them; on PostgreSQL the tables take theirs along."""
    if op.get_bind().dialect.name == "sqlite":
        for names in _NAMES.values():
            for name in names:
                op.execute(f"DROP TRIGGER {name}")
        return
    op.execute("DROP FUNCTION audit_events_refuse() CASCADE")
    op.execute("DROP FUNCTION article_versions_refuse() CASCADE")
