"""A clinic's own answers into drafts: `careline kb import --csv | --docx | --html`.

One transaction: all good rows become drafts or none does. Nothing is published, and nobody's
draft is overwritten.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock, utc_now
from bot.db import Database, UnitOfWork
from bot.errors import Conflict
from bot.knowledge.checks import Reference
from bot.knowledge.editors import Editor
from bot.knowledge.exchange import csv_file, docx_file, html_file
from bot.knowledge.exchange.entries import BadRow, Found, Reader, Say, Step, read_entries
from bot.knowledge.exchange.planning import MEASURED, Base, Known, Plan, Planner
from bot.knowledge.exchange.report import Collision, Taken, TakeReport
from bot.knowledge.importer import ACTOR
from bot.knowledge.measuring import TextCache
from bot.knowledge.models import Article, State, Version
from bot.knowledge.queries import load_content
from bot.knowledge.saving import save_draft
from bot.knowledge.service import hold, new_article
from bot.privacy import audit

ATTEMPTS = 3
READERS: dict[str, tuple[int, Reader]] = {
    "csv": (csv_file.MEGABYTES, csv_file.read),
    "docx": (docx_file.MEGABYTES, docx_file.read),
    "html": (html_file.MEGABYTES, html_file.read),
}
Ends = Sequence[Plan | Collision | BadRow]


async def take(
    database: Database,
    path: Path,
    kind: str,
    *,
    dry_run: bool = False,
    onto_existing: bool = False,
    say: Say = lambda step: None,
    clock: Clock = utc_now,
) -> TakeReport:
    """Keep the answers of a file (a `kind` of `READERS`) as drafts; report on every row.

    `onto_existing` makes a draft of the article where a question collides with a published one;
    without it such a question is only reported. Raises `Invalid` when the file cannot be read.
    """
    found = await asyncio.to_thread(read_entries, path, *READERS[kind])
    for _ in range(ATTEMPTS):
        planned = await decide(database, found, onto_existing=onto_existing, say=say, clock=clock)
        async with database.work() as work:
            revision = await hold(work)
            if (revision, await drafts_now(work.session)) != planned.seen:
                continue
            await _write(work, planned.ends, path.name, say)
            if not dry_run:
                await work.commit()
        return report_of(path.name, dry_run, found, planned.ends)
    raise Conflict("others are editing at this moment", remedy="Try again in a moment.")


@dataclass(frozen=True, slots=True)
class Planned:
    """What every row would become, and the base (revision, drafts) it was decided on."""

    ends: Ends
    seen: tuple[int, dict[tuple[str, str], str]]


async def decide(
    database: Database,
    found: Found,
    *,
    onto_existing: bool,
    say: Say,
    clock: Clock,
    cache: TextCache = MEASURED,
) -> Planned:
    """Decide on all rows. Nothing is written, and no transaction is open meanwhile."""
    async with database.reading() as session:
        base = await _base(session)
    today = clock().astimezone(base.content.profile.zone).date()
    reference = Reference(base.content.profile, base.content.figures, today)
    planner = Planner(base, reference, onto_existing=onto_existing, say=say, cache=cache)
    ends = await asyncio.to_thread(lambda: list(planner.plan(found.entries)))
    return Planned(ends, (base.content.revision, base.drafts))


async def _base(session: AsyncSession) -> Base:
    content = await load_content(session)
    drafts = await drafts_now(session)
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


async def drafts_now(session: AsyncSession) -> dict[tuple[str, str], str]:
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
            work.session.add(new_article(plan.slug, plan.domain, plan.topics))
            await work.session.flush()
        await save_draft(work, editor, plan.slug, plan.language, plan.text, plan.live)
        if number % 100 == 0:
            say(Step("written", number, len(plans)))
    if plans:
        subject = f"file:{name[:100]}"
        await audit.record(work, ACTOR, "drafts.imported", subject, drafts=len(plans))


def report_of(name: str, dry_run: bool, found: Found, ends: Ends) -> TakeReport:
    """What became of every row, in the order of the file."""
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
