"""Follow-up tasks: what somebody has to do about a conversation at a later time.

A task is `planned` until its time comes, `due` until somebody did it, then `done`. Its owner is an
account, or nobody: then whoever has its role looks after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

from sqlalchemy import insert, or_, select, update

from bot.clock import utc_now
from bot.db import UnitOfWork
from bot.errors import Conflict, Invalid, NotFound
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


@dataclass(frozen=True, slots=True)
class Worker:
    """Who looks after tasks: an account and its roles."""

    id: str
    roles: frozenset[str]

    def may_see(self, role: str, owner_id: str | None) -> bool:
        """One's own, those that nobody owns in one's roles, and as a supervisor everybody's."""
        if role == EDITOR_ROLE:
            return bool(self.roles & {EDITOR_ROLE, "reviewer"})
        if owner_id == self.id or SUPERVISOR_ROLE in self.roles:
            return True
        return owner_id is None and role in self.roles


@dataclass(frozen=True, slots=True)
class Change:
    """A task's time and owner before and after: the way back is the same change turned round."""

    due_at: datetime
    owner_id: str | None


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
    task = await _read(work, created or 0)
    await _tell(work, task, Happened.FOLLOW_UP_OPENED, "follow_up.opened", created_by)
    return task.id


async def tell_due(work: UnitOfWork, now: datetime, limit: int = 200) -> Sequence[int]:
    """Make tasks due whose time has come, each once; returns their ids."""
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
        if task := await _made_due(work, still):
            await _tell(work, task, Happened.FOLLOW_UP_DUE, "follow_up.due", None)
            told.append(task_id)
    return told


async def finish(
    work: UnitOfWork,
    task_id: int,
    worker: Worker,
    outcome: str,
    *,
    now: datetime | None = None,
) -> None:
    """It is done. `Conflict` when somebody did it before."""
    task = await _seen(work, task_id, worker)
    known = get_args(EditorOutcome if task.role == EDITOR_ROLE else Outcome)
    if outcome not in known:
        raise Invalid("no such outcome", field="outcome", remedy="Choose one from the list.")
    await _finish(work, task, worker.id, outcome, now or utc_now())


async def finish_unneeded(
    work: UnitOfWork, task_id: int, outcome: str, *, now: datetime | None = None
) -> None:
    """What it was opened for is gone: done by nobody, if it is not done already.

    The caller has locked the conversation.
    """
    task = await _read(work, task_id)
    if task.state != DONE:
        await _finish(work, task, None, outcome, now or utc_now())


async def reopen(
    work: UnitOfWork, task_id: int, worker: Worker, *, now: datetime | None = None
) -> None:
    """It is not done after all. `Conflict` when it is open."""
    task = await _seen(work, task_id, worker)
    state = DUE if task.due_at <= (now or utc_now()) else PLANNED
    opened = await work.session.scalar(
        update(FollowUp)
        .where(FollowUp.id == task_id, FollowUp.state == DONE)
        .values(state=state, done_at=None, done_by=None, outcome=None)
        .returning(FollowUp.id)
    )
    if opened is None:
        raise Conflict("this task is open", remedy="Reload the list.")
    await _tell(work, task, Happened.FOLLOW_UP_OPENED, "follow_up.reopened", worker.id)


async def change(
    work: UnitOfWork, task_id: int, worker: Worker, to: Change, *, now: datetime | None = None
) -> Change:
    """Move an open task to another time or owner; returns how it was before.

    `Conflict` when it is done. The time may lie in the past: then the task is due at once.
    """
    task = await _seen(work, task_id, worker)
    before = Change(task.due_at, task.owner_id)
    state = DUE if to.due_at <= (now or utc_now()) else PLANNED
    changed = await work.session.scalar(
        update(FollowUp)
        .where(FollowUp.id == task_id, FollowUp.state != DONE)
        .values(state=state, due_at=to.due_at, owner_id=to.owner_id)
        .returning(FollowUp.id)
    )
    if changed is None:
        raise Conflict("this task is done", remedy="Reload the list.")
    if before.owner_id != to.owner_id:
        await _audit(work, task, "follow_up.reassigned", worker.id, owner=to.owner_id)
    if before.due_at != to.due_at:
        await _audit(work, task, "follow_up.moved", worker.id, due_at=to.due_at.isoformat())
    return before


async def hasten(work: UnitOfWork, conversation_id: str, now: datetime) -> int:
    """Make everything that was planned for this patient due now; returns how much it was.

    The caller has changed or locked the conversation.
    """
    planned = await work.session.scalars(
        select(FollowUp.id).where(
            FollowUp.conversation_id == conversation_id,
            FollowUp.state == PLANNED,
            FollowUp.role != EDITOR_ROLE,
        )
    )
    hastened = 0
    for task_id in planned.all():
        if task := await _made_due(work, FollowUp.id == task_id, due_at=now):
            await _tell(work, task, Happened.FOLLOW_UP_DUE, "follow_up.hastened", None)
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


async def _made_due(work: UnitOfWork, which: Any, **values: datetime) -> FollowUp | None:
    task: FollowUp | None = await work.session.scalar(
        update(FollowUp)
        .where(which, FollowUp.state == PLANNED)
        .values(state=DUE, **values)
        .returning(FollowUp)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    return task


async def _finish(
    work: UnitOfWork, task: FollowUp, done_by: str | None, outcome: str, now: datetime
) -> None:
    finished = await work.session.scalar(
        update(FollowUp)
        .where(FollowUp.id == task.id, FollowUp.state != DONE)
        .values(state=DONE, done_at=now, done_by=done_by, outcome=outcome)
        .returning(FollowUp.id)
    )
    if finished is None:
        raise Conflict("somebody did this before you", remedy="Reload the list.")
    happened = Happened.FOLLOW_UP_DONE
    await _tell(work, task, happened, "follow_up.done", done_by, outcome=outcome)


async def _read(work: UnitOfWork, task_id: int) -> FollowUp:
    task: FollowUp | None = await work.session.get(FollowUp, task_id, populate_existing=True)
    if task is None:
        raise NotFound("no such task", field="id")
    return task


async def _seen(work: UnitOfWork, task_id: int, worker: Worker) -> FollowUp:
    task = await _read(work, task_id)
    if not worker.may_see(task.role, task.owner_id):
        raise NotFound("no such task", field="id")
    await locked(work, task.conversation_id)
    return await _read(work, task_id)


async def _tell(
    work: UnitOfWork,
    task: FollowUp,
    happened: Happened,
    action: str,
    actor: str | None,
    **detail: Any,
) -> None:
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
    await _audit(work, task, action, actor, **detail)


async def _audit(
    work: UnitOfWork, task: FollowUp, action: str, actor: str | None, **detail: Any
) -> None:
    await audit.record(
        work, actor or SYSTEM, action, task.conversation_id, task=task.id, kind=task.kind, **detail
    )
    work.emit(OwnerChanged(task.conversation_id))
