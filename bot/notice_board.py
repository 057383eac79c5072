"""Telling patients of notices: as messages of their own, by author `system`, once a conversation.

A notice stands before what the assistant says, in the same transaction, so it is told exactly when
that is. Where a person or the queue has the conversation nothing is told: no turn runs there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock, utc_now
from bot.conversations.lines import Draft
from bot.db import UnitOfWork
from bot.effects import FixedRef, Line
from bot.knowledge import notices
from bot.knowledge.notices import LiveNotice

HASH_CHARS = 16

Live = Callable[[], Sequence[LiveNotice]]
Told = Sequence[LiveNotice]


def no_notices() -> Sequence[LiveNotice]:
    """Where a clinic has none."""
    return ()


class NoticeBoard:
    """What this process tells patients now. `site_of` finds the site that somebody speaks of."""

    def __init__(
        self, live: Live, site_of: Callable[[str], str | None], *, clock: Clock = utc_now
    ) -> None:
        self._live = live
        self._site_of = site_of
        self._clock = clock

    def at_start(self) -> list[LiveNotice]:
        """What a chat begins with; touches no database."""
        return notices.at_start(self._live(), self._clock())

    async def for_new(self, session: AsyncSession, conversation_id: str) -> Told:
        """The same, as the table has it at this moment."""
        return await notices.untold(session, conversation_id, self.at_start())

    async def before(
        self, session: AsyncSession, conversation_id: str, lines: Sequence[Line], question: str
    ) -> Told:
        """What this conversation was not told and should be before these lines."""
        live = self._live()
        if not live:
            return []
        site = self._site_of(question)
        found = notices.before_answer(live, self._clock(), _topics(lines), site)
        return await notices.untold(session, conversation_id, found)

    async def told(self, work: UnitOfWork, conversation_id: str, told: Told) -> None:
        """Keep that these stand in the conversation now."""
        await notices.remember_told(work, conversation_id, told, self._clock())


def notice_drafts(told: Told, language: str) -> list[Draft]:
    """The notices as lines to store: each names its version and the hash of its words."""
    return [
        Draft(
            author="system",
            kind="notice",
            text=one.text(language),
            language=language,
            fixed=FixedRef(id=one.ref, hash=one.content_hash[:HASH_CHARS]),
        )
        for one in told
    ]


def _topics(lines: Sequence[Line]) -> Collection[str]:
    return {topic for line in lines if line.article for topic in line.article.topics}
