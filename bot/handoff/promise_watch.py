"""The watch over promises: what was broken is recorded, what will break is moved in time.

A patient is told of a later time before the one they know passes, or that none is known when no
opening is planned any more. Each change is one conditional
update under the conversation's lock, so two processes that watch at once do it once.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations import service as conversations
from bot.conversations.lines import Draft
from bot.db import Database, UnitOfWork
from bot.events import OwnerChanged
from bot.handoff import history
from bot.handoff.cases import lock_conversation_of
from bot.handoff.history import Happened
from bot.handoff.models import RESOLVED, WAITING, Handoff
from bot.handoff.promise import Promise, PromisePolicy
from bot.handoff.promise_life import GIVEN, RENEGOTIATED, SYSTEM, break_promise
from bot.privacy import audit
from bot.privacy.encryption import KeyRing

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
            if await break_promise(work, case.id, case.conversation_id, case.first_promised_by):
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
    """Unanswered cases whose time is near enough to be moved, or was taken back."""
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
            (Handoff.promised_by <= horizon) | _without_a_time(),
        )
        .order_by(Handoff.promised_by.is_(None), Handoff.promised_by)
        .limit(AT_ONCE)
    )
    return [
        row
        for row in found
        if row.promised_by is None
        or at >= row.promised_by - policy.lead(row.promised_by - row.requested_at)
    ]


async def _is_at_risk(session: AsyncSession, promises: Promises, case: Any, at: datetime) -> bool:
    """Whether the time will rather pass than be kept, or one can be told again."""
    likely = await promises.again(session, case.id, fresh=False)
    told: datetime | None = case.promised_by
    if told is None or likely.by is None:
        # Nobody is going to come by then; or somebody is, where no time was known.
        return (told is None) != (likely.by is None)
    if likely.estimate is None or likely.counted_from is None:
        return False
    return likely.counted_from + likely.estimate.expected > told


async def _renegotiate(
    work: UnitOfWork, keys: KeyRing, promises: Promises, case: Any, at: datetime
) -> bool:
    given = await promises.again(work.session, case.id)
    told: datetime | None = case.promised_by
    if given.by == told or (given.by and told and given.by < told):
        return False
    if not await _moved(work, case, given.by, at):
        return False
    notice = promises.moved_notice(given, case.language)
    await conversations.post_system(work, keys, case.conversation_id, [notice])
    kinds = [(Happened.PROMISE_RENEGOTIATED, given.by)]
    if told is not None and at <= told:
        kinds.insert(0, (Happened.PROMISE_WARNED, told))
    for kind, by in kinds:
        await history.record(work, case.id, case.conversation_id, kind, promised_by=by, at=at)
    await audit.record(work, SYSTEM, "promise.moved", case.conversation_id, handoff=case.id)
    work.emit(OwnerChanged(case.conversation_id))
    return True


def _without_a_time() -> ColumnElement[bool]:
    """The time that was told first was taken back, as no opening was planned."""
    return Handoff.promised_by.is_(None) & Handoff.first_promised_by.is_not(None)


async def _moved(work: UnitOfWork, case: Any, by: datetime | None, at: datetime) -> bool:
    """Move the time, if it is still the one that was seen and nobody has answered.

    Without `by` it is taken back: no opening is planned.
    """
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
            promised_by=by,
            warned_at=at,
            promise_state=RENEGOTIATED if before == GIVEN else before,
        )
        .returning(Handoff.id)
    )
    return moved is not None
