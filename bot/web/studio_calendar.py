"""The calendar of the studio: what falls due, what is planned, and what waits for whom."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from aiohttp import web

from bot.keys import DATABASE, KNOWLEDGE, SETTINGS
from bot.knowledge import falling_due
from bot.staff.directory import UNOWNED
from bot.staff.models import Role
from bot.staff.sessions import SignedIn
from bot.web import studio_pages
from bot.web.article_list import owners
from bot.web.staff import STUDIO_ROLES, staff, staff_page

editors = staff(*STUDIO_ROLES)


def routes() -> list[web.RouteDef]:
    """What this module serves."""
    return [
        web.get("/studio/calendar", calendar_page),
        web.get("/api/calendar", read_calendar),
    ]


@staff_page(*STUDIO_ROLES)
async def calendar_page(request: web.Request, who: SignedIn) -> web.Response:
    """The page around it."""
    people = await owners(request)
    return studio_pages.studio_page(
        request,
        who,
        "calendar",
        "studio_calendar.html",
        "life",
        people=people,
        cares_for_unowned=who.may(*UNOWNED[request.app[SETTINGS].unowned_due]),
    )


@editors
async def read_calendar(request: web.Request, who: SignedIn) -> web.Response:
    """Every live text with its day, what goes live by itself, and the tasks of this person."""
    knowledge = request.app[KNOWLEDGE]
    async with request.app[DATABASE].reading() as session:
        due = await falling_due.everything_due(session)
        plans = await falling_due.planned(session)
        waiting = await falling_due.waiting(session, who.account_id)
    reviewer = Role.REVIEWER in who.roles
    return web.json_response(
        {
            "today": knowledge.today(knowledge.content).isoformat(),
            "due": [_json(one) for one in due],
            "planned": [_json(one) for one in plans],
            "waiting": [
                _json(one) for one in waiting if one.mine or (reviewer and one.state == "in_review")
            ],
        }
    )


def _json(one: Any) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in asdict(one).items()
    }
