"""Who saw an answer, and putting it right with them; files in and out. An editor and a reviewer."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.browsers import DESKTOP, PHONE
from tests.browser.conftest import People
from tests.browser.people import Editor, Patient
from tests.browser.test_accessibility import Inspector

pytestmark = pytest.mark.browser

# Answers that no other test here asks for: a correction goes to everybody who read them.
TITLE, QUESTION = (
    "Getting something in large print or plain words",
    "Can I get this in large print?",
)
WRONG = "We wrote that large print takes a month. It takes two days."
TABLE = """question,answer,topics,source_title,source_url
Where does the quince bus stop?,It stops at our door.,own.quince,Our page,https://clinic.example/q
When does the quince bus run?,It runs on Mondays.,own.quince-run,,
Does the quince bus have no answer?,,,,
"""


def somebody(people: People, name: str, path: str) -> Editor:
    """A colleague who signs in and lands on this page."""
    editor = people._bring(Editor)
    return editor.sign_in(name, people._careline.demo_passwords(), path)


def asked(people: People, question: str) -> tuple[Patient, str]:
    """A patient who read the answer, and the title of the article."""
    patient = people.patient().visit()
    patient.open_chat()
    said = patient.ask(question)
    title = said.locator(".source cite")
    expect(title).to_be_visible()
    return patient, title.inner_text()


def seen_page(editor: Editor, title: str) -> Page:
    """From the article's history to who saw the version that patients get now."""
    editor.open_article(title)
    page = editor.page
    page.locator("#history .version").first.get_by_role("link", name="Who saw this?").click()
    expect(page.locator("#found")).to_be_visible()
    return page


def fits(page: Page) -> bool:
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    return int(page.evaluate(wide)) <= 0


def test_a_wrong_answer_is_put_right_by_two_people_and_the_patient_reads_it(
    people: People,
) -> None:
    patient, title = asked(people, QUESTION)
    editor, inspector = people.editor(), Inspector()
    page = seen_page(editor, title)
    expect(page.locator("#tiles")).to_contain_text("Times shown")
    expect(page.locator("#list tr").first).to_contain_text("Assistant")
    expect(page.locator("#list a")).to_have_count(0)
    page.get_by_label("Which", exact=True).select_option("Only a phone number: call")
    expect(page.get_by_text("No conversation fits.")).to_be_visible()
    page.get_by_label("Which", exact=True).select_option("Open chats")
    expect(page.locator("#list tr").first).to_contain_text("Open, English")
    page.get_by_label("What was wrong, and what is right").fill(WRONG)
    expect(page.locator("#preview")).to_contain_text(WRONG)
    inspector.look("who saw this, writing", page)
    page.get_by_role("button", name="Save draft").click()
    expect(editor.notices).to_contain_text("Patients see nothing yet")
    expect(page.locator("#release")).to_be_hidden()
    expect(page.locator("#second")).to_contain_text("a reviewer sends it")

    rita = somebody(people, "reviewer", "/studio/corrections")
    waiting = rita.page.locator("article.made").filter(has_text=WRONG)
    expect(waiting).to_contain_text("Waits for a second person")
    inspector.look("corrections", rita.page)
    waiting.get_by_role("link", name="Who saw this, and the text").click()
    rita.page.get_by_role("button", name="Send it…").click()
    dialog = rita.page.get_by_role("dialog")
    expect(dialog).to_contain_text(WRONG)
    dialog.get_by_role("button", name="Send the correction").click()
    made = rita.page.locator("article.made")
    expect(made).to_contain_text("Starts in")

    # Ten seconds are there to think better of it.
    told = patient.lines.filter(has_text=WRONG)
    expect(told).to_be_visible(timeout=40_000)
    expect(told).to_contain_text("A correction.")
    expect(patient.lines.last.locator(".source cite")).to_have_text(title)
    expect(made).to_contain_text("1 of 1 done")
    expect(made).to_contain_text("Done", timeout=20_000)
    inspector.look("who saw this, done", rita.page)
    inspector.look("the corrected chat", patient.page)
    assert inspector.findings == []


def test_a_correction_can_be_stopped_before_anybody_is_told(people: People) -> None:
    patient, title = asked(people, "what is coinsurance")
    page = seen_page(people.editor(), title)
    page.get_by_label("What was wrong, and what is right").fill("Nothing was wrong with it.")
    page.get_by_role("button", name="Save draft").click()
    expect(page.locator("#second")).to_contain_text("a reviewer sends it")
    rita = somebody(people, "reviewer", "/studio/corrections")
    rita.page.goto(page.url)
    rita.page.get_by_role("button", name="Send it…").click()
    rita.page.get_by_role("button", name="Send the correction").click()
    rita.page.get_by_role("button", name="Stop", exact=True).click()
    expect(rita.page.locator("article.made")).to_contain_text("Stopped")
    before = patient.lines.count()
    patient.ask("thanks")
    assert patient.lines.count() > before
    expect(patient.log).not_to_contain_text("Nothing was wrong with it.")


def test_typed_words_survive_a_reload_and_anothers_save_is_not_written_over(
    people: People,
) -> None:
    _, title = asked(people, "what is a premium")
    editor = people.editor()
    page = seen_page(editor, title)
    field = page.get_by_label("What was wrong, and what is right")
    field.fill("My long and careful words.")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(field).to_have_value("My long and careful words.")
    rita = somebody(people, "reviewer", "/studio/corrections")
    rita.page.goto(page.url)
    rita.page.get_by_label("What was wrong, and what is right").fill("Rita was faster.")
    rita.page.get_by_role("button", name="Save draft").click()
    expect(rita.notices).to_contain_text("Patients see nothing yet")
    editor.conduct.expect("409")
    page.get_by_role("button", name="Save draft").click()
    expect(page.locator("#conflict")).to_contain_text("Rita Demo was faster")
    expect(page.locator("#conflict")).to_contain_text("My long and careful words.")
    expect(field).to_have_value("Rita was faster.")
    page.get_by_role("button", name="Put my text in again").click()
    expect(field).to_have_value("My long and careful words.")
    page.get_by_role("button", name="Save draft").click()
    expect(editor.notices).to_contain_text("Patients see nothing yet")
    page.get_by_role("button", name="Discard draft").click()
    expect(editor.notices).to_contain_text("discarded")


def test_a_file_is_looked_at_taken_and_taken_back(people: People, tmp_path: Path) -> None:
    file = tmp_path / "quince.csv"
    file.write_text(TABLE, "utf-8")
    editor, inspector = somebody(people, "editor", "/studio/exchange"), Inspector()
    page = editor.page
    page.get_by_role("button", name="Look at the file").click()
    expect(page.locator("#file-problem")).to_contain_text("Choose a file first")
    page.get_by_label("The file").set_input_files(file)
    page.get_by_role("button", name="Look at the file").click()
    report = page.locator("#report")
    expect(report).to_contain_text("Drafts: 2. Collisions: 0. Rows that cannot be taken: 1.")
    expect(report).to_contain_text("line 4")
    expect(report).to_contain_text("Need a source: 1.")
    inspector.look("a report", page)
    page.get_by_role("button", name="Take 2 into drafts").click()
    expect(report).to_contain_text("Drafts made: 2.")
    line = page.locator("#files .file").filter(has_text="quince.csv").first
    expect(line).to_contain_text("Eva Demo")
    inspector.look("a file taken", page)
    line.get_by_role("button", name="Remove its drafts").click()
    expect(editor.notices).to_contain_text("Drafts removed: 2.")
    editor.notices.get_by_role("button", name="Undo").click()
    expect(editor.notices).to_contain_text("Drafts back: 2.")
    line.get_by_role("button", name="Remove its drafts").click()
    expect(line).to_contain_text("Removed by Eva Demo")
    assert inspector.findings == []


def test_the_base_and_the_book_are_downloaded(people: People) -> None:
    page = somebody(people, "editor", "/studio/exchange").page
    for name, button in (("base.zip", "Download the files"), ("book.html", "Download the book")):
        with page.expect_download() as download:
            page.get_by_role("button", name=button).click()
        assert download.value.suggested_filename == f"careline-{name}"
        assert Path(download.value.path()).stat().st_size > 10_000
        expect(page.locator("#export-state")).to_contain_text(f"careline-{name}")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_pages_fit_and_work_in_spanish(people: People, size: tuple[int, int]) -> None:
    editor, inspector = people.editor(), Inspector()
    page = editor.page
    page.set_viewport_size({"width": size[0], "height": size[1]})
    for path in ("/studio/exchange", "/studio/corrections", "/studio/seen/1"):
        page.goto(f"{editor.address}{path}?lang=es")
        expect(page.locator("main h1")).to_have_text(
            re.compile("Importar y exportar|Correcciones|¿Quién lo vio?")
        )
        page.wait_for_load_state("networkidle")
        inspector.look(f"{path} {size}", page)
        assert fits(page), path
    assert inspector.findings == []
