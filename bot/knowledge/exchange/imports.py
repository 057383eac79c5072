"""A file that an editor takes into drafts, and takes back with one press.

Unlike `taking.take` it writes in small transactions: on SQLite one long one would keep patients
waiting. What was written is recorded with each of them, so that also a half done import can be
removed whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import Database, UnitOfWork
from bot.errors import Conflict, NotFound
from bot.knowledge.draft_models import DraftSave
from bot.knowledge.editors import Editor
from bot.knowledge.exchange.entries import Say, Step
from bot.knowledge.exchange.planning import Plan
from bot.knowledge.exchange.report import Collision, TakeReport
from bot.knowledge.finding import in_state
from bot.knowledge.import_models import REMOVED, TAKEN, Import, ImportedDraft
from bot.knowledge.models import Article, State, Version
from bot.knowledge.saving import DraftText, save_draft
from bot.knowledge.service import hold, new_article
from bot.privacy import audit

BATCH = 25
LISTED = 30
T = TypeVar("T")


@dataclass(slots=True)
class Undone:
    """What became of the drafts of an import: how many were changed back, and what was left."""

    done: int = 0
    left: list[dict[str, str]] = field(default_factory=list)


async def keep(
    database: Database,
    editor: Editor,
    kind: str,
    report: TakeReport,
    plans: Sequence[Plan],
    *,
    say: Say,
    now: datetime,
) -> int:
    """Write the planned drafts; returns the id of the import. Nobody's draft is written over:
    a text that somebody began meanwhile moves to the report's collisions."""
    async with database.work() as work:
        import_id = await work.session.scalar(
            insert(Import)
            .values(
                file=report.file[:200],
                kind=kind,
                state=TAKEN,
                report={},
                created_by=editor.id,
                created_name=editor.name,
                created_at=now,
            )
            .returning(Import.id)
        )
        about = f"import:{import_id}"
        await audit.record(work, editor.id, "drafts.imported", about, drafts=len(plans))
        await work.commit()
    if import_id is None:  # pragma: no cover - an insert returns its row
        raise RuntimeError("insert returned nothing")
    written = 0
    for some in _batches(plans):
        async with database.work() as work:
            for clash in [await _write(work, editor, import_id, one) for one in some]:
                if clash:
                    report.collisions.append(clash)
            await work.commit()
        written += len(some)
        say(Step("written", written, len(plans)))
    late = {one.where for one in report.collisions}
    report.taken = [one for one in report.taken if one.where not in late]
    async with database.work() as work:
        await work.session.execute(
            update(Import).where(Import.id == import_id).values(report=report.as_dict())
        )
        await work.commit()
    return import_id


async def _write(work: UnitOfWork, editor: Editor, import_id: int, plan: Plan) -> Collision | None:
    await hold(work)
    entry = plan.entry
    clash = partial(
        Collision, entry.where, entry.question, plan.language, plan.slug, "a draft of it exists"
    )
    if (by := await _draft_by(work, plan.slug, plan.language)) is not None:
        return clash(f"by {by}")
    known = await work.session.scalar(select(Article.id).where(Article.slug == plan.slug))
    if known is None:
        work.session.add(new_article(plan.slug, plan.domain, plan.topics))
        await work.session.flush()
    try:
        draft = await save_draft(work, editor, plan.slug, plan.language, plan.text, plan.live)
    except Conflict as moved:
        return clash(f"published by {moved.winner}")
    await work.session.execute(
        insert(ImportedDraft).values(
            import_id=import_id,
            version_id=draft.id,
            slug=plan.slug,
            language=plan.language,
            domain=plan.domain,
            topics=list(plan.topics),
            new_article=known is None,
            content_hash=draft.content_hash,
            text=plan.text.model_dump(mode="json"),
        )
    )
    return None


async def _draft_by(work: UnitOfWork, slug: str, language: str) -> str | None:
    """Who wrote the draft that is there."""
    found: str | None = await work.session.scalar(
        select(Version.created_by)
        .join(Article, Article.id == Version.article_id)
        .where(
            Article.slug == slug,
            Version.language == language,
            Version.state == State.DRAFT.value,
        )
    )
    return found


async def remove(database: Database, editor: Editor, import_id: int, now: datetime) -> Undone:
    """Remove the drafts of an import; those that somebody changed or published since are left."""
    values = {"state": REMOVED, "removed_name": editor.name, "removed_at": now}
    rows = await _turn(database, editor, import_id, TAKEN, values, "drafts.import_removed")
    undone = Undone()
    for some in _batches(rows):
        async with database.work() as work:
            for row_id in some:
                row = await work.session.get_one(ImportedDraft, row_id)
                why = await _remove(work, editor, row)
                if why is None:
                    undone.done += 1
                else:
                    undone.left.append({"slug": row.slug, "language": row.language, "why": why})
            await work.commit()
    return undone


async def bring_back(database: Database, editor: Editor, import_id: int) -> Undone:
    """Make the removed drafts of an import again, where nobody has begun another since."""
    values = {"state": TAKEN, "removed_name": None, "removed_at": None}
    rows = await _turn(database, editor, import_id, REMOVED, values, "drafts.import_brought_back")
    undone = Undone()
    for some in _batches(rows):
        async with database.work() as work:
            for row_id in some:
                row = await work.session.get_one(ImportedDraft, row_id)
                if row.version_id is not None:
                    continue
                if await _bring_back(work, editor, row):
                    undone.done += 1
                else:
                    left = {"slug": row.slug, "language": row.language, "why": "draft"}
                    undone.left.append(left)
            await work.commit()
    return undone


async def _turn(
    database: Database,
    editor: Editor,
    import_id: int,
    state: str,
    values: dict[str, Any],
    action: str,
) -> Sequence[int]:
    """Move the import on, once; returns its rows."""
    async with database.work() as work:
        won = await work.session.scalar(
            update(Import)
            .where(Import.id == import_id, Import.state == state)
            .values(**values)
            .returning(Import.id)
        )
        if won is None:
            held = await work.session.get(Import, import_id)
            if held is None:
                raise NotFound(f"there is no import {import_id}")
            raise Conflict(f"this import is {held.state} already", winner=held.removed_name)
        rows = await work.session.scalars(
            select(ImportedDraft.id)
            .where(ImportedDraft.import_id == import_id)
            .order_by(ImportedDraft.id)
        )
        found = rows.all()
        await audit.record(work, editor.id, action, f"import:{import_id}", drafts=len(found))
        await work.commit()
    return found


async def _remove(work: UnitOfWork, editor: Editor, row: ImportedDraft) -> str | None:
    """Why it was left; None when it is gone."""
    await hold(work)
    draft = await work.session.get(Version, row.version_id) if row.version_id else None
    if draft is None:
        return "gone"
    if draft.state != State.DRAFT.value:
        return "published"
    if draft.content_hash != row.content_hash:
        return "changed"
    article_id, subject = draft.article_id, f"article:{row.slug}"
    details: dict[str, str | int] = {"language": row.language, "version": draft.id}
    await audit.record(work, editor.id, "draft.discarded", subject, **details)
    await work.session.delete(draft)
    row.version_id = None
    await work.session.flush()
    if row.new_article:
        await _remove_article(work, article_id)
    return None


async def _remove_article(work: UnitOfWork, article_id: int) -> None:
    """An article that the import made and that has no text left; not when anything names it.

    What its drafts said is in the import, so their saves go with it.
    """
    no_texts = ~select(Version.id).where(Version.article_id == article_id).exists()
    try:
        async with work.session.begin_nested():
            for rows in (
                delete(DraftSave).where(DraftSave.article_id == article_id, no_texts),
                delete(Article).where(Article.id == article_id, no_texts),
            ):
                await work.session.execute(rows.execution_options(synchronize_session=False))
    except IntegrityError:
        return


async def _bring_back(work: UnitOfWork, editor: Editor, row: ImportedDraft) -> bool:
    await hold(work)
    article = await work.session.scalar(select(Article).where(Article.slug == row.slug))
    if article is None:
        article = new_article(row.slug, row.domain, row.topics)
        work.session.add(article)
        await work.session.flush()
    if await _draft_by(work, row.slug, row.language) is not None:
        return False
    live = await in_state(work.session, article.id, row.language, State.PUBLISHED)
    text = DraftText.model_validate(row.text)
    draft = await save_draft(work, editor, row.slug, row.language, text, live.id if live else None)
    row.version_id, row.content_hash = draft.id, draft.content_hash
    return True


async def latest(session: AsyncSession) -> Sequence[Import]:
    """The last imports, the latest first."""
    found = await session.scalars(select(Import).order_by(Import.id.desc()).limit(LISTED))
    return found.all()


async def one(session: AsyncSession, import_id: int) -> Import:
    """An import with its report. Raises `NotFound`."""
    found = await session.get(Import, import_id)
    if found is None:
        raise NotFound(f"there is no import {import_id}")
    return found


def _batches(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for begins in range(0, len(items), BATCH):
        yield items[begins : begins + BATCH]
