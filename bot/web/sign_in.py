"""Signing in and out, and the page for it."""

from __future__ import annotations

from typing import Any

from aiohttp import web
from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter
from pydantic import BaseModel, ConfigDict, Field

from bot.errors import TooMany, Unauthorized
from bot.keys import DATABASE, SETTINGS
from bot.settings import Settings
from bot.staff import service
from bot.staff.sessions import SignedIn
from bot.web.security import client_address
from bot.web.staff import body, cookie_name, current, page, person, require_same_origin, staff

LIMITER = web.AppKey("sign_in_limiter", MovingWindowRateLimiter)


class SignIn(BaseModel):
    """A name and a password, taken as typed."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=64)
    password: str = Field(min_length=1, max_length=256)


def set_up(app: web.Application) -> None:
    """Give the app what the handlers below keep between requests."""
    app[LIMITER] = MovingWindowRateLimiter(MemoryStorage())


def routes() -> list[web.RouteDef]:
    """Sign-in and who is signed in."""
    return [
        web.get("/sign-in", sign_in_page),
        web.post("/api/sign-in", sign_in),
        web.post("/api/sign-out", sign_out),
        web.get("/api/me", me),
    ]


async def sign_in_page(request: web.Request) -> web.Response:
    """The sign-in form; says so when somebody is signed in whose role does not suffice."""
    try:
        who: dict[str, Any] | None = person(await current(request), request.app[SETTINGS])
    except Unauthorized:
        who = None
    wanted = safe_next(request.query.get("next", ""))
    return page(
        request,
        "sign_in.html",
        next=wanted,
        me=who,
        denied="denied" in request.query,
        ended="ended" in request.query,
    )


async def sign_in(request: web.Request) -> web.Response:
    """Start a session and hand out its cookie."""
    require_same_origin(request)
    asked = await body(request, SignIn)
    address = client_address(request, request.app[SETTINGS])
    await _limit(request.app, address, asked.name)
    token, account = await service.sign_in(
        request.app[DATABASE], asked.name, asked.password, address
    )
    roles = sorted(role.value for role in account.role_set)
    response = web.json_response({"display_name": account.display_name, "roles": roles})
    _set_cookie(response, request.app[SETTINGS], token)
    return response


async def sign_out(request: web.Request) -> web.Response:
    """End the session; also fine when it had ended already."""
    require_same_origin(request)
    response = web.json_response({})
    response.del_cookie(cookie_name(request.app[SETTINGS]), path="/")
    try:
        who = await current(request)
    except Unauthorized:
        return response
    async with request.app[DATABASE].work() as work:
        await service.sign_out(work, who)
        await work.commit()
    return response


@staff()
async def me(request: web.Request, who: SignedIn) -> web.Response:
    """Who is signed in; asked by a page now and then while its person is active."""
    return web.json_response(person(who, request.app[SETTINGS]))


def safe_next(address: str) -> str:
    """`address` when it is a path on this site, else nothing."""
    inside = address.startswith("/") and not address.startswith(("//", "/\\"))
    return address if inside and not address.startswith("/sign-in") else ""


def _set_cookie(response: web.Response, settings: Settings, token: str) -> None:
    response.set_cookie(
        cookie_name(settings),
        token,
        path="/",
        httponly=True,
        samesite="Strict",
        secure=settings.production,
    )


async def _limit(app: web.Application, address: str, name: str) -> None:
    allowed = RateLimitItemPerMinute(app[SETTINGS].sign_ins_per_minute)
    for key in (f"address:{address}", f"name:{name.strip().casefold()}"):
        if not await app[LIMITER].hit(allowed, key):
            raise TooMany("too many attempts to sign in", remedy="Wait a minute and try again.")
