"""How the queue behaves when it is long: how soon a console is there, and how soon a claim is seen.

A console opens, over HTTP, with a thousand cases waiting: its page, and then everything that the
page asks for at once. What a browser needs to draw it comes on top. A claim is made in one process
and is seen when the list of an agent in another no longer has it: by then the second agent's
console was told over its socket and has read the queue again. That takes a PostgreSQL; on SQLite
both agents are in one process.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
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
# What is promised, in milliseconds for nineteen of twenty.
OPENS_WITHIN, SEEN_WITHIN = 1000.0, 500.0
PAGE = "/console"
ASKED_BY_THE_PAGE = (
    "/api/handoffs",
    "/api/conversations?owner=bot",
    "/api/callbacks",
    "/api/follow-ups",
    "/api/mentions",
    "/api/presence",
)
REASONS = tuple(Reason)


@dataclass(frozen=True, slots=True)
class Row:
    """One measure, and what is promised of it, if anything is."""

    name: str
    load: Load
    limit: float | None = None

    @property
    def held(self) -> bool:
        """Whether nineteen of twenty were within the limit."""
        return self.limit is None or self.load.percentile(0.95) < self.limit


@dataclass(frozen=True, slots=True)
class QueueSpeed:
    """Milliseconds: until a console is there, of its list alone, of a search through all that
    waits, and from a claim until another agent's list shows it."""

    waiting: int
    processes: int
    opened: Load
    lists: Load
    searched: Load
    seen: Load

    def rows(self) -> tuple[Row, ...]:
        """Each with its name and its limit."""
        return (
            Row("the console opens", self.opened, OPENS_WITHIN),
            Row("its list alone", self.lists),
            Row("a search", self.searched, OPENS_WITHIN),
            Row("claim seen by another agent", self.seen, SEEN_WITHIN),
        )


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
            return asyncio.run(_measure(addresses[0], addresses[-1], len(addresses)))


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


async def _measure(here: str, there: str, processes: int) -> QueueSpeed:
    async with _agent(here, "first") as claimer, _agent(there, "second") as watcher:
        opened = await _repeated(lambda: _open_console(watcher))
        lists = await _repeated(lambda: _read(watcher, ASKED_BY_THE_PAGE[0]))
        searched = await _repeated(lambda: _search(watcher))
        seen = await _claims(claimer, watcher)
    return QueueSpeed(WAITING, processes, opened, lists, searched, _load(seen))


async def _repeated(act: Callable[[], Awaitable[None]]) -> Load:
    took = []
    for _ in range(LISTS):
        began = time.perf_counter()
        await act()
        took.append((time.perf_counter() - began) * 1000)
    return _load(took)


def _load(took: Sequence[float]) -> Load:
    return Load(1, tuple(took), sum(took) / 1000)


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


async def _open_console(agent: aiohttp.ClientSession) -> None:
    await _read(agent, PAGE)
    await asyncio.gather(*(_read(agent, path) for path in ASKED_BY_THE_PAGE))


async def _read(agent: aiohttp.ClientSession, path: str) -> None:
    async with agent.get(path) as answer:
        answer.raise_for_status()
        await answer.read()


async def _search(agent: aiohttp.ClientSession) -> None:
    async with agent.post("/api/cases/search", json={"words": "question number"}) as answer:
        answer.raise_for_status()
        await answer.read()


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
