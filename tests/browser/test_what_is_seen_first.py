"""A reply of several lines is read from its start; an ended chat asks how it was, in sight."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.browsers import DESKTOP, PHONE
from tests.browser.conftest import People

pytestmark = pytest.mark.browser

FRENCH = "Bonjour, je voudrais prendre un rendez-vous"
TOP_IS_SEEN = """node => {
  const top = node.getBoundingClientRect().top;
  const list = node.closest("[data-part=scroller]").getBoundingClientRect();
  return top >= list.top && top < list.bottom;
}"""


def seen(line: Locator) -> bool:
    """Whether the beginning of a line is on the screen."""
    return bool(line.evaluate(TOP_IS_SEEN))


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_first_line_of_a_long_reply_is_on_the_screen_and_the_rest_is_announced(
    people: People, size: tuple[int, int]
) -> None:
    patient = people.patient(size).visit()
    patient.open_chat()
    own_language = patient.ask(FRENCH)
    expect(patient.lines).to_have_count(4)
    expect(patient.banner).to_contain_text("will reply by")
    expect(patient.chat.locator("[data-part=more]")).to_be_visible()
    assert seen(own_language)
    patient.chat.locator("[data-part=more]").click()
    assert seen(patient.lines.last)
    expect(patient.chat.locator("[data-part=more]")).to_be_hidden()


def test_a_short_reply_needs_no_button_to_its_end(people: People) -> None:
    patient = people.patient().visit()
    patient.open_chat()
    answer = patient.ask("How do I read my EOB?")
    expect(answer.locator(".source")).to_be_visible()
    assert seen(answer)
    expect(patient.chat.locator("[data-part=more]")).to_be_hidden()


def test_a_chat_that_was_ended_shows_the_question_how_it_was(people: People) -> None:
    patient = people.patient().visit()
    patient.open_chat()
    patient.ask("How do I read my EOB?")
    patient.end_chat()
    expect(patient.banner).to_contain_text("The chat has ended")
    expect(patient.chat.locator("[data-part=after]")).to_be_in_viewport()


def test_a_page_in_spanish_stays_so_for_whoever_writes_in_a_third_language(
    people: People,
) -> None:
    patient = people.patient(language="es-US").visit()
    patient.open_chat()
    patient.ask(FRENCH)
    expect(patient.banner).to_contain_text("Una persona le responderá")
    expect(patient.chat.get_by_role("button", name="Español")).to_have_attribute(
        "aria-pressed", "true"
    )
