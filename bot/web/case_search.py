"""Finding cases from the console. What is looked for comes in a body: addresses end up in logs."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from aiohttp import web
from pydantic import Field

from bot.clock import utc_now
from bot.effects import Priority, Reason
from bot.handoff import words
from bot.handoff.searching import FoundCase, Standing, Wanted, Whose, search
from bot.keys import DATABASE, DESK, KEYS, KNOWLEDGE
from bot.knowledge.sites import site_name
from bot.staff.sessions import SignedIn
from bot.web.cases import handoff_json
from bot.web.colleagues import agents
from bot.web.staff import Form, body, language_of


class Search(Form):
    """What is looked for; whatever is left out may be anything."""

    words: Annotated[str, Field(max_length=200)] = ""
    reason: Reason | None = None
    language: Literal["en", "es"] | None = None
    priority: Priority | None = None
    site: Annotated[str, Field(max_length=60)] | None = None
    whose: Whose = "anyone"
    standing: Standing = "any"


def routes() -> list[web.RouteDef]:
    """What this module serves."""
    return [web.post("/api/cases/search", find)]


@agents
async def find(request: web.Request, who: SignedIn) -> web.Response:
    """Open and recent cases that fit."""
    asked = await body(request, Search)
    app, now = request.app, utc_now()
    desk = app[DESK]
    if asked.words or asked.site:
        await words.catch_up(
            app[DATABASE], app[KEYS], copied=desk.copied, site_of=desk.site_of, now=now
        )
    wanted = Wanted(**asked.model_dump(mode="json"))
    async with app[DATABASE].reading() as session:
        found = await search(session, app[KEYS], who.account_id, wanted, now)
    language = language_of(request)
    cases = [_found_json(one, app, language) for one in found.cases]
    return web.json_response({"cases": cases, "more": found.more})


def _found_json(one: FoundCase, app: web.Application, language: str) -> dict[str, Any]:
    return {
        **handoff_json(one.handoff, app[DESK], language),
        "site": site_name(one.site, app[KNOWLEDGE].profile),
        "outcome": one.outcome,
        "resolved_at": one.resolved_at.isoformat() if one.resolved_at else None,
    }
