"""The turn lease: which process answers a conversation's waiting messages.

One conditional update takes it, by the database's clock; no lock spans the assistant's work. The
turn is committed under the lease token, the epoch and the old mark together, so a process that
lost its lease, or raced an agent's claim, writes nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    Boolean,
    Float,
    Integer,
    bindparam,
    case,
    insert,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.dml import ReturningUpdate

from bot.clock import utc_now
from bot.conversations.lines import Draft, insert_lines
from bot.conversations.models import BOT, QUEUE, Conversation, Message, Turn
from bot.conversations.service import Lease, lease_of
from bot.db import UnitOfWork, UtcDateTime, db_epoch, table_of
from bot.events import OwnerChanged
from bot.privacy.encryption import KeyRing

INSERT_TURN = insert(table_of(Turn))


@dataclass(frozen=True, slots=True)
class Committed:
    """A turn that stands. `lease` is given when more messages wait, already renewed."""

    epoch: int
    lease: Lease | None


def _waiting() -> Any:
    return (Conversation.owner == BOT) & (Conversation.patient_seq > Conversation.answered_seq)


async def acquire(work: UnitOfWork, conversation_id: str, seconds: float) -> Lease | None:
    """Take the lease of a conversation that waits and that nobody holds; None otherwise."""
    row = (
        await work.session.execute(
            update(Conversation)
            .where(
                Conversation.id == conversation_id,
                _waiting(),
                Conversation.lease_until < db_epoch(),
            )
            .values(
                lease_token=Conversation.lease_token + 1,
                lease_holder=uuid.uuid4().hex,
                lease_until=db_epoch() + seconds,
                attempts=Conversation.attempts + 1,
            )
            .returning(
                Conversation.lease_token,
                Conversation.epoch,
                Conversation.answered_seq,
                Conversation.language,
                Conversation.attempts,
                Conversation.snapshot,
            )
        )
    ).one_or_none()
    return None if row is None else lease_of(conversation_id, row)


async def release(work: UnitOfWork, lease: Lease) -> None:
    """Give the lease back unused: what was not even tried is no attempt."""
    await work.session.execute(
        update(Conversation)
        .where(Conversation.id == lease.conversation_id, Conversation.lease_token == lease.token)
        .values(
            lease_until=0.0,
            attempts=case((Conversation.attempts > 0, Conversation.attempts - 1), else_=0),
        )
    )


async def waiting_conversations(session: AsyncSession, limit: int) -> Sequence[str]:
    """Conversations whose turn waits and whose lease is free or has run out."""
    found = await session.scalars(
        select(Conversation.id)
        .where(_waiting(), Conversation.lease_until < db_epoch())
        .order_by(Conversation.active_at)
        .limit(limit)
    )
    return found.all()


async def next_message(session: AsyncSession, lease: Lease) -> Message | None:
    """The oldest patient message after the lease's mark."""
    found: Message | None = await session.scalar(
        select(Message)
        .where(
            Message.conversation_id == lease.conversation_id,
            Message.author == "patient",
            Message.seq > lease.answered_seq,
        )
        .order_by(Message.seq)
        .limit(1)
    )
    return found


async def commit_turn(
    work: UnitOfWork,
    keys: KeyRing,
    lease: Lease,
    *,
    seq: int,
    drafts: Sequence[Draft],
    snapshot: bytes | None,
    language: str,
    to_queue: bool,
    seconds: float,
) -> Committed | None:
    """Write the turn that answers message `seq`; None when it is stale and nothing was written.

    Lines, snapshot, mark and owner change in one conditional statement and its inserts. The
    lease is renewed when more messages wait, and given back when none do.
    """
    parameters = {
        "conversation_id": lease.conversation_id,
        "old_epoch": lease.epoch,
        "token": lease.token,
        "mark": lease.answered_seq,
        "seq": seq,
        "lines": len(drafts),
        "new_owner": QUEUE if to_queue else BOT,
        "new_epoch": lease.epoch + 1 if to_queue else lease.epoch,
        "state": None if to_queue else snapshot,
        "old_language": lease.language,
        "new_language": language,
        "stays": not to_queue,
        "seconds": seconds,
        "now": utc_now(),
    }
    row = (await work.run(_commit_statement(), parameters)).one_or_none()
    if row is None:
        return None
    first = row.last_seq - len(drafts) + 1
    await insert_lines(work, keys, lease.conversation_id, drafts, first, lease.epoch, utc_now())
    if to_queue:
        work.emit(OwnerChanged(lease.conversation_id))
    renewed = None
    if row.patient_seq > seq and not to_queue:
        renewed = replace(
            lease,
            epoch=row.epoch,
            answered_seq=seq,
            language=row.language,
            attempts=1,
            snapshot=snapshot,
        )
    return Committed(row.epoch, renewed)


@cache
def _commit_statement() -> ReturningUpdate[Any]:
    """Built once: building such a statement costs more than running it."""
    table = table_of(Conversation).c
    more = bindparam("stays", type_=Boolean) & (table.patient_seq > bindparam("seq"))
    spoken: BindParameter[str] = bindparam("new_language")
    return (
        update(table_of(Conversation))
        .where(
            table.id == bindparam("conversation_id"),
            table.owner == BOT,
            table.epoch == bindparam("old_epoch"),
            table.lease_token == bindparam("token"),
            table.answered_seq == bindparam("mark"),
        )
        .values(
            answered_seq=bindparam("seq"),
            last_seq=table.last_seq + bindparam("lines", type_=Integer),
            owner=bindparam("new_owner"),
            epoch=bindparam("new_epoch"),
            snapshot=bindparam("state"),
            # A choice the patient made while the answer was on its way stands.
            language=case(
                (table.language == bindparam("old_language"), spoken), else_=table.language
            ),
            attempts=case((more, 1), else_=0),
            lease_until=case((more, db_epoch() + bindparam("seconds", type_=Float)), else_=0.0),
            active_at=bindparam("now", type_=UtcDateTime()),
        )
        .returning(table.last_seq, table.patient_seq, table.epoch, table.language)
    )


async def record_turn(
    work: UnitOfWork,
    conversation_id: str,
    seq: int,
    outcome: str,
    milliseconds: int,
    cause: str | None = None,
) -> None:
    """Keep what became of an attempt to answer."""
    row = {
        "conversation_id": conversation_id,
        "seq": seq,
        "outcome": outcome,
        "cause": cause,
        "milliseconds": milliseconds,
        "at": utc_now(),
    }
    await work.run(INSERT_TURN, row)
