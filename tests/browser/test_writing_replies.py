"""An agent writes with what the console offers, takes back what was too fast, and is never asked
to use a mouse."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import People
from tests.browser.people import Agent, Patient
from tests.browser.test_accessibility import Inspector

pytestmark = pytest.mark.browser

HELD = re.compile(r"Sending in \d s")


WANTED = {
    "en-US": "I want to talk to a person about a",
    "es-US": "Quiero hablar con una persona por",
}


def at_the_desk(people: People, about: str, language: str = "en-US") -> tuple[Patient, Agent]:
    """A patient whose case, about something that no other test has, an agent has claimed."""
    patient = people.patient(language=language).visit()
    patient.open_chat()
    patient.ask(f"{WANTED[language]} {about}")
    agent = people.agent()
    agent.open_case(about)
    agent.claim()
    return patient, agent


def box(agent: Agent) -> Locator:
    return agent.page.locator("#reply")


def outgoing(agent: Agent) -> Locator:
    return agent.page.locator("#outgoing li")


def write(agent: Agent, text: str) -> None:
    box(agent).click()
    agent.page.keyboard.type(text)


def test_a_reply_that_is_taken_back_never_reaches_the_patient(people: People) -> None:
    patient, agent = at_the_desk(people, "plum")
    write(agent, "Too fast")
    agent.page.keyboard.press("Enter")
    expect(outgoing(agent)).to_contain_text(HELD)
    expect(box(agent)).to_have_value("")
    outgoing(agent).get_by_role("button", name="Undo").click()
    expect(box(agent)).to_have_value("Too fast")
    expect(box(agent)).to_be_focused()
    expect(outgoing(agent)).to_have_count(0)
    box(agent).fill("Good morning, **Maria**")
    agent.page.keyboard.press("Control+Enter")
    expect(patient.see("Good morning").locator("strong")).to_have_text("Maria")
    expect(patient.lines.filter(has_text="Too fast")).to_have_count(0)


def test_a_reply_waits_survives_another_case_and_is_posted_once(people: People) -> None:
    patient, agent = at_the_desk(people, "peach")
    write(agent, "I will look at it.")
    agent.page.keyboard.press("Enter")
    agent.page.keyboard.press("Escape")
    agent.page.goto(f"{people.address}/console#")
    expect(outgoing(agent)).to_contain_text("I will look at it.")
    patient.see("I will look at it.")
    expect(outgoing(agent)).to_have_count(0)
    expect(patient.lines.filter(has_text="I will look at it.")).to_have_count(1)


def test_a_page_that_is_reloaded_sends_what_waits_and_keeps_what_is_unsent(people: People) -> None:
    patient, agent = at_the_desk(people, "raisin")
    write(agent, "On its way")
    agent.page.keyboard.press("Enter")
    expect(outgoing(agent)).to_contain_text(HELD)
    agent.page.keyboard.type("Not sent yet")
    agent.page.reload()
    patient.see("On its way")
    expect(box(agent)).to_have_value("Not sent yet")
    agent.see("On its way")
    expect(patient.lines.filter(has_text="On its way")).to_have_count(1)
    agent.page.get_by_role("button", name="Sign out").click()
    expect(agent.page).to_have_url(re.compile("/sign-in"))
    assert agent.page.evaluate("sessionStorage.length") == 0


def test_snippets_open_with_a_slash_in_the_patients_language(people: People) -> None:
    patient, agent = at_the_desk(people, "ciruela", language="es-US")
    expect(agent.page.locator("#foreign")).to_contain_text("This patient writes Spanish")
    write(agent, "/saludo")
    listed = agent.page.get_by_role("listbox", name="Snippets").get_by_role("option")
    expect(listed).to_have_count(1)
    expect(box(agent)).to_have_attribute("aria-activedescendant", "snippet-list-0")
    agent.page.keyboard.press("Enter")
    expect(box(agent)).to_have_value(re.compile("^Hola, le atiende Ana Demo"))
    expect(listed).to_have_count(0)
    agent.page.keyboard.press("Control+Enter")
    patient.see("Hola, le atiende Ana Demo")


def test_a_patient_who_changes_to_spanish_is_written_to_in_spanish_and_no_text_is_lost(
    people: People,
) -> None:
    patient, agent = at_the_desk(people, "walnut")
    expect(agent.page.locator("#foreign")).to_be_hidden()
    write(agent, "Half a sentence")
    patient.say("Perdón, prefiero que hablemos en español")
    expect(agent.page.locator("#foreign")).to_contain_text("This patient writes Spanish")
    expect(agent.page.locator("#write-es")).to_have_attribute("aria-pressed", "true")
    expect(box(agent)).to_have_value("Half a sentence")
    expect(box(agent)).to_have_attribute("lang", "es")
    box(agent).fill("")
    write(agent, "/saludo")
    listed = agent.page.get_by_role("listbox", name="Snippets").get_by_role("option")
    expect(listed).to_have_count(1)
    # The list goes when the box is left, but not from under the click.
    agent.page.locator("#write-en").click()
    expect(listed).to_have_count(0)
    expect(agent.page.locator("#write-en")).to_have_attribute("aria-pressed", "true")
    patient.say("Gracias por su ayuda")
    agent.see("Gracias por su ayuda")
    expect(agent.page.locator("#write-en")).to_have_attribute("aria-pressed", "true")


def test_a_snippet_with_an_empty_place_says_so_and_is_not_sent(people: People) -> None:
    patient, agent = at_the_desk(people, "mango")
    write(agent, "/check the w")
    agent.page.keyboard.press("Escape")
    box(agent).fill("")
    write(agent, "/visit-c")
    option = agent.page.get_by_role("option", name="Check the wished visit")
    expect(option).to_contain_text("Missing: visit, day, time")
    agent.page.keyboard.press("ArrowDown")
    agent.page.keyboard.press("ArrowUp")
    option.click()
    agent.page.keyboard.press("Control+Enter")
    expect(agent.alerts).to_contain_text("nothing was sent")
    expect(patient.lines.filter(has_text="You asked for this visit")).to_have_count(0)


def test_an_article_goes_into_the_reply_with_one_click_and_names_its_source(
    people: People,
) -> None:
    patient, agent = at_the_desk(people, "quince")
    patient.say("How do I read my EOB?")
    agent.see("How do I read my EOB?")
    agent.page.get_by_role("button", name="Suggested articles").click()
    title = "What an EOB is and how to read it"
    agent.page.get_by_role("button", name=f"Insert: {title}").click()
    expect(box(agent)).to_have_value(re.compile("^An EOB"))
    expect(agent.page.locator("#based-on")).to_contain_text(title)
    agent.page.keyboard.press("Control+Enter")
    line = agent.transcript.locator("article.agent").last
    expect(line).to_contain_text(f"From the article “{title}”")
    expect(patient.log.locator("article.from-agent .source")).to_contain_text(title)


def test_a_draft_that_asks_again_is_warned_of_and_can_still_be_sent(people: People) -> None:
    patient, agent = at_the_desk(people, "lemon")
    patient.say("I have Aetna")
    agent.see("I have Aetna")
    write(agent, "Which insurance do you have?")
    again = agent.page.locator("#again")
    expect(again).to_contain_text("They already told us: insurance: Aetna")
    agent.page.keyboard.press("Control+Enter")
    patient.see("Which insurance do you have?")
    expect(again).to_be_hidden()


def test_each_side_sees_that_the_other_has_seen(people: People) -> None:
    patient, agent = at_the_desk(people, "fig")
    agent.reply("Good morning.")
    expect(agent.page.locator("#seen")).to_have_text("Seen by the patient")
    expect(patient.own_lines.last.locator(".delivery")).to_have_text("Seen")
    assert (
        agent.page.locator("#seen").evaluate("node => node.closest('[aria-live], [role=log]')")
        is None
    )


def test_a_note_names_a_colleague_who_finds_the_case(people: People) -> None:
    _, agent = at_the_desk(people, "kiwi")
    colleague = people.agent("agent2")
    agent.page.get_by_label("New note").click()
    agent.page.keyboard.type("please help @be")
    expect(agent.page.get_by_role("option", name="Ben Demo")).to_be_visible()
    agent.page.keyboard.press("Enter")
    expect(agent.page.get_by_label("New note")).to_have_value("please help @Ben Demo ")
    agent.page.get_by_role("button", name="Save note").click()
    badge = colleague.page.get_by_role("button", name="Mentions, 1 new")
    badge.click()
    colleague.page.get_by_role("button", name=re.compile("Ana Demo named you")).click()
    expect(colleague.page.locator("#note-list")).to_contain_text("please help @Ben Demo")
    expect(colleague.page.get_by_role("button", name="Mentions", exact=True)).to_be_visible()


def test_keys_do_everything_and_can_be_turned_off(people: People) -> None:
    patient = people.patient().visit()
    patient.open_chat()
    patient.ask(f"{WANTED['en-US']} lime")
    agent = people.agent()
    press = agent.page.keyboard.press
    expect(agent.case("lime")).to_be_visible()
    for _ in range(60):
        press("j")
        if agent.case("lime").evaluate("node => node === document.activeElement"):
            break
    press("Enter")
    expect(agent.page.locator("#conversation-title")).to_be_focused()
    press("c")
    expect(agent.notices).to_contain_text("This case is yours")
    expect(box(agent)).to_be_focused()
    press("Escape")
    press("n")
    expect(agent.page.locator("#note")).to_be_focused()
    press("Escape")
    press("?")
    expect(agent.page.get_by_role("dialog", name="Keys for everything")).to_be_visible()
    agent.page.get_by_label(re.compile("Single keys act")).uncheck()
    press("Escape")
    press("r")
    expect(box(agent)).not_to_be_focused()
    agent.page.get_by_role("button", name="Keys").click()
    agent.page.get_by_label(re.compile("Single keys act")).check()
    press("Escape")
    press("r")
    expect(box(agent)).to_be_focused()
    press("Escape")
    press("e")
    expect(agent.page.locator("#resolve")).to_be_visible()


def test_axe_finds_nothing_where_replies_are_written(people: People) -> None:
    patient, agent = at_the_desk(people, "grape")
    patient.say("I have Aetna, how do I read my EOB?")
    agent.see("I have Aetna")
    inspector = Inspector()
    write(agent, "/")
    expect(agent.page.get_by_role("listbox", name="Snippets")).to_be_visible()
    inspector.look("snippets", agent.page)
    agent.page.keyboard.press("Escape")
    agent.page.get_by_role("button", name="Suggested articles").click()
    expect(agent.page.locator(".suggested li").first).to_be_visible()
    inspector.look("suggestions", agent.page)
    agent.page.get_by_role("button", name="Suggested articles").click()
    box(agent).fill("**Which** insurance do you have?")
    expect(agent.page.locator("#again")).to_be_visible()
    inspector.look("draft", agent.page)
    box(agent).press("Enter")
    expect(outgoing(agent)).to_contain_text(HELD)
    inspector.look("on its way", agent.page)
    agent.page.get_by_role("button", name="Keys").click()
    inspector.look("keys", agent.page)
    agent.page.keyboard.press("Escape")
    agent.page.locator("#mentions-button").click()
    inspector.look("mentions", agent.page)
    assert inspector.findings == []


def refuse_replies(agent: Agent) -> None:
    """From now on the server cannot store a reply."""
    error = {"error": {"code": "storage_unavailable", "message": "", "remedy": ""}}
    agent.conduct.expect("503")
    agent.page.route("**/messages", lambda route: route.fulfill(status=503, json=error))


def resolve(agent: Agent, outcome: str) -> None:
    agent.page.get_by_role("button", name="Resolve…").click()
    agent.page.locator("#resolve").get_by_label(outcome).check()
    agent.page.locator("#resolve").get_by_role("button", name="Resolve").click()


@pytest.mark.parametrize("verb", ["Resolve…", "Put back in the queue", "Transfer…"])
def test_a_case_is_not_moved_away_from_a_reply_that_could_not_be_stored(
    people: People, verb: str
) -> None:
    about = {"Resolve…": "medlar", "Put back in the queue": "cardoon", "Transfer…": "sorrel"}[verb]
    patient, agent = at_the_desk(people, about)
    refuse_replies(agent)
    write(agent, "The office opens at nine.")
    agent.page.keyboard.press("Enter")
    expect(outgoing(agent)).to_contain_text(HELD)
    agent.page.get_by_role("button", name=verb).click()
    if verb.endswith("…"):
        dialog = agent.page.locator("dialog[open]")
        expect(dialog).to_be_visible()
        for note in dialog.locator("textarea").all():
            note.fill("Knows the opening hours.")
        dialog.locator("button.primary").click()
    expect(agent.alerts).to_contain_text("the patient does not have your reply yet")
    expect(box(agent)).to_have_value("The office opens at nine.")
    expect(box(agent)).to_be_editable()
    expect(box(agent)).to_be_focused()
    agent.page.unroute("**/messages")
    agent.page.keyboard.press("Control+Enter")
    patient.see("The office opens at nine.")
    expect(patient.lines.filter(has_text="has ended this chat")).to_have_count(0)
    resolve(agent, "Referred to someone else")
    expect(agent.notices).to_contain_text("Resolved")


def test_a_reply_refused_behind_an_open_dialog_stops_it_until_the_text_is_changed(
    people: People,
) -> None:
    patient, agent = at_the_desk(people, "salsify")
    refuse_replies(agent)
    write(agent, "Please call us.")
    agent.page.keyboard.press("Enter")
    agent.page.get_by_role("button", name="Resolve…").click()
    other = agent.page.locator("#resolve").get_by_label("Something else")
    other.check()
    expect(box(agent)).to_have_value("Please call us.")
    agent.page.locator("#resolve").get_by_role("button", name="Resolve").click()
    expect(agent.alerts).to_contain_text("the patient does not have your reply yet")
    agent.page.get_by_role("button", name="Resolve…").click()
    expect(other).to_be_checked()
    agent.page.keyboard.press("Escape")
    box(agent).fill("")
    resolve(agent, "Something else")
    patient.see("has ended this chat")


def test_signing_out_waits_for_a_reply_and_is_asked_again_when_it_is_refused(
    people: People,
) -> None:
    _, agent = at_the_desk(people, "chicory")
    refuse_replies(agent)
    write(agent, "We will write soon.")
    agent.page.keyboard.press("Enter")
    agent.page.get_by_role("button", name="Sign out").click()
    expect(agent.alerts).to_contain_text("You are still signed in")
    expect(box(agent)).to_have_value("We will write soon.")
    agent.page.get_by_role("button", name="Sign out").click()
    expect(agent.page).to_have_url(re.compile("/sign-in"))
