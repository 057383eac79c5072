"""Notices in force: which are told at the start of a chat, and which before an answer.

A process keeps those that are live in memory with the rest of its knowledge; the clock decides
which of them hold now, so one begins and ends while the process runs. The table has the last
word: what was taken back a moment ago is not told, and nothing is told twice.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import UnitOfWork
from bot.knowledge.notice_models import Notice, NoticeKind, NoticeTold, NoticeVersion

# More at once is not read.
MOST_AT_ONCE = 3
_FIRST = list(NoticeKind)


@dataclass(frozen=True, slots=True)
class LiveNotice:
    """A published version of a notice. No end means until it is taken back."""

    notice_id: int
    version_id: int
    number: int
    kind: str
    en: str
    es: str
    sites: tuple[str, ...]
    topics: tuple[str, ...]
    at_start: bool
    starts_at: datetime | None
    ends_at: datetime | None
    content_hash: str

    def text(self, language: str) -> str:
        """The words in one of the two languages."""
        return self.es if language == "es" else self.en

    def holds(self, now: datetime) -> bool:
        """Whether it is told at this moment: from its start until just before its end."""
        begun = self.starts_at is None or self.starts_at <= now
        return begun and (self.ends_at is None or now < self.ends_at)

    def concerns(self, topics: Collection[str], site: str | None) -> bool:
        """Whether it belongs before an answer about `topics`; `site` is the one that was named."""
        elsewhere = site is not None and bool(self.sites) and site not in self.sites
        return not elsewhere and (self.at_start or not set(topics).isdisjoint(self.topics))

    @property
    def ref(self) -> str:
        """What a message that says it carries: the notice and the number of its version."""
        return f"notice.{self.notice_id}.{self.number}"


def at_start(live: Iterable[LiveNotice], now: datetime) -> list[LiveNotice]:
    """What a new chat begins with, what matters most first."""
    return _foremost(one for one in live if one.at_start and one.holds(now))


def before_answer(
    live: Iterable[LiveNotice], now: datetime, topics: Collection[str], site: str | None
) -> list[LiveNotice]:
    """What belongs before an answer about these topics, wherever it was not told yet."""
    return [one for one in live if one.holds(now) and one.concerns(topics, site)]


def _foremost(chosen: Iterable[LiveNotice]) -> list[LiveNotice]:
    found = sorted(chosen, key=lambda one: (_FIRST.index(NoticeKind(one.kind)), one.notice_id))
    return found[:MOST_AT_ONCE]


async def live_notices(session: AsyncSession) -> tuple[LiveNotice, ...]:
    """All that are published and not taken back, whatever the clock says."""
    rows = await session.scalars(
        select(NoticeVersion)
        .join(Notice, Notice.live_id == NoticeVersion.id)
        .order_by(NoticeVersion.notice_id)
    )
    return tuple(as_live(row) for row in rows)


def as_live(row: NoticeVersion) -> LiveNotice:
    """A version as it is told."""
    return LiveNotice(
        notice_id=row.notice_id,
        version_id=row.id,
        number=row.number,
        kind=row.kind,
        en=row.en,
        es=row.es,
        sites=tuple(row.sites),
        topics=tuple(row.topics),
        at_start=row.at_start,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        content_hash=row.content_hash,
    )


async def untold(
    session: AsyncSession, conversation_id: str, candidates: Sequence[LiveNotice]
) -> list[LiveNotice]:
    """Those that are still live and that this conversation was not told, a few at once."""
    if not candidates:
        return []
    told = select(NoticeTold.notice_id).where(NoticeTold.conversation_id == conversation_id)
    wanted = [one.version_id for one in candidates]
    rows = await session.scalars(
        select(Notice.live_id).where(Notice.live_id.in_(wanted), Notice.id.not_in(told))
    )
    still = set(rows)
    return _foremost(one for one in candidates if one.version_id in still)


async def remember_told(
    work: UnitOfWork, conversation_id: str, told: Sequence[LiveNotice], now: datetime
) -> None:
    """Keep that these were told here; the table lets no notice be told twice."""
    rows = [
        {
            "notice_id": one.notice_id,
            "version_id": one.version_id,
            "conversation_id": conversation_id,
            "at": now,
        }
        for one in told
    ]
    if rows:
        await work.session.execute(insert(NoticeTold), rows)
