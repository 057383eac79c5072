"""Follow-up tasks over HTTP: the console's list, the studio's reported answers, and their verbs."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any

from aiohttp import web
from pydantic import AwareDatetime, Field

from bot.conversations.queries import conversation
from bot.errors import Invalid
from bot.handoff import follow_up_list, follow_up_work
from bot.handoff.follow_up_list import FollowUps, FollowUpView
from bot.handoff.follow_up_work import Change, Worker
from bot.handoff.follow_ups import open_follow_up
from bot.keys import DATABASE, DESK, KEYS
from bot.staff.directory import colleagues, display_names
from bot.staff.sessions import SignedIn
from bot.web.acting import path_id
from bot.web.staff import CONSOLE_ROLES, STUDIO_ROLES, Form, body, language_of, staff

TASK = r"/api/follow-ups/{id:\d{1,9}}"
LATEST = timedelta(days=366)
NOTE_CHARS = 1000

agents = staff(*CONSOLE_ROLES)
workers = staff(*CONSOLE_ROLES, *STUDIO_ROLES)
AccountId = Annotated[str, Field(min_length=1, max_length=32)]


class NewTask(Form):
    """A task for a conversation. Without an owner it is for whoever comes first."""

    conversation_id: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    due_at: AwareDatetime
    note: Annotated[str, Field(max_length=NOTE_CHARS)] = ""
    owner_id: AccountId | None = None


class Done(Form):
    """How it ended."""

    outcome: Annotated[str, Field(max_length=24)]


class Move(Form):
    """Another time or owner. `as_it_was` takes the time as it is: it undoes a move."""

    due_at: AwareDatetime
    owner_id: AccountId | None
    as_it_was: bool = False


class Nothing(Form):
    """A verb that needs no more than its address."""


def routes() -> list[web.RouteDef]:
    """What this module serves."""
    return [
        web.get("/api/follow-ups", list_tasks),
        web.post("/api/follow-ups", create),
        web.post(f"{TASK}/done", done),
        web.post(f"{TASK}/reopen", reopen),
        web.post(f"{TASK}/move", move),
        web.get("/api/follow-ups/owners", owners),
    ]


@agents
async def list_tasks(request: web.Request, who: SignedIn) -> web.Response:
    """One's own tasks and those of nobody: due, planned, and done lately."""
    async with request.app[DATABASE].reading() as session:
        found = await follow_up_list.for_agents(
            session, request.app[KEYS], worker(who), request.app[DESK].now()
        )
        names = await names_in(session, found)
    return web.json_response(parts_json(request, who, found, names))


@agents
async def owners(request: web.Request, who: SignedIn) -> web.Response:
    """Whom a task may be given to."""
    async with request.app[DATABASE].reading() as session:
        found = await colleagues(session, *CONSOLE_ROLES)
    return web.json_response(
        [{"id": one, "name": name, "me": one == who.account_id} for one, name in found]
    )


@agents
async def create(request: web.Request, who: SignedIn) -> web.Response:
    """Open a task; its time moves into the hours in which people are there."""
    asked = await body(request, NewTask)
    desk = request.app[DESK]
    due_at = _soon_enough(asked.due_at, desk.now())
    async with request.app[DATABASE].work() as work:
        held = await conversation(work.session, asked.conversation_id)
        await _require_owner(work.session, asked.owner_id)
        task_id = await open_follow_up(
            work,
            request.app[KEYS],
            conversation_id=held.id,
            handoff_id=None,
            kind="follow_up",
            due_at=desk.at_work(due_at),
            owner_id=asked.owner_id,
            note=asked.note or None,
            created_by=who.account_id,
            now=desk.now(),
        )
        await work.commit()
    return web.json_response({"id": task_id})


@workers
async def done(request: web.Request, who: SignedIn) -> web.Response:
    """It is done, with an outcome; 409 when somebody was first."""
    asked = await body(request, Done)
    async with request.app[DATABASE].work() as work:
        await follow_up_work.finish(
            work, path_id(request), worker(who), asked.outcome, now=request.app[DESK].now()
        )
        await work.commit()
    return web.json_response({})


@workers
async def reopen(request: web.Request, who: SignedIn) -> web.Response:
    """It is not done after all."""
    await body(request, Nothing)
    async with request.app[DATABASE].work() as work:
        now = request.app[DESK].now()
        await follow_up_work.reopen(work, path_id(request), worker(who), now=now)
        await work.commit()
    return web.json_response({})


@agents
async def move(request: web.Request, who: SignedIn) -> web.Response:
    """Later, or somebody else's; answers with how it was, which is the way back."""
    asked = await body(request, Move)
    desk = request.app[DESK]
    due_at = asked.due_at
    if not asked.as_it_was:
        due_at = desk.at_work(_soon_enough(due_at, desk.now()))
    async with request.app[DATABASE].work() as work:
        await _require_owner(work.session, asked.owner_id)
        to = Change(due_at, asked.owner_id)
        before = await follow_up_work.change(
            work, path_id(request), worker(who), to, now=desk.now()
        )
        await work.commit()
    return web.json_response(
        {
            "due_said": desk.said(due_at, language_of(request)),
            "before": {"due_at": before.due_at.isoformat(), "owner_id": before.owner_id},
        }
    )


def worker(who: SignedIn) -> Worker:
    """Who is signed in, as tasks know them."""
    return Worker(who.account_id, frozenset(role.value for role in who.roles))


async def names_in(session: Any, found: FollowUps) -> dict[str, str]:
    """The names of everybody who stands in these tasks."""
    views = (*found.due, *found.planned, *found.done)
    ids = {one for view in views for one in (view.owner_id, view.created_by, view.done_by) if one}
    return await display_names(session, ids)


def parts_json(
    request: web.Request, who: SignedIn, found: FollowUps, names: dict[str, str]
) -> dict[str, Any]:
    """Tasks by state."""
    parts = {"due": found.due, "planned": found.planned, "done": found.done}
    return {
        name: [task_json(request, who, view, names) for view in part]
        for name, part in parts.items()
    }


def task_json(
    request: web.Request, who: SignedIn, view: FollowUpView, names: dict[str, str]
) -> dict[str, Any]:
    """One task; times are said in the agent's language."""
    desk, language = request.app[DESK], language_of(request)
    return {
        "id": view.id,
        "conversation_id": view.conversation_id,
        "kind": view.kind,
        "state": view.state,
        "mine": view.owner_id == who.account_id,
        "owner_id": view.owner_id,
        "owner_name": names.get(view.owner_id or ""),
        "due_at": view.due_at.isoformat(),
        "due_said": desk.said(view.due_at, language),
        "overdue_seconds": max(0, int((desk.now() - view.due_at).total_seconds())),
        "note": view.note,
        "detail": view.detail,
        "created_by": names.get(view.created_by or ""),
        "created_at": view.created_at.isoformat(),
        "done_by": names.get(view.done_by or ""),
        "done_at": view.done_at.isoformat() if view.done_at else None,
        "outcome": view.outcome,
        "language": view.language,
        "reason": view.reason,
        "question": view.question,
    }


async def _require_owner(session: Any, owner_id: str | None) -> None:
    known = {one for one, _ in await colleagues(session, *CONSOLE_ROLES)}
    if owner_id is not None and owner_id not in known:
        raise Invalid("no such colleague", field="owner_id", remedy="Choose one from the list.")


def _soon_enough(at: datetime, now: datetime) -> datetime:
    if at > now + LATEST:
        raise Invalid("this is too far away", field="due_at", remedy="Choose a nearer day.")
    return max(at, now)
