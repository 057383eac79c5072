"""The life of a promise: given, warned of, moved, and in the end kept or broken.

What counts is the first time the patient was told. It is kept by a person's own reply by then,
and never once it was moved. It is broken at that time, whether or not somebody warned of it.
Each change is one conditional update under the conversation's lock; `promise_watch` makes those
that time brings.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from bot.db import UnitOfWork
from bot.events import OwnerChanged
from bot.handoff import history
from bot.handoff.cases import Promiser
from bot.handoff.history import Happened
from bot.handoff.models import Handoff
from bot.handoff.promise import Promise
from bot.privacy import audit

GIVEN, RENEGOTIATED, KEPT, BROKEN = "given", "moved", "kept", "broken"
SYSTEM = "system"


def columns(given: Promise | None, by: datetime | None) -> dict[str, Any]:
    """A new case's columns for what the patient is told first."""
    return {
        "promised_by": by,
        "first_promised_by": by,
        "promised_low": given.low if given else None,
        "promised_high": given.high if given else None,
        "promise_state": GIVEN if by else None,
    }


async def give(
    work: UnitOfWork,
    handoff_id: int,
    conversation_id: str,
    at: datetime,
    given: Promise | None,
    by: datetime | None,
) -> None:
    """Record the promise a case got, with what it rests on: later estimates learn from it."""
    if by is None:
        return
    detail: dict[str, Any] = {}
    if given and given.estimate and given.counted_from:
        likely = given.estimate
        detail = {
            "modelled": round(likely.modelled.total_seconds()),
            "sigma": round(likely.sigma, 3),
            "start": likely.start.value,
            "begin": round((given.counted_from - at).total_seconds()),
            "position": given.position,
        }
    await history.record(
        work,
        handoff_id,
        conversation_id,
        Happened.PROMISE_GIVEN,
        promised_by=by,
        at=at,
        **detail,
    )


async def raised(
    work: UnitOfWork, case: Handoff, at: datetime, given: Promise | None, by: datetime | None
) -> None:
    """An open case became more urgent: its promise may come earlier, never later."""
    if by is None or (case.promised_by is not None and case.promised_by <= by):
        return
    case.promised_by = by
    if case.first_reply_at is None and case.promise_state in (None, GIVEN):
        case.first_promised_by, case.promise_state = by, GIVEN
        case.promised_low = given.low if given else None
        case.promised_high = given.high if given else None
    await work.session.flush()
    await history.record(
        work, case.id, case.conversation_id, Happened.PROMISE_GIVEN, promised_by=by, at=at
    )


async def put_back(
    work: UnitOfWork, handoff_id: int, promise: Promiser, at: datetime
) -> datetime | None:
    """The time that holds for a case that waits again: the one that was told while it lies ahead.

    The first promise stays what counts, whoever had the case meanwhile.
    """
    case = await work.session.get_one(Handoff, handoff_id)
    told = case.promised_by
    if case.first_reply_at is None and told is not None and told > at:
        return told
    given = await promise(work.session, handoff_id)
    case.promised_by = given.by
    if case.first_promised_by is None:
        case.first_promised_by, case.promise_state = given.by, GIVEN if given.by else None
    await work.session.flush()
    if given.by is not None:
        await history.record(
            work, handoff_id, case.conversation_id, Happened.PROMISE_GIVEN, promised_by=given.by
        )
    return given.by


async def replied(
    work: UnitOfWork, handoff_id: int, conversation_id: str, agent_id: str, at: datetime
) -> None:
    """A person's own reply came: it keeps the first promise, or comes too late for it."""
    row = (
        await work.session.execute(
            select(Handoff.first_promised_by, Handoff.promise_state).where(Handoff.id == handoff_id)
        )
    ).one()
    if row.first_promised_by is None or row.promise_state not in (GIVEN, RENEGOTIATED):
        return
    if at > row.first_promised_by:
        await break_promise(work, handoff_id, conversation_id, row.first_promised_by)
    elif row.promise_state == GIVEN and await _turns(work, handoff_id, KEPT, GIVEN):
        await history.record(
            work,
            handoff_id,
            conversation_id,
            Happened.PROMISE_KEPT,
            agent_id=agent_id,
            promised_by=row.first_promised_by,
            at=at,
        )


async def break_promise(
    work: UnitOfWork, handoff_id: int, conversation_id: str, first: datetime
) -> bool:
    if not await _turns(work, handoff_id, BROKEN, GIVEN, RENEGOTIATED):
        return False
    await history.record(
        work,
        handoff_id,
        conversation_id,
        Happened.PROMISE_BROKEN,
        promised_by=first,
        at=first,
    )
    await audit.record(work, SYSTEM, "promise.broken", conversation_id, handoff=handoff_id)
    work.emit(OwnerChanged(conversation_id))
    return True


async def _turns(work: UnitOfWork, handoff_id: int, to: str, *before: str) -> bool:
    changed = await work.session.scalar(
        update(Handoff)
        .where(Handoff.id == handoff_id, Handoff.promise_state.in_(before))
        .values(promise_state=to)
        .returning(Handoff.id)
    )
    return changed is not None
