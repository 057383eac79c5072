"""The calls that are owed, as the console lists them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.outreach import contacts
from bot.outreach.models import OPEN, CallAttempt, Callback, Contact
from bot.outreach.times import WITHIN
from bot.privacy.encryption import KeyRing
from bot.staff.models import Account

LISTED = 200


@dataclass(frozen=True, slots=True)
class AttemptView:
    """One call that was made."""

    agent_name: str
    outcome: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CallView:
    """A call that is owed. `number` is masked; `holder` is who is calling now."""

    id: int
    conversation_id: str
    due_at: datetime
    due: bool
    number: str
    best_time: str
    days: tuple[str, ...]
    language: str
    holder_id: str | None
    holder: str | None
    attempts: Sequence[AttemptView]


async def open_calls(session: AsyncSession, keys: KeyRing, now: datetime) -> Sequence[CallView]:
    """Every open call, the most urgent first."""
    found = await session.execute(
        select(Callback, Contact, Account.display_name)
        .join(Contact, Contact.id == Callback.contact_id)
        .outerjoin(Account, Account.id == Callback.held_by)
        .where(Callback.state == OPEN)
        .order_by(Callback.due_at, Callback.id)
        .limit(LISTED)
    )
    rows = found.all()
    made = await _attempts(session, [callback.id for callback, _, _ in rows])
    views = []
    for callback, contact, holder in rows:
        shown = contacts.view(contact, keys)
        held = callback.held_until is not None and callback.held_until > now
        views.append(
            CallView(
                id=callback.id,
                conversation_id=callback.conversation_id,
                due_at=callback.due_at,
                due=callback.due_at - WITHIN <= now,
                number=shown.shown,
                best_time=shown.best_time,
                days=shown.days,
                language=shown.language,
                holder_id=callback.held_by if held else None,
                holder=holder if held else None,
                attempts=made[callback.id],
            )
        )
    return views


async def contact_of(session: AsyncSession, callback_id: int) -> Contact | None:
    """Whom a call goes to."""
    found: Contact | None = await session.scalar(
        select(Contact)
        .join(Callback, Callback.contact_id == Contact.id)
        .where(Callback.id == callback_id)
    )
    return found


async def due_at(session: AsyncSession, conversation_id: str) -> datetime | None:
    """By when the patient of a conversation is to be called, if a call is owed."""
    found: datetime | None = await session.scalar(
        select(Callback.due_at)
        .where(Callback.conversation_id == conversation_id, Callback.state == OPEN)
        .order_by(Callback.due_at)
        .limit(1)
    )
    return found


async def _attempts(
    session: AsyncSession, callback_ids: Sequence[int]
) -> defaultdict[int, list[AttemptView]]:
    made: defaultdict[int, list[AttemptView]] = defaultdict(list)
    rows = await session.execute(
        select(CallAttempt, Account.display_name)
        .join(Account, Account.id == CallAttempt.agent_id)
        .where(CallAttempt.callback_id.in_(callback_ids))
        .order_by(CallAttempt.id)
    )
    for attempt, name in rows:
        made[attempt.callback_id].append(AttemptView(name, attempt.outcome, attempt.at))
    return made
