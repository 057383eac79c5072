"""Typed words survive a reload, and a server that dies while a patient writes."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import People
from tests.processes import CarelineProcess

pytestmark = pytest.mark.browser

HALF_A_QUESTION = "My insurance says that"
KEPT_BY_THE_PAGE = "text => Object.values(localStorage).some((kept) => kept.includes(text))"


def test_unsent_words_are_still_in_the_box_after_a_reload(people: People) -> None:
    patient = people.patient().visit()
    patient.open_chat()
    patient.box.press_sequentially(HALF_A_QUESTION)
    # Each key is on its way to the page for milliseconds; nobody reloads that fast.
    patient.page.wait_for_function(KEPT_BY_THE_PAGE, arg=HALF_A_QUESTION)
    patient.reload()
    patient.see_chat()
    expect(patient.box).to_have_value(HALF_A_QUESTION)
    expect(patient.lines).to_have_count(0)


def test_a_message_written_while_the_server_is_down_is_sent_and_answered_once(
    people: People, careline: CarelineProcess
) -> None:
    patient = people.patient().visit()
    patient.open_chat()
    patient.ask("What is a deductible?")
    patient.conduct.expect("ERR_CONNECTION_REFUSED")
    careline.kill()
    try:
        expect(patient.banner).to_contain_text("No connection.")
        line = patient.say("What is a copay?")
        expect(line).to_contain_text("Sending…")
        patient.box.press_sequentially(HALF_A_QUESTION)
    finally:
        careline.start()
    expect(line).to_have_attribute("data-delivery", "sent", timeout=30_000)
    expect(patient.reply_to(line)).to_contain_text("copay")
    expect(patient.banner).to_be_hidden()
    expect(patient.box).to_have_value(HALF_A_QUESTION)
    patient.reload()
    patient.see("What is a copay?")
    expect(patient.own_lines).to_have_count(2)
    expect(patient.log.locator("article[data-kind=answer]")).to_have_count(2)
