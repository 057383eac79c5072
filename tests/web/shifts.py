"""Time that a test moves, and what it asks about the people on shift."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from bot import keys
from bot.clock import utc_now
from bot.handoff.cases import Agent
from bot.handoff.history import of_handoff
from bot.handoff.models import Handoff, Offer
from bot.handoff.policy import QueuePolicy
from bot.handoff.presence import set_skills
from bot.handoff.skills import Skills
from bot.shift import Shift
from bot.staff.service import account_named
from tests.web.colleagues import Colleague, Listener, app_of
from tests.web.desk_cases import CLIENT, Waiting

PUSH = QueuePolicy(assignment="push", capacity=2)


class Hands:
    """A clock: the wall clock, some time ahead of it."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return utc_now() + self.ahead

    def move(self, **span: float) -> None:
        self.ahead += timedelta(**span)

    def set(self, at: datetime) -> None:
        self.ahead = at - utc_now()


def shift_of(client: CLIENT) -> Shift:
    return app_of(client)[keys.SHIFT]


def give_out(client: CLIENT, **changes: Any) -> None:
    """From now on this process gives cases to people."""
    policy = replace(PUSH, **changes)
    shift_of(client).policy = lambda: policy


async def arrive(colleague: Colleague) -> Listener:
    """Open the console: the person is there when this returns."""
    listener = await colleague.listen()
    await listener.frame("presence.changed")
    return listener


async def is_there(colleague: Colleague) -> Any:
    """The person's own state."""
    return (await colleague.get("/api/presence"))["state"]


async def skilled(
    client: CLIENT,
    name: str,
    capacity: int | None = None,
    *,
    languages: Collection[str] = (),
    domains: Collection[str] = (),
    private: bool = True,
) -> None:
    """What the account can take from now on."""
    async with app_of(client)[keys.DATABASE].work() as work:
        account = await account_named(work.session, name)
        assert account is not None
        can = Skills(frozenset(languages), frozenset(domains), frozenset(), private)
        agent = Agent(account.id, account.display_name)
        await set_skills(work, "test", agent, can, capacity, utc_now())
        await work.commit()


async def offered_to(client: CLIENT) -> dict[int, str]:
    """Which case is offered to whom."""
    async with app_of(client)[keys.DATABASE].reading() as session:
        rows = await session.execute(select(Offer.handoff_id, Offer.agent_id))
        return {row.handoff_id: row.agent_id for row in rows}


async def history(client: CLIENT, case: Waiting) -> list[str]:
    """What happened to a case, its promise apart."""
    async with app_of(client)[keys.DATABASE].reading() as session:
        kinds = [event.kind for event in await of_handoff(session, case.handoff_id)]
    return [kind for kind in kinds if not kind.startswith("promise_")]


async def row_of(client: CLIENT, case: Waiting) -> Handoff:
    async with app_of(client)[keys.DATABASE].reading() as session:
        found = await session.get(Handoff, case.handoff_id)
        assert found is not None
        return found
