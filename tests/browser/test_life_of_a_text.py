"""A text goes its way: an editor submits it, a reviewer decides, patients read it, the clock works.

One article of this file's own is used in every story, and is put back at the end of each.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.browsers import DESKTOP, PHONE
from tests.browser.conftest import People
from tests.browser.people import Editor
from tests.browser.test_accessibility import Inspector

pytestmark = pytest.mark.browser

QUESTION = "What is a copay?"
ANSWER = (
    "A copay is a set amount that you pay for a visit. Your plan sets it, not the clinic. "
    "Your card shows it. Ask us if you are not sure."
)
NEW_WORDS = "Your plan sets it, not the clinic"
WHY = "Please say who sets it."


def life(editor: Editor) -> Locator:
    return editor.page.get_by_role("region", name="Where this text stands")


def press(editor: Editor, name: str) -> None:
    life(editor).get_by_role("button", name=name).click()


def confirm(editor: Editor, name: str, comment: str = "") -> None:
    dialog = editor.page.get_by_role("dialog")
    if comment:
        dialog.locator("#life-comment").fill(comment)
    dialog.get_by_role("button", name=name, exact=True).click()
    expect(dialog).to_have_count(0)


def state(editor: Editor, words: str) -> None:
    expect(editor.page.locator("#life-state")).to_have_text(words)


def copay(editor: Editor) -> None:
    editor.page.get_by_role("searchbox").fill("copay")
    editor.page.locator('#articles a[href="#copay/en"]').click()
    expect(editor.page.locator("#slug")).to_contain_text("copay")
    expect(life(editor)).to_be_visible()


def test_an_editor_submits_a_reviewer_sends_back_then_approves_and_patients_read_it(
    people: People,
) -> None:
    editor, second = people.editor(), people.reviewer()
    patient = people.patient().visit()
    patient.open_chat()
    inspector = Inspector()
    copay(editor)
    editor.rewrite(ANSWER.replace(f" {NEW_WORDS}.", ""))
    press(editor, "Submit for review…")
    confirm(editor, "Submit", "Simpler words")
    state(editor, "In review")
    # An editor does not approve, and what is in review is not written at.
    expect(life(editor).get_by_role("button", name="Approve")).to_have_count(0)
    expect(editor.page.get_by_label("Answer", exact=True)).not_to_be_editable()
    inspector.look("in review", editor.page)
    assert NEW_WORDS not in patient.ask(QUESTION).inner_text()

    the_reviewer_finds_it_and_sends_it_back(second, inspector)
    editor.page.reload()
    state(editor, "Draft")
    expect(life(editor)).to_contain_text(WHY)
    editor.rewrite(ANSWER)
    press(editor, "Submit for review…")
    confirm(editor, "Submit")

    second.page.reload()
    state(second, "In review")
    expect(second.page.locator("#life-difference ins").first).to_be_visible()
    press(second, "Approve and publish…")
    confirm(second, "Approve and publish", "Good now")
    state(second, "Published")
    expect(patient.ask(QUESTION)).to_contain_text(NEW_WORDS)
    steps = second.page.locator("#steps .step strong")
    expect(steps.nth(0)).to_have_text("Published it")
    expect(steps.nth(1)).to_have_text("Approved it")
    expect(second.page.locator("#steps")).to_contain_text(WHY)
    inspector.look("published, with its steps", second.page)
    goes_back(second)
    assert NEW_WORDS not in patient.ask(QUESTION).inner_text()
    assert inspector.findings == []


def the_reviewer_finds_it_and_sends_it_back(second: Editor, inspector: Inspector) -> None:
    second.page.get_by_role("link", name="Calendar").click()
    tasks = second.page.locator("#tasks")
    expect(tasks).to_contain_text("submitted by Eva Demo")
    inspector.look("calendar", second.page)
    tasks.get_by_role("link").first.click()
    state(second, "In review")
    changes = second.page.locator("#life-difference")
    expect(changes.locator("ins").first).to_contain_text("Added:")
    press(second, "Send back…")
    dialog = second.page.get_by_role("dialog")
    dialog.get_by_role("button", name="Send back", exact=True).click()
    expect(dialog).to_contain_text("Fill this in.")
    inspector.look("send-back dialog", second.page)
    confirm(second, "Send back", WHY)
    state(second, "Draft")


def goes_back(editor: Editor) -> None:
    """To the starter text."""
    starter = editor.page.locator("#history .version").filter(has_text="starter text").last
    starter.get_by_role("button", name="Go back to this text").click()
    editor.page.get_by_role("dialog").get_by_role("button", name="Go back to it").click()
    expect(editor.notices).to_contain_text("Patients read the older text again")


def test_an_older_text_that_cannot_be_live_again_says_so_before_and_becomes_the_draft(
    people: People,
) -> None:
    editor = people.editor()
    page, answer = editor.page, editor.page.get_by_label("Answer", exact=True)
    copay(editor)
    starter = answer.input_value()
    editor.rewrite(ANSWER)
    editor.publish("Who sets it")
    held = "**/api/versions/*/restore"
    page.route(held, lambda route: route.fulfill(json={"held": "expired_text"}))
    older = page.locator("#history .version").filter(has_text="starter text").last
    older.get_by_role("button", name="Go back to this text").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("has expired: patients would get no answer from it")
    dialog.get_by_role("button", name="Put its words into the draft").click()
    expect(answer).to_have_value(starter)
    editor.notices.get_by_role("button", name="Undo").click()
    expect(answer).to_have_value(ANSWER)
    page.unroute(held)
    goes_back(editor)


def test_a_translation_that_is_thrown_away_and_put_back_says_what_it_said(people: People) -> None:
    editor = people.editor()
    page = editor.page
    copay(editor)
    editor.rewrite(ANSWER)
    editor.publish("Who sets it")
    page.goto(f"{people.address}/studio#copay/es")
    page.get_by_role("button", name="The translation says the same now").click()
    expect(page.locator("#beside-note")).to_contain_text("You said that the translation fits")
    page.keyboard.press("Control+s")
    expect(page.get_by_role("button", name="Discard draft")).to_be_visible()
    page.get_by_role("button", name="Discard draft").click()
    expect(page.locator("#beside-note")).to_contain_text("The translation says the same now")
    editor.notices.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Discard draft")).to_be_visible()
    expect(page.get_by_role("button", name="The translation says the same now")).to_have_count(0)
    page.get_by_role("button", name="Discard draft").click()
    page.goto(f"{people.address}/studio#copay/en")
    goes_back(editor)


def test_a_text_is_scheduled_and_called_off_and_any_two_texts_are_compared(people: People) -> None:
    editor = people.editor()
    inspector = Inspector()
    copay(editor)
    editor.rewrite(ANSWER)
    press(editor, "Schedule…")
    dialog = editor.page.get_by_role("dialog")
    editor.conduct.expect("422")
    dialog.get_by_label("Goes live on").fill("2020-01-01T08:00")
    dialog.get_by_role("button", name="Schedule", exact=True).click()
    expect(dialog).to_contain_text("this time is past")
    inspector.look("schedule dialog", editor.page)
    tomorrow = datetime.now(UTC) + timedelta(days=2)
    dialog.get_by_label("Goes live on").fill(tomorrow.strftime("%Y-%m-%dT08:00"))
    confirm(editor, "Schedule", "For the new year")
    state(editor, "Scheduled")
    expect(life(editor)).to_contain_text(re.compile("Goes live by itself on .*8:00.AM"))
    editor.page.get_by_role("button", name="Compare two texts…").first.click()
    expect(editor.page.locator("#compare-words ins").first).to_be_visible()
    inspector.look("two texts", editor.page)
    editor.page.get_by_role("dialog").get_by_role("button", name="Close").click()
    press(editor, "Call off the plan")
    state(editor, "Draft")
    editor.page.get_by_role("button", name="Discard draft").click()
    expect(editor.notices).to_contain_text("The draft is gone")
    assert inspector.findings == []


def test_an_article_leaves_the_air_for_patients_and_comes_back_by_undo(people: People) -> None:
    editor, patient = people.editor(), people.patient().visit()
    patient.open_chat()
    before = patient.ask(QUESTION).locator(".source cite").inner_text()
    copay(editor)
    press(editor, "Take off the air…")
    confirm(editor, "Take off the air")
    state(editor, "Off the air")
    editor.notices.hover()
    expect(patient.ask(QUESTION).locator("cite").get_by_text(before, exact=True)).to_have_count(0)
    editor.notices.get_by_role("button", name="Undo").click()
    state(editor, "Published")
    # Another patient: the first one may be waiting for a person by now.
    another = people.patient().visit()
    another.open_chat()
    assert another.ask(QUESTION).locator(".source cite").inner_text() == before


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_many_articles_are_chosen_by_filters_and_changed_at_once_by_keyboard(
    people: People, size: tuple[int, int]
) -> None:
    editor = people.editor(size)
    inspector = Inspector()
    page = editor.page
    page.get_by_role("searchbox").fill("copay")
    expect(page.locator("#count")).to_have_text(re.compile(r"^\d+ of \d+ articles$"))
    page.locator("#more-filters summary").press("Enter")
    page.locator("#state").select_option("published")
    first = page.locator("#articles input").first
    first.press("Space")
    page.get_by_role("button", name=re.compile(r"Select all \d+")).press("Enter")
    expect(page.locator("#bulk-count")).not_to_have_text("1 selected")
    page.locator("#bulk-act").select_option("owner")
    page.locator("#bulk-owner").select_option(label="Rita Demo")
    inspector.look("many articles", page)
    page.get_by_role("button", name="Apply").press("Enter")
    expect(editor.notices).to_contain_text("Done for")
    page.locator("#owner").select_option(label="Rita Demo")
    expect(page.locator("#articles .row").first).to_be_visible()
    editor.notices.get_by_role("button", name="Undo").press("Enter")
    expect(page.locator("#count")).to_contain_text("No article fits")
    assert inspector.findings == []
