"""Who works the console, who is there now, and what colleagues did with one's cases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from aiohttp import web

from bot.handoff import presence
from bot.handoff.told import News, told
from bot.keys import DATABASE, SHIFT
from bot.staff.models import Role
from bot.staff.service import list_accounts
from bot.staff.sessions import SignedIn, active_since
from bot.web.staff import CONSOLE_ROLES, staff

# Whoever did nothing for this long has left their desk.
AWAY_AFTER = timedelta(minutes=10)

agents = staff(*CONSOLE_ROLES)


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who may have a case."""

    id: str
    name: str
    away: bool


def routes() -> list[web.RouteDef]:
    """What this module serves."""
    return [
        web.get("/api/colleagues", list_colleagues),
        web.get("/api/handoffs/told", list_told),
    ]


async def colleagues(app: web.Application) -> dict[str, Colleague]:
    """Everyone who may have a case, by account id."""
    now = app[SHIFT].now()
    async with app[DATABASE].reading() as session:
        accounts = await list_accounts(session)
        here = await presence.here(session, now) | await active_since(session, now - AWAY_AFTER)
        gone = await presence.gone(session, now)
    may = {*CONSOLE_ROLES, Role.ADMIN}
    return {
        one.id: Colleague(one.id, one.display_name, one.id not in here - gone)
        for one in accounts
        if one.disabled_at is None and not may.isdisjoint(one.role_set)
    }


async def names(app: web.Application) -> dict[str, str]:
    """What everyone is called who ever had an account."""
    async with app[DATABASE].reading() as session:
        return {one.id: one.display_name for one in await list_accounts(session)}


@agents
async def list_colleagues(request: web.Request, who: SignedIn) -> web.Response:
    """To whom a case can go: who is here first."""
    others = [one for one in (await colleagues(request.app)).values() if one.id != who.account_id]
    others.sort(key=lambda one: (one.away, one.name.casefold()))
    return web.json_response([{"id": one.id, "name": one.name, "away": one.away} for one in others])


@agents
async def list_told(request: web.Request, who: SignedIn) -> web.Response:
    """What colleagues did with this agent's cases since the event `after`."""
    raw = request.query.get("after", "0")
    after = int(raw) if raw.isdecimal() and len(raw) < 16 else 0
    async with request.app[DATABASE].reading() as session:
        found, last = await told(session, who.account_id, after, request.app[SHIFT].now())
    called = await names(request.app) if found else {}
    return web.json_response({"last": last, "news": [_news_json(one, called) for one in found]})


def _news_json(news: News, called: dict[str, str]) -> dict[str, str | int | None]:
    return {
        "id": news.id,
        "what": news.what,
        "by": called.get(news.by or ""),
        "conversation_id": news.conversation_id,
    }
