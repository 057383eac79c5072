"""A clinic is set up, lives its week, and is looked back on."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from bot import events
from bot.db import Database
from bot.evaluation.queue_week import clinic
from bot.evaluation.queue_week.clinic import AT_ONCE, Person
from bot.evaluation.queue_week.measures import Figures, figures
from bot.evaluation.queue_week.policies import Way
from bot.evaluation.queue_week.week import Week
from bot.handoff import presence
from bot.handoff.cases import Agent
from bot.knowledge import profile
from bot.migrations.run import upgrade
from bot.opening import open_database
from bot.settings import Settings
from bot.staff import service as staff
from bot.staff.models import Role


async def simulate(settings: Settings, way: Way, load: float, seed: int) -> Figures:
    """One week, from an empty database to its figures."""
    stated = profile.load(settings.data_dir / "clinic.toml")
    agents = stated.agents.model_copy(update={"people": 6, "at_once": AT_ONCE})
    stated = stated.model_copy(update={"agents": agents})
    with tempfile.TemporaryDirectory(prefix="careline-week-") as folder:
        url = f"sqlite:///{Path(folder) / 'week.db'}"
        database = open_database(url, events.Bus(), synchronous="OFF", inline=True)
        try:
            await upgrade(database)
            people = clinic.team(await _hire(database, 6))
            await _state_skills(database, people)
            hours = stated.agent_hours()
            mean = clinic.handling_for(load, people, hours)
            chance = random.Random(seed)  # noqa: S311 - reproducible, and no secret
            asked = list(clinic.patients(chance, mean, hours.zone))
            week = Week(database, stated, people, way, settings, chance)
            await week.run(asked)
            async with database.reading() as session:
                return await figures(session, way.name, load, hours, week.offers)
        finally:
            await database.close()


async def _state_skills(database: Database, people: Sequence[Person]) -> None:
    at = datetime.combine(clinic.MONDAY, time(0), tzinfo=UTC) - timedelta(days=1)
    async with database.work() as work:
        for person in people:
            agent = Agent(person.id, person.name)
            await presence.set_skills(work, "simulation", agent, person.skills, None, at)
        await work.commit()


async def _hire(database: Database, count: int) -> list[str]:
    """Accounts of their own: the history names who acted."""
    ids = []
    async with database.work() as work:
        for number in range(1, count + 1):
            ids.append(
                await staff.create_account(
                    work,
                    "simulation",
                    name=f"agent{number}",
                    display_name=f"Agent {number}",
                    roles=(Role.AGENT,),
                    password=f"a simulated password {number}",
                )
            )
        await work.commit()
    return ids
