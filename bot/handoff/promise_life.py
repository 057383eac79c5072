"""The life of a promise: given, warned of, moved, and in the end kept or broken.

What counts is the first time the patient was told. It is kept by a person's own reply by then,
and never once it was moved. It is broken at that time, whether or not somebody warned of it.
Each change is one conditional update on the case, under the conversation's lock: two processes
that see the same case do it once.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations import service as conversations
from bot.conversations.service import Draft
from bot.db import Database, UnitOfWork
from bot.events import OwnerChanged
from bot.handoff import history
from bot.handoff.cases import Promiser, lock_conversation_of
from bot.handoff.history import Happened
from bot.handoff.models import RESOLVED, WAITING, Handoff
from bot.handoff.promise import Promise, PromisePolicy
from bot.privacy import audit
from bot.privacy.encryption import KeyRing

GIVEN, RENEGOTIATED, KEPT, BROKEN = "given", "moved", "kept", "broken"
SYSTEM = "system"
AT_ONCE = 200


class Promises(Protocol):
    """What the watch asks of the clinic's desk."""

    @property
    def policy(self) -> PromisePolicy:
        """The policy in force."""

    async def again(self, session: AsyncSession, handoff_id: int, *, fresh: bool = True) -> Promise:
        """The promise an open case would get now."""

    def moved_notice(self, given: Promise, language: str) -> Draft:
        """How the patient is told of the new time."""


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
        await _break(work, handoff_id, conversation_id, row.first_promised_by)
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


async def watch(database: Database, keys: KeyRing, promises: Promises, at: datetime) -> int:
    """Record what was broken, and tell patients of a later time before theirs passes.

    Returns how many promises were broken or moved. Does nothing twice, in however many processes.
    """
    async with database.reading() as session:
        broken = await _overdue(session, at)
        doubtful = await _doubtful(session, promises.policy, at)
        at_risk = [case for case in doubtful if await _is_at_risk(session, promises, case, at)]
    done = 0
    for case in broken:
        async with database.work() as work:
            await lock_conversation_of(work, case.id)
            if await _break(work, case.id, case.conversation_id, case.first_promised_by):
                done += 1
                await work.commit()
    for case in at_risk:
        async with database.work() as work:
            await lock_conversation_of(work, case.id)
            if await _renegotiate(work, keys, promises, case, at):
                done += 1
                await work.commit()
    return done


async def _overdue(session: AsyncSession, at: datetime) -> Any:
    found = await session.execute(
        select(Handoff.id, Handoff.conversation_id, Handoff.first_promised_by)
        .where(
            Handoff.state != RESOLVED,
            Handoff.first_reply_at.is_(None),
            Handoff.promise_state.in_((GIVEN, RENEGOTIATED)),
            Handoff.first_promised_by < at,
        )
        .order_by(Handoff.first_promised_by)
        .limit(AT_ONCE)
    )
    return found.all()


async def _doubtful(session: AsyncSession, policy: PromisePolicy, at: datetime) -> Any:
    """Unanswered cases whose time is near enough to be moved."""
    horizon = at + timedelta(minutes=policy.warning)
    found = await session.execute(
        select(
            Handoff.id,
            Handoff.conversation_id,
            Handoff.promised_by,
            Handoff.requested_at,
            Handoff.language,
        )
        .where(
            Handoff.state != RESOLVED,
            (Handoff.state == WAITING) | Handoff.first_reply_at.is_(None),
            Handoff.promised_by <= horizon,
        )
        .order_by(Handoff.promised_by)
        .limit(AT_ONCE)
    )
    return [
        row
        for row in found
        if at >= row.promised_by - policy.lead(row.promised_by - row.requested_at)
    ]


async def _is_at_risk(session: AsyncSession, promises: Promises, case: Any, at: datetime) -> bool:
    """Whether the time will rather pass than be kept."""
    likely = await promises.again(session, case.id, fresh=False)
    if likely.by is None or likely.estimate is None or likely.counted_from is None:
        return False
    told: datetime = case.promised_by
    return likely.counted_from + likely.estimate.expected > told


async def _renegotiate(
    work: UnitOfWork, keys: KeyRing, promises: Promises, case: Any, at: datetime
) -> bool:
    given = await promises.again(work.session, case.id)
    if given.by is None or given.by <= case.promised_by:
        return False
    before = await work.session.scalar(select(Handoff.promise_state).where(Handoff.id == case.id))
    moved = await work.session.scalar(
        update(Handoff)
        .where(
            Handoff.id == case.id,
            Handoff.promised_by == case.promised_by,
            Handoff.state != RESOLVED,
            (Handoff.state == WAITING) | Handoff.first_reply_at.is_(None),
        )
        .values(
            promised_by=given.by,
            warned_at=at,
            promise_state=RENEGOTIATED if before == GIVEN else before,
        )
        .returning(Handoff.id)
    )
    if moved is None:
        return False
    notice = promises.moved_notice(given, case.language)
    await conversations.post_system(work, keys, case.conversation_id, [notice])
    if at <= case.promised_by:
        await history.record(
            work,
            case.id,
            case.conversation_id,
            Happened.PROMISE_WARNED,
            promised_by=case.promised_by,
            at=at,
        )
    await history.record(
        work,
        case.id,
        case.conversation_id,
        Happened.PROMISE_RENEGOTIATED,
        promised_by=given.by,
        at=at,
    )
    await audit.record(work, SYSTEM, "promise.moved", case.conversation_id, handoff=case.id)
    work.emit(OwnerChanged(case.conversation_id))
    return True


async def _break(work: UnitOfWork, handoff_id: int, conversation_id: str, first: datetime) -> bool:
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
