"""The verbs of a handoff: request, claim, take over, release, resolve, return to the bot.

Each is one transaction around one conditional statement. Who comes second gets `Conflict` with
the winner's name, and has changed nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select, update

from bot.clock import utc_now
from bot.conversations import service as conversations
from bot.conversations.models import BOT, CLOSED, QUEUE, agent_owner
from bot.db import UnitOfWork
from bot.effects import Priority, Reason
from bot.events import OwnerChanged
from bot.handoff import history, promise_life
from bot.handoff.cases import (
    Agent,
    Case,
    Excuse,
    Outcome,
    Promiser,
    Request,
    held_by_another,
    lock_conversation_of,
    locked,
    move,
    owned_case,
    packet_context,
    taken,
    tell,
)
from bot.handoff.history import Happened
from bot.handoff.models import CLAIMED, RESOLVED, WAITING, Handoff
from bot.handoff.offers import withdraw
from bot.handoff.skills import domain_of
from bot.privacy import audit
from bot.privacy.encryption import KeyRing


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
            await _raise(work, keys, open_case, asked)
        work.emit(OwnerChanged(asked.conversation_id))
        return open_case.id
    now = utc_now()
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
            requested_at=now,
            domain=domain_of(asked.packet.get("topics") or ()),
            site=asked.site,
            **promise_life.columns(asked.promise, asked.promised_by),
        )
        .returning(Handoff.id)
    )
    if created is None:  # pragma: no cover - an insert returns its row
        raise RuntimeError("insert returned nothing")
    await _happened(work, created, asked, Happened.REQUESTED, now)
    await promise_life.give(
        work, created, asked.conversation_id, now, asked.promise, asked.promised_by
    )
    work.emit(OwnerChanged(asked.conversation_id))
    return created


async def _raise(work: UnitOfWork, keys: KeyRing, case: Handoff, asked: Request) -> None:
    context, now = packet_context(asked.conversation_id), utc_now()
    before: dict[str, Any] = keys.open(case.packet, context)
    case.packet = keys.seal(_joined(before, asked.packet), context)
    case.reason = asked.reason.value
    case.domain = domain_of(asked.packet["topics"]) or case.domain
    case.site = asked.site or case.site
    case.priority = asked.priority.value
    case.priority_rank = asked.priority.rank
    await work.session.flush()
    await _happened(work, case.id, asked, Happened.RAISED, now)
    await promise_life.raised(work, case, now, asked.promise, asked.promised_by)


async def _happened(
    work: UnitOfWork, handoff_id: int, asked: Request, kind: Happened, at: datetime
) -> None:
    await history.record(
        work,
        handoff_id,
        asked.conversation_id,
        kind,
        promised_by=asked.promised_by,
        at=at,
        reason=asked.reason.value,
        priority=asked.priority.value,
        language=asked.language,
        topics=",".join(asked.packet["topics"]),
    )


def _joined(before: dict[str, Any], urgent: dict[str, Any]) -> dict[str, Any]:
    """The urgent request's packet, with what the one before it had learned."""
    topics = dict.fromkeys((*urgent["topics"], *before["topics"]))
    details = {**before["details"], **urgent["details"]}
    return {**urgent, "topics": list(topics), "details": details}


async def claim(
    work: UnitOfWork,
    keys: KeyRing,
    handoff_id: int,
    agent: Agent,
    *,
    told: str = "desk.joined",
    at: datetime | None = None,
) -> Case:
    """Make the agent the owner of a waiting case. `Conflict` names who was first.

    `told` is the text with which the patient hears of it.
    """
    at = at or utc_now()
    await lock_conversation_of(work, handoff_id)
    conversation_id = await work.session.scalar(
        update(Handoff)
        .where(Handoff.id == handoff_id, Handoff.state == WAITING)
        .values(state=CLAIMED, agent_id=agent.id, agent_name=agent.name, claimed_at=at)
        .returning(Handoff.conversation_id)
    )
    if conversation_id is None:
        raise await taken(work, handoff_id)
    await withdraw(work, handoff_id)
    epoch = await move(work, conversation_id, QUEUE, agent_owner(agent.id))
    await tell(work, keys, conversation_id, told, agent.name)
    await audit.record(work, agent.id, "handoff.claimed", conversation_id, handoff=handoff_id)
    await history.record(
        work, handoff_id, conversation_id, Happened.CLAIMED, agent_id=agent.id, at=at
    )
    return Case(handoff_id, conversation_id, CLAIMED, agent.id, agent_owner(agent.id), epoch)


async def take_over(
    work: UnitOfWork, keys: KeyRing, conversation_id: str, agent: Agent, packet: dict[str, Any]
) -> Case:
    """Step into a conversation the bot holds. What the bot was about to say is dropped."""
    current = await locked(work, conversation_id)
    if current.owner != BOT:
        raise await held_by_another(work, conversation_id, current.owner)
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
    epoch = await move(work, conversation_id, BOT, agent_owner(agent.id))
    await tell(work, keys, conversation_id, "desk.took_over", agent.name)
    await audit.record(work, agent.id, "handoff.taken_over", conversation_id, handoff=handoff_id)
    await history.record(work, handoff_id, conversation_id, Happened.TAKEN_OVER, agent_id=agent.id)
    return Case(handoff_id, conversation_id, CLAIMED, agent.id, agent_owner(agent.id), epoch)


async def release(
    work: UnitOfWork,
    keys: KeyRing,
    handoff_id: int,
    agent: Agent,
    *,
    promise: Promiser,
    excuse: Excuse,
    any_agent: bool = False,
) -> Case:
    """Put one's own case back into the queue. What was promised holds, or a new time is given;
    the patient is told which.

    With `any_agent` (a supervisor's right) a colleague's too: nobody's absence may leave a
    patient without a next step.
    """
    await lock_conversation_of(work, handoff_id)
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
            queued_at=utc_now(),
        )
    )
    promised_by = await promise_life.put_back(work, handoff_id, promise, utc_now())
    epoch = await move(work, case.conversation_id, agent_owner(holder.id), QUEUE)
    told = excuse(await work.session.get_one(Handoff, handoff_id), holder.name, promised_by)
    await conversations.post_system(work, keys, case.conversation_id, told)
    await audit.record(
        work, agent.id, "handoff.released", case.conversation_id, handoff=case.id, held_by=holder.id
    )
    await history.record(
        work,
        case.id,
        case.conversation_id,
        Happened.RELEASED,
        agent_id=agent.id,
        promised_by=promised_by,
        held_by=holder.id,
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
    follow_up_on: date | None = None,
) -> Case:
    """End one's own case with an outcome: the conversation closes, or returns to the bot."""
    await lock_conversation_of(work, handoff_id)
    case = await owned_case(work.session, handoff_id, agent.id)
    await work.session.execute(
        update(Handoff)
        .where(Handoff.id == handoff_id)
        .values(state=RESOLVED, outcome=outcome, resolved_at=utc_now())
    )
    to = BOT if to_bot else CLOSED
    text_id = "desk.back_to_bot" if to_bot else "desk.resolved"
    await tell(work, keys, case.conversation_id, text_id, agent.name)
    epoch = await move(work, case.conversation_id, agent_owner(agent.id), to)
    verb = "handoff.returned_to_bot" if to_bot else "handoff.resolved"
    await audit.record(
        work, agent.id, verb, case.conversation_id, handoff=handoff_id, outcome=outcome
    )
    await history.record(
        work,
        handoff_id,
        case.conversation_id,
        Happened.RETURNED_TO_BOT if to_bot else Happened.RESOLVED,
        agent_id=agent.id,
        outcome=outcome,
        follow_up_on=follow_up_on.isoformat() if follow_up_on else None,
    )
    return Case(handoff_id, case.conversation_id, RESOLVED, agent.id, to, epoch)


async def end_for_patient(
    work: UnitOfWork, conversation_id: str, *, left: Collection[str] = ()
) -> bool:
    """The patient ended the chat and the token is void. Returns whether the case stays open.

    It does when the patient left a way to be reached, whose channels are `left`: who clears a
    shared screen still waits. So does an urgent case: whoever spoke of danger is not forgotten by
    closing a window. Anything else that was asked of people ends with the chat.
    """
    held = await locked(work, conversation_id)
    await audit.record(work, "patient", "conversation.ended", conversation_id)
    case = (
        await work.session.execute(
            select(Handoff.id, Handoff.priority).where(
                Handoff.conversation_id == conversation_id, Handoff.state != RESOLVED
            )
        )
    ).one_or_none()
    if case and (left or case.priority == Priority.URGENT.value):
        await conversations.forget_token(work, conversation_id, reachable="email" in left)
        await history.record(work, case.id, conversation_id, Happened.CHAT_ENDED)
        work.emit(OwnerChanged(conversation_id))
        return True
    if case:
        await work.session.execute(
            update(Handoff)
            .where(Handoff.id == case.id)
            .values(state=RESOLVED, outcome="patient_left", resolved_at=utc_now())
        )
        await history.record(work, case.id, conversation_id, Happened.PATIENT_LEFT)
    await conversations.close(work, held.id, "patient_ended", forget=True)
    return False
