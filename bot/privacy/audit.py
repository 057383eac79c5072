"""The audit log: append-only, in the same transaction as what it tells of."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, select

from bot.clock import utc_now
from bot.db import UnitOfWork
from bot.privacy.models import AuditEvent


async def record(
    work: UnitOfWork, actor: str, action: str, subject: str, **detail: str | int | None
) -> None:
    """Append one event. `detail` holds ids and codes, never words of a patient."""
    row = {"at": utc_now(), "actor": actor, "action": action, "subject": subject, "detail": detail}
    await work.session.execute(insert(AuditEvent).values(row))


async def events_about(work: UnitOfWork, subject: str) -> list[dict[str, Any]]:
    """What happened to `subject`, oldest first."""
    found = await work.session.execute(
        select(AuditEvent).where(AuditEvent.subject == subject).order_by(AuditEvent.id)
    )
    return [
        {"at": row.at, "actor": row.actor, "action": row.action, "detail": row.detail}
        for row in found.scalars()
    ]


APPEND_ONLY_SQLITE = (
    (
        "CREATE TRIGGER audit_events_no_update BEFORE UPDATE ON audit_events "
        "BEGIN SELECT RAISE(ABORT, 'audit_events is append-only'); END"
    ),
    (
        "CREATE TRIGGER audit_events_no_delete BEFORE DELETE ON audit_events "
        "BEGIN SELECT RAISE(ABORT, 'audit_events is append-only'); END"
    ),
)
APPEND_ONLY_POSTGRESQL = (
    (
        "CREATE FUNCTION audit_events_refuse() RETURNS trigger AS $$ BEGIN "
        "RAISE EXCEPTION 'audit_events is append-only'; END $$ LANGUAGE plpgsql"
    ),
    (
        "CREATE TRIGGER audit_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE "
        "ON audit_events FOR EACH STATEMENT EXECUTE FUNCTION audit_events_refuse()"
    ),
)
