"""The queue and who is there, over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web

from bot.errors import Invalid
from bot.handoff import presence
from bot.handoff.board import PAGE, Arrival, QueueLine, arrivals, board
from bot.handoff.presence import State
from bot.handoff.staffing import OnShift
from bot.keys import DATABASE, DESK, KEYS, SHIFT
from bot.staff.models import Role
from bot.staff.sessions import SignedIn
from bot.web.acting import acting
from bot.web.cases import handoff_json
from bot.web.staff import CONSOLE_ROLES, Form, body, language_of, staff

MOST_LINES = 1000
# A case may be in the table some time after the time that it bears: clocks differ, and a
# transaction takes a while. Whoever asks leaves out what it knows already.
LATE_COMMIT = timedelta(seconds=60)
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
    """The queue as this agent sees it: `?limit=` lines of each part, and how many there are.

    `arrivals` came shortly before `?since=`, which is an `as_of` of an earlier answer, or later.
    """
    limit, at = _limit(request), request.app[SHIFT].now()
    since = _since(request, at) - LATE_COMMIT
    async with request.app[DATABASE].reading() as session:
        found = await board(session, request.app[KEYS], who.account_id, at, limit=limit)
        came = await arrivals(session, since)

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
            "as_of": at.isoformat(),
            "arrivals": [_arrival_json(one) for one in came],
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


def _since(request: web.Request, at: datetime) -> datetime:
    asked = request.query.get("since")
    if asked is None:
        return at
    try:
        # A time without its zone cannot be compared with one that has it.
        return datetime.fromisoformat(asked).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Invalid(
            "since is not a time", field="since", remedy="Send the `as_of` of an earlier answer."
        ) from None


def _arrival_json(one: Arrival) -> dict[str, Any]:
    return {
        "id": one.id,
        "since": one.since.isoformat(),
        "reason": one.reason,
        "priority": one.priority,
        "language": one.language,
    }


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
