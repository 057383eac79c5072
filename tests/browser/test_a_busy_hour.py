"""Three agents and ten patients at once, and sockets that are cut in mid-conversation."""

from __future__ import annotations

from collections import Counter

import pytest
from playwright.sync_api import BrowserContext, WebSocketRoute, expect

from tests.browser.conftest import People
from tests.browser.people import Agent, Patient

pytestmark = pytest.mark.browser

# Words that no other conversation on this server has.
FRUITS = (
    *("tamarind", "persimmon", "mulberry", "gooseberry", "loquat"),
    *("rambutan", "kumquat", "elderberry", "soursop", "jackfruit"),
)


class Wire:
    """The sockets of a window, which a test can cut."""

    def __init__(self, context: BrowserContext):
        self._open: list[WebSocketRoute] = []
        context.route_web_socket("**/*", self._connect)

    def _connect(self, socket: WebSocketRoute) -> None:
        socket.connect_to_server()
        self._open.append(socket)

    def cut(self) -> None:
        """Every socket ends as if the network had gone."""
        assert self._open, "there is no socket to cut"
        for socket in self._open:
            socket.close(code=1012)
        self._open.clear()


class Asker:
    """A patient with a bill of their own, and the agent who takes the case."""

    def __init__(self, fruit: str, patient: Patient, agent: Agent):
        self.patient, self.agent = patient, agent
        self.wire = Wire(patient.context)
        self.asked = f"May I talk to a person about my {fruit} bill"
        self.reply = f"I have your {fruit} bill in front of me."
        self.more = f"The {fruit} visit was on Monday."
        self.told = f"The {fruit} bill is corrected."

    def ask(self) -> None:
        self.patient.visit().open_chat()
        self.patient.ask(self.asked)
        self.patient.see("will reply here by")


def test_ten_patients_and_three_agents_lose_nothing_and_are_told_nothing_twice(
    people: People,
) -> None:
    agents = [people.agent(name) for name in ("agent", "agent2", "supervisor")]
    wires = [Wire(agent.context) for agent in agents]
    for agent in agents:
        agent.page.reload()
    askers = [
        Asker(fruit, people.patient(), agents[at % len(agents)]) for at, fruit in enumerate(FRUITS)
    ]
    for one in askers:
        one.ask()
    for one in askers:
        claimed_before_the_eyes_of_the_others(one, agents)
    for at, one in enumerate(askers):
        show(one)
        if at % 3 == 0:
            one.wire.cut()
        one.agent.reply(one.reply)
        one.patient.see(one.reply)
    for wire in wires:
        wire.cut()
    for at, one in enumerate(askers):
        if at % 4 == 0:
            one.wire.cut()
        one.patient.say(one.more)
    for one in askers:
        show(one)
        one.agent.see(one.more)
        one.agent.reply(one.told)
        one.patient.see(one.told)
    for one in askers:
        each_line_is_there_once_and_in_order(one)


def show(one: Asker) -> None:
    """The agent opens the case."""
    one.agent.open_case(one.asked)
    one.agent.see(one.asked)


def claimed_before_the_eyes_of_the_others(one: Asker, agents: list[Agent]) -> None:
    show(one)
    one.agent.claim()
    for other in agents:
        if other is not one.agent:
            expect(other.case(one.asked)).to_contain_text(holder_of(one.agent))


def holder_of(agent: Agent) -> str:
    return agent.page.locator(".who").inner_text()


def each_line_is_there_once_and_in_order(one: Asker) -> None:
    said = [one.asked, one.reply, one.more, one.told]
    for lines in (one.patient.words(), transcript(one)):
        found = [text for line in lines for text in said if text in line]
        assert found == said
        notices = Counter(line for line in lines if "has joined the chat" in line)
        assert list(notices.values()) == [1]


def transcript(one: Asker) -> list[str]:
    show(one)
    return one.agent.transcript.locator("article").all_inner_texts()
