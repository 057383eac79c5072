"""The composition root: everything a process holds open is made here, and nothing on import."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from datetime import timedelta
from typing import Any

from aiohttp import web

from bot import events, jobs, keys
from bot.assistant.host import AssistantHost, Responder
from bot.clock import Clock, utc_now
from bot.db import Database, open_database
from bot.desk import Desk
from bot.gateway import Gateway
from bot.knowledge.base import KnowledgeBase
from bot.notify import listen_forever
from bot.privacy.encryption import KeyRing
from bot.settings import Settings, encryption_keys
from bot.turns import Limits, Turns
from bot.web import console, console_socket, health, middleware, pages, staff, studio, widget
from bot.web.hub import Hub
from bot.web.security import RateLimits

log = logging.getLogger(__name__)

DRAIN_SECONDS = 8.0
TURNS = web.AppKey("turns", Turns)

LoadAssistant = Callable[[KnowledgeBase], Responder]


def load_rasa(settings: Settings) -> LoadAssistant:
    """How the trained model is loaded: on the assistant's thread, and importing Rasa only there."""

    def load(knowledge: KnowledgeBase) -> Responder:
        from actions.support import in_process_actions
        from bot.assistant.processor import Processor, verified_archive

        archive = verified_archive(settings.model_dir)
        return Processor(archive, in_process_actions(knowledge))

    return load


def create_app(
    settings: Settings,
    *,
    load_assistant: LoadAssistant | None = None,
    clock: Clock = utc_now,
) -> web.Application:
    """One Careline process. The assistant loads in the background while the web already serves."""
    app = web.Application(
        middlewares=[middleware.errors], client_max_size=settings.max_message_bytes * 4
    )
    bus = events.Bus()
    ring = KeyRing(encryption_keys(settings))
    database = open_database(
        settings.url,
        bus,
        pool_size=settings.database_pool,
        busy_timeout=settings.busy_timeout,
        synchronous=settings.sqlite_synchronous,
    )
    knowledge = KnowledgeBase(settings, clock=clock)
    load = load_assistant or load_rasa(settings)
    host = AssistantHost(lambda: load(knowledge))
    desk = Desk(ring, lambda: knowledge.profile, clock=clock)
    limits = Limits(settings.answer_seconds, settings.lease_seconds, settings.max_chars)
    turns = Turns(database, ring, host, desk, limits)
    app[keys.SETTINGS] = settings
    app[keys.DATABASE] = database
    app[keys.KEYS] = ring
    app[keys.KNOWLEDGE] = knowledge
    app[keys.ASSISTANT] = host
    app[keys.DESK] = desk
    app[keys.HUB] = Hub(bus)
    app[TURNS] = turns
    app[keys.GATEWAY] = Gateway(
        database, ring, turns, desk, token_valid=timedelta(hours=settings.token_hours)
    )
    app[widget.RATES] = RateLimits(settings)
    pages.set_up_templates(app)
    _add_routes(app)
    app.on_response_prepare.append(middleware.secure_headers)
    app.on_shutdown.append(_say_goodbye)
    app.cleanup_ctx.append(_storage)
    app.cleanup_ctx.append(_knowledge)
    app.cleanup_ctx.append(_assistant)
    app.cleanup_ctx.append(_background)
    return app


def _add_routes(app: web.Application) -> None:
    staff.set_up(app)
    for module in (pages, health, widget, staff, console, console_socket, studio):
        app.add_routes(module.routes())


async def _say_goodbye(app: web.Application) -> None:
    await app[keys.HUB].close_all()


async def _storage(app: web.Application) -> AsyncIterator[None]:
    yield
    await app[keys.DATABASE].close()


async def _knowledge(app: web.Application) -> AsyncIterator[None]:
    await app[keys.KNOWLEDGE].refresh(app[keys.DATABASE])
    yield


async def _assistant(app: web.Application) -> AsyncIterator[None]:
    host, turns = app[keys.ASSISTANT], app[TURNS]
    starting = asyncio.create_task(host.start())
    yield
    await turns.drain(DRAIN_SECONDS)
    starting.cancel()
    await host.stop()


async def _background(app: web.Application) -> AsyncIterator[None]:
    database: Database = app[keys.DATABASE]
    work: list[Coroutine[Any, Any, None]] = [
        app[TURNS].sweep_forever(),
        app[keys.KNOWLEDGE].watch(database),
        jobs.run_forever(database, app[keys.SETTINGS]),
    ]
    if database.is_postgresql:
        work.append(listen_forever(database, app[keys.HUB].poke_all))
    tasks = [asyncio.create_task(one) for one in work]
    yield
    for task in tasks:
        task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.gather(*tasks, return_exceptions=True)
