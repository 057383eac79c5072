"""A clinic of made-up articles for the bench: its database, an editor, and models that know it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from bot.clock import utc_now
from bot.core import database_for
from bot.db import UnitOfWork
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
from bot.settings import Settings
from bot.staff import service as staff
from bot.staff.models import Role

EDITOR = "editor-of-the-bench"
PASSWORD = "a bench signs in once"  # noqa: S105 (of a database that is thrown away)


def models(settings: Settings, content: Content, folder: Path) -> Path:
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


async def fill(settings: Settings, content: Content) -> None:
    """Make a database with these articles published, and the account of an editor."""
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
