"""What people write is shown as they wrote it, and never becomes part of a page."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import People

pytestmark = pytest.mark.browser

IMAGE = '<img src=x onerror="window.hurt = 1">'
LINK = '<a href="javascript:window.hurt = 2">press</a> [press](javascript:window.hurt=3)'
SCRIPT = "<script>window.hurt = 4</script><b>bold</b>"


def unhurt(page: Page) -> bool:
    """Nothing that was written ran, on the page or in the chat within."""
    return all(frame.evaluate("window.hurt === undefined") for frame in page.frames)


def test_markup_from_a_patient_is_text_at_the_patient_and_at_the_agent(people: People) -> None:
    patient = people.patient().visit()
    patient.open_chat()
    request = f"I want to talk to a person {IMAGE}"
    patient.ask(request)
    patient.see("will reply here by")
    expect(patient.say(LINK).locator(".words")).to_have_text(LINK)
    expect(patient.own_lines.first.locator(".words")).to_have_text(request)
    agent = people.agent()
    agent.open_case(IMAGE)
    expect(agent.see(IMAGE).locator(".words")).to_have_text(request)
    expect(agent.see("press").locator(".words")).to_have_text(LINK)
    expect(agent.packet).to_contain_text(IMAGE)
    expect(agent.page.locator("main img, main a[href^=javascript]")).to_have_count(0)
    expect(patient.log.locator("img, a[href^=javascript]")).to_have_count(0)
    assert unhurt(patient.page)
    assert unhurt(agent.page)


def test_markup_from_an_agent_is_text_at_the_patient_and_in_a_note(people: People) -> None:
    patient = people.patient().visit()
    patient.open_chat()
    patient.ask("I want to talk to a person about the word marmalade")
    agent = people.agent()
    agent.open_case("marmalade")
    agent.claim()
    agent.reply(SCRIPT)
    agent.note(IMAGE)
    expect(patient.see("bold").locator(".words")).to_have_text(SCRIPT)
    expect(patient.log.locator("script, b")).to_have_count(0)
    expect(agent.page.locator("#note-list img")).to_have_count(0)
    agent.return_to_assistant()
    assert unhurt(patient.page)
    assert unhurt(agent.page)
