"""What a handoff means for this clinic: the promise, its words, and the packet.

Shared by the turns, which hand over what the assistant may not answer, and by the gateway, which
hands over what the safety gate stops.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock, utc_now
from bot.conversations.lines import Draft
from bot.conversations.models import Gap
from bot.db import UnitOfWork
from bot.effects import (
    Effect,
    Line,
    Priority,
    Reason,
    RecordGap,
    RecordMissingFact,
    RequestHandoff,
)
from bot.handoff import earlier
from bot.handoff.cases import Request, notice
from bot.handoff.follow_ups import at_work
from bot.handoff.forecast import Forecast, StaffingOf, Terms, nobody_known
from bot.handoff.models import Handoff
from bot.handoff.promise import Promise, PromisePolicy, priority_of
from bot.handoff.service import request
from bot.handoff.skills import domain_of
from bot.handoff.words import site_spoken_of
from bot.knowledge import wording
from bot.knowledge.hours import Hours
from bot.knowledge.profile import ClinicProfile
from bot.knowledge.service import record_missing_fact
from bot.knowledge.sites import site_in
from bot.notice_board import Live, NoticeBoard, no_notices
from bot.privacy.encryption import KeyRing
from bot.privacy.redaction import Redactor

COPIED_CHARS = 1000
# Nobody called back: in so long a person has answered in the chat, or it is a task.
MISSED_AFTER = timedelta(hours=1)


# The other conversations that somebody can be reached about at the same address.
LinkedOf = Callable[[AsyncSession, str], Awaitable[Sequence[str]]]


async def no_links(session: AsyncSession, conversation_id: str) -> Sequence[str]:
    """Where nobody leaves an address."""
    return ()


@dataclass(frozen=True, slots=True)
class Plan:
    """A handoff decided on but not yet written."""

    asked: RequestHandoff
    priority: Priority
    promise: Promise
    language: str
    notices: tuple[Draft, ...]
    site: str | None = None


class Desk:
    """Plans and writes handoffs with the clinic's hours and words."""

    def __init__(
        self,
        keys: KeyRing,
        clinic: Callable[[], ClinicProfile],
        redactor: Redactor,
        *,
        clock: Clock = utc_now,
        staffing: StaffingOf = nobody_known,
        linked: LinkedOf = no_links,
        notices: Live = no_notices,
    ):
        self._keys = keys
        self._clinic = clinic
        self._redactor = redactor
        self._clock = clock
        self._linked = linked
        self.board = NoticeBoard(notices, self.site_of, clock=clock)
        self.forecast = Forecast(lambda: terms_of(clinic()), clock=clock, staffing=staffing)

    async def plan(
        self, session: AsyncSession, conversation_id: str, asked: RequestHandoff, language: str
    ) -> Plan:
        """When a person will reply, and how the patient is told. Writes nothing.

        The site that the patient spoke of decides whose hours hold and who has the skills.
        """
        clinic = self._clinic()
        priority = priority_of(asked.reason, asked.priority)
        site = await site_spoken_of(session, self._keys, conversation_id, self.site_of)
        given = await self.forecast.asked(
            session,
            priority,
            asked.reason,
            language,
            domain=domain_of(asked.topics),
            site=site,
        )
        notices = [self._promise_notice(given, clinic, self._clock(), language)]
        if asked.reason is Reason.EMERGENCY:
            notices.insert(0, notice("desk.urgent", language))
        return Plan(asked, priority, given, language, tuple(notices), site)

    @property
    def policy(self) -> PromisePolicy:
        """The policy in force."""
        return self.forecast.policy

    async def again(self, session: AsyncSession, handoff_id: int, *, fresh: bool = True) -> Promise:
        """What can be promised now to the patient of an open handoff."""
        return await self.forecast.again(session, handoff_id, fresh=fresh)

    def moved_notice(self, given: Promise, language: str) -> Draft:
        """How a patient is told that it takes longer."""
        if given.by is None:
            return notice("desk.moved_no_time", language, phone=self._clinic().contacts.phone)
        time = self.said(given.by, language)
        if given.open_now:
            return notice("desk.moved", language, time=time)
        phone = self._clinic().contacts.phone
        return notice("desk.moved_closed", language, time=time, phone=phone)

    def put_back_notices(self, case: Handoff, holder: str, by: datetime | None) -> Sequence[Draft]:
        """How a patient is told that `holder` is gone and by when somebody replies now."""
        language = case.language
        left = notice("desk.back_in_queue", language, agent=holder)
        if by is None:
            phone = self._clinic().contacts.phone
            return left, notice("desk.queued_again_no_time", language, phone=phone)
        return left, notice("desk.queued_again", language, time=self.said(by, language))

    def said(self, by: datetime, language: str) -> str:
        """A promised time as patients read it: the clock, and the day when it is another."""
        return said_time(by, self._clock(), self._clinic().zone, language)

    def copied(self, text: str, language: str) -> str:
        """A patient's words for a packet or a list: the beginning, and nothing that identifies.

        Whoever has the case reads them whole in the conversation.
        """
        # Cut after, so that no half of a number stays at the end.
        return self._redactor.redact(text[: 2 * COPIED_CHARS], language).text[:COPIED_CHARS]

    def now(self) -> datetime:
        """The time it is for the desk."""
        return self._clock()

    def at_work(self, at: datetime) -> datetime:
        """When a task for this time is due: then, or at the next opening."""
        return at_work(at, self._clinic().agent_hours())

    def on_day(self, day: date) -> datetime:
        """When a task for this day is due: as people begin, or at the opening after it.

        A task for today is due in an hour.
        """
        begins = datetime.combine(day, time.min, self._clinic().zone)
        return self.at_work(max(begins, self._clock() + MISSED_AFTER))

    def site_of(self, words: str) -> str | None:
        """The id of the site that these words name."""
        return site_in(words, self._clinic())

    def is_open(self) -> bool:
        """Whether people answer the chat now."""
        return self._clinic().agent_hours().is_open(self._clock())

    async def apply(
        self,
        work: UnitOfWork,
        conversation_id: str,
        seq: int,
        question: str,
        effects: Sequence[Effect],
        plan: Plan | None,
    ) -> None:
        """Write a turn's effects. The owner was changed with the turn itself."""
        for effect in effects:
            if isinstance(effect, RecordGap):
                await work.session.execute(
                    insert(Gap).values(
                        conversation_id=conversation_id,
                        seq=seq,
                        outcome=effect.outcome,
                        article_slug=effect.article,
                        at=self._clock(),
                    )
                )
            elif isinstance(effect, RecordMissingFact):
                await record_missing_fact(work, effect.key, effect.article, conversation_id)
        if plan:
            await self.open_case(work, conversation_id, question, plan)

    async def open_case(
        self, work: UnitOfWork, conversation_id: str, question: str, plan: Plan
    ) -> int:
        """Open the handoff that was planned."""
        packet: dict[str, Any] = {
            "question": self.copied(question, plan.language),
            "topics": list(plan.asked.topics),
            "details": plan.asked.details,
        }
        again = None
        if plan.asked.reason is Reason.NO_FOLLOWUP:
            again = await earlier.earlier_case(work.session, [conversation_id])
            packet |= {"again": again.as_packet()} if again else {}
        handoff_id = await request(
            work,
            self._keys,
            Request(
                conversation_id,
                plan.asked.reason,
                plan.priority,
                plan.language,
                plan.promise.by,
                packet,
                plan.promise,
                plan.site,
            ),
        )
        if plan.asked.reason is Reason.NO_FOLLOWUP:
            await earlier.tell_again(work, self._keys, conversation_id, again, self.said)
            await self._remember(work, conversation_id, handoff_id, plan.promise.by)
        return handoff_id

    async def still_waits(self, work: UnitOfWork, conversation_id: str, language: str) -> None:
        """Whoever has an open case says that nobody came back to them: raise it, and say so."""
        raised = await earlier.raise_open(work, self._keys, conversation_id, language, self.said)
        if raised is not None:
            # Whoever typed an address is not known to be its owner: only staff hear of it.
            linked = await self._linked(work.session, conversation_id)
            await earlier.link(work, self._keys, raised.handoff_id, linked)
            await self._remember(work, conversation_id, raised.handoff_id, raised.promised_by)

    async def _remember(
        self, work: UnitOfWork, conversation_id: str, handoff_id: int, by: datetime | None
    ) -> None:
        """A task that stays when the patient gives up waiting and closes the chat."""
        now = self._clock()
        due_at = self.at_work(max(by or now, now + MISSED_AFTER))
        await earlier.remember(work, self._keys, conversation_id, handoff_id, due_at, now)

    def _promise_notice(
        self, given: Promise, clinic: ClinicProfile, now: datetime, language: str
    ) -> Draft:
        phone = clinic.contacts.phone
        if given.by is None:
            return notice("desk.no_time", language, phone=phone)
        time = said_time(given.by, now, clinic.zone, language)
        if given.open_now and given.low and given.high:
            low, high = (
                said_time(one, now, clinic.zone, language) for one in (given.low, given.high)
            )
            place = str(given.position)
            return notice("desk.promised", language, time=time, low=low, high=high, place=place)
        return notice("desk.promised_closed", language, time=time, phone=phone)


def terms_of(clinic: ClinicProfile) -> Terms:
    """What the clinic promises, when, and with how many people."""
    promise = clinic.promise
    policy = PromisePolicy(
        {one: getattr(promise, one.value) for one in Priority},
        promise.after_opening,
        promise.reasons,
        promise.warning,
    )

    def hours(site: str | None) -> Hours:
        # A case outlives a site that the clinic has closed.
        return clinic.agent_hours(site if site in {one.id for one in clinic.locations} else None)

    return Terms(policy, hours, clinic.agents.people, clinic.agents.at_once)


def said_time(by: datetime, now: datetime, zone: ZoneInfo, language: str) -> str:
    """`3:40 PM`, or `8:30 AM on Monday, November 23, 2026` when it is not today."""
    local = by.astimezone(zone)
    clock = wording.clock(local.time().replace(second=0, microsecond=0), language)
    if local.date() == now.astimezone(zone).date():
        return clock
    day = wording.day(local.date(), language)
    return f"{clock} on {day}" if language == "en" else f"{day}, {clock}"


def chosen_handoff(effects: Sequence[Effect]) -> RequestHandoff | None:
    """The most urgent request among a turn's effects: a conversation has one case at a time."""
    asked = [effect for effect in effects if isinstance(effect, RequestHandoff)]
    return min(asked, key=lambda one: priority_of(one.reason, one.priority).rank, default=None)


def line_draft(line: Line) -> Draft:
    """The assistant's line as a message to store."""
    return Draft(
        author="bot",
        text=line.text,
        more=line.more,
        language=line.language,
        kind=line.kind,
        options=line.options,
        article=line.article,
        fixed=line.fixed,
    )
