"""After the chat: the patient's rating by keyboard alone, the tasks, and the reported answers."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.browsers import PHONE
from tests.browser.conftest import People
from tests.browser.people import Agent, Patient
from tests.browser.test_accessibility import Inspector

pytestmark = pytest.mark.browser

QUESTION = {"en": "How do I read my EOB?", "es": "¿Cómo leo mi EOB?"}
GOODBYE = {"en": "bye", "es": "adiós"}
GOOD = {"en": "Good", "es": "Bien"}


def rating(patient: Patient) -> Locator:
    return patient.chat.locator("form.rate")


def given(patient: Patient) -> Locator:
    return patient.chat.locator(".given")


def said_goodbye(people: People, language: str) -> Patient:
    """A patient on a phone whose chat with the assistant is over."""
    patient = people.patient(PHONE, language=f"{language}-US").visit()
    patient.open_chat()
    patient.ask(QUESTION[language])
    patient.ask(GOODBYE[language])
    expect(rating(patient)).to_be_visible()
    return patient


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_chat_that_ends_is_rated_by_keyboard_and_the_rating_is_there_after_a_reload(
    people: People, language: str
) -> None:
    patient = said_goodbye(people, language)
    keys = patient.page.keyboard
    rating(patient).get_by_role("radio").first.focus()
    keys.press("Space")
    for _ in range(3):
        keys.press("ArrowRight")
    expect(rating(patient).get_by_role("radio", name=GOOD[language], exact=True)).to_be_checked()
    keys.press("Tab")
    keys.type("Quick answer")
    keys.press("Tab")
    keys.press("Enter")
    expect(given(patient)).to_contain_text(GOOD[language])
    expect(given(patient).locator("p")).to_be_focused()
    # The chat fills a phone: there is no launcher to wait for.
    patient.page.reload()
    patient.see_chat()
    expect(given(patient)).to_contain_text(GOOD[language])
    expect(rating(patient)).to_have_count(0)


@pytest.mark.parametrize("language", ["en", "es"])
def test_axe_finds_nothing_on_a_rating_and_it_fits_a_phone(people: People, language: str) -> None:
    patient, inspector = said_goodbye(people, language), Inspector()
    inspector.look("rating asked", patient.page)
    rating(patient).get_by_role("radio").nth(1).check(force=True)
    inspector.look("rating chosen", patient.page)
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert patient.page.frames[1].evaluate(wide) <= 0
    rating(patient).get_by_role("button").first.click()
    expect(given(patient)).to_be_visible()
    inspector.look("rating given", patient.page)
    assert inspector.findings == []


def test_a_rating_can_be_skipped_and_is_not_asked_for_again(people: People) -> None:
    patient = said_goodbye(people, "en")
    rating(patient).get_by_role("button", name="Skip").click()
    expect(rating(patient)).to_have_count(0)
    expect(patient.box).to_be_focused()
    # The chat fills a phone: there is no launcher to wait for.
    patient.page.reload()
    patient.see_chat()
    expect(patient.banner).to_contain_text("This chat has ended")
    expect(rating(patient)).to_have_count(0)


def test_without_a_choice_nothing_is_sent_and_the_patient_is_told(people: People) -> None:
    patient = said_goodbye(people, "en")
    rating(patient).get_by_role("button", name="Send rating").click()
    expect(rating(patient).get_by_role("alert")).to_contain_text("Choose one")
    expect(rating(patient).get_by_role("radio").first).to_be_focused()
    expect(given(patient)).to_have_count(0)


def test_who_writes_on_continues_the_chat(people: People) -> None:
    patient = said_goodbye(people, "en")
    expect(patient.chat.locator(".go-on")).to_contain_text("To go on, write below")
    patient.ask("do you take Aetna?")
    expect(rating(patient)).to_have_count(0)
    expect(patient.chat.locator(".go-on")).to_have_count(0)
    assert patient.own_lines.count() == 3


def test_who_ends_the_chat_may_still_rate_it_on_a_cleared_device(people: People) -> None:
    patient = people.patient(PHONE).visit()
    patient.open_chat()
    patient.ask(QUESTION["en"])
    patient.end_chat()
    expect(patient.banner).to_contain_text("This device is cleared")
    rating(patient).get_by_role("radio", name="Very good").check(force=True)
    rating(patient).get_by_role("button", name="Send rating").click()
    expect(given(patient)).to_contain_text("Very good")
    patient.page.reload()
    patient.see_chat()
    expect(patient.chat.locator("[data-part=starters]")).to_be_visible()
    expect(given(patient)).to_have_count(0)


def task(agent: Agent, words: str) -> Locator:
    return agent.page.locator("#items-tasks .task").filter(has_text=words)


def opened_task(agent: Agent, words: str) -> None:
    """A task of an hour ago for the conversation that is open."""
    at = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    made = """async ([id, at, note]) => (await fetch("/api/follow-ups", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ conversation_id: id, due_at: at, note }),
    })).json()"""
    conversation = agent.page.url.split("#")[1]
    task_id = agent.page.evaluate(made, [conversation, at, words])["id"]
    # At night the clinic moves a new task to the opening; one that was moved back stays.
    back = """([id, at]) => fetch(`/api/follow-ups/${id}/move`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ due_at: at, owner_id: null, as_it_was: true }),
    })"""
    agent.page.evaluate(back, [task_id, at])
    expect(task(agent, words)).to_be_visible()


def waiting_patient(people: People, words: str) -> Patient:
    patient = people.patient().visit()
    patient.open_chat()
    patient.ask(words)
    expect(patient.banner).to_contain_text("will reply by")
    return patient


def test_a_task_is_done_undone_and_given_away_by_keyboard(people: People) -> None:
    waiting_patient(people, "I want to talk to a person about the blue form")
    agent, inspector = people.agent(), Inspector()
    agent.open_case("blue form")
    opened_task(agent, "Call about the blue form")
    inspector.look("tasks", agent.page)
    found = task(agent, "blue form")
    found.get_by_role("button", name=re.compile("^Done…")).press("Enter")
    dialog = agent.page.get_by_role("dialog")
    inspector.look("how it ended", agent.page)
    dialog.get_by_role("radio", name="I left a message").press("Space")
    dialog.get_by_role("button", name="Save").press("Enter")
    expect(found).to_have_count(0)
    agent.notices.get_by_role("button", name="Undo").press("Enter")
    expect(found).to_be_visible()
    found.get_by_role("button", name=re.compile("^Give to…")).press("Enter")
    inspector.look("who does it", agent.page)
    dialog.get_by_role("combobox").select_option(label="Ben Demo")
    dialog.get_by_role("button", name="Save").press("Enter")
    expect(found).to_have_count(0)
    assert inspector.findings == []


def test_a_task_comes_back_later_and_the_move_is_undone(people: People) -> None:
    waiting_patient(people, "I want to talk to a person about the green form")
    agent = people.agent()
    agent.open_case("green form")
    opened_task(agent, "Call about the green form")
    found = task(agent, "green form")
    found.get_by_role("button", name=re.compile("^Later…")).click()
    dialog = agent.page.get_by_role("dialog")
    dialog.get_by_role("radio", name="In one week").check()
    dialog.get_by_role("button", name="Save").click()
    expect(found).to_have_count(0)
    agent.notices.get_by_role("button", name="Undo").click()
    expect(found).to_be_visible()


def test_an_answer_that_was_wrong_reaches_the_editors_and_is_closed(people: People) -> None:
    patient = people.patient().visit()
    patient.open_chat()
    patient.ask(QUESTION["en"])
    patient.ask_for_person()
    expect(patient.banner).to_contain_text("will reply by")
    agent, inspector = people.agent(), Inspector()
    agent.page.locator("#items-waiting .item").filter(has_text="talk to a person").last.click()
    agent.transcript.locator("[data-report]").first.press("Enter")
    inspector.look("report an answer", agent.page)
    agent.page.get_by_label("Your remark").fill("It leaves out the yellow page")
    agent.page.get_by_role("dialog").get_by_role("button", name="Report").press("Enter")
    expect(agent.notices).to_contain_text("An editor will look at it")
    editor = people.editor()
    report = editor.page.locator(".report-item").filter(has_text="yellow page")
    expect(report).to_contain_text(QUESTION["en"])
    inspector.look("reported answers", editor.page)
    report.get_by_role("link").click()
    expect(editor.page.locator("#article-title")).to_contain_text("EOB")
    report.get_by_role("button", name="Close…").press("Enter")
    editor.page.get_by_role("dialog").get_by_role("button", name="Close").press("Enter")
    expect(report).to_have_count(0)
    assert inspector.findings == []
