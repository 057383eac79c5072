"""A clinic's own answers into drafts: `careline kb import --csv | --docx | --html`.

One transaction: all good rows become drafts or none does. Nothing is published, and nobody's
draft is overwritten.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock, utc_now
from bot.db import Database, UnitOfWork
from bot.errors import Conflict, Invalid
from bot.knowledge.checks import Reference
from bot.knowledge.exchange import csv_file, docx_file, html_file
from bot.knowledge.exchange.entries import BadRow, Found, read_entries
from bot.knowledge.exchange.planning import Base, Known, Plan, Planner, Say
from bot.knowledge.exchange.report import Collision, Taken, TakeReport
from bot.knowledge.importer import ACTOR
from bot.knowledge.models import Article, State, Version
from bot.knowledge.publishing import Editor, save_draft
from bot.knowledge.queries import load_content
from bot.knowledge.service import hold
from bot.privacy import audit

ATTEMPTS = 3
READERS = {
    "csv": partial(read_entries, most_megabytes=csv_file.MEGABYTES, reader=csv_file.read),
    "docx": partial(read_entries, most_megabytes=docx_file.MEGABYTES, reader=docx_file.read),
    "html": partial(read_entries, most_megabytes=html_file.MEGABYTES, reader=html_file.read),
}
Ends = Sequence[Plan | Collision | BadRow]


async def take(
    database: Database,
    path: Path,
    kind: str,
    *,
    dry_run: bool = False,
    onto_existing: bool = False,
    say: Say = lambda line: None,
    clock: Clock = utc_now,
) -> TakeReport:
    """Keep the answers of a file (a `kind` of `READERS`) as drafts; report on every row.

    `onto_existing` makes a draft of the article where a question collides with a published one;
    without it such a question is only reported. Raises `Invalid` when the file cannot be read.
    """
    found = await asyncio.to_thread(READERS[kind], path)
    if not found.entries and not found.bad:
        raise Invalid(
            f"there is no question in {path.name}",
            remedy="docs/take-and-give.md says what is read as a question.",
        )
    for _ in range(ATTEMPTS):
        async with database.reading() as session:
            base = await _base(session)
        today = clock().astimezone(base.content.profile.zone).date()
        reference = Reference(base.content.profile, base.content.figures, today)
        planner = Planner(base, reference, onto_existing=onto_existing, say=say)
        ends = await asyncio.to_thread(lambda: list(planner.plan(found.entries)))  # noqa: B023
        async with database.work() as work:
            revision = await hold(work)
            if (revision, await _drafts(work.session)) != (base.content.revision, base.drafts):
                continue
            await _write(work, ends, path.name, say)
            if not dry_run:
                await work.commit()
        return _report(path.name, dry_run, found, ends)
    raise Conflict("others are editing at this moment", remedy="Try again in a moment.")


async def _base(session: AsyncSession) -> Base:
    content = await load_content(session)
    drafts = await _drafts(session)
    rows = await session.execute(
        select(Article.slug, Article.domain, Version.title, Version.variants)
        .join(Version, Version.article_id == Article.id)
        .where(Version.state == State.DRAFT.value)
        .order_by(Article.slug, Version.language)
    )
    known = [
        Known(question, article.slug, article.domain)
        for article in content.articles
        for version in article.versions.values()
        for question in (*version.words.questions, *version.words.golden)
    ]
    known += [
        Known(question, slug, domain)
        for slug, domain, title, variants in rows
        for question in (title, *variants)
        if question
    ]
    texts: dict[str, dict[str, int]] = {
        slug: {} for slug in await session.scalars(select(Article.slug))
    }
    for article in content.articles:
        texts[article.slug] |= {
            language: version.version_id for language, version in article.versions.items()
        }
    unique = dict.fromkeys(known)
    return Base(content, tuple(unique), texts, drafts)


async def _drafts(session: AsyncSession) -> dict[tuple[str, str], str]:
    """Article and language → who wrote the draft."""
    rows = await session.execute(
        select(Article.slug, Version.language, Version.created_by)
        .join(Version, Version.article_id == Article.id)
        .where(Version.state == State.DRAFT.value)
    )
    return {(slug, language): by for slug, language, by in rows}


async def _write(work: UnitOfWork, ends: Ends, name: str, say: Say) -> None:
    editor = Editor(ACTOR, ACTOR)
    known = set(await work.session.scalars(select(Article.slug)))
    plans = [end for end in ends if isinstance(end, Plan)]
    for number, plan in enumerate(plans, 1):
        if plan.slug not in known:
            known.add(plan.slug)
            work.session.add(
                Article(
                    slug=plan.slug,
                    domain=plan.domain,
                    topics=list(plan.topics),
                    related=[],
                    handoff=None,
                    scope={},
                    owner="",
                    created_at=utc_now(),
                )
            )
            await work.session.flush()
        await save_draft(work, editor, plan.slug, plan.language, plan.text, plan.live)
        if number % 100 == 0:
            say(f"{number} of {len(plans)} drafts written")
    if plans:
        subject = f"file:{name[:100]}"
        await audit.record(work, ACTOR, "drafts.imported", subject, drafts=len(plans))


def _report(name: str, dry_run: bool, found: Found, ends: Ends) -> TakeReport:
    report = TakeReport(name, dry_run, bad=list(found.bad), notes=list(found.notes))
    for end in ends:
        if isinstance(end, Plan):
            onto = end.live is not None
            title = end.text.title
            taken = Taken(end.entry.where, end.slug, end.language, title, end.todo, onto)
            report.taken.append(taken)
        elif isinstance(end, Collision):
            report.collisions.append(end)
        else:
            report.bad.append(end)
    return report
