"""Who is asking, on the staff's side: the session cookie, roles, where a request comes from, and
the pages.

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
from pydantic import BaseModel, ConfigDict, ValidationError

from bot import texts
from bot.errors import Forbidden, Invalid, Unauthorized
from bot.keys import DATABASE, SETTINGS, TEMPLATES
from bot.settings import Settings
from bot.staff import sessions
from bot.staff.models import Role
from bot.staff.sessions import SignedIn
from bot.web.security import own_origin

COOKIE = "careline_session"
LANGUAGE_COOKIE = "careline_language"
# Sent by a page that refreshes itself: such a request does not keep anyone signed in.
BACKGROUND = "Careline-Background"
READING = frozenset({"GET", "HEAD", "OPTIONS"})

CONSOLE_ROLES = (Role.AGENT, Role.SUPERVISOR)
STUDIO_ROLES = (Role.EDITOR, Role.REVIEWER)
INSIGHTS_ROLES = (Role.SUPERVISOR, Role.ADMIN)

Body = TypeVar("Body", bound=BaseModel)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
StaffHandler = Callable[[web.Request, SignedIn], Awaitable[web.StreamResponse]]


class Form(BaseModel):
    """A request body: unknown keys are refused, text has no space around it."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


# --- where a request comes from, and who sent it


def require_same_origin(request: web.Request) -> None:
    """Refuse what another site sent, or what does not say where it comes from."""
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    same = site == "same-origin" if site else origin == own_origin(request, request.app[SETTINGS])
    if not same:
        raise Forbidden("this request comes from another site", remedy="Reload the page.")


def cookie_name(settings: Settings) -> str:
    """In production the prefix makes browsers insist on Secure, Path=/ and no Domain."""
    return f"__Host-{COOKIE}" if settings.production else COOKIE


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
