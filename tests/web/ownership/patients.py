"""The patient: writes, sends again what was not acknowledged, leaves a number, goes and returns."""

from __future__ import annotations

from typing import Any

import pytest

from bot.conversations.models import QUEUE, agent_of
from bot.core import Core
from bot.db import UnitOfWork
from bot.errors import NotFound
from bot.gateway import Acknowledged, Inbound
from bot.outreach.contacts import Left
from tests.web.ownership.processes import Verb, Work
from tests.web.ownership.scene import DEATHS, PROCESSES, Scene, step
from tests.web.ownership.world import LOST

WORDS = (
    *("hello",) * 5,
    "I have crushing chest pain and cannot breathe",
    "nobody has called me back",
    "please stop calling me",
)
ADDRESSES = {"phone": "217-555-0142", "email": "ana.ruiz@example.com"}
CHANNELS = tuple(ADDRESSES)


class Patients(Scene):
    """The patient's browser, at whichever process the balancer picks."""

    def sends(self, client_id: str, text: str) -> Work:
        """A line of the patient on its way: read by the safety gate, then stored."""

        async def work(core: Core) -> Acknowledged:
            assessment = core.gateway.assess(text, (), "en")
            return await core.gateway.receive(Inbound(self.id, client_id, text, "en"), assessment)

        return work

    def was_acknowledged(self, client_id: str, found: Any) -> None:
        assert found.seq > 0
        self.acknowledged.append(client_id)

    @step(
        often=3,
        when=lambda self: not self.ended and self.unsure is None,
        process=PROCESSES,
        words=WORDS,
        dies=DEATHS,
    )
    def the_patient_writes(self, process: int, words: str, dies: int | None) -> None:
        number = len(self.acknowledged)
        client_id, text = f"client-{number:06}", f"{words}. This is line {number}."
        found = self.does(process, self.sends(client_id, text), dies)
        if found is LOST:
            self.unsure = client_id, text
        else:
            self.was_acknowledged(client_id, found)

    @step(when=lambda self: not self.ended and self.unsure is not None, process=PROCESSES)
    def the_patient_sends_again_what_was_not_acknowledged(self, process: int) -> None:
        assert self.unsure
        client_id, text = self.unsure
        self.was_acknowledged(client_id, self.does(process, self.sends(client_id, text)))
        self.unsure = None

    @step(
        when=lambda self: not self.ended and self.acknowledged,
        process=PROCESSES,
        which=range(60),
    )
    def a_line_that_arrives_a_second_time_is_known(self, process: int, which: int) -> None:
        client_id = self.acknowledged[which % len(self.acknowledged)]
        stands = next(line.seq for line in self.now.lines if line.client_id == client_id)
        again = self.does(process, self.sends(client_id, "the same again"))
        assert again == Acknowledged(stands, None)

    @step(
        when=lambda self: len(self.acknowledged) > 2 and not self.ended and not self.unsure,
        process=PROCESSES,
        dies=DEATHS,
    )
    def the_patient_ends_the_chat(self, process: int, dies: int | None) -> None:
        self.does(process, lambda core: core.gateway.end(self.id), dies)
        self.ended = self.now.conversation.token_hash != self.token_hash
        assert self.ended or dies is not None

    @step(when=lambda self: self.ended, process=PROCESSES)
    def who_ended_the_chat_writes_no_more_but_by_the_link_in_an_e_mail(self, process: int) -> None:
        if self.now.conversation.token_hash is None:
            with pytest.raises(NotFound):
                self.does(process, self.sends("client-after", "hello"))
        else:
            self.ended, self.token_hash = False, self.now.conversation.token_hash

    # --- being reached elsewhere

    @step(
        when=lambda self: not self.ended and self.waits_or_is_helped(),
        process=PROCESSES,
        channel=CHANNELS,
        dies=DEATHS,
    )
    def the_patient_leaves_a_way_to_be_reached(
        self, process: int, channel: str, dies: int | None
    ) -> None:
        self.tries(process, self.leaves(channel), dies)

    def leaves(self, channel: str) -> Verb:
        async def leave(core: Core, work: UnitOfWork) -> None:
            words = core.outreach.wording(channel, "en")
            left = Left(channel, ADDRESSES[channel], "any", (), True, words.hash)
            await core.outreach.save(work, self.id, left, "en")

        return leave

    @step(
        when=lambda self: not self.ended and self.now.contacts,
        process=PROCESSES,
        channel=CHANNELS,
        dies=DEATHS,
    )
    def the_patient_takes_consent_back(self, process: int, channel: str, dies: int | None) -> None:
        self.tries(
            process,
            lambda core, work: core.outreach.withdraw(work, self.id, (channel,), "form"),
            dies,
        )

    def waits_or_is_helped(self) -> bool:
        owner = self.now.conversation.owner
        return owner == QUEUE or agent_of(owner) is not None
