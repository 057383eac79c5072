"""How the queue behaves when it is long: the time of the list, and how soon a claim is seen.

The list is read over HTTP with a thousand cases waiting. A claim is made in one process and is
seen when the list of an agent in another no longer has it: by then the second agent's console was
told over its socket and has read the queue again. That takes a PostgreSQL; on SQLite both agents
are in one process.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import aiohttp

from bot.clock import utc_now
from bot.conversations import service as conversations
from bot.conversations.lines import Draft
from bot.conversations.models import QUEUE
from bot.core import database_for
from bot.effects import Priority, Reason
from bot.evaluation.load import Load
from bot.evaluation.processes import Measured, free_port, wait_for
from bot.handoff.cases import Request
from bot.handoff.service import request
from bot.migrations.run import upgrade
from bot.privacy.encryption import KeyRing
from bot.settings import ROOT, Settings, encryption_keys
from bot.staff import service as staff
from bot.staff.models import Role

WAITING = 1000
LISTS = 60
CLAIMS = 60
PASSWORD = "a bench signs in once"  # noqa: S105 (of a database that is thrown away)
PATIENCE = 30.0
REASONS = tuple(Reason)


@dataclass(frozen=True, slots=True)
class QueueSpeed:
    """Milliseconds: of the list, and from a claim until another agent's list shows it."""

    waiting: int
    processes: int
    lists: Load
    seen: Load


def measure(settings: Settings, postgres: str = "") -> QueueSpeed:
    """Fill a queue in a database of its own and measure. `postgres` is an empty database's URL."""
    with tempfile.TemporaryDirectory(prefix="careline-bench-") as folder:
        own = settings.model_copy(
            update={
                "var_dir": Path(folder),
                "database_url": postgres or f"sqlite:///{Path(folder) / 'careline.db'}",
            }
        )
        asyncio.run(_fill(own))
        with _processes(own, 2 if postgres else 1) as addresses:
            lists, seen = asyncio.run(_measure(addresses[0], addresses[-1]))
    return QueueSpeed(WAITING, len(addresses), lists, seen)


async def _fill(settings: Settings) -> None:
    keys = KeyRing(encryption_keys(settings))
    database = database_for(settings)
    try:
        await upgrade(database)
        async with database.work() as work:
            for name in ("first", "second"):
                await staff.create_account(
                    work,
                    "bench",
                    name=name,
                    display_name=name.title(),
                    roles=[Role.AGENT],
                    password=PASSWORD,
                )
            await work.commit()
        for number in range(WAITING):
            async with database.work() as work:
                held, _ = await conversations.open_conversation(work, "en")
                said = Draft("patient", f"Question number {number}", "en")
                await conversations.store_patient_message(work, keys, held, said)
                packet = {"question": said.text, "topics": ["bil.my_bill"], "details": {}}
                reason = REASONS[number % len(REASONS)]
                by = utc_now() + timedelta(minutes=5 + number % 60)
                asked = Request(held, reason, Priority.NORMAL, "en", by, packet)
                await request(work, keys, asked)
                await conversations.change_owner(work, held, owner="bot", epoch=1, to=QUEUE)
                await work.commit()
    finally:
        await database.close()


@contextmanager
def _processes(settings: Settings, number: int) -> Iterator[Sequence[str]]:
    ports = [free_port() for _ in range(number)]
    running = [Measured(f"http://127.0.0.1:{port}") for port in ports]
    try:
        for port, one in zip(ports, running, strict=True):
            environment = {
                **os.environ,
                "CARELINE_VAR_DIR": str(settings.var_dir),
                "CARELINE_DATABASE_URL": settings.url,
                "CARELINE_MODEL_DIR": str(settings.model_dir),
                "CARELINE_PORT": str(port),
            }
            one.launch([sys.executable, "-m", "bot", "up"], ROOT, environment)
            # One after the other: the first loads the articles.
            wait_for(f"{one.address}/ready", one)
        yield [one.address for one in running]
    finally:
        for one in running:
            one.stop()


async def _measure(here: str, there: str) -> tuple[Load, Load]:
    async with _agent(here, "first") as claimer, _agent(there, "second") as watcher:
        began = time.perf_counter()
        lists = [await _timed_list(watcher) for _ in range(LISTS)]
        listing = time.perf_counter() - began
        seen = await _claims(claimer, watcher)
    return (
        Load(1, tuple(lists), listing),
        Load(1, tuple(seen), sum(seen) / 1000),
    )


@asynccontextmanager
async def _agent(address: str, name: str) -> AsyncIterator[aiohttp.ClientSession]:
    # The cookie of one address must not go to the other, so every agent has a jar of their own.
    jar = aiohttp.CookieJar(unsafe=True)
    headers = {"Sec-Fetch-Site": "same-origin", "Origin": address}
    async with aiohttp.ClientSession(address, cookie_jar=jar, headers=headers) as session:
        async with session.post(
            "/api/sign-in", json={"name": name, "password": PASSWORD}
        ) as answer:
            answer.raise_for_status()
        yield session


async def _timed_list(agent: aiohttp.ClientSession) -> float:
    began = time.perf_counter()
    async with agent.get("/api/handoffs") as answer:
        answer.raise_for_status()
        await answer.read()
    return (time.perf_counter() - began) * 1000


async def _claims(claimer: aiohttp.ClientSession, watcher: aiohttp.ClientSession) -> list[float]:
    async with claimer.get("/api/handoffs") as answer:
        waiting = [one["id"] for one in (await answer.json())["waiting"]][:CLAIMS]
    seen = []
    async with watcher.ws_connect("/console/ws") as socket:
        for handoff_id in waiting:
            began = time.perf_counter()
            async with claimer.post(f"/api/handoffs/{handoff_id}/claim", json={}) as answer:
                answer.raise_for_status()
            async with asyncio.timeout(PATIENCE):
                await _gone(watcher, socket, handoff_id)
            seen.append((time.perf_counter() - began) * 1000)
    return seen


async def _gone(
    watcher: aiohttp.ClientSession, socket: aiohttp.ClientWebSocketResponse, handoff_id: int
) -> None:
    """Read the queue whenever the socket says so, as a console does, until the case is gone."""
    while True:
        frame = await socket.receive_json()
        if frame["type"] != "queue.changed":
            continue
        async with watcher.get("/api/handoffs") as answer:
            waiting = (await answer.json())["waiting"]
        if handoff_id not in [one["id"] for one in waiting]:
            return
