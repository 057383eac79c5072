"""Who is asking, on the staff's side: sign-in, the session cookie, roles, and where a request
comes from.

Cross-site requests are refused by what the browser says of itself (Sec-Fetch-Site, or Origin
where a browser is too old for it); no hidden form token is needed. The cookie is HttpOnly and
SameSite=Strict, and in production Secure and bound to this host.
"""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any, TypeVar
from urllib.parse import quote

from aiohttp import web
from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot import texts
from bot.errors import Forbidden, Invalid, TooMany, Unauthorized
from bot.keys import DATABASE, SETTINGS, TEMPLATES
from bot.settings import Settings
from bot.staff import service, sessions
from bot.staff.models import Role
from bot.staff.sessions import SignedIn
from bot.web.security import client_address, own_origin

COOKIE = "careline_session"
LANGUAGE_COOKIE = "careline_language"
# Sent by a page that refreshes itself: such a request does not keep anyone signed in.
BACKGROUND = "Careline-Background"
READING = frozenset({"GET", "HEAD", "OPTIONS"})
LIMITER = web.AppKey("sign_in_limiter", MovingWindowRateLimiter)

CONSOLE_ROLES = (Role.AGENT, Role.SUPERVISOR)
STUDIO_ROLES = (Role.EDITOR, Role.REVIEWER)
INSIGHTS_ROLES = (Role.SUPERVISOR, Role.ADMIN)

Body = TypeVar("Body", bound=BaseModel)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
StaffHandler = Callable[[web.Request, SignedIn], Awaitable[web.StreamResponse]]


class Form(BaseModel):
    """A request body: unknown keys are refused, text has no space around it."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


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


# --- where a request comes from, and who sent it


def require_same_origin(request: web.Request) -> None:
    """Refuse what another site sent, or what does not say where it comes from."""
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    same = site == "same-origin" if site else origin == own_origin(request, request.app[SETTINGS])
    if not same:
        raise Forbidden("this request comes from another site", remedy="Reload the page.")


async def current(request: web.Request) -> SignedIn:
    """Who is signed in. Never counts as activity. Raises `Unauthorized`."""
    settings = request.app[SETTINGS]
    token = request.cookies.get(cookie_name(settings))
    if not token:
        raise Unauthorized("you are not signed in", remedy="Sign in.")
    async with request.app[DATABASE].reading() as session:
        return await sessions.account_for(session, token, sessions.lifetime(settings))


async def require(request: web.Request, *roles: Role) -> SignedIn:
    """Who is signed in, with one of `roles` (any, when none is named); counts as activity."""
    if request.method not in READING:
        require_same_origin(request)
    who = await current(request)
    if roles and not who.may(*roles):
        raise Forbidden(
            "your account may not do this", remedy="Ask an administrator for the role it needs."
        )
    if who.touch_due and BACKGROUND not in request.headers:
        async with request.app[DATABASE].work() as work:
            await sessions.touch(work, who.session_id)
            await work.commit()
    return who


def staff(*roles: Role) -> Callable[[StaffHandler], Handler]:
    """A handler for signed-in people with one of `roles`; gets who it is as its second argument."""

    def guard(handler: StaffHandler) -> Handler:
        @functools.wraps(handler)
        async def guarded(request: web.Request) -> web.StreamResponse:
            return await handler(request, await require(request, *roles))

        return guarded

    return guard


def staff_page(*roles: Role) -> Callable[[StaffHandler], Handler]:
    """As `staff`, for a page: whoever may not see it is sent to the sign-in page."""

    def guard(handler: StaffHandler) -> Handler:
        @functools.wraps(handler)
        async def guarded(request: web.Request) -> web.StreamResponse:
            try:
                who = await require(request, *roles)
            except Unauthorized:
                raise web.HTTPSeeOther(f"/sign-in?next={quote(request.path_qs)}") from None
            except Forbidden:
                raise web.HTTPSeeOther("/sign-in?denied=1") from None
            return await handler(request, who)

        return guarded

    return guard


async def body(request: web.Request, form: type[Body]) -> Body:
    """The JSON body as a `form`. Raises `Invalid` with the field; never repeats what was sent."""
    if request.content_type != "application/json":
        raise Invalid("the body is not JSON", remedy="Send Content-Type: application/json.")
    raw = await request.read()
    if b"\\u0000" in raw:
        raise Invalid("the text holds a NUL character", remedy="Remove it; no database keeps it.")
    try:
        return form.model_validate_json(raw)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or None
        raise Invalid(first["msg"], field=field, remedy="Correct it and send it again.") from None


# --- pages


def language_of(request: web.Request) -> str:
    """The language of a staff page: asked for, remembered, or the browser's."""
    accepted = request.headers.get("Accept-Language", "").lower().split(",")
    wishes = [request.query.get("lang"), request.cookies.get(LANGUAGE_COOKIE)]
    wishes += [wish.strip()[:2] for wish in accepted]
    return next((wish for wish in wishes if wish in texts.LANGUAGES), texts.LANGUAGES[0])


def page(
    request: web.Request,
    template: str,
    *areas: str,
    view: Mapping[str, Any] = MappingProxyType({}),
    **data: Any,
) -> web.Response:
    """A staff page. Its scripts get `data` and the texts of `areas` in a JSON block; `view` is
    for the template alone."""
    language = language_of(request)
    words = texts.catalogue(language)
    wanted = {key: text for key, text in words.items() if key.split(".")[0] in ("staff", *areas)}
    html = (
        request.app[TEMPLATES]
        .get_template(template)
        .render(
            language=language,
            t=lambda text_id, **values: texts.get(text_id, language, **values).text,
            page={"language": language, "texts": wanted, **data},
            view=view,
            **data,
        )
    )
    response = web.Response(text=html, content_type="text/html")
    if request.query.get("lang") in texts.LANGUAGES:
        response.set_cookie(LANGUAGE_COOKIE, language, samesite="Strict", httponly=True)
    return response


def person(who: SignedIn, settings: Settings) -> dict[str, Any]:
    """What a page knows about whoever is signed in."""
    return {
        "account_id": who.account_id,
        "display_name": who.display_name,
        "roles": sorted(role.value for role in who.roles),
        "console": who.may(*CONSOLE_ROLES),
        "studio": who.may(*STUDIO_ROLES),
        "insights": who.may(*INSIGHTS_ROLES),
        "idle_seconds": settings.session_idle_minutes * 60,
    }


def safe_next(address: str) -> str:
    """`address` when it is a path on this site, else nothing."""
    inside = address.startswith("/") and not address.startswith(("//", "/\\"))
    return address if inside and not address.startswith("/sign-in") else ""


# --- handlers


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


# --- cookie and limits


def cookie_name(settings: Settings) -> str:
    """In production the prefix makes browsers insist on Secure, Path=/ and no Domain."""
    return f"__Host-{COOKIE}" if settings.production else COOKIE


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
