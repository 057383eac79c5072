"""A case through many hands: found, transferred, taken over, its patient checked, opened again."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import People
from tests.browser.people import Agent, Patient
from tests.browser.test_accessibility import Inspector

pytestmark = pytest.mark.browser


def asks(people: People, words: str) -> Patient:
    """A patient who waits for a person and wrote these words."""
    patient = people.patient().visit()
    patient.open_chat()
    patient.ask("How do I read my EOB?")
    patient.ask(f"I want to talk to a person about a {words}")
    return patient


def found(agent: Agent) -> Locator:
    return agent.page.locator("#found .item")


def search(agent: Agent, words: str) -> None:
    agent.page.get_by_role("searchbox", name="Search cases").fill(words)


def test_a_case_is_found_by_keyboard_and_the_slash_stays_a_slash_in_text(people: People) -> None:
    asks(people, "purple parachute")
    agent = people.agent()
    expect(agent.case("parachute").first).to_be_visible()
    box = agent.page.get_by_role("searchbox", name="Search cases")
    agent.page.keyboard.press("/")
    expect(box).to_be_focused()
    agent.page.keyboard.type("parachute/purple")
    expect(box).to_have_value("parachute/purple")
    expect(found(agent)).to_have_count(1)
    expect(agent.page.locator("#find-count")).to_have_text("1 case found")
    expect(agent.page.locator("#part-waiting")).to_be_hidden()
    search(agent, "nobody wrote zeppelin")
    expect(agent.page.locator("#find-count")).to_contain_text("No case fits")
    agent.page.get_by_role("button", name="Clear search and filters").click()
    expect(agent.page.locator("#part-waiting")).to_be_visible()
    expect(box).to_have_value("")
    expect(box).to_be_focused()


def test_filters_narrow_the_list_and_are_counted(people: People) -> None:
    asks(people, "yellow submarine")
    agent = people.agent()
    agent.page.locator("#find-filters summary").click()
    agent.page.get_by_label("Whose").select_option("nobody")
    agent.page.get_by_label("Language", exact=True).select_option("en")
    expect(found(agent).filter(has_text="submarine")).to_have_count(1)
    expect(agent.page.locator("#find-summary")).to_have_text("Filters (2)")
    agent.page.get_by_label("Language", exact=True).select_option("es")
    expect(found(agent).filter(has_text="submarine")).to_have_count(0)


def test_a_case_is_transferred_with_a_note_that_the_patient_never_sees(people: People) -> None:
    patient = asks(people, "green gazebo")
    agent, supervisor = people.agent(), people.agent("supervisor")
    agent.open_case("gazebo")
    agent.claim()
    agent.page.get_by_role("button", name="Transfer…").click()
    dialog = agent.page.locator("#transfer")
    dialog.get_by_label("Colleague", exact=True).select_option(label="Sam Demo")
    dialog.get_by_role("button", name="Transfer", exact=True).click()
    expect(dialog).to_be_visible()
    dialog.get_by_label("Note for whoever takes it").fill("Knows the gazebo rules")
    dialog.get_by_role("button", name="Transfer", exact=True).click()
    expect(agent.notices).to_contain_text("Transferred. The patient was told.")
    told = patient.see("has passed your chat to")
    expect(told).not_to_contain_text("gazebo rules")
    expect(supervisor.notices).to_contain_text("passed you a case")
    supervisor.notices.get_by_role("button", name="Open it").first.click()
    expect(supervisor.page.locator("#note-list")).to_contain_text("Knows the gazebo rules")
    supervisor.reply("I can help with that.")
    patient.see("I can help with that.")


def test_two_who_look_at_one_case_see_each_other_and_one_takes_it_from_the_other(
    people: People,
) -> None:
    patient = asks(people, "silver sledge")
    agent, supervisor = people.agent(), people.agent("supervisor")
    agent.open_case("sledge")
    agent.claim()
    supervisor.open_case("sledge")
    expect(agent.page.locator("#lookers")).to_contain_text("is also looking at this")
    expect(supervisor.page.locator("#lookers")).to_contain_text("is also looking at this")
    supervisor.page.get_by_role("button", name=re.compile("^Take over from")).click()
    expect(supervisor.notices).to_contain_text("This case is yours")
    expect(agent.notices).to_contain_text("took over a case of yours")
    expect(agent.page.locator("#cannot")).to_contain_text("has this case")
    patient.see("will help you now instead of")
    supervisor.page.locator("#back").evaluate("() => { location.hash = ''; }")
    expect(agent.page.locator("#lookers")).to_be_hidden()


def test_a_resolved_case_is_found_again_and_opened_with_what_came_before(people: People) -> None:
    patient = asks(people, "copper kettle")
    agent = people.agent()
    agent.open_case("kettle")
    agent.claim()
    agent.page.get_by_role("button", name="Resolve…").click()
    agent.page.locator("#resolve").get_by_role("button", name="Resolve").click()
    expect(agent.notices).to_contain_text("Resolved. The patient was told.")
    agent.page.get_by_role("button", name="Recently resolved").click()
    found(agent).filter(has_text="kettle").first.click()
    agent.page.get_by_role("button", name="Open again").click()
    expect(agent.notices).to_contain_text("This case is yours again")
    expect(agent.packet).to_contain_text("Opened again as this case")
    patient.see("has opened this chat again")
    agent.reply("One more thing.")
    patient.see("One more thing.")


def test_an_identity_check_is_asked_for_made_and_never_in_the_way(people: People) -> None:
    patient = people.patient().visit()
    patient.open_chat()
    patient.ask("Can you look up how much I owe on my account?")
    patient.ask("I want to talk to a person about my own bill, the tin trumpet one")
    agent = people.agent()
    agent.open_case("trumpet")
    agent.claim()
    agent.reply("General help comes first.")
    agent.page.get_by_role("button", name="Check identity…").click()
    dialog = agent.page.locator("#identity")
    dialog.get_by_label("Name, as they gave it").fill("Rosa Imaginaria")
    dialog.get_by_label("Their child").check()
    dialog.get_by_label("Name of the patient").fill("Leo Imaginario")
    dialog.get_by_label("By what authority").fill("mother, named on the chart")
    dialog.get_by_label("How you checked").select_option("portal")
    dialog.get_by_label("Verified", exact=True).check()
    dialog.get_by_role("button", name="Save").click()
    checks = agent.page.locator("#identity-checks")
    expect(checks).to_contain_text("Verified by")
    expect(checks).to_contain_text("Rosa Imaginaria, for their child Leo Imaginario")
    expect(agent.page.locator("#identity-reminder")).to_be_hidden()


def test_axe_finds_nothing_in_search_transfer_and_identity(people: People) -> None:
    asks(people, "wooden whistle")
    agent, supervisor = people.agent(), people.agent("supervisor")
    inspector = Inspector()
    search(agent, "whistle")
    agent.page.locator("#find-filters summary").click()
    expect(found(agent)).to_have_count(1)
    inspector.look("search", agent.page)
    found(agent).click()
    agent.claim()
    supervisor.open_case("whistle")
    expect(agent.page.locator("#lookers")).to_be_visible()
    agent.page.locator("#packet-history summary").click()
    inspector.look("case with its file", agent.page)
    agent.page.get_by_role("button", name="Transfer…").click()
    expect(agent.page.locator("#transfer")).to_be_visible()
    inspector.look("transfer", agent.page)
    agent.page.get_by_role("button", name="Cancel").click()
    agent.page.get_by_role("button", name="Check identity…").click()
    agent.page.locator("#identity").get_by_label("Their parent").check()
    inspector.look("identity", agent.page)
    search(agent, "no such case zeppelin")
    assert inspector.findings == []
