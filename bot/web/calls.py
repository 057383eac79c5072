"""The console's list of calls that are owed, and what an agent does with one."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from bot.desk import Desk
from bot.keys import CALLS, DATABASE, DESK, KEYS
from bot.outreach import call_queries
from bot.outreach.call_queries import CallView
from bot.outreach.callbacks import CallOutcome, put_back
from bot.staff.sessions import SignedIn
from bot.web.acting import acting, path_id
from bot.web.staff import CONSOLE_ROLES, Form, body, language_of, staff

CALL = r"/api/callbacks/{id:\d{1,9}}"
agents = staff(*CONSOLE_ROLES)


class Called(Form):
    """What came of a call."""

    outcome: CallOutcome


class Nothing(Form):
    """A verb that needs no more than its address."""


def routes() -> list[web.RouteDef]:
    """What this module serves."""
    return [
        web.get("/api/callbacks", list_calls),
        web.post(f"{CALL}/hold", hold),
        web.post(f"{CALL}/put-back", release),
        web.post(f"{CALL}/attempts", log_attempt),
    ]


@agents
async def list_calls(request: web.Request, who: SignedIn) -> web.Response:
    """Every open call, the most urgent first. Numbers are masked."""
    now = request.app[CALLS].now()
    async with request.app[DATABASE].reading() as session:
        found = await call_queries.open_calls(session, request.app[KEYS], now)
    desk, language = request.app[DESK], language_of(request)
    return web.json_response([_call_json(one, who, desk, language) for one in found])


@agents
async def hold(request: web.Request, who: SignedIn) -> web.Response:
    """Take a call to make it now: the number is shown, and colleagues see who calls."""
    await body(request, Nothing)
    async with request.app[DATABASE].work() as work:
        number = await request.app[CALLS].hold(work, path_id(request), acting(who))
        await work.commit()
    return web.json_response({"number": number})


@agents
async def release(request: web.Request, who: SignedIn) -> web.Response:
    """Do not call now after all."""
    await body(request, Nothing)
    async with request.app[DATABASE].work() as work:
        await put_back(work, path_id(request), acting(who))
        await work.commit()
    return web.json_response({})


@agents
async def log_attempt(request: web.Request, who: SignedIn) -> web.Response:
    """Write down what came of the call that is held."""
    called = await body(request, Called)
    async with request.app[DATABASE].work() as work:
        state = await request.app[CALLS].log(work, path_id(request), acting(who), called.outcome)
        await work.commit()
    return web.json_response({"state": state})


def _call_json(view: CallView, who: SignedIn, desk: Desk, language: str) -> dict[str, Any]:
    return {
        "id": view.id,
        "conversation_id": view.conversation_id,
        "due_at": view.due_at.isoformat(),
        "due_said": desk.said(view.due_at, language),
        "due": view.due,
        "number": view.number,
        "best_time": view.best_time,
        "days": list(view.days),
        "language": view.language,
        "held_by": view.holder,
        "mine": view.holder_id == who.account_id,
        "attempts": [
            {"agent_name": one.agent_name, "outcome": one.outcome, "at": one.at.isoformat()}
            for one in view.attempts
        ],
    }
