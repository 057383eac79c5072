"""The composition root of the web: one application around one core. Nothing happens on import."""

from __future__ import annotations

from collections.abc import AsyncIterator

from aiohttp import web

from bot import keys
from bot.clock import Clock, utc_now
from bot.core import Core, LoadAssistant
from bot.settings import Settings
from bot.web import (
    article_list,
    calls,
    case_search,
    colleagues,
    console,
    console_socket,
    contact,
    corrections,
    drafts,
    exchange,
    follow_ups,
    gaps,
    gate,
    health,
    insights,
    life,
    links,
    middleware,
    moves,
    pages,
    queue,
    reported,
    seen,
    sign_in,
    studio,
    studio_bench,
    studio_calendar,
    studio_clinic,
    studio_notices,
    widget,
    writing,
)
from bot.web.hub import Hub
from bot.web.security import RATES, RateLimits

CORE = web.AppKey("core", Core)
# Whoever adds a page or a path of the API adds its module here.
MODULES = (
    article_list,
    calls,
    case_search,
    colleagues,
    console,
    console_socket,
    contact,
    corrections,
    drafts,
    exchange,
    follow_ups,
    gaps,
    gate,
    health,
    insights,
    life,
    links,
    moves,
    pages,
    queue,
    reported,
    seen,
    sign_in,
    studio,
    studio_bench,
    studio_calendar,
    studio_clinic,
    studio_notices,
    widget,
    writing,
)


def create_app(
    settings: Settings,
    *,
    load_assistant: LoadAssistant | None = None,
    clock: Clock = utc_now,
) -> web.Application:
    """One Careline process. The assistant loads in the background while the web already serves.

    `load_assistant` stands in for the trained Rasa model, in tests of what surrounds it.
    """
    core = Core(settings, load_assistant=load_assistant, clock=clock)
    app = web.Application(
        middlewares=[middleware.errors], client_max_size=settings.max_message_bytes * 4
    )
    app[CORE] = core
    app[keys.SETTINGS] = settings
    app[keys.DATABASE] = core.database
    app[keys.KEYS] = core.keys
    app[keys.KNOWLEDGE] = core.knowledge
    app[keys.ASSISTANT] = core.host
    app[keys.DESK] = core.desk
    app[keys.GATEWAY] = core.gateway
    app[keys.SHIFT] = core.shift
    app[keys.OUTREACH] = core.outreach
    app[keys.CALLS] = core.calls
    app[keys.CORRECTIONS] = core.corrections
    app[keys.GAPS] = core.gaps
    app[keys.HUB] = Hub(core.bus)
    app[RATES] = RateLimits(settings)
    pages.set_up_templates(app)
    sign_in.set_up(app)
    exchange.set_up(app)
    for module in MODULES:
        app.add_routes(module.routes())
    app.on_response_prepare.append(middleware.secure_headers)
    app.on_shutdown.append(_close_sockets)
    app.cleanup_ctx.append(_run_core)
    app.cleanup_ctx.append(contact.tell_who_is_present)
    gate.set_up(app)
    studio_bench.set_up(app)
    return app


async def _close_sockets(app: web.Application) -> None:
    await app[keys.HUB].close_all()


async def _run_core(app: web.Application) -> AsyncIterator[None]:
    try:
        await app[CORE].start(on_reconnect=app[keys.HUB].poke_all)
        yield
    finally:
        await app[CORE].stop()
