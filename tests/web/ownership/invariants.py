"""What is true after every step, whoever did what and whatever died. Each name is the sentence."""

from __future__ import annotations

from collections import Counter

from hypothesis.stateful import invariant

from bot.conversations.lines import body_context
from bot.conversations.models import BOT, CLOSED, QUEUE, agent_owner
from bot.handoff.history import Happened
from bot.handoff.models import CLAIMED, RESOLVED, WAITING
from bot.outreach.callbacks import MOST_ATTEMPTS
from bot.outreach.models import OPEN
from tests.web.ownership.assistants import ANSWER
from tests.web.ownership.scene import Scene

MOVED = ("desk.moved", "desk.moved_closed", "desk.moved_no_time")
# Which text the patient hears with what happens to the case.
HEARD = {
    Happened.CLAIMED: ("desk.joined", "outreach.reached"),
    Happened.TAKEN_OVER: ("desk.took_over", "moves.took_over"),
    Happened.TRANSFERRED: ("moves.to_agent", "moves.to_queue", "moves.to_queue_no_time"),
    Happened.RESOLVED: ("desk.resolved",),
    Happened.RETURNED_TO_BOT: ("desk.back_to_bot",),
    Happened.REOPENED: ("moves.reopened",),
    Happened.PROMISE_RENEGOTIATED: MOVED,
}


class Invariants(Scene):
    """One owner; nothing lost or said twice; no word of the assistant after somebody stepped in;
    and always somebody, or a time, that the case waits for."""

    @invariant()
    def what_is_always_true(self) -> None:
        self.the_owner_and_the_open_case_say_the_same()
        self.an_epoch_has_one_owner()
        self.nobody_but_the_owner_writes_under_an_epoch()
        self.nobody_writes_once_somebody_else_has_it()
        self.every_line_that_was_acknowledged_stands_once_and_in_order()
        self.no_line_is_answered_twice()
        self.a_case_has_a_next_step()
        self.the_patient_hears_once_of_everything_that_happens_to_the_case()
        self.a_promise_ends_once()
        self.only_a_waiting_case_is_claimed_with_its_offer_gone()
        self.a_call_is_owed_to_somebody_who_agreed_and_tried_three_times_at_most()
        self.a_task_is_somebodys_until_it_is_done()

    def the_owner_and_the_open_case_say_the_same(self) -> None:
        held = self.now.conversation
        still = [case for case in self.now.cases if case.state != RESOLVED]
        assert len(still) <= 1
        if held.owner in (BOT, CLOSED):
            assert still == []
        elif held.owner == QUEUE:
            assert (still[0].state, still[0].agent_id) == (WAITING, None)
        else:
            assert still[0].state == CLAIMED
            assert held.owner == agent_owner(still[0].agent_id or "")

    def an_epoch_has_one_owner(self) -> None:
        held = self.now.conversation
        assert held.epoch >= max(self.owners)
        assert self.owners.setdefault(held.epoch, held.owner) == held.owner

    def nobody_but_the_owner_writes_under_an_epoch(self) -> None:
        for line in self.now.lines:
            if line.author in ("bot", "agent"):
                writer = BOT if line.author == "bot" else agent_owner(line.agent_id or "")
                # An epoch that began and ended within one step belongs to who wrote in it.
                assert self.owners.setdefault(line.epoch, writer) == writer

    def nobody_writes_once_somebody_else_has_it(self) -> None:
        """A line of a step is of an epoch that had not ended before the step."""
        fresh = [line for line in self.now.lines if line.seq > self.settled_seq]
        for line in fresh:
            assert line.author not in ("bot", "agent") or line.epoch >= self.settled_epoch
        self.settled_seq = len(self.now.lines)
        self.settled_epoch = self.now.conversation.epoch

    def every_line_that_was_acknowledged_stands_once_and_in_order(self) -> None:
        assert [line.seq for line in self.now.lines] == list(range(1, len(self.now.lines) + 1))
        written = [line.client_id for line in self.now.lines if line.author == "patient"]
        perhaps = [self.unsure[0]] if self.unsure else []
        assert written in (self.acknowledged, self.acknowledged + perhaps)
        replies = Counter(line.client_id for line in self.now.lines if line.author == "agent")
        assert set(self.replied) <= set(replies)
        assert all(times == 1 for times in replies.values())

    def no_line_is_answered_twice(self) -> None:
        opened = self.world.processes[0].core.keys.open
        answers = Counter(
            text
            for line in self.now.lines
            if line.author == "bot"
            and (text := opened(line.body, body_context(self.id, line.seq))["text"]).startswith(
                ANSWER
            )
        )
        assert all(times == 1 for times in answers.values())
        done = Counter(turn.seq for turn in self.now.turns if turn.outcome != "dropped")
        assert all(times == 1 for times in done.values())

    def a_case_has_a_next_step(self) -> None:
        held, case = self.now.conversation, self.now.open_case
        if held.owner == QUEUE:
            assert case is not None
            assert case.promised_by is not None, "who waits was told a time"
        elif held.owner not in (BOT, CLOSED):
            assert case is not None
            assert case.agent_id is not None
            assert case.claimed_at is not None

    def the_patient_hears_once_of_everything_that_happens_to_the_case(self) -> None:
        for kind, texts in HEARD.items():
            assert len(self.now.happened(kind.value)) == self.now.said(*texts), kind
        returned = [one for one in self.now.happened("vanished") if one.detail["returned"]]
        put_back = len(self.now.happened("released")) + len(returned)
        assert put_back == self.now.said("desk.back_in_queue")

    def a_promise_ends_once(self) -> None:
        ends = Counter(
            one.handoff_id for one in self.now.happened("promise_kept", "promise_broken")
        )
        assert all(times == 1 for times in ends.values())
        for case in self.now.cases:
            assert (case.promise_state in ("kept", "broken")) == bool(ends[case.id])

    def only_a_waiting_case_is_claimed_with_its_offer_gone(self) -> None:
        offered = {offer.handoff_id for offer in self.now.offers}
        assert not [case for case in self.now.cases if case.state == CLAIMED and case.id in offered]

    def a_call_is_owed_to_somebody_who_agreed_and_tried_three_times_at_most(self) -> None:
        agreed = {one.id for one in self.now.contacts if one.withdrawn_at is None}
        tried = Counter(one.callback_id for one in self.now.attempts)
        owed = [call for call in self.now.calls if call.state == OPEN]
        assert len({call.contact_id for call in owed}) == len(owed)
        for call in self.now.calls:
            assert call.attempts == tried[call.id] <= MOST_ATTEMPTS
            assert (call.ended_at is None) == (call.state == OPEN)
            assert call.state != OPEN or (call.contact_id in agreed and call.due_at is not None)
            assert call.state == OPEN or call.held_by is None

    def a_task_is_somebodys_until_it_is_done(self) -> None:
        for task in self.now.tasks:
            assert task.role or task.owner_id
            assert (task.state == "done") == (task.done_at is not None)
        open_misses = [
            one
            for one in self.now.tasks
            if one.kind == "called_back_missed" and one.state != "done"
        ]
        assert len(open_misses) <= 1
