"""The calls that are owed: planned with consent, held by one agent, logged, and brought to an end.

A call ends when the person was reached, when consent is taken back or the number is wrong, when an
agent says that it is not needed any more, or after three attempts and a message.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import insert, select, update

from bot.conversations import service as conversations
from bot.conversations.models import Conversation
from bot.db import UnitOfWork
from bot.errors import Conflict, NotFound
from bot.events import OwnerChanged
from bot.handoff import history, promise_life
from bot.handoff.cases import Agent, notice
from bot.handoff.earlier import MISSED
from bot.handoff.follow_ups import finish_task, open_task, read_task
from bot.handoff.history import REACHED, Happened
from bot.handoff.models import RESOLVED, WAITING, Handoff
from bot.handoff.service import claim
from bot.outreach import contacts
from bot.outreach.models import OPEN, CallAttempt, Callback, Contact
from bot.privacy import audit
from bot.privacy.encryption import KeyRing
from bot.staff.models import Account

CallOutcome = Literal["reached", "no_answer", "voicemail", "wrong_number", "not_needed"]
MOST_ATTEMPTS = 3
HELD_FOR = timedelta(minutes=15)
ENDING = {REACHED: REACHED, "wrong_number": "wrong_number", "not_needed": "not_needed"}
GAVE_UP, WITHDRAWN = "gave_up", "withdrawn"


async def plan(
    work: UnitOfWork, contact: Contact, handoff_id: int, due_at: datetime, at: datetime
) -> int:
    """Owe this contact a call by `due_at`, or move the call that is owed. Returns its id."""
    moved: int | None = await work.session.scalar(
        update(Callback)
        .where(Callback.contact_id == contact.id, Callback.state == OPEN)
        .values(due_at=due_at, handoff_id=handoff_id)
        .returning(Callback.id)
    )
    callback_id = moved or await work.session.scalar(
        insert(Callback)
        .values(
            conversation_id=contact.conversation_id,
            handoff_id=handoff_id,
            contact_id=contact.id,
            due_at=due_at,
            created_at=at,
        )
        .returning(Callback.id)
    )
    if callback_id is None:  # pragma: no cover - an insert returns its row
        raise RuntimeError("insert returned nothing")
    await _happened(work, handoff_id, contact.conversation_id, Happened.CALL_PLANNED, at=at)
    work.emit(OwnerChanged(contact.conversation_id))
    return callback_id


async def hold(
    work: UnitOfWork, keys: KeyRing, callback_id: int, agent: Agent, at: datetime
) -> str:
    """Take a call to make it now. Returns the number. `Conflict` names who is calling already."""
    callback = await _locked(work, callback_id)
    if callback.state != OPEN:
        raise Conflict("this call is settled", remedy="Pick another.")
    if callback.held_by not in (None, agent.id) and (callback.held_until or at) > at:
        winner = await work.session.scalar(
            select(Account.display_name).where(Account.id == callback.held_by)
        )
        raise Conflict(f"{winner or 'Somebody'} is calling", winner=winner, remedy="Pick another.")
    contact = await work.session.get(Contact, callback.contact_id)
    number = contacts.address_of(contact, keys) if contact else None
    if number is None:
        raise Conflict("consent to call was taken back", remedy="Pick another.")
    callback.held_by, callback.held_until = agent.id, at + HELD_FOR
    await audit.record(
        work, agent.id, "callback.number_shown", callback.conversation_id, callback=callback_id
    )
    work.emit(OwnerChanged(callback.conversation_id))
    return number


async def put_back(work: UnitOfWork, callback_id: int, agent: Agent) -> None:
    """The agent does not call now after all."""
    callback = await _locked(work, callback_id)
    if callback.held_by == agent.id:
        callback.held_by = callback.held_until = None
        work.emit(OwnerChanged(callback.conversation_id))


async def log(
    work: UnitOfWork,
    keys: KeyRing,
    callback_id: int,
    agent: Agent,
    outcome: CallOutcome,
    at: datetime,
    *,
    again_at: datetime | None,
    phone: str,
) -> str:
    """Write down what came of a call that this agent holds. Returns the state it leaves.

    `again_at` is when to try again; without one, or after the third attempt, the patient gets a
    message instead. `phone` is the clinic's, for that message.
    """
    callback = await _locked(work, callback_id)
    if callback.state != OPEN or callback.held_by != agent.id:
        raise Conflict("you do not hold this call", remedy="Press Call first.")
    callback.held_by = callback.held_until = None
    if outcome != "not_needed":
        callback.attempts += 1
        await work.session.execute(
            insert(CallAttempt).values(
                callback_id=callback_id, agent_id=agent.id, outcome=outcome, at=at
            )
        )
    spent = callback.attempts >= MOST_ATTEMPTS or again_at is None
    callback.state = ENDING.get(outcome, GAVE_UP if spent else OPEN)
    if callback.state != OPEN:
        callback.ended_at = at
    elif again_at is not None:
        callback.due_at = again_at
    await _tell(work, keys, callback, phone)
    await _follow(work, keys, callback, agent, outcome, at)
    await _write_down(work, callback, agent, outcome, at)
    return callback.state


async def _follow(
    work: UnitOfWork,
    keys: KeyRing,
    callback: Callback,
    agent: Agent,
    outcome: CallOutcome,
    at: datetime,
) -> None:
    """What the outcome means for the case, and for other calls to the same number."""
    if outcome == REACHED:
        await _answered(work, keys, callback, agent, at)
    if outcome == "wrong_number":
        about = callback.conversation_id
        gone = await contacts.withdraw(work, about, ("phone",), "wrong_number", at)
        await end_withdrawn(work, [one.id for one in gone], at)


async def end_withdrawn(work: UnitOfWork, contact_ids: Collection[int], at: datetime) -> None:
    """Nobody is called any more whose consent is gone."""
    ended = await work.session.execute(
        update(Callback)
        .where(Callback.contact_id.in_(contact_ids), Callback.state == OPEN)
        .values(state=WITHDRAWN, ended_at=at, held_by=None, held_until=None)
        .returning(Callback.handoff_id, Callback.conversation_id)
    )
    for handoff_id, conversation_id in ended.all():
        await _happened(
            work, handoff_id, conversation_id, Happened.CALL_ENDED, at=at, state=WITHDRAWN
        )
        work.emit(OwnerChanged(conversation_id))


async def _tell(work: UnitOfWork, keys: KeyRing, callback: Callback, phone: str) -> None:
    said = {GAVE_UP: "outreach.not_reached", "wrong_number": "outreach.wrong_number"}
    text_id = said.get(callback.state)
    if text_id is None:
        return
    language = await work.session.scalar(
        select(Conversation.language).where(Conversation.id == callback.conversation_id)
    )
    line = notice(text_id, language or "en", phone=phone)
    await conversations.post_system(work, keys, callback.conversation_id, [line])


async def _answered(
    work: UnitOfWork, keys: KeyRing, callback: Callback, agent: Agent, at: datetime
) -> None:
    """A person who was spoken to has had a person's answer, and what was promised with it.

    Whoever spoke with them has the case from now on, unless a colleague has it: it leaves the
    line, so that nobody is sent to it who knows nothing of the call.
    """
    about = callback.conversation_id
    case = await work.session.scalar(
        select(Handoff)
        .where(Handoff.conversation_id == about, Handoff.state != RESOLVED)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if case is not None:
        first = case.first_reply_at is None
        if case.state == WAITING:
            await claim(work, keys, case.id, agent, told="outreach.reached", at=at)
        if first:
            await _kept(work, case.id, about, agent, at)
    if task_id := await open_task(work, about, MISSED):
        await finish_task(work, await read_task(work, task_id), agent.id, REACHED, at)


async def _kept(work: UnitOfWork, handoff_id: int, about: str, agent: Agent, at: datetime) -> None:
    await work.session.execute(
        update(Handoff).where(Handoff.id == handoff_id).values(first_reply_at=at)
    )
    first = Happened.FIRST_REPLY
    await _happened(work, handoff_id, about, first, agent_id=agent.id, at=at, by="phone")
    await promise_life.replied(work, handoff_id, about, agent.id, at)


async def _write_down(
    work: UnitOfWork, callback: Callback, agent: Agent, outcome: str, at: datetime
) -> None:
    about = callback.conversation_id
    await audit.record(
        work, agent.id, "callback.logged", about, callback=callback.id, outcome=outcome
    )
    await _happened(
        work,
        callback.handoff_id,
        about,
        Happened.CALLED,
        agent_id=agent.id,
        at=at,
        outcome=outcome,
        attempt=callback.attempts,
    )
    if callback.state != OPEN:
        await _happened(
            work, callback.handoff_id, about, Happened.CALL_ENDED, at=at, state=callback.state
        )
    work.emit(OwnerChanged(about))


async def _happened(
    work: UnitOfWork,
    handoff_id: int | None,
    conversation_id: str,
    kind: Happened,
    **values: Any,
) -> None:
    if handoff_id is not None:
        await history.record(work, handoff_id, conversation_id, kind, **values)


async def _locked(work: UnitOfWork, callback_id: int) -> Callback:
    """The call, after the conversation's row: the order in which every writer locks."""
    await work.session.execute(
        select(Conversation.id)
        .join(Callback, Callback.conversation_id == Conversation.id)
        .where(Callback.id == callback_id)
        .with_for_update(of=Conversation)
    )
    callback = await work.session.scalar(
        select(Callback).where(Callback.id == callback_id).with_for_update()
    )
    if callback is None:
        raise NotFound("no such call", field="callback_id")
    return callback
