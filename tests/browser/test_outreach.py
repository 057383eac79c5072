"""A waiting patient leaves a number in the chat, an agent calls, and a link leads back."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, expect
from sqlalchemy import select

from bot import events
from bot.clock import utc_now
from bot.opening import open_database
from bot.outreach import links
from bot.outreach.models import Contact
from tests.browser.browsers import PHONE
from tests.browser.conftest import People
from tests.browser.people import Agent, Patient
from tests.browser.test_accessibility import Inspector
from tests.processes import CarelineProcess

pytestmark = pytest.mark.browser


def in_line(people: People, words: str, size: tuple[int, int] = PHONE) -> Patient:
    """A patient who asked for a person."""
    patient = people.patient(size).visit()
    patient.open_chat()
    patient.ask(f"I want to talk to a person about a {words}")
    expect(strip(patient)).to_be_visible()
    return patient


def strip(patient: Patient) -> Locator:
    return patient.chat.locator("[data-part=contact]")


def fill(patient: Patient, number: str) -> None:
    strip(patient).get_by_role("button").first.click()
    strip(patient).get_by_label("Your phone number").fill(number)


def leave(patient: Patient, number: str) -> None:
    fill(patient, number)
    strip(patient).get_by_role("checkbox", name="may call me").check()
    strip(patient).get_by_role("button", name="Save").click()
    expect(strip(patient)).to_contain_text("We will call •••-•••-0142")


def calls(agent: Agent) -> Locator:
    """The calls that are owed, also those that are not due yet: which depends on the hour."""
    part = agent.page.locator("#part-calls")
    expect(part).to_be_visible()
    if part.locator("#later-calls").is_visible():
        part.locator("#later-calls").click()
    return part.locator(".call")


def finished(work: Coroutine[object, object, str]) -> str:
    """Run it on a loop of its own: the browser has the one of this thread."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


async def link_back(careline: CarelineProcess) -> str:
    """A link as an e-mail holds it, to the conversation in which an address was left last."""
    database = open_database(f"sqlite:///{careline.folder / 'careline.db'}", events.Bus())
    try:
        async with database.work() as work:
            contact = await work.session.scalar(select(Contact).order_by(Contact.id.desc()))
            assert contact is not None
            until = utc_now() + timedelta(hours=1)
            token = await links.make(work, contact, links.RETURN, until)
            await work.commit()
    finally:
        await database.close()
    return f"{careline.address}/r/{token}"


def test_what_was_typed_stays_when_the_form_is_refused(people: People) -> None:
    patient = in_line(people, "papaya")
    patient.conduct.expect("422")
    fill(patient, "555 01")
    strip(patient).get_by_role("checkbox", name="Mon").check()
    strip(patient).get_by_role("button", name="Save").click()
    box = strip(patient).get_by_label("Your phone number")
    expect(box).to_be_focused()
    expect(box).to_have_value("555 01")
    expect(strip(patient).get_by_role("alert")).to_contain_text("ten digits")
    box.fill("217 555 0142")
    strip(patient).get_by_role("button", name="Save").click()
    expect(strip(patient).get_by_role("alert")).to_contain_text("Check this box")
    expect(box).to_have_value("217 555 0142")
    expect(strip(patient).get_by_role("checkbox", name="Mon")).to_be_checked()


def test_the_form_speaks_the_language_that_is_chosen_and_keeps_what_was_typed(
    people: People,
) -> None:
    patient = in_line(people, "papaya")
    fill(patient, "217 555 0142")
    patient.chat.get_by_role("button", name="Español").click()
    box = strip(patient).get_by_label("Su número de teléfono")
    expect(box).to_have_value("217 555 0142")
    expect(strip(patient)).to_contain_text("me puede llamar a este número")


def test_escape_closes_the_form_and_not_the_chat(people: People) -> None:
    patient = in_line(people, "guava")
    fill(patient, "217")
    patient.page.keyboard.press("Escape")
    expect(strip(patient).get_by_role("button", name="Ask for a call back")).to_be_focused()
    expect(patient.box).to_be_visible()


def test_a_number_is_saved_called_by_an_agent_and_removed(people: People) -> None:
    patient = in_line(people, "lychee")
    leave(patient, "(217) 555-0142")
    patient.page.reload()
    expect(strip(patient)).to_contain_text("We will call •••-•••-0142")
    agent = people.agent()
    agent.open_case("lychee")
    expect(agent.packet).to_contain_text("Call •••-•••-0142")
    expect(calls(agent).last).to_contain_text("•••-•••-0142")
    strip(patient).get_by_role("button", name="Change or remove").click()
    strip(patient).get_by_role("button", name="Remove my phone number").click()
    expect(strip(patient).get_by_role("button", name="Ask for a call back")).to_be_visible()


def test_who_ends_the_chat_is_told_what_becomes_of_the_request(people: People) -> None:
    patient = in_line(people, "fennel")
    question = patient.chat.locator("[data-part=ending]")
    patient.chat.get_by_role("button", name="End chat").click()
    expect(question).to_contain_text("your request to a person is cancelled. If you leave a way")
    patient.chat.get_by_role("button", name="Keep chatting").click()
    leave(patient, "217-555-0142")
    patient.chat.get_by_role("button", name="End chat").click()
    expect(question).to_contain_text("Your request to a person stays open")
    patient.chat.get_by_role("button", name="Español").click()
    expect(question).to_contain_text("Su solicitud a una persona sigue abierta")
    inspector = Inspector()
    inspector.look("ending", patient.page)
    assert inspector.findings == []
    patient.chat.get_by_role("button", name="Terminar y borrar").click()
    expect(patient.banner).to_contain_text("nuestro personal aún tiene su solicitud")
    expect(patient.lines).to_have_count(0)
    agent = people.agent()
    agent.open_case("fennel")
    agent.claim()
    expect(agent.packet).to_contain_text("Call •••-•••-0142")


def test_free_words_in_the_chat_take_the_number_away_on_the_screen_too(people: People) -> None:
    patient = in_line(people, "guava")
    leave(patient, "217-555-0142")
    patient.say("please stop calling me")
    patient.see("We will not e-mail or call you any more")
    expect(strip(patient).get_by_role("button", name="Ask for a call back")).to_be_visible()


def test_a_link_opens_the_chat_in_another_browser_after_a_press(
    people: People, careline: CarelineProcess
) -> None:
    patient = in_line(people, "rambutan")
    leave(patient, "217-555-0142")
    address = finished(link_back(careline))
    elsewhere = people.stranger().page
    elsewhere.goto(address)
    elsewhere.get_by_role("button", name="Open my chat").click()
    expect(elsewhere.get_by_role("log")).to_contain_text("a person about a rambutan")
    elsewhere.reload()
    expect(elsewhere.get_by_role("log")).to_contain_text("a person about a rambutan")
    again = people.stranger()
    again.conduct.expect("404")
    again.page.goto(address)
    expect(again.page.get_by_role("heading")).to_contain_text("does not work any more")


def test_axe_finds_nothing_in_the_form_the_calls_and_the_pages_behind_links(
    people: People, careline: CarelineProcess
) -> None:
    patient = in_line(people, "durian")
    inspector = Inspector()
    inspector.look("offer", patient.page)
    patient.conduct.expect("422")
    fill(patient, "217")
    strip(patient).get_by_role("button", name="Save").click()
    expect(strip(patient).get_by_role("alert")).to_be_visible()
    inspector.look("form refused", patient.page)
    strip(patient).get_by_role("button", name="Not now").click()
    leave(patient, "217-555-0142")
    inspector.look("saved", patient.page)
    agent = people.agent()
    expect(calls(agent).first).to_be_visible()
    inspector.look("calls", agent.page)
    stranger = people.stranger()
    stranger.page.goto(finished(link_back(careline)))
    inspector.look("link", stranger.page)
    assert inspector.findings == []
