"""The week itself: every case is asked for, claimed, answered and resolved by the real verbs.

Time stands still but for the next thing that happens. The database is a temporary SQLite file.
"""

from __future__ import annotations

import heapq
import itertools
import random
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from bot import events
from bot.clock import running_on
from bot.conversations import service as conversations
from bot.conversations.models import BOT, QUEUE
from bot.conversations.service import Draft
from bot.db import Database, open_database
from bot.desk import Desk
from bot.effects import Reason, RequestHandoff
from bot.evaluation.queue_week import clinic
from bot.evaluation.queue_week.clinic import AT_ONCE, Asked, Person
from bot.evaluation.queue_week.measures import Figures, Offer, figures
from bot.evaluation.queue_week.policies import Way
from bot.handoff import lines, service
from bot.handoff.cases import Agent
from bot.handoff.estimate import Staffing
from bot.handoff.promise_watch import watch
from bot.handoff.skills import Needs
from bot.handoff.waiting import InLine, look
from bot.knowledge import profile
from bot.knowledge.profile import ClinicProfile
from bot.migrations.run import upgrade
from bot.privacy.encryption import KeyRing
from bot.privacy.redaction import Redactor
from bot.settings import Settings
from bot.staff import service as staff
from bot.staff.models import Role

KEY = "simulation:" + "5f" * 32
WATCH_EVERY = timedelta(seconds=30)
WATCH_AT_NIGHT = timedelta(minutes=5)
PULL_SECONDS = (5.0, 40.0)
Step = Callable[[], Awaitable[None]]


@dataclass(slots=True)
class Held:
    """A patient's case on its way."""

    asked: Asked
    conversation_id: str
    person: Person | None = None
    epoch: int = 0
    replied: bool = False
    gone: bool = False


class Week:
    """One clinic, one way to hand cases out, one offered load."""

    def __init__(
        self,
        database: Database,
        profile: ClinicProfile,
        people: Sequence[Person],
        way: Way,
        settings: Settings,
        chance: random.Random,
    ):
        self._database = database
        self._hours = profile.agent_hours()
        self._people = people
        self._way = way
        self._chance = chance
        self._keys = KeyRing(KEY)
        self._steps: list[tuple[datetime, int, Step]] = []
        self._numbers = itertools.count()
        self._cases: dict[int, Held] = {}
        self._waiting: set[int] = set()
        self._unanswered: set[int] = set()
        self._open = 0
        self.offers: list[Offer] = []
        self.now = datetime.combine(clinic.MONDAY, time(0), tzinfo=self._hours.zone)
        self._desk = Desk(
            self._keys,
            lambda: profile,
            Redactor(settings.model_dir),
            clock=self.clock,
            staffing=self._staffing,
        )

    def clock(self) -> datetime:
        """The virtual time."""
        return self.now

    async def run(self, asked: Sequence[Asked]) -> None:
        """Let everything happen, until nobody waits."""
        for one in asked:
            self._at(one.at, lambda one=one: self._ask(one))  # type: ignore[misc]
        for person in self._people:
            for day in range(clinic.DAYS + 3):
                local = clinic.MONDAY + timedelta(days=day)
                back = datetime.combine(local, person.lunch, self._hours.zone) + clinic.LUNCH
                self._at(back, self._hand_out)
        last = asked[-1].at
        for day in range(clinic.DAYS + 3):
            local = clinic.MONDAY + timedelta(days=day)
            for span in self._hours.on(local):
                opens = datetime.combine(local, span.opens, self._hours.zone)
                self._at(opens, self._hand_out)
        self._at(self.now, self._watch)
        with running_on(self.clock):
            while self._steps and (self.now <= last or self._open):
                self.now, _, step = heapq.heappop(self._steps)
                await step()

    def _at(self, at: datetime, step: Step) -> None:
        heapq.heappush(self._steps, (at, next(self._numbers), step))

    def _after(self, seconds: float | timedelta, step: Step) -> None:
        lasting = seconds if isinstance(seconds, timedelta) else timedelta(seconds=seconds)
        self._at(self.now + lasting, step)

    async def _staffing(self, session: AsyncSession, needs: Needs | None) -> Staffing | None:
        able = [one for one in self._present() if one.speaks(needs)]
        free = sum(max(0, AT_ONCE - one.holds) for one in able)
        return Staffing(len(able), len(able) * AT_ONCE, free)

    def _present(self) -> list[Person]:
        return [one for one in self._people if one.present(self.now, self._hours)]

    async def _watch(self) -> None:
        if self._unanswered:
            await watch(self._database, self._keys, self._desk, self.now)
        near = self._hours.is_open(self.now + timedelta(minutes=15)) or self._hours.is_open(
            self.now - timedelta(minutes=15)
        )
        self._after(WATCH_EVERY if near else WATCH_AT_NIGHT, self._watch)

    async def _ask(self, asked: Asked) -> None:
        words = "Puedo hablar con alguien?" if asked.language == "es" else "Can I talk to someone?"
        async with self._database.work() as work:
            conversation_id, _ = await conversations.open_conversation(work, asked.language)
            said = Draft(author="patient", text=words, language=asked.language)
            await conversations.store_patient_message(work, self._keys, conversation_id, said)
            request = RequestHandoff(reason=asked.reason)
            plan = await self._desk.plan(work.session, request, asked.language)
            await conversations.post_system(work, self._keys, conversation_id, plan.notices)
            await conversations.change_owner(work, conversation_id, owner=BOT, epoch=1, to=QUEUE)
            case_id = await self._desk.open_case(work, conversation_id, words, plan)
            await work.commit()
        self._cases[case_id] = Held(asked, conversation_id)
        self._waiting.add(case_id)
        self._unanswered.add(case_id)
        self._open += 1
        leaves = clinic.after_open_time(self.now, asked.patience, self._hours)
        self._at(leaves, lambda: self._leave(case_id))
        await self._hand_out()

    async def _leave(self, case_id: int) -> None:
        """Patience is over. Whoever spoke of danger keeps the case, as the service says."""
        case = self._cases[case_id]
        if case.replied or case.gone:
            return
        async with self._database.work() as work:
            await service.end_for_patient(work, case.conversation_id)
            await work.commit()
        if case.asked.reason is Reason.EMERGENCY:
            return
        case.gone = True
        self._waiting.discard(case_id)
        self._unanswered.discard(case_id)
        self._open -= 1
        if case.person:
            await self._free(case.person)

    async def _hand_out(self) -> None:
        if not self._way.pull:
            while await self._give():
                pass
            return
        for person in self._present():
            if person.holds < AT_ONCE and not person.looking:
                person.looking = True
                wait = self._chance.uniform(*PULL_SECONDS)
                self._after(wait, lambda person=person: self._looks(person))  # type: ignore[misc]

    async def _looks(self, person: Person) -> None:
        person.looking = False
        if person in self._present() and await self._give(person) and person.holds < AT_ONCE:
            await self._hand_out()

    async def _give(self, only: Person | None = None) -> bool:
        """Hand the next case out; False when there is none or nobody for it."""
        people = [one for one in self._present() if only in (None, one)]
        if not self._waiting or not any(one.holds < AT_ONCE for one in people):
            return False
        async with self._database.reading() as session:
            line = await look(session, self.now)
        choice = self._way.policy(line.waiting, people)
        if choice is None:
            return False
        person, chosen = choice
        await self._claim(person, chosen, line.waiting)
        return True

    async def _claim(self, person: Person, chosen: InLine, line: Sequence[InLine]) -> None:
        self.offers.append(Offer(chosen, line))
        case = self._cases[chosen.id]
        async with self._database.work() as work:
            agent = Agent(person.id, person.name)
            claimed = await service.claim(work, self._keys, chosen.id, agent)
            await work.commit()
        self._waiting.discard(chosen.id)
        case.person, case.epoch = person, claimed.epoch
        person.holds += 1
        self._after(case.asked.reply, lambda: self._reply(chosen.id, person))
        self._after(case.asked.handling, lambda: self._resolve(chosen.id, person))

    async def _reply(self, case_id: int, person: Person) -> None:
        case = self._cases[case_id]
        if case.gone:
            return
        language = case.asked.language
        words = Draft("agent", "Hello", language, agent_id=person.id, agent_name=person.name)
        async with self._database.work() as work:
            await lines.reply(work, self._keys, case.conversation_id, person.id, words, case.epoch)
            await work.commit()
        case.replied = True
        self._unanswered.discard(case_id)

    async def _resolve(self, case_id: int, person: Person) -> None:
        case = self._cases[case_id]
        if case.gone:
            return
        agent = Agent(person.id, person.name)
        async with self._database.work() as work:
            await service.resolve(work, self._keys, case_id, agent, "answered", to_bot=False)
            await work.commit()
        self._open -= 1
        await self._free(person)

    async def _free(self, person: Person) -> None:
        person.holds -= 1
        await self._hand_out()


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
