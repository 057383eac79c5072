"""Follow-up tasks: what somebody has to do about a conversation at a later time.

A task is `planned` until its time comes, `due` until somebody did it, then `done`. Its owner is an
account, or nobody: then whoever has its role looks after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import insert, or_, select, update

from bot.clock import utc_now
from bot.conversations.models import Message
from bot.db import UnitOfWork
from bot.errors import Conflict, NotFound
from bot.events import OwnerChanged
from bot.handoff import history
from bot.handoff.cases import locked
from bot.handoff.history import Happened
from bot.handoff.models import FollowUp
from bot.handoff.promise import AgentHours
from bot.privacy import audit
from bot.privacy.encryption import KeyRing

PLANNED = "planned"
DUE = "due"
DONE = "done"
SYSTEM = "system"
ANSWERED = "answered_in_chat"
AGENT_ROLE = "agent"
EDITOR_ROLE = "editor"
SUPERVISOR_ROLE = "supervisor"
Kind = Literal["follow_up", "bad_rating", "called_back_missed", "assistant_wrong"]
Outcome = Literal["reached", "message_left", "not_reached", "not_needed", "other"]
EditorOutcome = Literal["corrected", "answer_is_right", "duplicate", "other"]
# Who looks after a task of this kind that nobody owns.
ROLES: dict[Kind, str] = {
    "follow_up": AGENT_ROLE,
    "bad_rating": SUPERVISOR_ROLE,
    "called_back_missed": AGENT_ROLE,
    "assistant_wrong": EDITOR_ROLE,
}


def note_context(conversation_id: str) -> str:
    """The place a task's words are sealed for."""
    return f"follow_up:{conversation_id}"


def at_work(at: datetime, hours: AgentHours) -> datetime:
    """`at` while people are there, else the next opening: nobody does a task at night."""
    if hours.is_open(at):
        return at
    return hours.next_opening(at) or at


async def open_follow_up(
    work: UnitOfWork,
    keys: KeyRing,
    *,
    conversation_id: str,
    handoff_id: int | None,
    kind: Kind,
    due_at: datetime,
    owner_id: str | None,
    note: str | dict[str, str] | None,
    created_by: str | None = None,
    detail: dict[str, str | int] | None = None,
    now: datetime | None = None,
) -> int:
    """Open a task; returns its id.

    `due_at` is taken as it is: move it into the clinic's hours with `at_work` before (the desk
    does it as `Desk.at_work`). `owner_id` None leaves it to the role of its kind. `note` is sealed
    and only staff read it; words of a patient in it are redacted by the caller. `created_by` None
    means that no member of staff did it. History, audit and the consoles are told here.
    """
    now = now or utc_now()
    created = await work.session.scalar(
        insert(FollowUp)
        .values(
            conversation_id=conversation_id,
            handoff_id=handoff_id,
            kind=kind,
            role=ROLES[kind],
            owner_id=owner_id,
            state=DUE if due_at <= now else PLANNED,
            due_at=due_at,
            note=keys.seal(note, note_context(conversation_id)) if note else None,
            detail=detail or {},
            created_by=created_by,
            created_at=now,
        )
        .returning(FollowUp.id)
    )
    task = await read_task(work, created or 0)
    await tell(work, task, Happened.FOLLOW_UP_OPENED, "follow_up.opened", created_by)
    return task.id


async def tell_due(work: UnitOfWork, now: datetime, limit: int = 200) -> Sequence[int]:
    """Make tasks due whose time has come, each once; returns their ids.

    Somebody who waited for a call and was answered in the chat meanwhile needs none.
    """
    ripe = await work.session.execute(
        select(FollowUp.id, FollowUp.conversation_id)
        .where(FollowUp.state == PLANNED, FollowUp.due_at <= now)
        .order_by(FollowUp.due_at, FollowUp.id)
        .limit(limit)
    )
    told = []
    for task_id, conversation_id in ripe.all():
        await locked(work, conversation_id)
        still = (FollowUp.id == task_id) & (FollowUp.due_at <= now)
        if await _answered_meanwhile(work, task_id):
            await finish_unneeded(work, task_id, ANSWERED, now=now)
        elif task := await _made_due(work, still):
            await tell(work, task, Happened.FOLLOW_UP_DUE, "follow_up.due", None)
            told.append(task_id)
    return told


async def finish_unneeded(
    work: UnitOfWork, task_id: int, outcome: str, *, now: datetime | None = None
) -> None:
    """What it was opened for is gone: done by nobody, if it is not done already.

    The caller has locked the conversation.
    """
    task = await read_task(work, task_id)
    if task.state != DONE:
        await finish_task(work, task, None, outcome, now or utc_now())


async def hasten(work: UnitOfWork, conversation_id: str, now: datetime) -> int:
    """Make what somebody planned to do for this patient due now; returns how much it was.

    The caller has changed or locked the conversation.
    """
    planned = await work.session.scalars(
        select(FollowUp.id).where(
            FollowUp.conversation_id == conversation_id,
            FollowUp.state == PLANNED,
            FollowUp.kind == "follow_up",
        )
    )
    hastened = 0
    for task_id in planned.all():
        if task := await _made_due(work, FollowUp.id == task_id, due_at=now):
            await tell(work, task, Happened.FOLLOW_UP_DUE, "follow_up.hastened", None)
            hastened += 1
    return hastened


async def open_task(work: UnitOfWork, conversation_id: str, kind: Kind) -> int | None:
    """The id of a task of this kind that is not done in this conversation."""
    found: int | None = await work.session.scalar(
        select(FollowUp.id).where(
            FollowUp.conversation_id == conversation_id,
            FollowUp.kind == kind,
            or_(FollowUp.state == PLANNED, FollowUp.state == DUE),
        )
    )
    return found


async def _answered_meanwhile(work: UnitOfWork, task_id: int) -> bool:
    """Whether whoever waited in vain has had a person's words since then."""
    found = await work.session.scalar(
        select(Message.id)
        .join(FollowUp, FollowUp.conversation_id == Message.conversation_id)
        .where(
            FollowUp.id == task_id,
            FollowUp.kind == "called_back_missed",
            FollowUp.state == PLANNED,
            Message.author == "agent",
            Message.created_at > FollowUp.created_at,
        )
        .limit(1)
    )
    return found is not None


async def _made_due(work: UnitOfWork, which: Any, **values: datetime) -> FollowUp | None:
    task: FollowUp | None = await work.session.scalar(
        update(FollowUp)
        .where(which, FollowUp.state == PLANNED)
        .values(state=DUE, **values)
        .returning(FollowUp)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    return task


async def finish_task(
    work: UnitOfWork, task: FollowUp, done_by: str | None, outcome: str, now: datetime
) -> None:
    """Mark it done, once. `Conflict` for whoever comes second."""
    finished = await work.session.scalar(
        update(FollowUp)
        .where(FollowUp.id == task.id, FollowUp.state != DONE)
        .values(state=DONE, done_at=now, done_by=done_by, outcome=outcome)
        .returning(FollowUp.id)
    )
    if finished is None:
        raise Conflict("somebody did this before you", remedy="Reload the list.")
    happened = Happened.FOLLOW_UP_DONE
    await tell(work, task, happened, "follow_up.done", done_by, outcome=outcome)


async def read_task(work: UnitOfWork, task_id: int) -> FollowUp:
    """The task as it stands in the table."""
    task: FollowUp | None = await work.session.get(FollowUp, task_id, populate_existing=True)
    if task is None:
        raise NotFound("no such task", field="id")
    return task


async def tell(
    work: UnitOfWork,
    task: FollowUp,
    happened: Happened,
    action: str,
    actor: str | None,
    **detail: Any,
) -> None:
    """Put it down in the case's history and the audit log; the consoles look again."""
    if task.handoff_id is not None:
        await history.record(
            work,
            task.handoff_id,
            task.conversation_id,
            happened,
            agent_id=actor,
            task=task.id,
            kind_of_task=task.kind,
            **detail,
        )
    await write_down(work, task, action, actor, **detail)


async def write_down(
    work: UnitOfWork, task: FollowUp, action: str, actor: str | None, **detail: Any
) -> None:
    """Put it down in the audit log; the consoles look again."""
    await audit.record(
        work, actor or SYSTEM, action, task.conversation_id, task=task.id, kind=task.kind, **detail
    )
    work.emit(OwnerChanged(task.conversation_id))
