"""What a balancer and an operator ask."""

from __future__ import annotations

from aiohttp import web

from bot.assistant.host import State
from bot.db import Database
from bot.errors import StorageUnavailable
from bot.keys import ASSISTANT, DATABASE


def routes() -> list[web.RouteDef]:
    """What this module serves."""
    return [web.get("/health", live), web.get("/ready", ready)]


async def live(request: web.Request) -> web.Response:
    """The process runs."""
    return web.json_response({"status": "alive"})


async def ready(request: web.Request) -> web.Response:
    """Whether to send patients here: not while the model loads or the database is away.

    With a model that failed to load the process still serves: it stores, warns and hands off.
    """
    assistant = request.app[ASSISTANT].state
    storage = await _storage_answers(request.app[DATABASE])
    serving = storage and assistant in (State.READY, State.FAILED)
    body = {"ready": serving, "assistant": assistant.value, "storage": storage}
    return web.json_response(body, status=200 if serving else 503)


async def _storage_answers(database: Database) -> bool:
    try:
        await database.ping()
    except StorageUnavailable:
        return False
    return True
