"""The verbs that write to a conversation.

Every write names the owner and epoch its author believes in and is one conditional statement: a
stale writer gets `StaleOwner` and has written nothing. Only patients and author `system` are
exempt, the first because a patient may always speak, the second for safety texts and notices.
"""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Boolean, Float, Row, bindparam, case, exists, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.dml import ReturningUpdate

from bot.clock import utc_now
from bot.conversations.lines import Draft, insert_lines
from bot.conversations.models import BOT, CLOSED, Conversation, Message
from bot.db import UnitOfWork, UtcDateTime, db_epoch, table_of
from bot.errors import NotFound, StaleOwner
from bot.events import OwnerChanged
from bot.privacy.encryption import KeyRing

TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to work on a conversation's waiting messages until it expires.

    `token` grows at every acquisition; a commit under an old one writes nothing.
    """

    conversation_id: str
    token: int
    epoch: int
    answered_seq: int
    language: str
    attempts: int
    snapshot: bytes | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Stored:
    """A patient's message in its place. `lease` is given when the writer may answer at once."""

    seq: int
    owner: str
    epoch: int
    language: str
    sent_at: datetime
    lease: Lease | None


def token_hash(token: str) -> str:
    """Only this is stored: whoever reads the table cannot speak for a patient."""
    return hashlib.sha256(token.encode()).hexdigest()


async def open_conversation(work: UnitOfWork, language: str) -> tuple[str, str]:
    """A new conversation, owned by the bot. Returns its id and the patient's token."""
    conversation_id, token = uuid.uuid4().hex, secrets.token_urlsafe(TOKEN_BYTES)
    now = utc_now()
    await work.session.execute(
        insert(Conversation).values(
            id=conversation_id,
            token_hash=token_hash(token),
            owner=BOT,
            epoch=1,
            language=language,
            created_at=now,
            active_at=now,
        )
    )
    return conversation_id, token


async def store_patient_message(
    work: UnitOfWork,
    keys: KeyRing,
    conversation_id: str,
    draft: Draft,
    *,
    lease_seconds: float | None = None,
) -> Stored:
    """Store a patient's line, whoever owns the conversation; a closed one goes to the bot, clean.

    With `lease_seconds`, the turn lease is taken in the same statement when it is free and
    nothing waits before this message. Raises `NotFound`; an `IntegrityError` of the client id
    means that the same message is stored already.
    """
    holder = uuid.uuid4().hex
    now = utc_now()
    parameters = {
        "conversation_id": conversation_id,
        "now": now,
        "holder": holder,
        "wanted": lease_seconds is not None,
        "seconds": lease_seconds or 0.0,
    }
    row = (await work.run(_store_statement(), parameters)).one_or_none()
    if row is None:
        raise NotFound("no such conversation", field="token", remedy="Start a new conversation.")
    await insert_lines(work, keys, conversation_id, [draft], row.last_seq, row.epoch, now)
    lease = lease_of(conversation_id, row) if row.lease_holder == holder else None
    return Stored(row.last_seq, row.owner, row.epoch, row.language, now, lease)


@cache
def _store_statement() -> ReturningUpdate[Any]:
    """Built once: building such a statement costs more than running it."""
    table = table_of(Conversation).c
    closed = table.owner == CLOSED
    idle = (table.patient_seq <= table.answered_seq) & (table.lease_until < db_epoch())
    free = bindparam("wanted", type_=Boolean) & (closed | ((table.owner == BOT) & idle))
    seq = table.last_seq + 1
    now = bindparam("now", type_=UtcDateTime())
    return (
        update(table_of(Conversation))
        .where(table.id == bindparam("conversation_id"), table.token_hash.is_not(None))
        .values(
            last_seq=seq,
            patient_seq=seq,
            answered_seq=case((closed, table.last_seq), else_=table.answered_seq),
            owner=case((closed, BOT), else_=table.owner),
            epoch=case((closed, table.epoch + 1), else_=table.epoch),
            snapshot=case((closed, None), else_=table.snapshot),
            closed_at=None,
            close_reason=None,
            active_at=now,
            lease_token=case((free, table.lease_token + 1), else_=table.lease_token),
            lease_holder=case((free, bindparam("holder")), else_=table.lease_holder),
            attempts=case((free, 1), else_=table.attempts),
            lease_until=case(
                (free, db_epoch() + bindparam("seconds", type_=Float)), else_=table.lease_until
            ),
        )
        .returning(
            table.last_seq,
            table.owner,
            table.epoch,
            table.language,
            table.lease_holder,
            table.lease_token,
            table.answered_seq,
            table.snapshot,
            table.attempts,
        )
    )


async def post(
    work: UnitOfWork,
    keys: KeyRing,
    conversation_id: str,
    draft: Draft,
    *,
    owner: str,
    epoch: int,
) -> int:
    """Store a line of the bot or an agent, if `owner` and `epoch` still hold. Returns its seq."""
    seq = await _next_seq(
        work,
        conversation_id,
        Conversation.owner == owner,
        Conversation.epoch == epoch,
    )
    if seq is None:
        raise StaleOwner(
            "the conversation changed hands", remedy="Reload it to see who has it now."
        )
    await insert_lines(work, keys, conversation_id, [draft], seq, epoch, utc_now())
    return seq


async def post_system(
    work: UnitOfWork, keys: KeyRing, conversation_id: str, drafts: Sequence[Draft]
) -> int:
    """Store safety texts or notices under any owner. Returns the seq of the first."""
    seq = await _next_seq(work, conversation_id, count=len(drafts))
    if seq is None:
        raise NotFound("no such conversation")
    await insert_lines(work, keys, conversation_id, drafts, seq, 0, utc_now())
    return seq


async def needs_no_answer(work: UnitOfWork, conversation_id: str, seq: int) -> None:
    """The assistant need not answer this line of the patient, unless it owes one before it."""
    table = table_of(Message).c
    owed = exists().where(
        table.conversation_id == conversation_id,
        table.author == "patient",
        table.seq > Conversation.answered_seq,
        table.seq < seq,
    )
    await work.session.execute(
        update(Conversation)
        .where(Conversation.id == conversation_id, Conversation.owner == BOT, ~owed)
        .values(answered_seq=seq)
        .execution_options(synchronize_session=False)
    )


async def change_owner(
    work: UnitOfWork, conversation_id: str, *, owner: str, epoch: int, to: str
) -> int:
    """Hand the conversation over, if `owner` and `epoch` still hold. Returns the new epoch.

    Back at the bot the dialogue starts clean, and what was said meanwhile is not answered again.
    """
    values: dict[str, Any] = {"owner": to, "epoch": Conversation.epoch + 1, "active_at": utc_now()}
    if to == BOT:
        values |= {"answered_seq": Conversation.last_seq, "snapshot": None, "lease_until": 0.0}
    if to == CLOSED:
        values |= {"closed_at": utc_now(), "snapshot": None, "lease_until": 0.0}
    changed = await work.session.scalar(
        update(Conversation)
        .where(
            Conversation.id == conversation_id,
            Conversation.owner == owner,
            Conversation.epoch == epoch,
        )
        .values(**values)
        .returning(Conversation.epoch)
    )
    if changed is None:
        raise StaleOwner("the conversation changed hands", remedy="Reload it and try again.")
    work.emit(OwnerChanged(conversation_id))
    return changed


async def close(work: UnitOfWork, conversation_id: str, reason: str, *, forget: bool) -> bool:
    """End a conversation. `forget` also voids the patient's token. False when it was ended."""
    values: dict[str, Any] = {
        "owner": CLOSED,
        "epoch": Conversation.epoch + 1,
        "closed_at": utc_now(),
        "close_reason": reason,
        "snapshot": None,
        "answered_seq": Conversation.last_seq,
    }
    if forget:
        values["token_hash"] = None
    condition = Conversation.token_hash.is_not(None) if forget else Conversation.owner != CLOSED
    changed = await work.session.scalar(
        update(Conversation)
        .where(Conversation.id == conversation_id, condition)
        .values(**values)
        .returning(Conversation.epoch)
    )
    if changed is not None:
        work.emit(OwnerChanged(conversation_id))
    return changed is not None


async def forget_token(work: UnitOfWork, conversation_id: str, *, reachable: bool) -> None:
    """Void the patient's token and leave the conversation with whoever has it.

    `reachable`: a link in an e-mail may still lead back, so another token, which nobody holds,
    takes its place.
    """
    unheld = token_hash(secrets.token_urlsafe(TOKEN_BYTES)) if reachable else None
    await work.session.execute(
        update(Conversation).where(Conversation.id == conversation_id).values(token_hash=unheld)
    )


async def set_language(work: UnitOfWork, conversation_id: str, language: str) -> bool:
    """Remember the language the patient speaks. False when it was this one before."""
    changed = await work.session.scalar(
        update(Conversation)
        .where(Conversation.id == conversation_id, Conversation.language != language)
        .values(language=language)
        .returning(Conversation.id)
    )
    return changed is not None


async def stored_seq(session: AsyncSession, conversation_id: str, client_id: str) -> int | None:
    """Where the message with this client id stands, if it is stored."""
    seq: int | None = await session.scalar(
        select(Message.seq).where(
            Message.conversation_id == conversation_id, Message.client_id == client_id
        )
    )
    return seq


async def _next_seq(
    work: UnitOfWork, conversation_id: str, *conditions: Any, count: int = 1
) -> int | None:
    last: int | None = await work.session.scalar(
        update(Conversation)
        .where(Conversation.id == conversation_id, *conditions)
        .values(last_seq=Conversation.last_seq + count, active_at=utc_now())
        .returning(Conversation.last_seq)
    )
    return None if last is None else last - count + 1


def lease_of(conversation_id: str, row: Row[Any]) -> Lease:
    """The lease that a row of the conversation grants."""
    return Lease(
        conversation_id=conversation_id,
        token=row.lease_token,
        epoch=row.epoch,
        answered_seq=row.answered_seq,
        language=row.language,
        attempts=row.attempts,
        snapshot=row.snapshot,
    )
