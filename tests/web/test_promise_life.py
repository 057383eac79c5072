"""The life of a promise on both databases, with a clock that the test moves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import running_on
from bot.conversations import service as conversations
from bot.conversations.lines import Draft
from bot.conversations.models import BOT, QUEUE, Message
from bot.conversations.queries import messages_after
from bot.core import Core
from bot.effects import Priority, Reason, RequestHandoff
from bot.handoff import history, lines, service
from bot.handoff.cases import Agent, Case
from bot.handoff.estimate import Staffing
from bot.handoff.history import Happened
from bot.handoff.models import Handoff
from bot.handoff.promise_watch import watch
from bot.handoff.skills import Needs
from bot.settings import Settings
from tests.assistants import Echo

SAM = Agent("sam", "Sam")
EVA = Agent("eva", "Eva")
MINUTE = timedelta(minutes=1)
# Less than a reply takes: what has none by then will rather be late.
SOON = timedelta(seconds=30)
# A Tuesday, 10 AM in Chicago: the starter clinic answers until 5 PM.
TEN = datetime(2026, 11, 17, 16, 0, tzinfo=UTC)
FIVE = TEN + timedelta(hours=7)


class Never:
    """A clinic that answers no more."""

    def is_open(self, at: datetime) -> bool:
        return False

    def closes_at(self, at: datetime) -> datetime | None:
        return None

    def next_opening(self, at: datetime) -> datetime | None:
        return None


class Desk:
    """A process whose clock stands where the test puts it."""

    def __init__(self, settings: Settings):
        self.now = TEN
        self.core = Core(settings, load_assistant=lambda _: Echo(), clock=lambda: self.now)
        self._terms = self.core.desk.forecast._terms

    async def open(self) -> None:
        await self.core.knowledge.refresh(self.core.database)

    async def ask(
        self,
        reason: Reason = Reason.ASKED,
        language: str = "en",
        priority: Priority | None = None,
        *,
        words: str = "A person, please",
        topics: tuple[str, ...] = (),
    ) -> Handoff:
        """A patient asks for a person."""
        core = self.core
        async with core.database.work() as work:
            conversation_id, _ = await conversations.open_conversation(work, language)
            said = Draft(author="patient", text=words, language=language)
            await conversations.store_patient_message(work, core.keys, conversation_id, said)
            wanted = RequestHandoff(reason=reason, priority=priority, topics=topics)
            plan = await core.desk.plan(work.session, conversation_id, wanted, language)
            await conversations.post_system(work, core.keys, conversation_id, plan.notices)
            await conversations.change_owner(work, conversation_id, owner=BOT, epoch=1, to=QUEUE)
            handoff_id = await core.desk.open_case(work, conversation_id, "A person", plan)
            await work.commit()
        return await self.case(handoff_id)

    async def raise_to(self, case: Handoff, reason: Reason) -> None:
        """The patient writes of something more urgent."""
        core = self.core
        async with core.database.work() as work:
            held, wanted = case.conversation_id, RequestHandoff(reason=reason)
            plan = await core.desk.plan(work.session, held, wanted, "en")
            await core.desk.open_case(work, held, "Danger", plan)
            await work.commit()

    async def case(self, handoff_id: int) -> Handoff:
        async with self.core.database.reading() as session:
            return await session.get_one(Handoff, handoff_id)

    async def claim(self, case: Handoff, agent: Agent = SAM) -> Case:
        async with self.core.database.work() as work:
            claimed = await service.claim(work, self.core.keys, case.id, agent)
            await work.commit()
        return claimed

    async def reply(self, claimed: Case, agent: Agent = SAM) -> None:
        draft = Draft("agent", "Hello", "en", agent_id=agent.id, agent_name=agent.name)
        async with self.core.database.work() as work:
            await lines.reply(
                work, self.core.keys, claimed.conversation_id, agent.id, draft, claimed.epoch
            )
            await work.commit()

    async def release(self, case: Handoff) -> None:
        core = self.core
        async with core.database.work() as work:
            await service.release(
                work,
                core.keys,
                case.id,
                SAM,
                promise=core.desk.again,
                excuse=core.desk.put_back_notices,
            )
            await work.commit()

    async def watch(self) -> int:
        return await watch(self.core.database, self.core.keys, self.core.desk, self.now)

    def close_for_good(self) -> None:
        """No opening is planned any more."""
        self.core.desk.forecast._terms = lambda: replace(self._terms(), hours=lambda _: Never())

    def open_again(self) -> None:
        self.core.desk.forecast._terms = self._terms

    async def words(self, case: Handoff) -> list[str]:
        """Everything that the patient reads."""
        async with self.core.database.reading() as session:
            shown = await messages_after(session, self.core.keys, case.conversation_id, 0)
        return [one.text for one in shown]

    async def happened(self, case: Handoff) -> list[tuple[str, datetime]]:
        """What happened to the promise, and when."""
        async with self.core.database.reading() as session:
            found = await history.of_handoff(session, case.id)
        return [(one.kind, one.at) for one in found if one.kind.startswith("promise_")]

    async def kinds(self, case: Handoff) -> list[str]:
        return [kind for kind, _ in await self.happened(case)]

    async def notices(self, case: Handoff) -> list[str | None]:
        """The ids of what the desk told the patient."""
        async with self.core.database.reading() as session:
            found = await session.scalars(
                select(Message.fixed_id)
                .where(Message.conversation_id == case.conversation_id, Message.kind == "notice")
                .order_by(Message.seq)
            )
            return list(found)


@pytest.fixture
async def desk(settings: Settings, texts: None) -> AsyncIterator[Desk]:
    made = Desk(settings)
    await made.open()
    with running_on(lambda: made.now):
        yield made
    await made.core.database.close()


@contextmanager
def another(settings: Settings, first: Desk) -> Iterator[Desk]:
    """A second process on the same database and the same time."""
    made = Desk(settings)
    made.now = first.now
    yield made


def by(case: Handoff) -> datetime:
    assert case.first_promised_by is not None
    return case.first_promised_by


async def test_a_request_gives_a_promise_with_a_range(desk: Desk) -> None:
    case = await desk.ask()
    assert by(case) == TEN + 30 * MINUTE
    assert case.promised_by == case.first_promised_by
    assert case.promised_low is not None
    assert case.promised_high is not None
    assert case.promised_low + MINUTE >= TEN
    assert case.promised_low < case.promised_high <= by(case)
    assert await desk.happened(case) == [(Happened.PROMISE_GIVEN, TEN)]


async def test_what_an_estimate_rests_on_is_kept_for_the_next_ones(desk: Desk) -> None:
    case = await desk.ask()
    async with desk.core.database.reading() as session:
        found = await history.of_handoff(session, case.id)
    given = next(one for one in found if one.kind == Happened.PROMISE_GIVEN)
    assert set(given.detail) == {"modelled", "sigma", "start", "begin", "position"}


async def test_a_persons_own_reply_in_time_keeps_it(desk: Desk) -> None:
    case = await desk.ask()
    desk.now = by(case)
    await desk.reply(await desk.claim(case))
    assert (await desk.case(case.id)).promise_state == "kept"
    assert await desk.happened(case) == [
        (Happened.PROMISE_GIVEN, TEN),
        (Happened.PROMISE_KEPT, by(case)),
    ]


async def test_a_claim_alone_keeps_nothing(desk: Desk) -> None:
    case = await desk.ask()
    await desk.claim(case)
    assert await desk.kinds(case) == [Happened.PROMISE_GIVEN]
    desk.now = by(case) + MINUTE
    await desk.watch()
    assert (await desk.case(case.id)).promise_state == "broken"


async def test_a_reply_after_the_time_finds_it_broken(desk: Desk) -> None:
    case = await desk.ask()
    claimed = await desk.claim(case)
    desk.now = by(case) + MINUTE
    await desk.reply(claimed)
    assert await desk.happened(case) == [
        (Happened.PROMISE_GIVEN, TEN),
        (Happened.PROMISE_BROKEN, by(case)),
    ], "it broke at its time, not when somebody saw it"


async def test_a_promise_that_will_be_kept_is_not_warned_of(desk: Desk) -> None:
    case = await desk.ask()
    desk.now = by(case) - 9 * MINUTE
    assert await desk.watch() == 0
    assert await desk.notices(case) == ["desk.promised"]


async def test_a_promise_at_risk_is_moved_before_it_breaks_and_the_patient_told(
    desk: Desk,
) -> None:
    case = await desk.ask()
    desk.now = by(case) - SOON
    assert await desk.watch() == 1
    moved = await desk.case(case.id)
    assert moved.promise_state == "moved"
    assert moved.warned_at == desk.now
    assert moved.promised_by is not None
    assert moved.promised_by > by(case)
    assert moved.first_promised_by == by(case), "what counts is what was told first"
    assert await desk.notices(case) == ["desk.promised", "desk.moved"]
    assert await desk.kinds(case) == [
        Happened.PROMISE_GIVEN,
        Happened.PROMISE_WARNED,
        Happened.PROMISE_RENEGOTIATED,
    ]


async def test_a_patient_is_warned_once_for_one_time(desk: Desk) -> None:
    case = await desk.ask()
    desk.now = by(case) - SOON
    await desk.watch()
    assert await desk.watch() == 0
    assert await desk.notices(case) == ["desk.promised", "desk.moved"]


async def test_a_moved_promise_never_counts_as_kept(desk: Desk) -> None:
    case = await desk.ask()
    desk.now = by(case) - SOON
    await desk.watch()
    await desk.reply(await desk.claim(case))
    assert (await desk.case(case.id)).promise_state == "moved"
    assert Happened.PROMISE_KEPT not in await desk.kinds(case)


async def test_a_moved_promise_breaks_at_its_first_time(desk: Desk) -> None:
    case = await desk.ask()
    desk.now = by(case) - SOON
    await desk.watch()
    desk.now = by(case) + MINUTE
    await desk.watch()
    assert (Happened.PROMISE_BROKEN, by(case)) in await desk.happened(case)
    assert (await desk.case(case.id)).promise_state == "broken"


async def test_whoever_was_told_too_late_is_told_a_new_time_but_was_not_warned(
    desk: Desk,
) -> None:
    case = await desk.ask()
    desk.now = by(case) + 5 * MINUTE
    await desk.watch()
    assert await desk.kinds(case) == [
        Happened.PROMISE_GIVEN,
        Happened.PROMISE_BROKEN,
        Happened.PROMISE_RENEGOTIATED,
    ]


async def test_two_processes_that_watch_at_once_do_it_once(desk: Desk, settings: Settings) -> None:
    case = await desk.ask()
    with another(settings, desk) as other:
        await other.open()
        for late in (-SOON, 20 * MINUTE):
            desk.now = other.now = by(case) + late
            await asyncio.gather(desk.watch(), other.watch())
        await other.core.database.close()
    kinds = await desk.kinds(case)
    assert kinds.count(Happened.PROMISE_WARNED) == 1
    assert kinds.count(Happened.PROMISE_BROKEN) == 1
    told = await desk.notices(case)
    assert len(told) == 1 + kinds.count(Happened.PROMISE_RENEGOTIATED)


async def test_what_was_told_holds_when_the_case_goes_back_into_the_queue(desk: Desk) -> None:
    case = await desk.ask()
    await desk.claim(case)
    desk.now = TEN + 10 * MINUTE
    await desk.release(case)
    back = await desk.case(case.id)
    assert (back.first_promised_by, back.promised_by) == (by(case), by(case))


async def test_the_first_promise_counts_whoever_has_the_case_then(desk: Desk) -> None:
    case = await desk.ask()
    await desk.claim(case)
    await desk.release(case)
    desk.now = by(case) - 2 * MINUTE
    await desk.reply(await desk.claim(case, EVA), EVA)
    assert (await desk.case(case.id)).promise_state == "kept"


async def test_a_case_put_back_after_its_time_gets_a_new_one(desk: Desk) -> None:
    case = await desk.ask()
    claimed = await desk.claim(case)
    await desk.reply(claimed)
    desk.now = by(case) + MINUTE
    await desk.release(case)
    back = await desk.case(case.id)
    assert back.promised_by is not None
    assert back.promised_by > desk.now
    assert back.promise_state == "kept", "what was kept stays kept"
    assert (await desk.notices(case))[-2:] == ["desk.back_in_queue", "desk.queued_again"]
    assert desk.core.desk.said(back.promised_by, "en") in (await desk.words(case))[-1]


async def test_a_case_put_back_with_no_opening_planned_says_that_no_time_is_known(
    desk: Desk,
) -> None:
    case = await desk.ask()
    await desk.reply(await desk.claim(case))
    desk.close_for_good()
    desk.now = by(case) + MINUTE
    await desk.release(case)
    assert (await desk.notices(case))[-1] == "desk.queued_again_no_time"


async def test_when_nobody_will_come_any_more_the_patient_is_told_before_the_time(
    desk: Desk,
) -> None:
    case = await desk.ask()
    desk.close_for_good()
    desk.now = by(case) - SOON
    assert await desk.watch() == 1
    assert await desk.watch() == 0
    assert (await desk.notices(case))[-1] == "desk.moved_no_time"
    told = await desk.case(case.id)
    assert (told.promised_by, told.promise_state) == (None, "moved")
    assert await desk.kinds(case) == [
        Happened.PROMISE_GIVEN,
        Happened.PROMISE_WARNED,
        Happened.PROMISE_RENEGOTIATED,
    ]


async def test_when_an_opening_is_planned_again_the_patient_is_told_the_time(desk: Desk) -> None:
    case = await desk.ask()
    desk.close_for_good()
    desk.now = by(case) - SOON
    await desk.watch()
    desk.open_again()
    assert await desk.watch() == 1
    assert await desk.watch() == 0
    assert (await desk.notices(case))[-1] == "desk.moved"
    assert (await desk.case(case.id)).promised_by is not None
    desk.now = by(case) + MINUTE
    await desk.watch()
    assert (await desk.case(case.id)).promise_state == "broken"


async def test_the_first_promise_knows_who_can_take_the_subject_and_the_site(desk: Desk) -> None:
    asked: list[Needs | None] = []

    async def present(session: AsyncSession, needs: Needs | None) -> Staffing | None:
        asked.append(needs)
        return Staffing(3, 9, 9) if needs is None else Staffing(1, 1, 1)

    desk.core.desk.forecast._staffing = present
    await desk.ask(topics=("bil.statement",), words="A person at Riverside, please")
    assert asked[-1] == Needs("en", "billing", "riverside")


# The day after Thanksgiving 2026: the clinic's second site is closed, the first is not.
FRIDAY = datetime(2026, 11, 27, 16, 0, tzinfo=UTC)


async def test_a_site_that_is_closed_today_promises_its_next_opening(desk: Desk) -> None:
    desk.now = FRIDAY
    case = await desk.ask(words="A person at Riverside, please")
    assert by(case) == FRIDAY + timedelta(days=2, hours=22, minutes=30)
    assert await desk.notices(case) == ["desk.promised_closed"]
    assert case.site == "riverside"


async def test_a_site_that_is_open_today_promises_today(desk: Desk) -> None:
    desk.now = FRIDAY
    case = await desk.ask(words="A person at Main Street, please")
    assert by(case) == FRIDAY + 30 * MINUTE


async def test_the_case_of_a_site_that_is_gone_keeps_the_hours_of_the_clinic(desk: Desk) -> None:
    case = await desk.ask()
    async with desk.core.database.work() as work:
        await work.session.execute(update(Handoff).values(site="sold"))
        await work.commit()
        given = await desk.core.desk.again(work.session, case.id)
    assert given.by == by(case)


async def test_danger_brings_the_promise_forward(desk: Desk) -> None:
    case = await desk.ask()
    desk.now = TEN + 2 * MINUTE
    await desk.raise_to(case, Reason.EMERGENCY)
    assert by(await desk.case(case.id)) == desk.now + 5 * MINUTE


async def test_a_lesser_request_never_moves_it_back(desk: Desk) -> None:
    case = await desk.ask(Reason.EMERGENCY)
    await desk.raise_to(case, Reason.ASKED)
    assert by(await desk.case(case.id)) == by(case)


async def test_a_reason_with_a_limit_of_its_own_is_promised_by_it(desk: Desk) -> None:
    assert by(await desk.ask(Reason.RECORDS)) == TEN + 60 * MINUTE


async def test_outside_hours_the_next_opening_is_promised(desk: Desk) -> None:
    desk.now = FIVE + timedelta(hours=3)
    case = await desk.ask()
    assert by(case) == TEN + timedelta(hours=22, minutes=30)
    assert await desk.notices(case) == ["desk.promised_closed"]


async def test_what_is_not_reached_before_closing_is_moved_to_the_next_opening(
    desk: Desk,
) -> None:
    desk.now = FIVE - 25 * MINUTE
    case = await desk.ask()
    desk.now = by(case) - SOON
    await desk.watch()
    assert (await desk.case(case.id)).promised_by == TEN + timedelta(hours=22, minutes=30)
    assert (await desk.notices(case))[-1] == "desk.moved_closed"


async def test_many_who_wait_make_the_promise_later_and_the_place_higher(desk: Desk) -> None:
    # Two people with three conversations each: the seventh waits for one of them to end.
    held: list[Any] = [await desk.claim(await desk.ask()) for _ in range(6)]
    assert len(held) == 6
    waiting = [await desk.ask() for _ in range(24)]
    assert by(waiting[-1]) > TEN + 45 * MINUTE
    async with desk.core.database.reading() as session:
        outlook = desk.core.desk.forecast.outlook
        first = await outlook(session, waiting[0].id)
        last = await outlook(session, waiting[-1].id)
    assert first is not None
    assert last is not None
    assert (first.position, last.position) == (1, 24)
    assert first.high is not None
    assert last.high is not None
    assert first.high < last.high


async def test_who_is_more_urgent_stands_before_who_came_first(desk: Desk) -> None:
    calm, urgent = await desk.ask(), await desk.ask(Reason.CLINICAL)
    async with desk.core.database.reading() as session:
        outlook = desk.core.desk.forecast.outlook
        places = [await outlook(session, case.id) for case in (calm, urgent)]
    assert [place and place.position for place in places] == [2, 1]


async def test_who_does_not_wait_has_no_place(desk: Desk) -> None:
    case = await desk.ask()
    await desk.claim(case)
    async with desk.core.database.reading() as session:
        assert await desk.core.desk.forecast.outlook(session, case.id) is None
