"""How soon patients read what an editor publishes, with thousands of articles in two processes.

Each round changes one of the starter articles among made-up ones: its draft is saved and checked as
the studio does it, then published in one process, while patients of each of the two ask one of its
test questions again and again. What counts is the time from the publish until a patient of each has
read it.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from bot.evaluation import made_up, made_up_clinic
from bot.evaluation.load import Load
from bot.evaluation.made_up_clinic import EDITOR, PASSWORD
from bot.evaluation.processes import Measured, free_port, wait_for
from bot.knowledge.content import Article, from_files
from bot.settings import ROOT, Settings

ARTICLES, VARIANTS = 5000, 10
ROUNDS, WARM_UP = 40, 3
PATIENCE = 120.0
# Test questions of an article that are tried until one is answered with it at once.
TRIED = 4
FIELDS = ("title", "lead", "more", "variants", "golden", "sources", "verified_on", "expires_on")


@dataclass(slots=True)
class PublishSpeed:
    """Milliseconds. `checked` is the gate's look before a publish, `published` the request,
    `first` and `both` until a patient of one process, and of each, has read the new text."""

    checked: list[float] = field(default_factory=list)
    published: list[float] = field(default_factory=list)
    first: list[float] = field(default_factory=list)
    both: list[float] = field(default_factory=list)

    def rows(self) -> Iterator[tuple[str, Load]]:
        """Each with its name."""
        names = {
            "the gate's look, in the page": self.checked,
            "publishing, until the page says so": self.published,
            "until a patient of one process reads it": self.first,
            "until a patient of each process reads it": self.both,
        }
        for name, one in names.items():
            yield name, Load(1, tuple(one), sum(one) / 1000)


def measure(
    settings: Settings,
    postgres: str = "",
    *,
    articles: int = ARTICLES,
    variants: int = VARIANTS,
    rounds: int = ROUNDS,
) -> PublishSpeed:
    """Fill a database of its own and measure. `postgres` is the URL of an empty one; without it
    both processes share one SQLite file."""
    with tempfile.TemporaryDirectory(prefix="careline-bench-") as folder:
        starter = from_files(settings.data_dir)
        content = made_up.content(starter, articles, variants)
        own = settings.model_copy(
            update={
                "var_dir": Path(folder),
                "model_dir": made_up_clinic.models(settings, content, Path(folder) / "models"),
                "database_url": postgres or f"sqlite:///{Path(folder) / 'careline.db'}",
            }
        )
        asyncio.run(made_up_clinic.fill(own, content))
        with _processes(own) as addresses:
            return asyncio.run(_measure(addresses, starter.articles, rounds))


@contextmanager
def _processes(settings: Settings) -> Iterator[Sequence[str]]:
    ports = [free_port() for _ in range(2)]
    running = [Measured(f"http://127.0.0.1:{port}") for port in ports]
    try:
        for port, one in zip(ports, running, strict=True):
            environment = {
                **os.environ,
                "CARELINE_VAR_DIR": str(settings.var_dir),
                "CARELINE_DATABASE_URL": settings.url,
                "CARELINE_MODEL_DIR": str(settings.model_dir),
                "CARELINE_PORT": str(port),
                "CARELINE_MESSAGES_PER_MINUTE": "1000000",
                "CARELINE_CONVERSATIONS_PER_HOUR": "1000000",
            }
            one.launch([sys.executable, "-m", "bot", "up"], ROOT, environment)
            # One after the other: the first loads the articles.
            wait_for(f"{one.address}/ready", one)
        yield [one.address for one in running]
    finally:
        for one in running:
            one.stop()


async def _measure(
    addresses: Sequence[str], articles: Sequence[Article], rounds: int
) -> PublishSpeed:
    found = PublishSpeed()
    lists = (found.checked, found.published, found.first, found.both)
    async with _editor(addresses[0]) as here, _editor(addresses[1]) as there:
        done = 0
        for article in articles:
            # In turns, so that each process publishes and each only hears of it.
            editor = (here, there)[done % 2]
            took = await _round(editor, addresses, article, uuid.uuid4().hex[:10])
            done += took is not None
            for one, seconds in zip(lists, took or (), strict=False):
                if done > WARM_UP:
                    one.append(seconds * 1000)
            if done == rounds + WARM_UP:
                break
    return found


@asynccontextmanager
async def _editor(address: str) -> AsyncIterator[aiohttp.ClientSession]:
    # The cookie of one address must not go to the other, so every session has a jar of its own.
    jar = aiohttp.CookieJar(unsafe=True)
    headers = {"Sec-Fetch-Site": "same-origin", "Origin": address}
    async with aiohttp.ClientSession(address, cookie_jar=jar, headers=headers) as session:
        await _sent(session, "POST", "/api/sign-in", name=EDITOR, password=PASSWORD)
        yield session


async def _sent(session: aiohttp.ClientSession, method: str, path: str, **values: Any) -> Any:
    async with session.request(method, path, json=values or None) as answer:
        body = await answer.json()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {body['error']['code']} {body['error'].get('message')}")
        return body


async def _round(
    editor: aiohttp.ClientSession, addresses: Sequence[str], article: Article, mark: str
) -> tuple[float, float, float, float] | None:
    """Seconds of the look, of the request, and until patients read it. None for an article whose
    questions are not answered with it at once, or that the gate holds back: it shows nothing."""
    question = await _question(addresses[0], article)
    if question is None:
        return None
    draft = await _draft(editor, article, mark)
    began = time.perf_counter()
    report = await _look(editor, draft["id"])
    checked = time.perf_counter() - began
    if report["blocks"]:
        return None
    async with asyncio.timeout(PATIENCE):
        began = time.perf_counter()

        async def reads(address: str) -> float:
            while mark not in json.dumps(await _answer(address, question), ensure_ascii=False):
                pass
            return time.perf_counter() - began

        async def publish() -> float:
            await _sent(editor, "POST", f"/api/versions/{draft['id']}/publish", note="bench")
            return time.perf_counter() - began

        published, *read = await asyncio.gather(publish(), *map(reads, addresses))
    return checked, published, min(read), max(read)


async def _question(address: str, article: Article) -> str | None:
    for question in article.versions["en"].words.golden[:TRIED]:
        source = (await _answer(address, question))["source"]
        if source and source["slug"] == article.slug:
            return question
    return None


async def _draft(editor: aiohttp.ClientSession, article: Article, mark: str) -> dict[str, Any]:
    shown = await _sent(editor, "GET", f"/api/articles/{article.slug}")
    live = shown["languages"]["en"]["live"]
    words = {name: live[name] for name in FIELDS}
    words["more"] = f"{words['more'] or ''}\n\nAsk us for {mark}.".strip()
    path = f"/api/articles/{article.slug}/en/draft"
    draft: dict[str, Any] = await _sent(editor, "PUT", path, **words, base_version_id=live["id"])
    return draft


async def _look(editor: aiohttp.ClientSession, version_id: int) -> dict[str, Any]:
    look = await _sent(editor, "POST", f"/api/versions/{version_id}/check")
    async with asyncio.timeout(PATIENCE):
        while look["state"] == "running":
            await asyncio.sleep(0.05)
            look = await _sent(editor, "GET", f"/api/checks/{look['id']}")
    if look["state"] != "done":
        raise RuntimeError(f"the look ended as {look['state']}")
    report: dict[str, Any] = look["report"]
    return report


async def _answer(address: str, question: str) -> dict[str, Any]:
    """The line that a patient of this process is told, in a conversation of their own."""
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{address}/widget/ws", headers={"Origin": address}) as socket,
    ):
        await socket.send_json({"type": "conversation.open", "language": "en"})
        frame = {"type": "message.send", "client_id": uuid.uuid4().hex, "text": question}
        await socket.send_json(frame)
        while True:
            answer = await socket.receive_json()
            if answer["type"] == "error":
                raise RuntimeError(f"refused: {answer['code']}")
            if answer["type"] == "message.posted" and answer["message"]["author"] == "bot":
                said: dict[str, Any] = answer["message"]
                return said
