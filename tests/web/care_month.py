"""A plausible month of a small clinic, the same each time: for looking at the insights.

python -m tests.web.care_month sqlite:////tmp/careline.db
"""

from __future__ import annotations

import asyncio
import random
import sys
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from bot import events
from bot.db import Database
from bot.knowledge.models import Article
from bot.opening import open_database
from bot.staff.models import Account
from tests.web.care_log import Case, Log, Talk

ZONE = ZoneInfo("America/Chicago")
REASONS = {
    **{"asked": 22, "account": 18, "no_answer": 12, "booking": 16, "clinical": 9, "estimate": 7},
    **{"complaint": 4, "records": 5, "no_followup": 2, "interpreter": 2, "emergency": 2},
}
ENDINGS = {"answer": 62, "clarify": 12, "no_answer": 8, "chitchat": 9, "decline": 4, "text": 5}
DANGERS = ("saf.suicide", "saf.stroke_cardiac", "saf.breathing_allergy", "saf.medical")


class Month:
    """Writes days of conversations up to `now` into a log."""

    def __init__(self, now: datetime, agents: list[str], slugs: list[str], days: int = 60):
        self.log = Log()
        self._now, self._agents, self._slugs, self._days = now, agents, slugs, days
        self._chance = random.Random(7)

    def made(self) -> Log:
        today = self._now.astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
        for ago in range(self._days, -1, -1):
            day = today - timedelta(days=ago)
            busy = (26, 24, 21, 22, 19, 8, 4)[day.weekday()]
            for _ in range(self._chance.randrange(busy - 3, busy + 4)):
                at = day + timedelta(minutes=self._chance.triangular(7 * 60, 21 * 60, 10 * 60))
                if at < self._now - timedelta(hours=2):
                    self._visit(at)
        self._waiting_now()
        return self.log

    def _visit(self, at: datetime) -> None:
        chance = self._chance
        talk = self.log.talk("es" if chance.random() < 0.24 else "en")
        for _ in range(chance.randrange(1, 4)):
            talk.says(at)
            kind = chance.choices(list(ENDINGS), list(ENDINGS.values()))[0]
            talk.turn(at + timedelta(seconds=chance.uniform(0.2, 1.2)), kind)
            if kind == "answer":
                talk.lines[-1]["article_slug"] = chance.choice(self._slugs)
            at += timedelta(minutes=chance.uniform(0.5, 4))
        if chance.random() < 0.012:
            self._danger(talk, at)
        elif chance.random() < 0.34:
            self._case(talk, at)
        elif chance.random() < 0.1:
            talk.cleared()
        elif chance.random() < 0.25:
            talk.rated(at + timedelta(minutes=31), chance.choice((5, 5, 4, 4, 3, 2, 1)))
        if talk.token and chance.random() < 0.13:
            again = at + timedelta(days=chance.uniform(1, 11))
            if again < self._now and not any(one.row["state"] == "waiting" for one in talk.cases):
                talk.says(again).turn(again + timedelta(seconds=1))

    def _danger(self, talk: Talk, at: datetime) -> None:
        kind = self._chance.choice(DANGERS)
        marked = {"safety_tier": self._chance.choice(("full", "soft")), "safety_category": kind}
        talk.says(at, **marked)
        talk.line("system", at + timedelta(milliseconds=30), kind="safety", **marked)

    def _case(self, talk: Talk, at: datetime) -> None:
        chance = self._chance
        reason = chance.choices(list(REASONS), list(REASONS.values()))[0]
        site = chance.choice(("main", "riverside", None, None))
        case = talk.asks(at, 30, reason=reason, site=site, topics="bil.my_bill_why")
        if chance.random() < 0.06:
            case.left(at + timedelta(minutes=chance.uniform(3, 40)))
            return
        wait = timedelta(minutes=chance.lognormvariate(2.5, 0.6))
        if wait > timedelta(minutes=25) and chance.random() < 0.6:
            case.moved(at + timedelta(minutes=22), at + timedelta(minutes=60))
        self._served(case, at + wait, wait)

    def _served(self, case: Case, at: datetime, wait: timedelta) -> None:
        agent = self._chance.choice(self._agents)
        case.claimed(at - wait / 5, agent).replied(at, agent)
        end = at + timedelta(minutes=self._chance.lognormvariate(2.2, 0.7))
        case.resolved(end, agent)
        if self._chance.random() < 0.3:
            case.rated(end, self._chance.choice((5, 5, 5, 4, 4, 3, 2, 1)))
        if self._chance.random() < 0.05 and end + timedelta(days=2) < self._now:
            again = end + timedelta(days=self._chance.uniform(0.5, 2))
            case.reopened(again, agent).resolved(again + timedelta(minutes=9), agent)

    def _waiting_now(self) -> None:
        for ago, promised, reason, language in (
            (38, 30, "account", "en"),
            (14, 20, "booking", "es"),
            (6, 30, "asked", "en"),
            (2, 30, "no_answer", "en"),
        ):
            at = self._now - timedelta(minutes=ago)
            self.log.asks(at, promised, language, reason=reason)
        held = self._now - timedelta(minutes=25)
        self.log.asks(held, 30, reason="estimate").claimed(held, self._agents[0])


async def fill(database: Database, now: datetime) -> None:
    """Write the month; the people are those who have accounts."""
    async with database.reading() as session:
        agents = (await session.scalars(select(Account.id).where(Account.roles != "editor"))).all()
        slugs = (await session.scalars(select(Article.slug).order_by(Article.slug).limit(60))).all()
    await Month(now, sorted(agents), list(slugs)).made().write(database)


async def main() -> None:
    database = open_database(sys.argv[1], events.Bus())
    try:
        await fill(database, datetime.now(UTC))
    finally:
        await database.close()


if __name__ == "__main__":
    asyncio.run(main())
