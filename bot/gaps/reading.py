"""What editors see of the gaps: the list, and one of them with its questions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import case, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations.models import Conversation
from bot.errors import NotFound
from bot.gaps.gathering import text_context
from bot.gaps.models import WRITING, GapLook, KnownGap, Unanswered
from bot.gaps.rates import SPAN, Effect, effect, weekly
from bot.knowledge.models import Article, Version
from bot.privacy.encryption import KeyRing

EXAMPLES = 200
# A variant is a question, not a story; more of them teach the search nothing.
LONGEST = 160
MOST = 40


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a gap, redacted."""

    id: int
    text: str = field(repr=False)
    language: str
    kind: str
    article_slug: str | None
    at: datetime
    new: bool


@dataclass(frozen=True, slots=True)
class Questions:
    """Questions of a gap. `upto` is how far whoever reads them has seen the gap: None while there
    are new ones that are not among them. `more`: there are others."""

    shown: Sequence[Question]
    upto: datetime | None
    more: bool


@dataclass(frozen=True, slots=True)
class GapView:
    """A gap as the list shows it. `weeks` counts conversations, the last seven days last.

    `upto` is when the latest of its questions came into it: whoever marks the gap as seen has not
    seen what comes later.
    """

    id: int
    name: str = field(repr=False)
    language: str
    state: str
    conversations: int
    questions: int
    weeks: Sequence[int]
    languages: Mapping[str, int]
    kinds: Mapping[str, int]
    new: int
    seen: bool
    upto: datetime
    last_at: datetime
    reason: str | None
    note: str
    article_slug: str | None
    decided_by: str | None
    decided_at: datetime | None
    effect: Effect | None


@dataclass(frozen=True, slots=True)
class _Row:
    id: int
    conversation_id: str
    gap_id: int
    kind: str
    language: str
    at: datetime
    came_at: datetime


async def all_gaps(
    session: AsyncSession, keys: KeyRing, account_id: str, now: datetime
) -> list[GapView]:
    """Every gap that holds a question, most asked first."""
    gaps = (await session.scalars(select(KnownGap))).all()
    rows = await _rows(session)
    names = await _names(session, keys, [one.typical_id for one in gaps])
    looks = await _looks(session, account_id)
    effects = await _effects(session, gaps, rows, now)
    found = [
        _view(gap, rows[gap.id], names, looks, effects.get(gap.id), now)
        for gap in gaps
        if gap.id in rows
    ]
    return sorted(found, key=lambda one: (-one.conversations, -one.weeks[-1], one.id))


async def questions_of(
    session: AsyncSession, keys: KeyRing, gap_id: int, account_id: str, *, limit: int = EXAMPLES
) -> Questions:
    """A gap's questions, those that are new to this person first. Raises `NotFound`."""
    if await session.get(KnownGap, gap_id) is None:
        raise NotFound("this gap is no more", remedy="Load the list again.")
    looked = (await _looks(session, account_id)).get(gap_id)
    fresh = true() if looked is None else Unanswered.came_at > looked
    rows = (
        await session.scalars(
            select(Unanswered)
            .where(Unanswered.gap_id == gap_id)
            .order_by(case((fresh, 0), else_=1), Unanswered.at.desc(), Unanswered.id.desc())
            .limit(limit + 1)
        )
    ).all()
    shown, left = rows[:limit], rows[limit:]
    found = [
        Question(
            row.id,
            _text(keys, row),
            row.language,
            row.kind,
            row.article_slug,
            row.at,
            _is_new(row.came_at, looked),
        )
        for row in shown
    ]
    unseen = any(_is_new(row.came_at, looked) for row in left)
    upto = None if unseen else max((row.came_at for row in shown), default=None)
    return Questions(found, upto, more=bool(left))


async def ways_to_ask(session: AsyncSession, keys: KeyRing, gap_id: int) -> dict[str, list[str]]:
    """The gap's questions by language as they may become variants, the typical one first.

    What names somebody is left out with its question, and so are repeats and stories.
    """
    gap = await session.get(KnownGap, gap_id)
    rows = await session.scalars(
        select(Unanswered).where(Unanswered.gap_id == gap_id).order_by(Unanswered.at.desc())
    )
    ordered = sorted(rows, key=lambda row: gap is None or row.id != gap.typical_id)
    found: dict[str, dict[str, str]] = {}
    for row in ordered:
        text = " ".join(_text(keys, row).split())
        if "[" not in text and len(text) <= LONGEST:
            found.setdefault(row.language, {}).setdefault(text.casefold().strip(" ?¿!.,"), text)
    return {language: list(own.values())[:MOST] for language, own in sorted(found.items())}


async def _rows(session: AsyncSession) -> dict[int, list[_Row]]:
    columns = (
        *(Unanswered.id, Unanswered.conversation_id, Unanswered.gap_id, Unanswered.kind),
        *(Unanswered.language, Unanswered.at, Unanswered.came_at.label("came_at")),
    )
    found: dict[int, list[_Row]] = {}
    asked = select(*columns).where(Unanswered.gap_id.is_not(None))
    for one in await session.execute(asked):
        row = _Row(
            one.id,
            one.conversation_id,
            one.gap_id,
            one.kind,
            one.language,
            one.at,
            one.came_at,
        )
        found.setdefault(row.gap_id, []).append(row)
    return found


async def _names(
    session: AsyncSession, keys: KeyRing, ids: Sequence[int | None]
) -> dict[int, tuple[str, str]]:
    rows = await session.scalars(select(Unanswered).where(Unanswered.id.in_(set(ids))))
    return {row.id: (_text(keys, row), row.language) for row in rows}


def _is_new(came_at: datetime, looked: datetime | None) -> bool:
    """Whether a question came into its gap after this person had looked last."""
    return looked is None or came_at > looked


async def _looks(session: AsyncSession, account_id: str) -> dict[int, datetime]:
    rows = await session.execute(
        select(GapLook.gap_id, GapLook.seen_at).where(GapLook.account_id == account_id)
    )
    return {gap_id: seen_at for gap_id, seen_at in rows}


async def _effects(
    session: AsyncSession,
    gaps: Sequence[KnownGap],
    rows: Mapping[int, Sequence[_Row]],
    now: datetime,
) -> dict[int, Effect]:
    linked = [one for one in gaps if one.state == WRITING and one.article_slug]
    if not linked:
        return {}
    versions = await session.execute(
        select(Article.slug, Version.published_at)
        .join(Version, Version.article_id == Article.id)
        .where(
            Article.slug.in_({one.article_slug for one in linked}),
            Version.published_at.is_not(None),
        )
    )
    published: dict[str, list[datetime]] = {}
    for slug, at in versions:
        if at is not None:
            published.setdefault(slug, []).append(at)
    live: dict[int, datetime] = {}
    for gap in linked:
        after = [
            at
            for at in published.get(gap.article_slug or "", [])
            if gap.decided_at is None or at >= gap.decided_at
        ]
        if after:
            live[gap.id] = min(after)
    if not live:
        return {}
    opened = await session.scalars(
        select(Conversation.created_at).where(Conversation.created_at >= min(live.values()) - SPAN)
    )
    began = list(opened)
    return {
        gap_id: effect(
            [(row.conversation_id, row.at) for row in rows.get(gap_id, ())], began, at, now
        )
        for gap_id, at in live.items()
    }


def _view(
    gap: KnownGap,
    rows: Sequence[_Row],
    names: Mapping[int, tuple[str, str]],
    looks: Mapping[int, datetime],
    changed: Effect | None,
    now: datetime,
) -> GapView:
    name, language = names.get(gap.typical_id or 0, ("", rows[0].language))
    looked = looks.get(gap.id)
    asked = [(row.conversation_id, row.at) for row in rows]
    return GapView(
        id=gap.id,
        name=name,
        language=language,
        state="published" if changed else gap.state,
        conversations=len({row.conversation_id for row in rows}),
        questions=len(rows),
        weeks=weekly(asked, now),
        languages=Counter(row.language for row in rows),
        kinds=Counter(row.kind for row in rows),
        new=sum(_is_new(row.came_at, looked) for row in rows),
        seen=looked is not None,
        upto=max(row.came_at for row in rows),
        last_at=max(row.at for row in rows),
        reason=gap.reason,
        note=gap.note,
        article_slug=gap.article_slug,
        decided_by=gap.decided_by,
        decided_at=gap.decided_at,
        effect=changed,
    )


def _text(keys: KeyRing, row: Unanswered) -> str:
    text: str = keys.open(row.text, text_context(row.conversation_id, row.seq))
    return text
