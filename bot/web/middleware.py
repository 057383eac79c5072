"""What every response has in common: headers, and one translation of errors."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.errors import CarelineError, NotFound
from bot.keys import SETTINGS
from bot.web.security import HEADERS, content_policy

log = logging.getLogger(__name__)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def error_response(error: CarelineError) -> web.Response:
    """The one shape of every refused request."""
    return web.json_response({"error": error.as_dict()}, status=error.status)


@web.middleware
async def errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn what was raised into an answer. Unknown failures are logged by type and place."""
    try:
        return await handler(request)
    except CarelineError as error:
        return error_response(error)
    except web.HTTPException as error:
        if error.status < 400 or not request.path.startswith("/api/"):
            raise
        status = error.status
        refused = NotFound("no such address") if status == 404 else CarelineError(error.reason)
        refused.status = status
        return error_response(refused)
    except Exception:
        log.exception("%s %s failed", request.method, _route(request))
        failed = CarelineError("something went wrong", remedy="Try again in a moment.")
        failed.status = 500
        return error_response(failed)


def _route(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return resource.canonical if resource else "unknown address"


async def secure_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Set the headers that keep pages first-party, before they leave."""
    settings = request.app[SETTINGS]
    framed = "'none'"
    if request.path == "/widget":
        framed = " ".join(("'self'", *settings.allowed_origins))
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Content-Security-Policy", content_policy(framed))
    if not request.path.startswith("/static/") and request.path != "/embed.js":
        response.headers.setdefault("Cache-Control", "no-store")
    if settings.production:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
