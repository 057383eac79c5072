"""The whole path in one story: answered, handed to a person, back again, and edited live."""

from __future__ import annotations

import logging
import re
import time

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import People
from tests.browser.people import Agent, Editor, Patient

pytestmark = pytest.mark.browser
log = logging.getLogger(__name__)

QUESTION = "How do I read my EOB?"
ARTICLE = "What an EOB is and how to read it"
OLD_WORDS = "is a letter from your health plan"
NEW_ANSWER = (
    "An EOB (explanation of benefits) is your health plan's summary of a visit. It is not a bill. "
    "It shows what we charged, what your plan paid, and what you may owe. Wait for our bill."
)
NEW_WORDS = "your health plan's summary of a visit"
CASE = "My plan says the visit on Monday was out of network"
NOTE = "Plan name is on the back of the card, ask for a photo."
SECONDS_TO_PATIENTS = 15.0


def test_the_whole_path_from_a_question_to_a_person_and_an_edit_made_live(people: People) -> None:
    patient = people.patient().visit()
    asks_in_english_then_in_spanish(patient)
    asks_for_a_person(patient)
    winner, loser = people.agent("agent"), people.agent("agent2")
    only_the_first_claim_wins(winner, loser)
    they_talk(patient, winner)
    the_assistant_has_the_patient_again(patient, winner)
    an_edit_reaches_the_next_question(patient, people.editor())


def asks_in_english_then_in_spanish(patient: Patient) -> None:
    patient.open_chat()
    expect(patient.log).to_contain_text("I am an automated assistant, not a person.")
    answer = patient.ask(QUESTION)
    expect(answer).to_contain_text(OLD_WORDS)
    source = answer.locator(".source")
    expect(source.locator("cite")).to_have_text(ARTICLE)
    expect(source).to_contain_text(re.compile(r"Checked on \w+ \d+, 20\d\d"))
    expect(source.get_by_role("link", name="CMS")).to_have_attribute(
        "href", re.compile("^https://www.cms.gov/")
    )
    spanish = patient.ask("¿Qué es un copago?")
    expect(spanish.locator(".body")).to_have_attribute("lang", "es")
    expect(spanish).to_contain_text("copago")
    expect(spanish.locator(".source")).to_contain_text("Verificado el")


def asks_for_a_person(patient: Patient) -> None:
    patient.chat.get_by_role("button", name="English").click()
    patient.ask_for_person()
    patient.see("will reply here by")
    expect(patient.banner).to_contain_text(re.compile("A person will reply by .*[AP]M"))
    expect(patient.chat.locator("[data-part=person]")).to_have_text("Person asked for")
    line = patient.say(CASE)
    expect(line).to_have_attribute("data-delivery", "sent")


def only_the_first_claim_wins(winner: Agent, loser: Agent) -> None:
    for agent in (winner, loser):
        agent.find_case("visit out of network")
        agent.see(CASE)
    expect(winner.packet).to_contain_text("Asked for a person")
    expect(winner.packet).to_contain_text(QUESTION)
    expect(winner.packet).to_contain_text(ARTICLE)
    loser.conduct.expect("status of 409")
    late = loser.claim_slowly()
    winner.claim()
    late[0].continue_()
    expect(loser.alerts).to_contain_text("Ana Demo was faster and has this case now.")
    expect(loser.page.locator("#cannot")).to_contain_text("Ana Demo has this case.")


def they_talk(patient: Patient, agent: Agent) -> None:
    patient.see("Ana Demo from our team has joined the chat.")
    expect(patient.banner).to_contain_text("You are now talking with Ana Demo, clinic staff.")
    agent.reply("Good morning, I am looking at your plan now.")
    expect(patient.see("I am looking at your plan now.")).to_contain_text("Ana Demo")
    patient.say("Thank you, it is the one from my job.")
    expect(agent.see("it is the one from my job")).to_be_in_viewport()
    agent.note(NOTE)
    agent.reply("We are in network with it. Please send the letter back to them.")
    patient.see("We are in network with it.")
    expect(patient.log).not_to_contain_text(NOTE)


def the_assistant_has_the_patient_again(patient: Patient, agent: Agent) -> None:
    agent.return_to_assistant()
    patient.see("You are with the automated assistant again.")
    expect(patient.ask("What is a deductible?")).to_contain_text("deductible is")
    patient.reload()
    patient.see("We are in network with it.")
    expect(patient.log).not_to_contain_text(NOTE)


def an_edit_reaches_the_next_question(patient: Patient, editor: Editor) -> None:
    editor.open_article(ARTICLE)
    editor.rewrite(NEW_ANSWER)
    editor.publish("Shorter, as patients asked for.")
    seconds = seconds_until_answered_with(NEW_WORDS, patient)
    log.info("the edit was on the patient's screen %.2f s after publishing", seconds)
    assert seconds < SECONDS_TO_PATIENTS
    editor.roll_back()
    assert seconds_until_answered_with(OLD_WORDS, patient) < SECONDS_TO_PATIENTS


def seconds_until_answered_with(words: str, patient: Patient) -> float:
    """How long patients who ask now go on reading something else."""
    started = time.monotonic()
    while words not in patient.ask(QUESTION).inner_text():
        assert time.monotonic() - started < SECONDS_TO_PATIENTS, f"still not answered with {words}"
    return time.monotonic() - started
