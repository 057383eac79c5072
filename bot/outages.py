"""Whether what a database driver raised is an outage."""

from __future__ import annotations

import asyncpg

# Classes of SQLSTATE (PostgreSQL manual, appendix A): connection, resources, operator, rollback.
_OUTAGE_CLASSES = ("08", "53", "57P", "40", "25006", "58")
_SQLITE_OUTAGES = (
    "database is locked",
    "unable to open",
    "disk i/o",
    "readonly database",
    "disk is full",
)


def is_outage(error: BaseException | None) -> bool:
    """Whether the database is away or busy, as against a statement being wrong.

    A deadlock's victim counts too: the same transaction may well succeed when it is tried again.
    """
    causes = [error, getattr(error, "__cause__", None)]
    if any(isinstance(cause, OSError | asyncpg.InterfaceError) for cause in causes):
        return True
    states = [str(getattr(cause, "sqlstate", None) or "") for cause in causes]
    if any(state.startswith(_OUTAGE_CLASSES) for state in states if state):
        return True
    words = str(error).lower()
    return any(outage in words for outage in _SQLITE_OUTAGES)
