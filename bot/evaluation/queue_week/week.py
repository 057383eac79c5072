"""The week itself: every case is asked for, claimed, answered and resolved by the real verbs.

Time stands still but for the next thing that happens. The database is a temporary SQLite file.
"""

from __future__ import annotations

import functools
import heapq
import itertools
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import select

from bot.clock import running_on
from bot.conversations import service as conversations
from bot.conversations.lines import Draft
from bot.conversations.models import BOT, QUEUE
from bot.db import Database
from bot.desk import Desk
from bot.effects import Reason, RequestHandoff
from bot.evaluation.queue_week import clinic
from bot.evaluation.queue_week.clinic import AT_ONCE, Asked, Person
from bot.evaluation.queue_week.measures import Offer
from bot.evaluation.queue_week.policies import Way, first_for
from bot.handoff import lines, presence, service
from bot.handoff.assignment import push
from bot.handoff.cases import Agent
from bot.handoff.forecast import who_is_there
from bot.handoff.models import Offer as OfferRow
from bot.handoff.promise_watch import watch
from bot.handoff.waiting import InLine, look
from bot.knowledge.profile import ClinicProfile
from bot.privacy.encryption import KeyRing
from bot.privacy.redaction import Redactor
from bot.settings import Settings

KEY = "simulation:" + "5f" * 32
WATCH_EVERY = timedelta(seconds=30)
WATCH_AT_NIGHT = timedelta(minutes=5)
# Until somebody with a free hand looks at the queue, and until what is given to them is opened.
LOOK_SECONDS, OPEN_SECONDS = (5.0, 40.0), (2.0, 15.0)
A_DAY = timedelta(days=1)
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
        self._offered: set[int] = set()
        self._open = 0
        self.offers: list[Offer] = []
        self.now = datetime.combine(clinic.MONDAY, time(0), tzinfo=self._hours.zone)
        self._desk = Desk(
            self._keys,
            lambda: profile,
            Redactor(settings.model_dir),
            clock=self.clock,
            staffing=who_is_there(self.clock, lambda: way.queue.capacity),
        )

    def clock(self) -> datetime:
        """The virtual time."""
        return self.now

    async def run(self, asked: Sequence[Asked]) -> None:
        """Let everything happen, until nobody waits."""
        for one in asked:
            self._at(one.at, lambda one=one: self._ask(one))  # type: ignore[misc]
        for day in range(clinic.DAYS + 3):
            for person in self._people:
                for at in person.changes(clinic.MONDAY + timedelta(days=day), self._hours):
                    self._at(at, lambda person=person: self._comes_or_goes(person))  # type: ignore[misc]
        last = asked[-1].at
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

    async def _comes_or_goes(self, person: Person) -> None:
        there = person.present(self.now, self._hours)
        agent = Agent(person.id, person.name)
        async with self._database.work() as work:
            state: presence.State = "online" if there else "away"
            await presence.choose(work, agent, state, self.now, A_DAY)
            await work.commit()
        if there:
            await self._hand_out()

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
            plan = await self._desk.plan(work.session, conversation_id, request, asked.language)
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
        if not self._waiting:
            return
        if not self._way.pull:
            await self._push()
            return
        for person in self._present():
            if person.holds < AT_ONCE and not person.looking:
                person.looking = True
                wait = self._chance.uniform(*LOOK_SECONDS)
                self._after(wait, lambda person=person: self._looks(person))  # type: ignore[misc]

    async def _looks(self, person: Person) -> None:
        person.looking = False
        if person not in self._present() or person.holds >= AT_ONCE:
            return
        line = await self._line()
        if chosen := first_for(line, person):
            self.offers.append(Offer(chosen, line))
            await self._claim(person, chosen.id)
            await self._hand_out()

    async def _push(self) -> None:
        """What the service gives out is opened within seconds."""
        line = [one for one in await self._line() if one.id not in self._offered]
        if not line or not await push(self._database, self.now, self._way.queue):
            return
        async with self._database.reading() as session:
            given = await session.execute(select(OfferRow.handoff_id, OfferRow.agent_id))
            holders = dict(given.tuples().all())
        people = {person.id: person for person in self._people}
        for chosen in [one for one in line if one.id in holders]:
            self.offers.append(Offer(chosen, line))
            line = [one for one in line if one.id != chosen.id]
            self._offered.add(chosen.id)
            opens = functools.partial(self._opens, people[holders[chosen.id]], chosen.id)
            self._after(self._chance.uniform(*OPEN_SECONDS), opens)

    async def _opens(self, person: Person, case_id: int) -> None:
        self._offered.discard(case_id)
        if case_id in self._waiting:
            await self._claim(person, case_id)

    async def _line(self) -> Sequence[InLine]:
        async with self._database.reading() as session:
            return (await look(session, self.now)).waiting

    async def _claim(self, person: Person, case_id: int) -> None:
        case = self._cases[case_id]
        async with self._database.work() as work:
            agent = Agent(person.id, person.name)
            claimed = await service.claim(work, self._keys, case_id, agent)
            await work.commit()
        self._waiting.discard(case_id)
        case.person, case.epoch = person, claimed.epoch
        person.holds += 1
        self._after(case.asked.reply, lambda: self._reply(case_id, person))
        self._after(case.asked.handling, lambda: self._resolve(case_id, person))

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
