"""The people on shift and what the clock does for them: presence, offers, alarms.

`run_forever` does it in every process; each step is a conditional update, so what two of them
do at once is done once.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from bot.clock import Clock, utc_now
from bot.db import Database, UnitOfWork
from bot.desk import Desk
from bot.effects import Priority
from bot.errors import StorageUnavailable
from bot.events import Event, OwnerChanged, PresenceChanged
from bot.handoff import alarms, assignment, offers, presence, vanished
from bot.handoff.cases import Agent
from bot.handoff.policy import QueuePolicy
from bot.handoff.presence import State
from bot.handoff.staffing import OnShift, on_shift
from bot.knowledge.profile import ClinicProfile
from bot.privacy.encryption import KeyRing

log = logging.getLogger(__name__)

LOOK_SECONDS = 5.0
PAUSE_SECONDS = 0.2
# Writes down an e-mail to this address, to be sent after commit: so many cases wait for more than
# so many minutes. An e-mail is read by more people than the console is, so it says no more.
AlarmMail = Callable[[UnitOfWork, str, int, int], Awaitable[None]]


class Shift:
    """Made with the process; `clinic` and `clock` are asked anew each time.

    Alarms are mailed to `alarm_email` where there is a `mail`. `policy` says how the queue is
    worked now.
    """

    def __init__(
        self,
        database: Database,
        keys: KeyRing,
        desk: Desk,
        clinic: Callable[[], ClinicProfile],
        *,
        grace: timedelta,
        clock: Clock = utc_now,
        mail: AlarmMail | None = None,
        alarm_email: str = "",
    ):
        self._database = database
        self._keys = keys
        self._desk = desk
        self._clinic = clinic
        self._grace = grace
        self._clock = clock
        self._mail = mail
        self._alarm_email = alarm_email
        self._wake = asyncio.Event()
        self._hears_since = clock()
        self.policy: Callable[[], QueuePolicy] = lambda: policy_of(clinic())

    # --- what a console asks

    def now(self) -> datetime:
        """The time by which presence is reckoned."""
        return self._clock()

    async def beat(self, agent: Agent) -> None:
        """A console of this person is open."""
        async with self._database.work() as work:
            await presence.beat(work, agent, self._clock(), self._grace)
            await work.commit()

    async def choose(self, agent: Agent, state: State) -> None:
        """This person takes cases from now on, or steps away."""
        async with self._database.work() as work:
            await presence.choose(work, agent, state, self._clock(), self._grace)
            await work.commit()

    async def people(self) -> list[OnShift]:
        """Everybody whose console is open."""
        async with self._database.reading() as session:
            capacity = self.policy().capacity
            return await on_shift(session, self._clock(), capacity=capacity)

    # --- what the clock does

    async def run_forever(self) -> None:
        """Look every few seconds, and at once when a queue that is given out has changed."""
        forget = self._database.bus.subscribe(self._hear)
        self.begins_to_hear()
        try:
            while True:
                try:
                    await self.run_once()
                except StorageUnavailable:
                    self.begins_to_hear()
                    log.warning("the shift waits: the database does not answer")
                except Exception:
                    log.exception("the shift could not be looked after")
                await asyncio.sleep(PAUSE_SECONDS)
                await self._next_look()
        finally:
            forget()

    async def run_once(self) -> None:
        """Everything that is due now."""
        at, policy = self._clock(), self.policy()
        if at - self._hears_since >= self._grace:
            await self._notice_who_is_gone(at)
            await self._take_back(at)
        await self._end_offers(at)
        if policy.assignment == "push":
            await assignment.push(self._database, at, policy)
        await self._raise_alarms(at, policy)

    def begins_to_hear(self) -> None:
        """No heartbeat could be told until now: after a restart or an outage nobody is taken for
        gone before they had time to be heard again."""
        self._hears_since = self._clock()

    def _hear(self, event: Event) -> None:
        if isinstance(event, OwnerChanged | PresenceChanged):
            self._wake.set()

    async def _next_look(self) -> None:
        given_out = self.policy().assignment == "push"
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                await (self._wake.wait() if given_out else asyncio.sleep(LOOK_SECONDS))
        except TimeoutError:
            pass
        self._wake.clear()

    async def _notice_who_is_gone(self, at: datetime) -> None:
        async with self._database.reading() as session:
            if not await presence.any_expired(session, at):
                return
        async with self._database.work() as work:
            for agent_id in await presence.expire(work, at):
                flagged = await vanished.flag_touched(work, agent_id, at)
                log.info("agent %s is gone; %d cases flagged", agent_id, flagged)
            await work.commit()

    async def _take_back(self, at: datetime) -> None:
        async with self._database.reading() as session:
            left = await vanished.left_behind(session, at)
        promise, excuse = self._desk.again, self._desk.put_back_notices
        for one in left:
            async with self._database.work() as work:
                if await vanished.take_back(
                    work, self._keys, one, at, promise=promise, excuse=excuse
                ):
                    await work.commit()

    async def _end_offers(self, at: datetime) -> None:
        async with self._database.reading() as session:
            over = await offers.lapsed(session, at)
        for handoff_id in over:
            async with self._database.work() as work:
                await offers.lapse(work, handoff_id, at)
                await work.commit()

    async def _raise_alarms(self, at: datetime, policy: QueuePolicy) -> None:
        hours = self._clinic().agent_hours()
        after = {
            priority: span
            for priority, span in policy.alarm.items()
            # At night nobody is late. What waited over night has its time after the opening.
            if priority is Priority.URGENT or (hours.is_open(at) and hours.is_open(at - span))
        }
        async with self._database.reading() as session:
            if not await alarms.any_due(session, at, after):
                return
        async with self._database.work() as work:
            raised = await alarms.raise_due(work, at, after)
            await work.commit()
        if raised:
            oldest = max(at - one.since for one in raised)
            log.warning("%d cases wait longer than the policy allows", len(raised))
            await self._mail_alarm(len(raised), oldest // timedelta(minutes=1))

    async def _mail_alarm(self, count: int, minutes: int) -> None:
        if not self._alarm_email:
            return
        if self._mail is None:
            log.warning("the alarm is not mailed: there is no way to send e-mail")
            return
        try:
            # Not with the alarm itself: what is wrong with the mail must not silence consoles.
            async with self._database.work() as work:
                await self._mail(work, self._alarm_email, count, minutes)
                await work.commit()
        except Exception:
            log.exception("the alarm could not be mailed")


def policy_of(clinic: ClinicProfile) -> QueuePolicy:
    """The queue's policy as the clinic profile has it."""
    written = clinic.queue
    return QueuePolicy(
        assignment=written.assignment,
        capacity=written.capacity,
        unskilled=written.unskilled,
        offer=timedelta(minutes=written.offer_minutes),
        alarm={one: timedelta(minutes=getattr(written, f"alarm_{one.value}")) for one in Priority},
    )
