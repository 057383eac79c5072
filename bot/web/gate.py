"""The publish gate over HTTP: looks at a text with their progress, and overrides."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Any

from aiohttp import web
from pydantic import Field

from bot.conversations import asked
from bot.errors import Conflict, NotFound
from bot.keys import DATABASE, DESK, KEYS, KNOWLEDGE
from bot.knowledge import overrides, publishing, queries
from bot.knowledge.gate_runs import GateRuns
from bot.knowledge.moved import Asked
from bot.staff.sessions import SignedIn
from bot.web.acting import editing, path_id
from bot.web.staff import STUDIO_ROLES, Form, body, staff

RUNS = web.AppKey("gate_runs", GateRuns)
VERSION = r"/api/versions/{id:\d{1,9}}"
OVERRIDE = r"/api/overrides/{id:\d{1,9}}"

editors = staff(*STUDIO_ROLES)


class Reasoned(Form):
    """Why a text is right although something speaks against it. `check` is what was looked at."""

    check: int
    reason: Annotated[str, Field(max_length=400)] = ""


class Decision(Form):
    """What the second person says to it."""

    grant: bool
    remark: Annotated[str, Field(max_length=400)] = ""


def routes() -> list[web.RouteDef]:
    """Looks and overrides."""
    return [
        web.post(f"{VERSION}/check", begin),
        web.get(r"/api/checks/{id:\d{1,9}}", read),
        web.post(f"{VERSION}/override", ask),
        web.get("/api/overrides", waiting),
        web.post(f"{OVERRIDE}/decide", decide),
        web.post(f"{OVERRIDE}/withdraw", withdraw),
    ]


def set_up(app: web.Application) -> None:
    """Give the app what works on the looks, for as long as it runs."""

    async def recent() -> Sequence[Asked]:
        now = app[DESK].now()
        await asked.catch_up(app[DATABASE], app[KEYS], app[DESK].copied, now)
        found = await asked.recent(app[DATABASE], app[KEYS], now)
        return [Asked(one.words, one.language, one.times) for one in found]

    app[RUNS] = GateRuns(app[DATABASE], app[KEYS], app[KNOWLEDGE], recent, app[DESK].now)
    app.cleanup_ctx.append(_until_the_end)


async def _until_the_end(app: web.Application) -> AsyncIterator[None]:
    yield
    await app[RUNS].stop()


@editors
async def begin(request: web.Request, who: SignedIn) -> web.Response:
    """Look at a text; the same look when one runs already."""
    return await _look(request, who, await request.app[RUNS].begin(path_id(request)))


@editors
async def read(request: web.Request, who: SignedIn) -> web.Response:
    """How far a look is, what it found, and whether somebody lets that pass."""
    return await _look(request, who, path_id(request))


@editors
async def ask(request: web.Request, who: SignedIn) -> web.Response:
    """Ask a second person to let a text pass."""
    wish = await body(request, Reasoned)
    version_id = path_id(request)
    looked = await request.app[RUNS].read(wish.check)
    if looked["version_id"] != version_id or looked["report"] is None:
        raise Conflict("this text was not checked to the end", remedy="Check it again.")
    database, knowledge = request.app[DATABASE], request.app[KNOWLEDGE]
    blocking = await publishing.held_back(database, knowledge, version_id)
    async with database.work() as work:
        row = await overrides.ask(
            work, editing(request, who), version_id, looked["content_hash"], blocking, wish.reason
        )
        await work.commit()
        return web.json_response(await _shown(work.session, row, who))


@editors
async def waiting(request: web.Request, who: SignedIn) -> web.Response:
    """Overrides that wait for a second person."""
    async with request.app[DATABASE].reading() as session:
        rows = await overrides.waiting(session)
        return web.json_response([await _shown(session, row, who) for row in rows])


@editors
async def decide(request: web.Request, who: SignedIn) -> web.Response:
    """Let it pass, or not."""
    said = await body(request, Decision)
    async with request.app[DATABASE].work() as work:
        row = await overrides.decide(
            work, editing(request, who), path_id(request), said.grant, said.remark
        )
        await work.commit()
        return web.json_response(await _shown(work.session, row, who))


@editors
async def withdraw(request: web.Request, who: SignedIn) -> web.Response:
    """Take back what one has asked for."""
    async with request.app[DATABASE].work() as work:
        row = await overrides.withdraw(work, editing(request, who), path_id(request))
        await work.commit()
        return web.json_response(await _shown(work.session, row, who))


async def _look(request: web.Request, who: SignedIn, check_id: int) -> web.Response:
    found = await request.app[RUNS].read(check_id)
    async with request.app[DATABASE].reading() as session:
        found["override"] = await _override(session, found["version_id"], who)
    return web.json_response(found)


async def _override(session: Any, version_id: int, who: SignedIn) -> dict[str, Any] | None:
    try:
        version, _ = await queries.unpublished(session, version_id)
    except (Conflict, NotFound):
        return None
    row = await overrides.about(session, version)
    return await _shown(session, row, who) if row else None


async def _shown(session: Any, row: Any, who: SignedIn) -> dict[str, Any]:
    authors = await overrides.authors_of(session, row.version_id)
    return overrides.override_json(row, who.account_id, authors)
