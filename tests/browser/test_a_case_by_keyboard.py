"""The whole life of a case, by two people who have no mouse."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import People
from tests.browser.people import Agent
from tests.browser.test_case_work import asks, found
from tests.browser.test_keyboard import tab_to

pytestmark = pytest.mark.browser


class Typist:
    """An agent of whom only the keyboard is heard."""

    def __init__(self, agent: Agent):
        self.agent = agent
        self.press = agent.page.keyboard.press
        self.type = agent.page.keyboard.type

    def button(self, name: str | re.Pattern[str]) -> Locator:
        return self.agent.page.get_by_role("button", name=name, exact=isinstance(name, str))

    def reach(self, target: Locator) -> None:
        """Go there with the Tab key."""
        expect(target).to_be_visible()
        expect(target).to_be_enabled()
        tab_to(self.agent, target)

    def push(self, name: str | re.Pattern[str]) -> None:
        """From the head of the case to one of its buttons."""
        self.leave_box()
        self.reach(self.button(name))
        self.press("Enter")

    def leave_box(self) -> None:
        title = self.agent.page.locator("#conversation-title")
        if not title.evaluate("node => node === document.activeElement"):
            self.press("Escape")
        expect(title).to_be_focused()

    def told(self, words: str, *, mine: bool) -> None:
        """A notice comes, and the focus goes to where it is of use: to the box, if the case is
        one's own now, or to its head."""
        expect(self.agent.notices).to_contain_text(words)
        expect(self.agent.page.locator("#reply" if mine else "#conversation-title")).to_be_focused()

    def claim(self) -> None:
        self.leave_box()
        expect(self.button("Claim")).to_be_visible()
        self.press("c")
        self.told("This case is yours", mine=True)

    def find(self, words: str) -> None:
        self.press("/")
        self.type(words)
        expect(found(self.agent)).to_have_count(1)
        self.reach(found(self.agent))
        self.press("Enter")
        expect(self.agent.page.locator("#conversation-title")).to_be_focused()


def test_a_case_lives_its_whole_life_by_the_keyboard_alone(people: People) -> None:
    patient = asks(people, "velvet bassoon")
    ana, sam = Typist(people.agent()), Typist(people.agent("supervisor"))
    ana.find("velvet bassoon")
    ana.claim()
    ana.type("Good morning, I am looking.")
    ana.press("Control+Enter")
    patient.see("Good morning, I am looking.")
    ana.press("Escape")
    ana.press("n")
    expect(ana.agent.page.locator("#note")).to_be_focused()
    ana.type("Asked for a bassoon.")
    ana.reach(ana.button("Save note"))
    ana.press("Enter")
    expect(ana.agent.page.locator("#note-list")).to_contain_text("Asked for a bassoon.")

    passes_it_on(ana)
    patient.see("has passed your chat to")
    sam.find("velvet bassoon")
    expect(sam.agent.page.locator("#note-list")).to_contain_text("Sam knows bassoons.")
    sam.push("Put back in the queue")
    sam.told("Back in the queue", mine=False)
    ana.claim()
    sam.push(re.compile("^Take over from"))
    sam.told("This case is yours", mine=True)

    sam.leave_box()
    sam.press("e")
    expect(sam.agent.page.get_by_label("The question was answered")).to_be_focused()
    sam.press("ArrowDown")
    expect(sam.agent.page.get_by_label("Referred to someone else")).to_be_checked()
    sam.press("Enter")
    sam.told("Resolved. The patient was told.", mine=False)
    patient.see("has ended this chat")
    expect(sam.agent.packet).to_contain_text("Referred to someone else")
    sam.push("Open again")
    sam.told("This case is yours again", mine=True)
    sam.push("Return to the assistant…")
    expect(sam.agent.page.get_by_label("Return the patient to the assistant.")).to_be_checked()
    sam.press("Enter")
    sam.told("The assistant has the patient again", mine=False)


def passes_it_on(ana: Typist) -> None:
    """A case is transferred to Sam, with a note."""
    page = ana.agent.page
    ana.push("Transfer…")
    dialog = page.locator("#transfer")
    expect(dialog).to_be_visible()
    who = dialog.get_by_label("Colleague", exact=True)
    ana.reach(who)
    ana.type("Sam")
    expect(who.locator("option:checked")).to_have_text("Sam Demo")
    ana.reach(dialog.get_by_label("Note for whoever takes it"))
    ana.type("Sam knows bassoons.")
    ana.reach(dialog.get_by_role("button", name="Transfer", exact=True))
    ana.press("Enter")
    ana.told("Transferred. The patient was told.", mine=False)
