"""What the clock does to the texts: plans go live, and owners hear of what falls due."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import date

from bot.clock import Clock, utc_now
from bot.db import Database, UnitOfWork
from bot.knowledge import falling_due, schedule
from bot.knowledge.base import KnowledgeBase
from bot.knowledge.falling_due import Due
from bot.outreach.service import Outreach, Staff
from bot.settings import Settings
from bot.staff import directory, service

log = logging.getLogger(__name__)

PAGE = "/studio/calendar"


class Upkeep:
    """One process's part of it. Two that do it at once do it once."""

    def __init__(
        self,
        database: Database,
        knowledge: KnowledgeBase,
        outreach: Outreach,
        settings: Settings,
        *,
        clock: Clock = utc_now,
    ):
        self._database = database
        self._knowledge = knowledge
        self._outreach = outreach
        self._settings = settings
        self._clock = clock

    async def publish(self) -> None:
        """Publish what is due by plan."""
        published = await schedule.publish_due(
            self._database,
            self._knowledge,
            self._clock(),
            second_person=self._settings.second_person,
        )
        if published:
            log.info("%d planned texts went live", published)

    async def remind(self) -> None:
        """Tell owners 30, 7 and 1 days ahead, by e-mail where there is an address for them.

        Of what nobody owns, those are told whom `unowned_due` names. What fell due while no process
        was up is made up for.
        """
        today = self._knowledge.today(self._knowledge.content)
        owned = self._settings.unowned_due == "nobody"
        async with self._database.reading() as session:
            if not await falling_due.to_tell(session, today, owned=owned):
                return
        async with self._database.work() as work:
            due = await falling_due.notice_due(work, today, self._clock(), owned=owned)
            told = await self._by_address(work, due)
            for address, texts in told.items():
                if await self._mail(work, address, texts, today):
                    await falling_due.mailed(work, texts, today)
            await work.commit()
        if due:
            log.info("%d people are told by e-mail of texts that fall due", len(told))

    async def _by_address(
        self, work: UnitOfWork, due: Mapping[str, Sequence[Due]]
    ) -> dict[str, list[Due]]:
        """Each address once, with all that its person is told of."""
        working = await directory.working(work.session, list(due))
        others = await directory.reachable(
            work.session, *directory.UNOWNED[self._settings.unowned_due]
        )
        told: dict[str, list[Due]] = {}
        for owner, texts in due.items():
            own = [await service.email_of(work.session, owner)] if owner in working else []
            for address in own if owner in working else others.values():
                if address:
                    told.setdefault(address, []).extend(texts)
        return told

    async def _mail(self, work: UnitOfWork, address: str, due: Sequence[Due], today: date) -> bool:
        """One e-mail for all of them. False when e-mail is not set up."""
        days = max((one.due_on - today).days for one in due)
        values = {
            "count": str(len(due)),
            "days": str(days),
            "page": f"{self._settings.address}{PAGE}",
        }
        return await self._outreach.send(work, "due", Staff(address), "en", **values) is not None
