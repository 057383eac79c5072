"""Moving a case between people: transfer it, or take it from a colleague.

A transferred case is the receiver's at once, as in help desks: a case that waits to be accepted
belongs to nobody. Only who is present is given one. Every verb names the epoch its agent saw, so
that who comes second gets `Conflict` with the winner's name, and has changed nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import update

from bot.clock import utc_now
from bot.conversations import service as conversations
from bot.conversations.models import QUEUE, Conversation, agent_owner
from bot.db import UnitOfWork
from bot.effects import Priority
from bot.errors import Conflict, Forbidden, Invalid, NotFound
from bot.handoff import history, lines, promise_life
from bot.handoff.cases import (
    Agent,
    Case,
    Promiser,
    lock_conversation_of,
    notice,
    taken,
)
from bot.handoff.history import Happened
from bot.handoff.models import CLAIMED, WAITING, Handoff
from bot.privacy import audit
from bot.privacy.encryption import KeyRing

# A promised time in the words of a language.
Said = Callable[[datetime, str], str]


@dataclass(frozen=True, slots=True)
class Move:
    """Who moves which case, as of which epoch. `any_case`: also one that a colleague has."""

    handoff_id: int
    agent: Agent
    epoch: int
    any_case: bool = False


@dataclass(frozen=True, slots=True)
class _Held:
    """A claimed case, locked."""

    handoff: Handoff
    conversation: Conversation
    holder: Agent


async def to_agent(work: UnitOfWork, keys: KeyRing, move: Move, receiver: Agent, note: str) -> Case:
    """Hand a case to a colleague, with a note for them. The promise stays as it was given."""
    held = await _held(work, move)
    if receiver.id == held.holder.id:
        raise Invalid(
            f"{receiver.name} has this case already", field="agent_id", remedy="Pick another."
        )
    note_id = await lines.add_note(work, keys, held.conversation.id, move.agent, note)
    names = {"agent": held.holder.name, "other": receiver.name}
    case = await _give(work, keys, held, receiver, "moves.to_agent", names)
    await _happened(work, held, move, Happened.TRANSFERRED, to=receiver.id, note=note_id)
    return case


async def to_queue(
    work: UnitOfWork,
    keys: KeyRing,
    move: Move,
    note: str,
    *,
    need: str | None,
    promise: Promiser,
    said: Said,
) -> Case:
    """Put a case back for whoever brings `need` (anyone, without one), with a note for them.

    A promise that nobody kept yet and that is not over stays; else a new one is given and told.
    """
    held = await _held(work, move)
    note_id = await lines.add_note(work, keys, held.conversation.id, move.agent, note)
    now = utc_now()
    await work.session.execute(
        update(Handoff)
        .where(Handoff.id == held.handoff.id)
        .values(
            state=WAITING,
            agent_id=None,
            agent_name=None,
            claimed_at=None,
            queued_at=now,
            need=need,
        )
    )
    by = await promise_life.put_back(work, held.handoff.id, promise, now)
    epoch = await _hand_over(work, held, QUEUE)
    language = held.conversation.language
    values = {"agent": held.holder.name} | ({"time": said(by, language)} if by else {})
    await _tell(work, keys, held, "moves.to_queue" if by else "moves.to_queue_no_time", values)
    await _happened(
        work,
        held,
        move,
        Happened.TRANSFERRED,
        promised_by=by,
        to=QUEUE,
        need=need,
        note=note_id,
    )
    return _case(held, WAITING, None, QUEUE, epoch)


async def take_from(
    work: UnitOfWork, keys: KeyRing, move: Move, *, present: Collection[str]
) -> Case:
    """Take a colleague's case: a supervisor may (`any_case`), and anyone when its holder is not
    among the ids of those who are `present`."""
    held = await _held(work, Move(move.handoff_id, move.agent, move.epoch, any_case=True))
    if held.holder.id == move.agent.id:
        raise Conflict("this case is yours already", winner=move.agent.name)
    if not move.any_case and held.holder.id in present:
        raise Forbidden(
            f"{held.holder.name} is here and has this case",
            remedy="Ask them to transfer it, or ask a supervisor.",
        )
    names = {"agent": move.agent.name, "other": held.holder.name}
    case = await _give(work, keys, held, move.agent, "moves.took_over", names)
    await _happened(work, held, move, Happened.TAKEN_OVER)
    return case


async def _held(work: UnitOfWork, move: Move) -> _Held:
    """The case as its agent saw it. `Conflict` with the winner when it has moved since."""
    await lock_conversation_of(work, move.handoff_id)
    found = await work.session.get(Handoff, move.handoff_id)
    if found is None:
        raise NotFound("no such handoff", field="handoff_id")
    conversation = await work.session.get(Conversation, found.conversation_id)
    if conversation is None:  # pragma: no cover - the foreign key holds it
        raise NotFound("no such conversation")
    if found.state != CLAIMED or conversation.epoch != move.epoch:
        raise await taken(work, move.handoff_id)
    holder = Agent(found.agent_id or "", found.agent_name or "")
    if holder.id != move.agent.id and not move.any_case:
        raise Forbidden("this case is not yours", remedy="Claim it first.")
    return _Held(found, conversation, holder)


async def _give(
    work: UnitOfWork,
    keys: KeyRing,
    held: _Held,
    receiver: Agent,
    text_id: str,
    names: dict[str, str],
) -> Case:
    await work.session.execute(
        update(Handoff)
        .where(Handoff.id == held.handoff.id)
        .values(agent_id=receiver.id, agent_name=receiver.name, claimed_at=utc_now(), need=None)
    )
    epoch = await _hand_over(work, held, agent_owner(receiver.id))
    await _tell(work, keys, held, text_id, names)
    return _case(held, CLAIMED, receiver.id, agent_owner(receiver.id), epoch)


async def _hand_over(work: UnitOfWork, held: _Held, to: str) -> int:
    return await conversations.change_owner(
        work,
        held.conversation.id,
        owner=agent_owner(held.holder.id),
        epoch=held.conversation.epoch,
        to=to,
    )


async def _tell(
    work: UnitOfWork, keys: KeyRing, held: _Held, text_id: str, values: dict[str, str]
) -> None:
    told = notice(text_id, held.conversation.language, **values)
    await conversations.post_system(work, keys, held.conversation.id, [told])


async def _happened(
    work: UnitOfWork,
    held: _Held,
    move: Move,
    kind: Happened,
    *,
    promised_by: datetime | None = None,
    **detail: Any,
) -> None:
    codes: dict[str, str | int | None] = {
        "handoff": held.handoff.id,
        "held_by": held.holder.id,
        **detail,
    }
    await audit.record(work, move.agent.id, f"handoff.{kind.value}", held.conversation.id, **codes)
    await history.record(
        work,
        held.handoff.id,
        held.conversation.id,
        kind,
        agent_id=move.agent.id,
        promised_by=promised_by,
        held_by=held.holder.id,
        **detail,
    )


def _case(held: _Held, state: str, agent_id: str | None, owner: str, epoch: int) -> Case:
    priority = Priority(held.handoff.priority)
    return Case(held.handoff.id, held.conversation.id, state, agent_id, owner, epoch, priority)
