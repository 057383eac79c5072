"""The life of a text over HTTP: submitted, approved, sent back, planned, verified, archived."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated

from aiohttp import web
from pydantic import Field

from bot.db import UnitOfWork
from bot.errors import Invalid
from bot.keys import DATABASE, DESK, KNOWLEDGE
from bot.knowledge import airing, life_view, lifecycle, schedule
from bot.knowledge.editors import Editor
from bot.knowledge.models import Version
from bot.knowledge.service import revise
from bot.staff.sessions import SignedIn
from bot.web.acting import editing, path_id, way_of
from bot.web.staff import STUDIO_ROLES, Form, body, staff
from bot.web.studio import ARTICLE, VERSION

Move = Callable[[UnitOfWork, Editor, int, str], Awaitable[Version]]

editors = staff(*STUDIO_ROLES)


class Said(Form):
    """Why, for colleagues."""

    comment: Annotated[str, Field(max_length=lifecycle.COMMENT_CHARS)] = ""


class Planned(Form):
    """When a text goes live: the clinic's clock, without a zone, as a form field gives it."""

    publish_at: datetime
    note: Annotated[str, Field(max_length=400)] = ""


def routes() -> list[web.RouteDef]:
    """What this module serves."""
    return [
        web.get(f"{ARTICLE}/{{language:en|es}}/life", read_life),
        web.get(r"/api/versions/{older:\d{1,9}}/diff/{newer:\d{1,9}}", read_difference),
        web.post(f"{VERSION}/submit", submit),
        web.post(f"{VERSION}/withdraw", withdraw),
        web.post(f"{VERSION}/approve", approve),
        web.post(f"{VERSION}/send-back", send_back),
        web.put(f"{VERSION}/plan", plan),
        web.delete(f"{VERSION}/plan", cancel_plan),
        web.post(f"{ARTICLE}/return", bring_back),
    ]


@editors
async def read_life(request: web.Request, who: SignedIn) -> web.Response:
    """Where a text stands and what was done to it."""
    slug, language = request.match_info["slug"], request.match_info["language"]
    async with request.app[DATABASE].reading() as session:
        found = await life_view.text_life(session, editing(request, who), slug, language)
    return web.json_response(found)


@editors
async def read_difference(request: web.Request, who: SignedIn) -> web.Response:
    """Two texts, word by word."""
    older, newer = (int(request.match_info[name]) for name in ("older", "newer"))
    async with request.app[DATABASE].reading() as session:
        return web.json_response(await life_view.difference(session, older, newer))


@editors
async def submit(request: web.Request, who: SignedIn) -> web.Response:
    """Ask for a review."""
    return await _move(request, who, lifecycle.submit)


@editors
async def withdraw(request: web.Request, who: SignedIn) -> web.Response:
    """Take a text back from review, or from approval."""
    return await _move(request, who, lifecycle.withdraw)


@editors
async def approve(request: web.Request, who: SignedIn) -> web.Response:
    """Stand for a text as a reviewer."""
    knowledge = request.app[KNOWLEDGE]
    today = knowledge.today(knowledge.content)

    async def act(work: UnitOfWork, editor: Editor, version_id: int, comment: str) -> Version:
        return await lifecycle.approve(work, editor, version_id, today, comment)

    return await _move(request, who, act)


@editors
async def send_back(request: web.Request, who: SignedIn) -> web.Response:
    """Give a text back with what is to be done."""
    return await _move(request, who, lifecycle.send_back)


@editors
async def plan(request: web.Request, who: SignedIn) -> web.Response:
    """Publish a text at a time of the clinic's clock."""
    asked = await body(request, Planned)
    if asked.publish_at.tzinfo is not None:
        raise Invalid("give the clinic's time", field="publish_at", remedy="Leave the zone out.")
    at = asked.publish_at.replace(tzinfo=request.app[KNOWLEDGE].profile.zone)
    now = request.app[DESK].now()
    async with request.app[DATABASE].work() as work:
        version = await schedule.plan(
            work, editing(request, who), path_id(request), at, now, asked.note
        )
        await work.commit()
    return web.json_response({"id": version.id, "state": version.state})


@editors
async def cancel_plan(request: web.Request, who: SignedIn) -> web.Response:
    """The text does not go live by itself."""
    async with request.app[DATABASE].work() as work:
        version = await schedule.cancel(work, editing(request, who), path_id(request))
        await work.commit()
    return web.json_response({"id": version.id, "state": version.state})


@editors
async def bring_back(request: web.Request, who: SignedIn) -> web.Response:
    """Put an archived article back on the air."""
    editor, slug = editing(request, who), request.match_info["slug"]
    async with request.app[DATABASE].work() as work:
        back = await airing.bring_back(work, editor, slug, way_of(request))
        await revise(work)
        await work.commit()
    await request.app[KNOWLEDGE].refresh(request.app[DATABASE])
    return web.json_response({"languages": [one.language for one in back]})


async def _move(request: web.Request, who: SignedIn, act: Move) -> web.Response:
    said = await body(request, Said)
    async with request.app[DATABASE].work() as work:
        version = await act(work, editing(request, who), path_id(request), said.comment)
        await work.commit()
    return web.json_response({"id": version.id, "state": version.state})
