"""What the notices page shows: every notice, where it stands, and how many were told."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import NotFound
from bot.knowledge.notice_models import Notice, NoticeTold, NoticeVersion


@dataclass(frozen=True, slots=True)
class NoticeView:
    """A notice with its newest version and the one that is live; `told` counts conversations."""

    notice: Notice
    head: NoticeVersion
    live: NoticeVersion | None
    told: int


async def all_notices(session: AsyncSession) -> list[NoticeView]:
    """Every notice, the one changed last first."""
    rows = (await session.scalars(select(Notice).order_by(Notice.changed_at.desc()))).all()
    wanted = {one for row in rows for one in (row.head_id, row.live_id) if one is not None}
    found = await session.scalars(select(NoticeVersion).where(NoticeVersion.id.in_(wanted)))
    versions = {one.id: one for one in found}
    counted = await session.execute(
        select(NoticeTold.notice_id, func.count()).group_by(NoticeTold.notice_id)
    )
    told = {notice_id: count for notice_id, count in counted}
    return [
        NoticeView(
            row, versions[row.head_id or 0], versions.get(row.live_id or 0), told.get(row.id, 0)
        )
        for row in rows
    ]


async def one_notice(session: AsyncSession, notice_id: int) -> NoticeView:
    """One of them. Raises `NotFound`."""
    row = await session.get(Notice, notice_id)
    if row is None:
        raise NotFound(f"there is no notice {notice_id}")
    head = await session.get_one(NoticeVersion, row.head_id)
    live = await session.get(NoticeVersion, row.live_id) if row.live_id else None
    count = select(func.count()).where(NoticeTold.notice_id == notice_id)
    return NoticeView(row, head, live, await session.scalar(count) or 0)


async def versions_of(session: AsyncSession, notice_id: int) -> list[tuple[NoticeVersion, int]]:
    """Every version of a notice, newest first, and in how many conversations it was told."""
    counted = await session.execute(
        select(NoticeTold.version_id, func.count())
        .where(NoticeTold.notice_id == notice_id)
        .group_by(NoticeTold.version_id)
    )
    told = {version_id: count for version_id, count in counted}
    rows = await session.scalars(
        select(NoticeVersion)
        .where(NoticeVersion.notice_id == notice_id)
        .order_by(NoticeVersion.number.desc())
    )
    return [(row, told.get(row.id, 0)) for row in rows]
