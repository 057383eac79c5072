"""How soon patients read what an editor publishes, with thousands of articles in two processes.

Each round changes one of the starter articles among made-up ones: its draft is saved and checked as
the studio does it, then published in one process, while patients of each of the two ask for it
again and again. What counts is the time from the publish until a patient of each has read it.
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
from sqlalchemy import insert, select

from bot.clock import utc_now
from bot.core import database_for
from bot.db import UnitOfWork
from bot.evaluation import made_up
from bot.evaluation.load import Load
from bot.evaluation.processes import Measured, free_port, wait_for
from bot.knowledge import utterances, vectors
from bot.knowledge.content import Article, Content, from_files
from bot.knowledge.importer import import_directory
from bot.knowledge.index import entries_of
from bot.knowledge.measuring import TextCache
from bot.knowledge.models import Article as ArticleRow
from bot.knowledge.models import Origin, State, Version
from bot.knowledge.service import hold, revise, said
from bot.knowledge.utterances import NONE, Utterances
from bot.migrations.run import upgrade
from bot.settings import ROOT, Settings
from bot.staff import service as staff
from bot.staff.models import Role

ARTICLES, VARIANTS = 5000, 10
ROUNDS, WARM_UP = 40, 3
EDITOR = "editor-of-the-bench"
PASSWORD = "a bench signs in once"  # noqa: S105 (of a database that is thrown away)
PATIENCE = 120.0
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
                "model_dir": _models(settings, content, Path(folder) / "models"),
                "database_url": postgres or f"sqlite:///{Path(folder) / 'careline.db'}",
            }
        )
        asyncio.run(_fill(own, content))
        with _processes(own) as addresses:
            return asyncio.run(_measure(addresses, starter.articles, rounds))


def _models(settings: Settings, content: Content, folder: Path) -> Path:
    """The models, with the vectors of the made-up texts beside those that are there. Encoding them
    takes many minutes the first time; they are kept for the next."""
    kept = settings.var_dir / "bench" / "made_up.npz"
    made = TextCache(kept, settings.model_dir / vectors.FILE, spare=sys.maxsize)
    _measured(made, content, NONE)
    if not vectors.usable(kept):
        kept.parent.mkdir(parents=True, exist_ok=True)
        made.keep(kept)
    _measured(made, from_files(settings.data_dir), utterances.load(settings.data_dir))
    folder.mkdir()
    for path in settings.model_dir.iterdir():
        if path.name != vectors.FILE:
            (folder / path.name).symlink_to(path.resolve())
    made.keep(folder / vectors.FILE)
    return folder


def _measured(cache: TextCache, content: Content, said: Utterances) -> None:
    """Measure every text by which the articles are found."""
    entries = [
        entry
        for at, article in enumerate(content.articles)
        for entry in entries_of(at, article, content, said)
    ]
    cache.measure((one.text for one in entries), (one.language for one in entries))


async def _fill(settings: Settings, content: Content) -> None:
    database = database_for(settings)
    try:
        await upgrade(database)
        await import_directory(database, settings.data_dir)
        async with database.work() as work:
            await staff.create_account(
                work,
                "bench",
                name=EDITOR,
                display_name="Editor",
                roles=[Role.EDITOR],
                password=PASSWORD,
            )
            await hold(work)
            await _add(work, content.articles)
            await revise(work)
            await work.commit()
    finally:
        await database.close()


async def _add(work: UnitOfWork, articles: Sequence[Article]) -> None:
    now = utc_now()
    rows: list[dict[str, Any]] = [
        {
            "slug": one.slug,
            "domain": one.domain,
            "topics": list(one.topics),
            "related": [],
            "handoff": None,
            "scope": {},
            "owner": "",
            "created_at": now,
        }
        for one in articles
    ]
    await work.session.execute(insert(ArticleRow), rows)
    found = await work.session.execute(select(ArticleRow.slug, ArticleRow.id))
    ids = {slug: article_id for slug, article_id in found}
    for language, based in (("en", False), ("es", True)):
        sources = await _sources(work) if based else {}
        versions = [
            {
                **said(one.versions[language].words),
                "article_id": ids[one.slug],
                "language": language,
                "state": State.PUBLISHED.value,
                "revision": 1,
                "based_on": sources.get(ids[one.slug]),
                "origin": Origin.EDITOR.value,
                "note": "",
                "created_at": now,
                "created_by": "bench",
                "published_at": now,
                "published_by": "bench",
            }
            for one in articles
        ]
        await work.session.execute(insert(Version), versions)


async def _sources(work: UnitOfWork) -> dict[int, int]:
    found = await work.session.execute(
        select(Version.article_id, Version.id).where(
            Version.language == "en", Version.state == State.PUBLISHED.value
        )
    )
    return {article_id: version_id for article_id, version_id in found}


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
    title is not answered with it, or that the gate holds back: it shows nothing."""
    draft = await _draft(editor, article, mark)
    began = time.perf_counter()
    report = await _look(editor, draft["id"])
    checked = time.perf_counter() - began
    title = article.versions["en"].words.title
    async with asyncio.timeout(PATIENCE):
        before = [await _answer(address, title) for address in addresses]
        if report["blocks"] or not all(title in one for one in before):
            return None
        began = time.perf_counter()

        async def reads(address: str) -> float:
            while mark not in await _answer(address, title):
                pass
            return time.perf_counter() - began

        async def publish() -> float:
            await _sent(editor, "POST", f"/api/versions/{draft['id']}/publish", note="bench")
            return time.perf_counter() - began

        published, *read = await asyncio.gather(publish(), *map(reads, addresses))
    return checked, published, min(read), max(read)


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


async def _answer(address: str, question: str) -> str:
    """What a patient of this process is told, in a conversation of their own."""
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
                return json.dumps(answer["message"], ensure_ascii=False)
