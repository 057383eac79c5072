"""What others ask of corrections."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.corrections.models import Correction


async def was_corrected(session: AsyncSession, versions: Collection[int]) -> bool:
    """Whether readers of one of these versions were sent a correction, however far it came."""
    found = await session.scalar(
        select(Correction.id)
        .where(Correction.version_id.in_(versions), Correction.released_at.is_not(None))
        .limit(1)
    )
    return found is not None
