"""The one order of the queue: urgency, then the time left on the promise, then age.

Whoever lists, assigns or counts what is ahead of a case sorts by `queue_order`.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, func

from bot.handoff.models import Handoff


def queue_order() -> tuple[ColumnElement[Any], ...]:
    """What to sort waiting handoffs by; the id decides between equals, so no two ever tie.

    A promise that was moved keeps its place: whoever is told to wait longer must not be passed
    for it.
    """
    return (
        Handoff.priority_rank.expression,
        Handoff.first_promised_by.is_(None),
        Handoff.first_promised_by.expression,
        Handoff.requested_at.expression,
        Handoff.id.expression,
    )


def waiting_since() -> ColumnElement[Any]:
    """When a case came into the queue, the last time."""
    return func.coalesce(Handoff.queued_at, Handoff.requested_at)
