"""Answers that agents found wrong: reported in the console, looked into in the studio."""

from __future__ import annotations

from typing import Annotated, Any

from aiohttp import web
from pydantic import AfterValidator, Field

from bot.handoff import follow_up_list, reports
from bot.keys import DATABASE, DESK, KEYS, KNOWLEDGE
from bot.staff.sessions import SignedIn
from bot.web.follow_ups import names_in, task_json
from bot.web.staff import CONSOLE_ROLES, STUDIO_ROLES, Form, body, staff
from bot.web.typed import clean

CONVERSATION = "/api/conversations/{id:[0-9a-f]{32}}"
REMARK_CHARS = 1000

agents = staff(*CONSOLE_ROLES)
editors = staff(*STUDIO_ROLES)


class Report(Form):
    """Which line is wrong, and what an editor should know."""

    seq: Annotated[int, Field(ge=1)]
    remark: Annotated[str, AfterValidator(clean), Field(max_length=REMARK_CHARS)] = ""


def routes() -> list[web.RouteDef]:
    """What this module serves."""
    return [
        web.post(f"{CONVERSATION}/reports", report),
        web.get("/api/reported-answers", list_reported),
    ]


@agents
async def report(request: web.Request, who: SignedIn) -> web.Response:
    """The assistant was wrong here: a task for the editors. 409 when it is reported already."""
    asked = await body(request, Report)
    desk = request.app[DESK]
    async with request.app[DATABASE].work() as work:
        task_id = await reports.report_answer(
            work,
            request.app[KEYS],
            reports.Report(request.match_info["id"], asked.seq, asked.remark, who.account_id),
            copied=desk.copied,
            due_at=desk.at_work(desk.now()),
            now=desk.now(),
        )
        await work.commit()
    return web.json_response({"id": task_id})


@editors
async def list_reported(request: web.Request, who: SignedIn) -> web.Response:
    """What was reported and nobody has closed, the oldest first, and what was closed lately."""
    async with request.app[DATABASE].reading() as session:
        found = await follow_up_list.for_editors(
            session, request.app[KEYS], request.app[DESK].now()
        )
        names = await names_in(session, found)

    def shown(view: follow_up_list.FollowUpView) -> dict[str, Any]:
        version = request.app[KNOWLEDGE].version(view.detail.get("version_id") or 0)
        task = task_json(request, who, view, names)
        # An editor works on the answer; whose conversation it was is not theirs to see.
        del task["conversation_id"]
        return {**task, "title": version.title if version else view.detail.get("slug")}

    return web.json_response(
        {
            "open": [shown(view) for view in (*found.due, *found.planned)],
            "done": [shown(view) for view in found.done],
        }
    )
