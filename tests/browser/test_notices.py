"""A closure: written, published by a second person, read once by patients, and taken back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.browsers import PHONE
from tests.browser.conftest import People
from tests.browser.people import Editor
from tests.browser.test_accessibility import Inspector

pytestmark = pytest.mark.browser

EN = "The clinic is closed on Friday, November 27. Please come on Monday."
ES = "La clínica cierra el viernes 27 de noviembre. Venga el lunes, por favor."
UNTIL = "2037-11-28T18:00"


def at(people: People, name: str) -> Editor:
    """Somebody of the studio at the page of notices."""
    person = people._bring(Editor)
    return person.sign_in(name, people._careline.demo_passwords(), "/studio/notices")


@pytest.fixture
def nothing_stays(people: People) -> Iterator[None]:
    """Whatever happens here, the next test's patients are told nothing."""
    yield
    page = at(people, "reviewer").page
    page.evaluate(
        """async () => {
          const headers = { "Content-Type": "application/json" };
          for (const one of await (await fetch("/api/notices")).json()) {
            if (!one.live) continue;
            const path = `/api/notices/${one.id}/take-back`;
            await fetch(path, { method: "POST", headers, body: "{}" });
          }
        }"""
    )


def test_a_closure_from_its_first_word_until_it_is_taken_back(
    people: People, nothing_stays: None
) -> None:
    eva = at(people, "editor")
    eva.page.get_by_role("link", name="New notice").click()
    eva.page.get_by_label("English text").fill(EN)
    # What is missing is told at its field, and nothing typed is lost.
    eva.page.get_by_role("button", name="Send for review").click()
    expect(eva.page.locator("#es-problem")).to_contain_text("The text is missing")
    expect(eva.page.locator("#ends_at-problem")).to_contain_text("It has no end")
    eva.page.reload()
    expect(eva.page.get_by_label("English text")).to_have_value(EN)
    eva.page.get_by_label("Spanish text").fill(ES)
    eva.page.get_by_label("Until").fill(UNTIL)
    expect(eva.page.locator("#preview-window")).to_contain_text(ES)
    expect(eva.page.get_by_role("button", name="Publish", exact=True)).to_be_hidden()
    eva.page.get_by_role("button", name="Send for review").click()
    expect(eva.notices).to_contain_text("Sent for review")

    early = people.patient(PHONE).visit()
    early.open_chat()
    expect(early.log).not_to_contain_text(EN)

    rita = at(people, "reviewer")
    rita.page.get_by_role("link", name=EN).click()
    rita.page.get_by_role("button", name="Publish", exact=True).click()
    expect(rita.notices).to_contain_text("Patients are told within a second")

    ana = people.patient(PHONE).visit()
    ana.open_chat()
    expect(ana.log).to_contain_text(EN)
    ana.ask("hello")
    ana.ask("hello again")
    assert [EN in words for words in ana.words()].count(True) == 1
    assert EN in ana.words()[0]
    ana.page.reload()
    ana.see_chat()
    expect(ana.log.get_by_text(EN)).to_have_count(1)

    luz = people.patient(PHONE, "es-US").visit()
    luz.open_chat()
    expect(luz.log).to_contain_text(ES)
    luz.ask("hola")
    assert [ES in words for words in luz.words()].count(True) == 1

    rita.page.get_by_role("button", name="Take back").click()
    expect(rita.notices).to_contain_text("No patient is told any more")
    late = people.patient(PHONE).visit()
    late.open_chat()
    late.ask("hello")
    expect(late.log).not_to_contain_text(EN)
    rita.notices.get_by_role("button", name="Undo").click()
    expect(rita.notices).to_contain_text("Patients are told again")
    expect(rita.page.locator("#badges")).to_contain_text("Told now")


def test_a_notice_that_a_colleague_changed_is_not_overwritten(people: People) -> None:
    eva, rita = at(people, "editor"), at(people, "reviewer")
    eva.conduct.expect("409")
    eva.page.get_by_role("link", name="New notice").click()
    eva.page.get_by_label("English text").fill("First words about parking.")
    eva.page.get_by_role("button", name="Save draft").press("Enter")
    expect(eva.notices).to_contain_text("Saved")
    rita.page.goto(eva.page.url)
    rita.page.get_by_label("English text").fill("Better words about parking.")
    rita.page.get_by_role("button", name="Save draft").press("Enter")
    expect(rita.notices).to_contain_text("Saved")
    eva.page.get_by_label("English text").fill("Other words about parking.")
    eva.page.get_by_role("button", name="Save draft").press("Enter")
    conflict = eva.page.locator("#conflict")
    expect(conflict).to_contain_text("Rita Demo changed this notice meanwhile")
    expect(conflict).to_contain_text("Better words about parking.")
    expect(eva.page.get_by_label("English text")).to_have_value("Other words about parking.")
    conflict.get_by_role("button", name="Keep mine").click()
    eva.page.get_by_role("button", name="Save draft").press("Enter")
    expect(eva.page.locator("#history > li")).to_have_count(3)
    eva.page.get_by_role("button", name="Discard draft").press("Enter")
    expect(eva.notices).to_contain_text("The draft is discarded")


@pytest.mark.parametrize("size", [(1440, 900), (375, 740)], ids=["desktop", "phone"])
def test_axe_finds_nothing_on_the_page_of_notices(people: People, size: tuple[int, int]) -> None:
    eva = at(people, "editor")
    eva.page.set_viewport_size({"width": size[0], "height": size[1]})
    inspector = Inspector()
    inspector.look("list", eva.page)
    eva.page.get_by_role("link", name="New notice").click()
    eva.page.get_by_label("English text").fill(EN)
    eva.page.get_by_label("Find a topic").fill("holiday")
    eva.page.get_by_role("button", name="Send for review").click()
    expect(eva.page.locator("#es-problem")).to_contain_text("The text is missing")
    inspector.look("form with problems", eva.page)
    assert inspector.findings == []
    eva.page.get_by_role("button", name="Discard draft").press("Enter")
