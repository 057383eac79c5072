"""The verbs of a handoff: request, claim, take over, release, resolve, return to the bot.

Each is one transaction around one conditional statement. Who comes second gets `Conflict` with
the winner's name, and has changed nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot import texts
from bot.clock import utc_now
from bot.conversations import service as conversations
from bot.conversations.models import BOT, CLOSED, QUEUE, Conversation, agent_owner
from bot.conversations.service import Draft
from bot.db import UnitOfWork
from bot.effects import FixedRef, Priority, Reason
from bot.errors import Conflict, Forbidden, NotFound
from bot.events import NotePosted, OwnerChanged
from bot.handoff.models import CLAIMED, RESOLVED, WAITING, Handoff, Note
from bot.privacy import audit
from bot.privacy.encryption import KeyRing

# When a person will answer a case of this priority that waits from now on.
Promiser = Callable[[Priority], datetime | None]
Outcome = Literal["answered", "referred", "no_reply", "duplicate", "other"]


@dataclass(frozen=True, slots=True)
class Agent:
    """Who acts: `name` is what patients and colleagues see."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Request:
    """What a handoff is opened with. `packet` is everything an agent must not ask again."""

    conversation_id: str
    reason: Reason
    priority: Priority
    language: str
    promised_by: datetime | None
    packet: dict[str, Any]


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


async def request(work: UnitOfWork, keys: KeyRing, asked: Request) -> int:
    """Open a handoff, or raise the one that is open. The owner is changed by the caller.

    What is more urgent than an open one takes its reason, its question and its priority over, so
    that nobody reads "my bill" where danger waits; the promise may come earlier. None of these
    ever moves the other way. The caller has changed or locked the conversation, so that no two
    requests of it meet here.
    """
    open_case = await work.session.scalar(
        select(Handoff).where(
            Handoff.conversation_id == asked.conversation_id, Handoff.state != RESOLVED
        )
    )
    if open_case is not None:
        if asked.priority.rank < open_case.priority_rank:
            context = packet_context(asked.conversation_id)
            before: dict[str, Any] = keys.open(open_case.packet, context)
            open_case.packet = keys.seal(_joined(before, asked.packet), context)
            open_case.reason = asked.reason.value
            open_case.priority = asked.priority.value
            open_case.priority_rank = asked.priority.rank
            open_case.promised_by = _earlier(open_case.promised_by, asked.promised_by)
            await work.session.flush()
        work.emit(OwnerChanged(asked.conversation_id))
        return open_case.id
    created = await work.session.scalar(
        insert(Handoff)
        .values(
            conversation_id=asked.conversation_id,
            reason=asked.reason.value,
            priority=asked.priority.value,
            priority_rank=asked.priority.rank,
            state=WAITING,
            language=asked.language,
            packet=keys.seal(asked.packet, packet_context(asked.conversation_id)),
            requested_at=utc_now(),
            promised_by=asked.promised_by,
        )
        .returning(Handoff.id)
    )
    if created is None:  # pragma: no cover - an insert returns its row
        raise RuntimeError("insert returned nothing")
    work.emit(OwnerChanged(asked.conversation_id))
    return created


def _joined(before: dict[str, Any], urgent: dict[str, Any]) -> dict[str, Any]:
    """The urgent request's packet, with what the one before it had learned."""
    topics = dict.fromkeys((*urgent["topics"], *before["topics"]))
    details = {**before["details"], **urgent["details"]}
    return {**urgent, "topics": list(topics), "details": details}


async def claim(work: UnitOfWork, keys: KeyRing, handoff_id: int, agent: Agent) -> Case:
    """Make the agent the owner of a waiting case. `Conflict` names who was first."""
    await _lock_conversation_of(work, handoff_id)
    conversation_id = await work.session.scalar(
        update(Handoff)
        .where(Handoff.id == handoff_id, Handoff.state == WAITING)
        .values(state=CLAIMED, agent_id=agent.id, agent_name=agent.name, claimed_at=utc_now())
        .returning(Handoff.conversation_id)
    )
    if conversation_id is None:
        raise await _taken(work, handoff_id)
    epoch = await _move(work, conversation_id, QUEUE, agent_owner(agent.id))
    await _notice(work, keys, conversation_id, "desk.joined", agent.name)
    await audit.record(work, agent.id, "handoff.claimed", conversation_id, handoff=handoff_id)
    return Case(handoff_id, conversation_id, CLAIMED, agent.id, agent_owner(agent.id), epoch)


async def take_over(
    work: UnitOfWork, keys: KeyRing, conversation_id: str, agent: Agent, packet: dict[str, Any]
) -> Case:
    """Step into a conversation the bot holds. What the bot was about to say is dropped."""
    current = await _locked(work, conversation_id)
    if current.owner != BOT:
        raise await _held(work, conversation_id, current.owner)
    handoff_id = await request(
        work,
        keys,
        Request(conversation_id, Reason.ASKED, Priority.NORMAL, current.language, None, packet),
    )
    await work.session.execute(
        update(Handoff)
        .where(Handoff.id == handoff_id)
        .values(state=CLAIMED, agent_id=agent.id, agent_name=agent.name, claimed_at=utc_now())
    )
    epoch = await _move(work, conversation_id, BOT, agent_owner(agent.id))
    await _notice(work, keys, conversation_id, "desk.took_over", agent.name)
    await audit.record(work, agent.id, "handoff.taken_over", conversation_id, handoff=handoff_id)
    return Case(handoff_id, conversation_id, CLAIMED, agent.id, agent_owner(agent.id), epoch)


async def release(
    work: UnitOfWork,
    keys: KeyRing,
    handoff_id: int,
    agent: Agent,
    *,
    promise: Promiser,
    any_agent: bool = False,
) -> Case:
    """Put one's own case back into the queue, with a new promise.

    With `any_agent` (a supervisor's right) a colleague's too: nobody's absence may leave a
    patient without a next step.
    """
    await _lock_conversation_of(work, handoff_id)
    found = await work.session.get(Handoff, handoff_id)
    holder = Agent(found.agent_id or "", found.agent_name or "") if found and any_agent else agent
    case = await owned_case(work.session, handoff_id, holder.id)
    await work.session.execute(
        update(Handoff)
        .where(Handoff.id == handoff_id)
        .values(
            state=WAITING,
            agent_id=None,
            agent_name=None,
            claimed_at=None,
            promised_by=promise(case.priority),
        )
    )
    epoch = await _move(work, case.conversation_id, agent_owner(holder.id), QUEUE)
    await _notice(work, keys, case.conversation_id, "desk.back_in_queue", holder.name)
    await audit.record(
        work, agent.id, "handoff.released", case.conversation_id, handoff=case.id, held_by=holder.id
    )
    return replace(case, state=WAITING, agent_id=None, owner=QUEUE, epoch=epoch)


async def resolve(
    work: UnitOfWork,
    keys: KeyRing,
    handoff_id: int,
    agent: Agent,
    outcome: Outcome,
    *,
    to_bot: bool,
) -> Case:
    """End one's own case with an outcome: the conversation closes, or returns to the bot."""
    await _lock_conversation_of(work, handoff_id)
    case = await owned_case(work.session, handoff_id, agent.id)
    await work.session.execute(
        update(Handoff)
        .where(Handoff.id == handoff_id)
        .values(state=RESOLVED, outcome=outcome, resolved_at=utc_now())
    )
    to = BOT if to_bot else CLOSED
    text_id = "desk.back_to_bot" if to_bot else "desk.resolved"
    await _notice(work, keys, case.conversation_id, text_id, agent.name)
    epoch = await _move(work, case.conversation_id, agent_owner(agent.id), to)
    verb = "handoff.returned_to_bot" if to_bot else "handoff.resolved"
    await audit.record(
        work, agent.id, verb, case.conversation_id, handoff=handoff_id, outcome=outcome
    )
    return Case(handoff_id, case.conversation_id, RESOLVED, agent.id, to, epoch)


async def reply(
    work: UnitOfWork, keys: KeyRing, conversation_id: str, agent_id: str, draft: Draft, epoch: int
) -> int:
    """An agent's line to the patient, if the agent still has the case. Returns its seq.

    The same `client_id` again returns the seq of the first time.
    """
    if draft.client_id:
        stored = await conversations.stored_seq(work.session, conversation_id, draft.client_id)
        if stored is not None:
            return stored
    seq = await conversations.post(
        work, keys, conversation_id, draft, owner=agent_owner(agent_id), epoch=epoch
    )
    await work.session.execute(
        update(Handoff)
        .where(
            Handoff.conversation_id == conversation_id,
            Handoff.state == CLAIMED,
            Handoff.first_reply_at.is_(None),
        )
        .values(first_reply_at=utc_now())
    )
    return seq


async def add_note(
    work: UnitOfWork, keys: KeyRing, conversation_id: str, agent: Agent, words: str
) -> int:
    """Keep an internal line. It never reaches the patient."""
    if await work.session.get(Conversation, conversation_id) is None:
        raise NotFound("no such conversation", field="conversation_id")
    created = await work.session.scalar(
        insert(Note)
        .values(
            conversation_id=conversation_id,
            agent_id=agent.id,
            agent_name=agent.name,
            body=keys.seal(words, note_context(conversation_id)),
            created_at=utc_now(),
        )
        .returning(Note.id)
    )
    work.emit(NotePosted(conversation_id))
    return created or 0


async def end_for_patient(work: UnitOfWork, conversation_id: str) -> None:
    """The patient ended the chat and the token is void. What was asked of people ends with it.

    An urgent case stays: whoever spoke of danger is not forgotten by closing a window.
    """
    held = await _locked(work, conversation_id)
    urgent = await work.session.scalar(
        select(Handoff.id).where(
            Handoff.conversation_id == conversation_id,
            Handoff.state != RESOLVED,
            Handoff.priority == Priority.URGENT.value,
        )
    )
    await audit.record(work, "patient", "conversation.ended", conversation_id)
    if urgent is not None:
        await conversations.forget_token(work, conversation_id)
        return
    await work.session.execute(
        update(Handoff)
        .where(Handoff.conversation_id == conversation_id, Handoff.state != RESOLVED)
        .values(state=RESOLVED, outcome="patient_left", resolved_at=utc_now())
    )
    await conversations.close(work, held.id, "patient_ended", forget=True)


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


async def _move(work: UnitOfWork, conversation_id: str, owner: str, to: str) -> int:
    epoch = await work.session.scalar(
        select(Conversation.epoch).where(Conversation.id == conversation_id)
    )
    return await conversations.change_owner(
        work, conversation_id, owner=owner, epoch=epoch or 0, to=to
    )


async def _notice(
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
        fixed=FixedRef(id=fixed.id, hash=fixed.hash),
    )


async def _locked(work: UnitOfWork, conversation_id: str) -> Conversation:
    row = await work.session.scalar(
        select(Conversation).where(Conversation.id == conversation_id).with_for_update()
    )
    if row is None:
        raise NotFound("no such conversation", field="conversation_id")
    return row


async def _lock_conversation_of(work: UnitOfWork, handoff_id: int) -> None:
    """Take the conversation's row first, as every other writer does: no two can deadlock."""
    await work.session.execute(
        select(Conversation.id)
        .join(Handoff, Handoff.conversation_id == Conversation.id)
        .where(Handoff.id == handoff_id)
        .with_for_update(of=Conversation)
    )


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    known = [at for at in (one, other) if at is not None]
    return min(known, default=None)


async def _taken(work: UnitOfWork, handoff_id: int) -> Conflict | NotFound:
    found = await work.session.get(Handoff, handoff_id)
    if found is None:
        return NotFound("no such handoff", field="handoff_id")
    if found.state == RESOLVED:
        return Conflict("this case is already resolved", remedy="Pick another from the queue.")
    winner = found.agent_name
    return Conflict(f"{winner or 'Somebody'} has this case", winner=winner, remedy="Pick another.")


async def _held(work: UnitOfWork, conversation_id: str, owner: str) -> Conflict:
    winner = await work.session.scalar(
        select(Handoff.agent_name).where(
            Handoff.conversation_id == conversation_id, Handoff.state == CLAIMED
        )
    )
    holder = winner or {QUEUE: "the queue", CLOSED: "nobody: it is closed"}.get(owner, "somebody")
    return Conflict(f"this conversation belongs to {holder}", winner=winner)
