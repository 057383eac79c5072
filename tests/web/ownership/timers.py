"""What the clock brings: the rounds that every process makes, one by one, at once, and together."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot import jobs
from bot.conversations.models import BOT, CLOSED, QUEUE
from bot.core import Core
from bot.handoff.follow_ups import PLANNED
from bot.handoff.models import CLAIMED
from bot.handoff.promise_life import GIVEN, RENEGOTIATED
from bot.handoff.promise_watch import watch
from bot.shift import policy_of
from tests.web.ownership.assistants import Assistants
from tests.web.ownership.patients import Patients
from tests.web.ownership.processes import Work
from tests.web.ownership.scene import DEATHS, PROCESSES, step

SPANS = [timedelta(minutes=minutes) for minutes in (1, 1, 3, 3, 15, 50, 180, 840, 2880)]


async def looks_after_people(core: Core) -> None:
    """Presence, cases that were left, offers, alarms."""
    await core.shift.run_once()


async def gives_out(core: Core) -> None:
    """The same in a clinic whose cases are given to people."""
    written = core.shift.policy
    core.shift.policy = lambda: replace(policy_of(core.knowledge.profile), assignment="push")
    try:
        await core.shift.run_once()
    finally:
        core.shift.policy = written


async def watches_promises(core: Core) -> None:
    """What was broken is recorded, what will break is moved in time."""
    await watch(core.database, core.keys, core.desk, core.clock())


async def does_its_jobs(core: Core) -> None:
    """Silent chats end, tasks become due."""
    await jobs.run_once(core.database, core.settings, core.clock)


async def looks_after_everything(core: Core) -> None:
    """One round of all that runs in the background."""
    await core.turns.sweep()
    await gives_out(core)
    await watches_promises(core)
    await does_its_jobs(core)


ROUNDS = (looks_after_people, gives_out, gives_out, watches_promises, does_its_jobs)


class Timers(Assistants, Patients):
    """Time, and what is done because of it."""

    @step(span=SPANS)
    def time_passes(self, span: timedelta) -> None:
        self.passes(span)

    @step(often=3, process=PROCESSES, round_=ROUNDS, dies=DEATHS)
    def a_process_makes_a_round(self, process: int, round_: Work, dies: int | None) -> None:
        self.does(process, round_, dies)

    @step(last=True, span=SPANS, round_=ROUNDS)
    def both_processes_make_the_same_round_at_once(self, span: timedelta, round_: Work) -> None:
        self.passes(span)
        self.both(round_, round_)

    @step(
        last=True,
        when=lambda self: not self.ended and self.unsure is None,
    )
    def an_idle_chat_ends_just_as_its_patient_writes(self) -> None:
        self.passes(timedelta(hours=2))
        client_id = f"client-{len(self.acknowledged):06}"
        sent = self.sends(client_id, f"hello. This is line {len(self.acknowledged)}.")
        found, _ = self.both(sent, does_its_jobs)
        self.was_acknowledged(client_id, found)

    @step(often=3, last=True, span=SPANS)
    def the_rounds_leave_nothing_undone(self, span: timedelta) -> None:
        """Whatever was cut short before: the processes that live now bring it to its next step."""
        # Who has just started gives people time to be heard of.
        self.passes(max(span, timedelta(minutes=2)))
        for _ in range(2):
            for number in (0, 1):
                self.does(number, looks_after_everything)
                while self.thinking(number):
                    self.does(number, self.says(number, "answers"))
        self.every_line_is_answered_or_with_people()
        self.nobody_waits_for_somebody_who_is_gone()
        self.no_time_that_was_told_is_silently_over()
        self.what_was_to_be_done_by_now_is_due()

    def every_line_is_answered_or_with_people(self) -> None:
        held = self.now.conversation
        assert held.owner != BOT or held.patient_seq <= held.answered_seq

    def nobody_waits_for_somebody_who_is_gone(self) -> None:
        at = self.world.clock()
        here = {one.agent_id for one in self.now.presence if one.until > at}
        case = self.now.open_case
        if case and case.state == CLAIMED and case.agent_id in self.gone(at):
            assert case.claimed_at
            wrote = [
                line.agent_id == case.agent_id and line.created_at >= case.claimed_at
                for line in self.now.lines
            ]
            spoke = [one.outcome == "reached" for one in self.now.attempts]
            assert any(wrote + spoke), "an untouched case stayed with an agent who is gone"
        assert all(offer.until > at and offer.agent_id in here for offer in self.now.offers)

    def gone(self, at: datetime) -> set[str]:
        return {
            one.agent_id for one in self.now.presence if one.until <= at or one.state == "offline"
        }

    def no_time_that_was_told_is_silently_over(self) -> None:
        at, case = self.world.clock(), self.now.open_case
        if case is None or case.first_reply_at is not None:
            return
        if case.first_promised_by and case.first_promised_by < at:
            assert case.promise_state not in (GIVEN, RENEGOTIATED)
        if self.now.conversation.owner == QUEUE:
            assert case.promised_by is not None
            assert case.promised_by >= at

    def what_was_to_be_done_by_now_is_due(self) -> None:
        at = self.world.clock()
        assert not [one for one in self.now.tasks if one.state == PLANNED and one.due_at <= at]
        held = self.now.conversation
        idle = at - held.active_at > timedelta(hours=2)
        assert not (idle and held.owner == BOT)
        assert held.owner != CLOSED or self.now.open_case is None
