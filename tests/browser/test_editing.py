"""Editors write: two at one text, two languages, and nothing typed is ever lost."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import People
from tests.browser.people import Editor
from tests.browser.test_accessibility import Inspector
from tests.processes import CarelineProcess

pytestmark = pytest.mark.browser

BIRTHDAY = "The birthday rule: which parent's plan pays first"
SAVED = re.compile("Draft saved at")
DRAFT_PUT = "**/draft"


@pytest.fixture(scope="module")
def ben_cole(careline: CarelineProcess) -> dict[str, str]:
    """A second editor's account."""
    return careline.hire("ben", "Ben Cole", "editor")


@pytest.fixture
def ana(people: People) -> Editor:
    return people.editor()


@pytest.fixture
def ben(people: People, ben_cole: dict[str, str]) -> Editor:
    somebody = people.stranger()
    editor = Editor(somebody.context, somebody.conduct, somebody.address)
    return editor.sign_in("ben", ben_cole, "/studio")


def status(editor: Editor) -> Locator:
    return editor.page.locator("#status")


def answer(editor: Editor) -> Locator:
    return editor.page.get_by_label("Answer", exact=True)


def more(editor: Editor) -> Locator:
    return editor.page.get_by_label("More", exact=True)


def goto(editor: Editor, place: str) -> None:
    editor.page.evaluate("place => { location.hash = place; }", place)
    expect(editor.page.locator("#article")).to_be_visible()


def start(editor: Editor, title: str, topic: str = "cov.copay") -> str:
    """Start an article in English; returns its name."""
    page = editor.page
    page.get_by_role("button", name="New article").click()
    dialog = page.get_by_role("dialog", name="New article")
    dialog.get_by_label("Title").fill(title)
    dialog.get_by_label("English").check()
    dialog.get_by_label("Topics").fill(topic)
    dialog.get_by_label("Topics").press("Enter")
    expect(dialog.locator(".chip")).to_have_count(1)
    slug = dialog.get_by_label("Name in addresses").input_value()
    dialog.get_by_role("button", name="Start writing").click()
    expect(page.locator("#article-title")).to_have_text(title)
    return slug


def hold_saves(page: Page) -> list[Route]:
    held: list[Route] = []
    page.route(DRAFT_PUT, lambda route: held.append(route))
    return held


def test_two_editors_at_one_article_in_the_same_second_lose_nothing(
    ana: Editor, ben: Editor
) -> None:
    slug = start(ana, "What is a copay card?")
    answer(ana).fill("A copay card helps you pay. Ask your pharmacy.")
    expect(status(ana)).to_contain_text(SAVED)
    ben.page.goto(f"{ben.address}/studio#{slug}/en")
    expect(answer(ben)).to_have_value("A copay card helps you pay. Ask your pharmacy.")
    expect(ana.page.locator("#others")).to_contain_text("Ben Cole is editing this text too.")
    expect(ben.page.locator("#others")).to_contain_text("Eva Demo is editing this text too.")

    # Both type; both saves leave at the same time.
    ana.conduct.expect("409")
    ben.conduct.expect("409")
    first, second = hold_saves(ana.page), hold_saves(ben.page)
    with ana.page.expect_request(DRAFT_PUT):
        answer(ana).fill("A copay card lowers what you pay. Ask your pharmacy.")
    with ben.page.expect_request(DRAFT_PUT):
        answer(ben).fill("A copay card from a drug company helps you pay. Ask your pharmacy.")
        more(ben).fill("It is not insurance.")
    first[0].continue_()
    expect(status(ana)).to_contain_text(SAVED)
    second[0].continue_()
    ben.page.unroute(DRAFT_PUT)

    banner = ben.page.locator("#conflict")
    expect(banner).to_contain_text("Eva Demo changed this text while you were writing.")
    expect(status(ben)).to_contain_text("Yours is kept in this browser")
    more(ben).fill("It is not insurance. It has an end.")  # typing goes on
    banner.get_by_role("button", name="Look at both texts").click()
    dialog = ben.page.get_by_role("dialog", name="Put the two texts together")
    expect(dialog).to_contain_text("In 1 place you both changed the same words.")
    dialog.get_by_role("button", name="Save them together").click()
    expect(dialog).to_contain_text("Choose one.")
    inspector = Inspector()
    inspector.look("merge", ben.page)
    dialog.get_by_role("radio", name="Both, one after the other").check()
    dialog.get_by_role("button", name="Save them together").click()
    expect(status(ben)).to_contain_text(SAVED)
    both = (
        "A copay card lowers what you pay. A copay card from a drug company helps you pay. "
        "Ask your pharmacy."
    )
    expect(answer(ben)).to_have_value(both)
    expect(more(ben)).to_have_value("It is not insurance. It has an end.")

    # The other one is told, and sees the same.
    expect(ana.notices).to_contain_text("Ben Cole changed this text. You see the newest one.")
    expect(answer(ana)).to_have_value(both)
    ben.page.get_by_role("button", name="Earlier drafts").click()
    saves = ben.page.get_by_role("dialog", name="Earlier drafts")
    expect(saves.locator("li")).to_have_count(2)
    inspector.look("earlier drafts", ben.page)
    saves.get_by_role("button", name="Close").click()
    goto(ben, "eob/en")
    expect(ana.page.locator("#others")).to_be_empty(timeout=30_000)
    assert inspector.findings == []


def test_typed_text_outlives_a_server_that_does_not_answer_and_a_reload(ana: Editor) -> None:
    start(ana, "What is a pharmacy counter?")
    ana.conduct.expect("ERR_FAILED|ERR_ABORTED")
    ana.page.route(DRAFT_PUT, lambda route: route.abort())
    answer(ana).fill("It is where you pick up medicine.")
    expect(status(ana)).to_contain_text("Could not save. Your text is kept in this browser")
    ana.page.on("dialog", lambda dialog: dialog.accept())
    ana.page.reload()
    expect(answer(ana)).to_have_value("It is where you pick up medicine.")
    expect(ana.notices).to_contain_text("is back")
    expect(status(ana)).to_contain_text("Could not save")
    ana.page.unroute(DRAFT_PUT)
    # It is tried again by itself.
    expect(status(ana)).to_contain_text(SAVED, timeout=30_000)


def test_typed_text_outlives_a_session_that_ended_and_a_sign_out(
    ana: Editor, careline: CarelineProcess
) -> None:
    slug = start(ana, "What is a side effect sheet?")
    ana.conduct.expect("401|ERR_FAILED|ERR_ABORTED")
    page = ana.page
    page.on("dialog", lambda dialog: dialog.accept())
    ana.context.clear_cookies()
    answer(ana).fill("It is the paper in the box.")
    expect(page).to_have_url(re.compile("/sign-in"))
    sign_in_here(ana, careline)
    expect(answer(ana)).to_have_value("It is the paper in the box.")
    expect(status(ana)).to_contain_text(SAVED)

    # Signing out while nothing can be saved.
    page.route(DRAFT_PUT, lambda route: route.abort())
    answer(ana).fill("It is the paper in the box. Keep it.")
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("/sign-in"))
    page.unroute(DRAFT_PUT)
    sign_in_here(ana, careline)
    goto(ana, f"{slug}/en")
    expect(answer(ana)).to_have_value("It is the paper in the box. Keep it.")
    expect(status(ana)).to_contain_text(SAVED)


def sign_in_here(editor: Editor, careline: CarelineProcess) -> None:
    page = editor.page
    page.get_by_label("Name").fill("editor")
    page.get_by_label("Password", exact=True).fill(careline.demo_passwords()["editor"])
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile("/studio"))


def test_a_discarded_draft_comes_back_at_once_and_later(ana: Editor) -> None:
    start(ana, "What is a tablet cutter?")
    answer(ana).fill("It cuts tablets in two.")
    expect(status(ana)).to_contain_text(SAVED)
    discard = ana.page.get_by_role("button", name="Discard draft")
    discard.click()
    expect(answer(ana)).to_have_value("")
    ana.notices.get_by_role("button", name="Undo").click()
    expect(answer(ana)).to_have_value("It cuts tablets in two.")
    discard.click()
    expect(answer(ana)).to_have_value("")
    ana.page.get_by_role("button", name="Earlier drafts").click()
    saves = ana.page.get_by_role("dialog", name="Earlier drafts")
    saves.locator("summary").first.click()
    saves.get_by_role("button", name="Use this text").first.click()
    expect(answer(ana)).to_have_value("It cuts tablets in two.")
    expect(status(ana)).to_contain_text(SAVED)


def test_facts_are_inserted_by_keyboard_and_shown_with_their_value(ana: Editor) -> None:
    start(ana, "What is our fax line?")
    page = ana.page
    answer(ana).fill("Call us at ")
    button = page.locator("[data-facts=lead]")
    button.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Insert a fact")
    page.keyboard.type("clinic phone")
    found = dialog.locator(".fact").filter(has_text=re.compile(r"\{\{ clinic\.phone \}\}"))
    expect(found).to_be_visible()
    Inspector().look("facts", page)
    found.focus()
    page.keyboard.press("Enter")
    expect(answer(ana)).to_be_focused()
    expect(answer(ana)).to_have_value("Call us at {{ clinic.phone }}")
    expect(page.locator("#facts-used")).to_contain_text(re.compile(r"\d{3}-\d{3}-\d{4}"))
    expect(page.locator("#preview-window")).to_contain_text(re.compile(r"\d{3}-\d{3}-\d{4}"))


def test_what_an_article_is_about_is_picked_and_taken_back(ana: Editor) -> None:
    slug = start(ana, "What is a pill box?")
    page = ana.page
    page.locator("#about > summary").click()
    related = page.get_by_label("Related articles")
    related.fill("eob")
    related.press("Enter")
    expect(ana.notices).to_contain_text("Saved. It counts from now on.")
    expect(page.locator("#about-related-chosen .chip")).to_have_count(1)
    ana.notices.get_by_role("button", name="Undo").first.click()
    expect(page.locator("#about-related-chosen .chip")).to_have_count(0)
    about = page.evaluate(f"fetch('/api/articles/{slug}').then((one) => one.json())")["about"]
    assert (about["related"], about["topics"]) == ([], ["cov.copay"])
    related.fill("no such thing at all")
    page.locator("#about-related-add").click()
    expect(page.locator("#about-related-problem")).to_contain_text("Choose one of the list.")
    expect(related).to_have_value("no such thing at all")
    inspector = Inspector()
    inspector.look("about", page)
    assert inspector.findings == []


def test_a_stale_translation_is_told_and_not_shown_until_an_editor_says_it_fits(
    people: People, ana: Editor
) -> None:
    question = "¿Qué es la regla del cumpleaños?"
    goto(ana, "birthday-rule/en")
    expect(ana.page.locator("#article-title")).to_have_text(BIRTHDAY)
    before = answer(ana).input_value()
    ana.rewrite(f"{before} Ask both plans.")
    ana.publish("One more step")
    expect(status(ana)).to_have_text("This is what patients read.")

    patient = people.patient(language="es-US").visit()
    patient.open_chat()
    told = patient.ask(question)
    expect(told).to_contain_text("está al día solo en inglés")
    patient.see("Ask both plans.")
    assert not any("cumple años" in line for line in patient.words())

    # The translator sees what is new beside the field, and says when the translation says it.
    goto(ana, "birthday-rule/es")
    expect(ana.page.locator("#beside-note")).to_contain_text("The English text has changed")
    expect(ana.page.locator("#source-lead ins")).to_have_text(re.compile("Ask both plans"))
    spanish = answer(ana).input_value()
    ana.rewrite(f"{spanish} Pregunte a los dos planes.")
    inspector = Inspector()
    inspector.look("side by side", ana.page)
    ana.page.get_by_role("button", name="The translation says the same now").click()
    expect(ana.page.locator("#beside-note")).to_contain_text("You said that the translation fits")
    ana.publish("Says the same")
    expect(status(ana)).to_have_text("This is what patients read.")

    later = people.patient(language="es-US").visit()
    later.open_chat()
    expect(later.ask(question)).to_contain_text("Pregunte a los dos planes.")
    assert inspector.findings == []

    # As it was: first the English text, which makes its own translation current again.
    for language in ("en", "es"):
        goto(ana, f"birthday-rule/{language}")
        ana.page.locator("#history .version").nth(1).get_by_role(
            "button", name="Go back to this text"
        ).click()
        ana.page.get_by_role("dialog").get_by_role("button", name="Go back to it").click()
        expect(ana.notices).to_contain_text("Patients read the older text again")
        ana.page.reload()


def test_the_preview_shows_both_languages_at_the_width_of_a_phone(ana: Editor) -> None:
    ana.open_article(BIRTHDAY)
    page = ana.page
    expect(page.locator("#preview-window-en article")).to_be_visible()
    expect(page.locator("#preview-window-es article")).to_be_hidden()
    page.locator("#preview").get_by_role("button", name="Both").click()
    expect(page.locator("#preview-window-es article")).to_contain_text("cumple años")
    page.locator("#preview").get_by_role("button", name="Phone").click()
    box = page.locator("#preview-window-es").bounding_box()
    assert box is not None
    assert box["width"] <= 320
    inspector = Inspector()
    inspector.look("previews", page)
    assert inspector.findings == []
