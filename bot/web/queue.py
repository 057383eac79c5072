"""The queue and who is there, over HTTP."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from bot.errors import Invalid
from bot.handoff import presence
from bot.handoff.board import PAGE, QueueLine, board
from bot.handoff.presence import State
from bot.handoff.staffing import OnShift
from bot.keys import DATABASE, DESK, KEYS, SHIFT
from bot.staff.models import Role
from bot.staff.sessions import SignedIn
from bot.web.acting import acting
from bot.web.cases import handoff_json
from bot.web.staff import CONSOLE_ROLES, Form, body, language_of, staff

MOST_LINES = 1000
agents = staff(*CONSOLE_ROLES)


class Choice(Form):
    """Whether the agent takes cases."""

    state: State


def routes() -> list[web.RouteDef]:
    """What this module serves."""
    return [
        web.get("/api/handoffs", list_handoffs),
        web.get("/api/presence", list_presence),
        web.post("/api/presence", choose),
    ]


@agents
async def list_handoffs(request: web.Request, who: SignedIn) -> web.Response:
    """The queue as this agent sees it: `?limit=` lines of each part, and how many there are."""
    limit = _limit(request)
    async with request.app[DATABASE].reading() as session:
        at = request.app[SHIFT].now()
        found = await board(session, request.app[KEYS], who.account_id, at, limit=limit)

    def lines(part: Any) -> list[dict[str, Any]]:
        return [_line_json(one, request, who) for one in part]

    counts = found.counts
    return web.json_response(
        {
            "waiting": lines(found.waiting),
            "offered": lines(found.offered),
            "mine": lines(found.mine),
            "others": lines(found.others),
            "counts": {
                "waiting": counts.waiting,
                "mine": counts.mine,
                "others": counts.others,
                "alarmed": counts.alarmed,
            },
        }
    )


@agents
async def list_presence(request: web.Request, who: SignedIn) -> web.Response:
    """Who is there, and how oneself stands. Numbers stand for people: no account ids leave."""
    shift = request.app[SHIFT]
    people = await shift.people()
    own = next((one for one in people if one.agent_id == who.account_id), None)
    return web.json_response(
        {
            "state": own.state if own else presence.OFFLINE,
            "people": [_person_json(number, one, who) for number, one in enumerate(people)],
            "assignment": shift.policy().assignment,
        }
    )


@agents
async def choose(request: web.Request, who: SignedIn) -> web.Response:
    """Take cases, or step away."""
    asked = await body(request, Choice)
    await request.app[SHIFT].choose(acting(who), asked.state)
    return web.json_response({"state": asked.state})


def _limit(request: web.Request) -> int:
    asked = request.query.get("limit", str(PAGE))
    if not asked.isdecimal() or not 1 <= int(asked) <= MOST_LINES:
        raise Invalid(
            "limit is not a number of lines",
            field="limit",
            remedy=f"Ask for 1 to {MOST_LINES} lines.",
        )
    return int(asked)


def _line_json(line: QueueLine, request: web.Request, who: SignedIn) -> dict[str, Any]:
    mine = line.offered_to == who.account_id
    until = line.offered_until if mine else None
    return {
        **handoff_json(line.view, request.app[DESK], language_of(request)),
        "able": line.able,
        "alarmed": line.alarmed,
        "offered": None if line.offered_to is None else "me" if mine else "other",
        "offered_until": until.isoformat() if until else None,
        # Whose case it is to help is the supervisor.
        "agent_gone": line.agent_gone and who.may(Role.SUPERVISOR),
    }


def _person_json(number: int, one: OnShift, who: SignedIn) -> dict[str, Any]:
    return {
        "id": number,
        "name": one.name,
        "me": one.agent_id == who.account_id,
        "state": one.state,
        "load": one.load,
        "capacity": one.capacity,
    }
