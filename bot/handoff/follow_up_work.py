"""Working on follow-up tasks: who may see one, doing it, moving it, and the way back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import get_args

from sqlalchemy import update

from bot.clock import utc_now
from bot.db import UnitOfWork
from bot.errors import Conflict, Invalid, NotFound
from bot.handoff.cases import locked
from bot.handoff.follow_ups import (
    DONE,
    DUE,
    EDITOR_ROLE,
    PLANNED,
    SUPERVISOR_ROLE,
    EditorOutcome,
    Outcome,
    finish_task,
    read_task,
    tell,
    write_down,
)
from bot.handoff.history import Happened
from bot.handoff.models import FollowUp


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
    await finish_task(work, task, worker.id, outcome, now or utc_now())


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
    await tell(work, task, Happened.FOLLOW_UP_OPENED, "follow_up.reopened", worker.id)


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
        await write_down(work, task, "follow_up.reassigned", worker.id, owner=to.owner_id)
    if before.due_at != to.due_at:
        await write_down(work, task, "follow_up.moved", worker.id, due_at=to.due_at.isoformat())
    return before


async def _seen(work: UnitOfWork, task_id: int, worker: Worker) -> FollowUp:
    task = await read_task(work, task_id)
    if not worker.may_see(task.role, task.owner_id):
        raise NotFound("no such task", field="id")
    await locked(work, task.conversation_id)
    return await read_task(work, task_id)
