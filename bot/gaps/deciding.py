"""What an editor decides on a gap. Every verb is one transaction, and can be taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update

from bot.db import UnitOfWork, table_of
from bot.errors import Conflict, Invalid, NotFound
from bot.gaps.models import DISMISSED, ONLY_ROW, OPEN, WRITING, GapLook, GapRun, KnownGap
from bot.gaps.models import Unanswered as Entry
from bot.gaps.running import drop_empty, ensure_run
from bot.knowledge import starting
from bot.knowledge.editors import Editor
from bot.privacy import audit

REASONS = ("out_of_scope", "clinical", "nonsense", "answered", "other")


@dataclass(frozen=True, slots=True)
class Acting:
    """Who decides, and when."""

    editor: Editor
    now: datetime


async def write(
    work: UnitOfWork, acting: Acting, gap_id: int, article: starting.NewArticle
) -> None:
    """Begin an article for this gap, with its questions filled in."""
    gap = await _held(work, gap_id, OPEN)
    await starting.start_article(work, acting.editor, article)
    await _linked(work, acting, gap, article.slug, "gap.written")


async def add_to(
    work: UnitOfWork,
    acting: Acting,
    gap_id: int,
    slug: str,
    questions: dict[str, Sequence[str]],
) -> list[str]:
    """Put the gap's questions into the drafts of an article; returns the languages changed."""
    gap = await _held(work, gap_id, OPEN)
    changed = await starting.add_questions(work, acting.editor, slug, questions)
    await _linked(work, acting, gap, slug, "gap.added")
    return changed


async def dismiss(
    work: UnitOfWork, acting: Acting, gap_id: int, reason: str, note: str = ""
) -> None:
    """Not ours, and why. The gap leaves the list of open ones and stays among the dismissed."""
    if reason not in REASONS:
        raise Invalid("no such reason", field="reason", remedy="Choose one of the list.")
    if reason == "other" and not note:
        raise Invalid("say why", field="note", remedy="Write a few words.")
    gap = await _held(work, gap_id, OPEN)
    gap.state, gap.reason, gap.note = DISMISSED, reason, note
    await _decided(work, acting, gap, "gap.dismissed", reason=reason)


async def reopen(work: UnitOfWork, acting: Acting, gap_id: int) -> None:
    """Take a decision back. A draft that was begun stays where it is."""
    gap = await _held(work, gap_id, WRITING, DISMISSED)
    gap.state, gap.reason, gap.note, gap.article_slug = OPEN, None, "", None
    await _decided(work, acting, gap, "gap.reopened")


async def merge(work: UnitOfWork, acting: Acting, gap_id: int, into: int) -> list[int]:
    """Two gaps ask for the same. Returns the questions that moved: `split` takes it back."""
    if gap_id == into:
        raise Invalid("a gap cannot be merged with itself", field="into", remedy="Choose another.")
    gap, other = await _held(work, gap_id, OPEN), await _held(work, into)
    moved = list(await work.session.scalars(select(Entry.id).where(Entry.gap_id == gap.id)))
    await _move(work, moved, other.id, acting.now)
    other.by_hand = True
    await _decided(work, acting, other, "gap.merged", moved=len(moved), decided=False)
    await work.session.flush()
    await drop_empty(work)
    return moved


async def split(work: UnitOfWork, acting: Acting, gap_id: int, entries: Sequence[int]) -> int:
    """These questions are another gap; returns its number."""
    gap = await _held(work, gap_id)
    own = set(await work.session.scalars(select(Entry.id).where(Entry.gap_id == gap.id)))
    chosen = [one for one in dict.fromkeys(entries) if one in own]
    if not chosen or len(chosen) == len(own):
        raise Invalid(
            "choose some of its questions, not all",
            field="entries",
            remedy="Mark the questions that ask for something else.",
        )
    made = await work.session.scalar(
        insert(KnownGap)
        .values(created_at=acting.now, typical_id=chosen[0], by_hand=True)
        .returning(KnownGap.id)
    )
    if made is None:  # pragma: no cover - an insert returns its row
        raise RuntimeError("insert returned nothing")
    await _move(work, chosen, made, acting.now)
    gap.by_hand = True
    if gap.typical_id in chosen:
        gap.typical_id = min(own.difference(chosen))
    await _decided(work, acting, gap, "gap.split", moved=len(chosen), decided=False)
    return made


async def look(
    work: UnitOfWork, account_id: str, looks: Mapping[int, datetime], now: datetime
) -> None:
    """This person had these gaps in sight, each with what came into it up to a time.

    What came later, also while they looked, is new to them. A look never goes back.
    """
    known = await work.session.scalars(select(KnownGap.id).where(KnownGap.id.in_(looks)))
    for gap_id in known.all():
        upto = min(looks[gap_id], now)
        adding = work.insert(GapLook).values(gap_id=gap_id, account_id=account_id, seen_at=upto)
        await work.run(
            adding.on_conflict_do_update(
                index_elements=["gap_id", "account_id"],
                set_={"seen_at": upto},
                where=table_of(GapLook).c.seen_at < upto,
            )
        )


async def _held(work: UnitOfWork, gap_id: int, *states: str) -> KnownGap:
    """The gap, locked; `Conflict` names who decided otherwise meanwhile."""
    gap: KnownGap | None = await work.session.scalar(
        select(KnownGap)
        .where(KnownGap.id == gap_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if gap is None:
        raise NotFound("this gap is no more", remedy="Load the list again.")
    if states and gap.state not in states:
        raise Conflict(
            "somebody decided on this gap meanwhile",
            winner=gap.decided_by,
            remedy="Load the list again.",
        )
    return gap


async def _linked(work: UnitOfWork, acting: Acting, gap: KnownGap, slug: str, action: str) -> None:
    gap.state, gap.article_slug = WRITING, slug
    await _decided(work, acting, gap, action, article=slug)


async def _decided(
    work: UnitOfWork,
    acting: Acting,
    gap: KnownGap,
    action: str,
    *,
    decided: bool = True,
    **codes: str | int,
) -> None:
    if decided:
        gap.decided_by, gap.decided_at = acting.editor.name, acting.now
    await ensure_run(work)
    await work.run(
        update(table_of(GapRun)).where(GapRun.id == ONLY_ROW).values(decisions=GapRun.decisions + 1)
    )
    await audit.record(work, acting.editor.id, action, f"gap:{gap.id}", **codes)


async def _move(work: UnitOfWork, entries: Sequence[int], to: int, now: datetime) -> None:
    await work.run(
        update(table_of(Entry)).where(Entry.id.in_(entries)).values(gap_id=to, moved_at=now)
    )
