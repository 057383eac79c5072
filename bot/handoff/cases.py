"""A case as every verb of a handoff sees it: who acts, in what order rows are locked, and the lines
that the desk itself says in the conversation."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import texts
from bot.conversations import service as conversations
from bot.conversations.lines import Draft
from bot.conversations.models import CLOSED, QUEUE, Conversation
from bot.db import UnitOfWork
from bot.effects import FixedRef, Priority, Reason
from bot.errors import Conflict, Forbidden, NotFound
from bot.handoff.models import CLAIMED, RESOLVED, Handoff
from bot.handoff.promise import Promise
from bot.privacy.encryption import KeyRing

# What the patient of this handoff can be promised when it waits from now on.
Promiser = Callable[[AsyncSession, int], Awaitable[Promise]]
# How the patient of a case that waits again is told: who had it, and the time that holds now.
Excuse = Callable[[Handoff, str, datetime | None], Sequence[Draft]]
Outcome = Literal["answered", "referred", "no_reply", "duplicate", "other"]


@dataclass(frozen=True, slots=True)
class Agent:
    """Who acts: `name` is what patients and colleagues see."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Request:
    """What a handoff is opened with. `packet` is everything an agent must not ask again.

    `promise` is what `promised_by` rests on, where something was estimated. `site` is the id of
    the one that the patient spoke of.
    """

    conversation_id: str
    reason: Reason
    priority: Priority
    language: str
    promised_by: datetime | None
    packet: dict[str, Any]
    promise: Promise | None = None
    site: str | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """An open handoff and where its conversation stands."""

    id: int
    conversation_id: str
    state: str
    agent_id: str | None
    owner: str
    epoch: int
    priority: Priority = Priority.NORMAL


def packet_context(conversation_id: str) -> str:
    """The place a packet is sealed for."""
    return f"packet:{conversation_id}"


def note_context(conversation_id: str) -> str:
    """The place a note is sealed for."""
    return f"note:{conversation_id}"


async def owned_case(session: AsyncSession, handoff_id: int, agent_id: str) -> Case:
    """The case, if this agent has it; `Forbidden` with who has it otherwise."""
    found = await session.get(Handoff, handoff_id)
    if found is None:
        raise NotFound("no such handoff", field="handoff_id")
    if found.state != CLAIMED or found.agent_id != agent_id:
        raise Forbidden("this case is not yours", remedy="Claim it first.")
    conversation = await session.get(Conversation, found.conversation_id)
    if conversation is None:  # pragma: no cover - the foreign key holds it
        raise NotFound("no such conversation")
    return Case(
        found.id,
        conversation.id,
        found.state,
        agent_id,
        conversation.owner,
        conversation.epoch,
        Priority(found.priority),
    )


async def move(work: UnitOfWork, conversation_id: str, owner: str, to: str) -> int:
    epoch = await work.session.scalar(
        select(Conversation.epoch).where(Conversation.id == conversation_id)
    )
    return await conversations.change_owner(
        work, conversation_id, owner=owner, epoch=epoch or 0, to=to
    )


async def tell(
    work: UnitOfWork, keys: KeyRing, conversation_id: str, text_id: str, agent_name: str
) -> None:
    language = await work.session.scalar(
        select(Conversation.language).where(Conversation.id == conversation_id)
    )
    draft = notice(text_id, language or "en", agent=agent_name)
    await conversations.post_system(work, keys, conversation_id, [draft])


def notice(text_id: str, language: str, **values: str) -> Draft:
    """A line of the desk itself, from the catalogue."""
    fixed = texts.get(text_id, language, **values)
    return Draft(
        author="system",
        kind="notice",
        text=fixed.text,
        language=language,
        fixed=FixedRef.of(fixed),
    )


async def locked(work: UnitOfWork, conversation_id: str) -> Conversation:
    row = await work.session.scalar(
        select(Conversation).where(Conversation.id == conversation_id).with_for_update()
    )
    if row is None:
        raise NotFound("no such conversation", field="conversation_id")
    return row


async def lock_conversation_of(work: UnitOfWork, handoff_id: int) -> None:
    """Take the conversation's row first, as every other writer does: no two can deadlock."""
    await work.session.execute(
        select(Conversation.id)
        .join(Handoff, Handoff.conversation_id == Conversation.id)
        .where(Handoff.id == handoff_id)
        .with_for_update(of=Conversation)
    )


async def taken(work: UnitOfWork, handoff_id: int) -> Conflict | NotFound:
    found = await work.session.get(Handoff, handoff_id)
    if found is None:
        return NotFound("no such handoff", field="handoff_id")
    if found.state == RESOLVED:
        return Conflict("this case is already resolved", remedy="Pick another from the queue.")
    winner = found.agent_name
    return Conflict(f"{winner or 'Somebody'} has this case", winner=winner, remedy="Pick another.")


async def held_by_another(work: UnitOfWork, conversation_id: str, owner: str) -> Conflict:
    winner = await work.session.scalar(
        select(Handoff.agent_name).where(
            Handoff.conversation_id == conversation_id, Handoff.state == CLAIMED
        )
    )
    holder = winner or {QUEUE: "the queue", CLOSED: "nobody: it is closed"}.get(owner, "somebody")
    return Conflict(f"this conversation belongs to {holder}", winner=winner)
