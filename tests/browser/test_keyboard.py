"""Everything a patient needs, without a mouse."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import People
from tests.browser.people import Patient, Person

pytestmark = pytest.mark.browser

UNCLEAR = "my bill"
FAR = 60


def tab_to(person: Person, target: Locator, key: str = "Tab") -> None:
    """Press Tab until `target` has the focus."""
    for _ in range(FAR):
        if target.evaluate("node => node.getRootNode().activeElement === node"):
            return
        person.page.keyboard.press(key)
    raise AssertionError(f"{FAR} presses of {key} did not reach {target}")


def open_by_keyboard(patient: Patient) -> None:
    tab_to(patient, patient.launcher)
    patient.page.keyboard.press("Enter")
    patient.see_chat()
    expect(patient.box).to_be_focused()


def test_a_patient_asks_chooses_and_ends_the_chat_with_the_keyboard_alone(people: People) -> None:
    patient = people.patient().visit()
    press = patient.page.keyboard.press
    open_by_keyboard(patient)
    patient.page.keyboard.type(UNCLEAR)
    press("Enter")
    choices = patient.log.locator(".choices button")
    expect(choices.first).to_be_visible()
    expect(patient.box).to_be_focused()
    tab_to(patient, choices.first, "Shift+Tab")
    press("Enter")
    expect(patient.log.locator("article[data-kind=answer]")).to_be_visible()
    expect(patient.box).to_be_focused()
    tab_to(patient, patient.chat.get_by_role("button", name="End chat"))
    press("Enter")
    expect(patient.chat.get_by_role("button", name="Keep chatting")).to_be_focused()
    tab_to(patient, patient.chat.get_by_role("button", name="End and clear"))
    press("Enter")
    expect(patient.lines).to_have_count(0)
    expect(patient.box).to_be_focused()


def test_escape_closes_the_chat_and_gives_the_focus_back_to_the_launcher(people: People) -> None:
    patient = people.patient().visit()
    open_by_keyboard(patient)
    patient.page.keyboard.press("Escape")
    expect(patient.launcher).to_be_focused()
    expect(patient.launcher).to_have_attribute("aria-expanded", "false")
    expect(patient.box).to_be_hidden()


def test_escape_first_takes_back_the_question_whether_to_end(people: People) -> None:
    patient = people.patient().visit()
    open_by_keyboard(patient)
    end = patient.chat.get_by_role("button", name="End chat")
    tab_to(patient, end)
    patient.page.keyboard.press("Enter")
    expect(patient.chat.get_by_role("button", name="End and clear")).to_be_visible()
    patient.page.keyboard.press("Escape")
    expect(patient.chat.get_by_role("button", name="End and clear")).to_be_hidden()
    expect(end).to_be_focused()
    expect(patient.launcher).to_have_attribute("aria-expanded", "true")
