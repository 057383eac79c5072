"""What patients ask in vain becomes a draft, a new way to ask, or is put aside: by the keyboard."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.browsers import DESKTOP, PHONE
from tests.browser.conftest import People
from tests.browser.people import LOOK_MS, Editor
from tests.browser.test_accessibility import Inspector
from tests.browser.test_keyboard import tab_to

pytestmark = pytest.mark.browser

# By the width of the window: what nobody wrote about, asked twice each.
ASKED = {
    DESKTOP: (
        ("is there a notary at the clinic", "do you have a notary at the clinic"),
        ("do you sell phone chargers", "can I buy a phone charger there"),
    ),
    PHONE: (
        ("is there a piano in the lobby", "do you have a piano in the lobby"),
        ("who painted the mural outside", "who painted the mural outside"),
    ),
}
WORD = re.compile("notary|charger|piano|mural")


def ask_in_vain(people: People, question: str) -> None:
    patient = people.patient().visit()
    patient.open_chat()
    expect(patient.ask(question)).to_contain_text("I do not have an answer")


def gap(page: Page, word: str) -> Locator:
    return page.locator("#gaps > .gap").filter(has_text=word)


def press(editor: Editor, target: Locator) -> None:
    """Reach it with the Tab key, and press Enter."""
    expect(target).to_be_visible()
    tab_to(editor, target)
    editor.page.keyboard.press("Enter")


def write(editor: Editor, field: Locator, text: str) -> None:
    tab_to(editor, field)
    editor.page.keyboard.press("Control+A")
    editor.page.keyboard.type(text)


def look_for_gaps(editor: Editor) -> None:
    editor.page.goto(f"{editor.address}/studio/gaps")
    run = editor.page.locator("#run")
    press(editor, run)
    expect(run).to_have_attribute("aria-disabled", "true")
    expect(run).to_have_attribute("aria-disabled", "false", timeout=LOOK_MS)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_question_in_vain_is_written_added_or_put_aside_by_the_keyboard(
    people: People, size: tuple[int, int]
) -> None:
    written, added = ASKED[size]
    for question in (*written, *added):
        ask_in_vain(people, question)
    editor, inspector = people.editor(size), Inspector()
    page = editor.page
    look_for_gaps(editor)
    to_write, to_add = (WORD.search(one[0]) for one in (written, added))
    assert to_write and to_add
    first, second = gap(page, to_write[0]), gap(page, to_add[0])
    expect(first).to_contain_text("2 conversations")
    inspector.look("gaps", page)

    press(editor, first.locator("[data-verb=questions]"))
    for question in written:
        expect(first.locator(".gap-questions")).to_contain_text(question)
    expect(first.locator(".badge", has_text=re.compile("^New$"))).to_have_count(0)
    inspector.look("questions", page)
    writes_it(editor, inspector, first, written)

    look_for_gaps(editor)
    expect(first).to_have_count(0)
    puts_it_aside_and_takes_that_back(editor, inspector, second)
    adds_it(editor, inspector, second, added)
    assert inspector.findings == []


def writes_it(
    editor: Editor, inspector: Inspector, first: Locator, questions: tuple[str, ...]
) -> None:
    page, dialog = editor.page, editor.page.locator("#write-dialog")
    press(editor, first.locator("[data-verb=write]"))
    expect(dialog).to_be_visible()
    expect(dialog.get_by_label("Title in English")).to_have_value(re.compile(".+"))
    tab_to(editor, dialog.get_by_label("Topic"))
    page.keyboard.press("Home")
    editor.conduct.expect("422")
    press(editor, dialog.get_by_role("button", name="Begin the draft"))
    expect(dialog.get_by_role("alert")).to_contain_text("Choose a topic")
    inspector.look("write it, refused", page)
    expect(dialog.get_by_label("Topic")).to_be_focused()
    page.keyboard.press("ArrowDown")
    press(editor, dialog.get_by_role("button", name="Begin the draft"))
    expect(dialog).to_be_hidden()
    expect(page.locator("#show")).to_be_focused()
    press(editor, editor.notices.get_by_role("button", name="Open the draft"))
    ways = page.get_by_label("Ways patients ask it")
    expect(ways).to_have_value(re.compile("|".join(map(re.escape, questions))))
    inspector.look("the draft", page)


def puts_it_aside_and_takes_that_back(
    editor: Editor, inspector: Inspector, second: Locator
) -> None:
    page, dialog = editor.page, editor.page.locator("#dismiss-dialog")
    press(editor, second.locator("[data-verb=dismiss]"))
    expect(dialog).to_be_visible()
    other = dialog.get_by_label("Something else")
    tab_to(editor, dialog.locator("input[name=reason]:checked"))
    page.keyboard.press("ArrowUp")
    expect(other).to_be_checked()
    editor.conduct.expect("422")
    press(editor, dialog.get_by_role("button", name="Put it aside"))
    expect(dialog.get_by_role("alert")).to_contain_text("Say in a few words why")
    expect(dialog.locator("#note")).to_be_focused()
    inspector.look("not ours, refused", page)
    page.keyboard.type("The shop next door does.")
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(second).to_have_count(0)
    expect(page.locator("#show")).to_be_focused()
    page.locator("#show").select_option("dismissed")
    expect(second).to_contain_text("The shop next door does.")
    press(editor, editor.notices.get_by_role("button", name="Undo"))
    expect(second).to_have_count(0)
    page.locator("#show").select_option("repeated")
    expect(second).to_be_visible()


def adds_it(
    editor: Editor, inspector: Inspector, second: Locator, questions: tuple[str, ...]
) -> None:
    page, dialog = editor.page, editor.page.locator("#add-dialog")
    press(editor, second.locator("[data-verb=add]"))
    expect(dialog).to_be_visible()
    write(editor, dialog.get_by_label("Or another article"), "no-such-article")
    editor.conduct.expect("404|422")
    press(editor, dialog.get_by_role("button", name="Add the questions"))
    expect(dialog.get_by_role("alert")).to_contain_text("no such article")
    expect(dialog.get_by_label("Or another article")).to_have_value("no-such-article")
    inspector.look("add, refused", page)
    write(editor, dialog.get_by_label("Or another article"), "copay")
    press(editor, dialog.get_by_role("button", name="Add the questions"))
    expect(dialog).to_be_hidden()
    press(editor, editor.notices.get_by_role("button", name="Open the draft").last)
    expect(page.locator("#slug")).to_contain_text("copay")
    expect(page.get_by_label("Ways patients ask it")).to_have_value(
        re.compile(re.escape(questions[0]))
    )
    page.get_by_role("button", name="Discard draft").click()
    expect(editor.notices).to_contain_text("The draft is gone")
