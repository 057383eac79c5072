"""An editor and a reviewer at the publish gate, and an editor at the test bench, as stories."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from bot import events
from bot.opening import open_database
from bot.staff import service as staff
from bot.staff.models import Role
from tests.browser.browsers import DESKTOP, PHONE
from tests.browser.conftest import People
from tests.browser.people import LOOK_MS, Editor
from tests.browser.test_accessibility import Inspector
from tests.processes import CarelineProcess

pytestmark = pytest.mark.browser

THIEF, NEIGHBOUR = "What an EOB is and how to read it", "deductible"
STOLEN = "what's this deductible thing on my plan"
PASSWORD = "correct horse battery"
REASON = "Our patients say EOB when they mean this."
ASKED = "how do I read my EOB?"


@pytest.fixture(scope="module")
def editors_clinic(
    trained_model: None, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[CarelineProcess]:
    """A server of its own: what is let pass here would be missed elsewhere."""
    folder = tmp_path_factory.mktemp("gate")
    url = f"sqlite:///{shutil.copy(sqlite_template, folder / 'careline.db')}"
    process = CarelineProcess(folder, url)
    try:
        process.start()
        with ThreadPoolExecutor(1) as pool:
            pool.submit(asyncio.run, _hire_reviewer(url)).result()
        yield process
    finally:
        process.stop()


async def _hire_reviewer(url: str) -> None:
    database = open_database(url, events.Bus())
    try:
        async with database.work() as work:
            await staff.create_account(
                work,
                "test",
                name="rita",
                display_name="Rita Vega",
                roles=[Role.REVIEWER],
                password=PASSWORD,
            )
            await work.commit()
    finally:
        await database.close()


@pytest.fixture
def clinic_people(browser: Browser, editors_clinic: CarelineProcess) -> Iterator[People]:
    """People of that clinic. It fails when a page of theirs misbehaved."""
    brought = People(browser, editors_clinic)
    yield brought
    assert brought.leave() == []


def reviewer(people: People) -> Editor:
    """The second person."""
    return people._bring(Editor).sign_in("rita", {"rita": PASSWORD}, "/studio")


def dialog(page: Page) -> Locator:
    return page.locator("#publish-dialog")


def steal(editor: Editor) -> None:
    """Open the article and give it a neighbour's test question as a way of asking."""
    editor.open_article(THIEF)
    ways = editor.page.get_by_label("Ways patients ask it")
    lines = ways.input_value().splitlines()
    ways.fill("\n".join([*lines[:14], STOLEN]))


def test_a_text_that_steals_a_question_is_held_back_until_a_second_person_lets_it_pass(
    clinic_people: People,
) -> None:
    inspector = Inspector()
    editor = clinic_people.editor()
    steal(editor)
    editor.page.get_by_role("button", name="Publish…").click()
    found = dialog(editor.page)
    held = found.get_by_text(re.compile("holds? this text back"))
    expect(held).to_be_visible(timeout=LOOK_MS)
    must = found.locator(".gate-group.must")
    expect(must).to_contain_text(STOLEN)
    expect(must.get_by_role("link", name=re.compile("Open"))).to_have_attribute(
        "href", f"/studio#{NEIGHBOUR}/en"
    )
    expect(found.get_by_role("button", name="Publish", exact=True)).to_be_disabled()
    inspector.look("held back", editor.page)

    editor.conduct.expect("422")
    found.get_by_role("button", name="Ask a reviewer").click()
    expect(found.locator("#gate-reason-problem")).to_contain_text("reason")
    found.get_by_label("Why is this text right as it is?").fill(REASON)
    found.get_by_role("button", name="Ask a reviewer").click()
    expect(found.get_by_text("has to agree")).to_be_visible()

    second = reviewer(clinic_people)
    waiting = second.page.locator("#gate-waiting")
    expect(waiting).to_contain_text(REASON)
    expect(waiting).to_contain_text(STOLEN)
    inspector.look("a text asks to pass", second.page)
    waiting.get_by_role("button", name="Let it pass").click()
    expect(waiting).to_be_hidden()

    expect(found.get_by_text("lets this text pass")).to_be_visible()
    found.get_by_role("button", name="Publish", exact=True).click()
    expect(editor.notices).to_contain_text("Patients read it now")
    patient = clinic_people.patient().visit()
    patient.open_chat()
    expect(patient.ask(STOLEN)).to_contain_text("EOB")
    editor.notices.hover()
    editor.roll_back()
    assert inspector.findings == []


def test_a_look_goes_on_when_the_connection_is_lost_and_when_the_page_is_loaded_again(
    clinic_people: People,
) -> None:
    editor = clinic_people.editor()
    editor.open_article("What a copay is")
    editor.page.get_by_label("More", exact=True).fill("Ask us when you are not sure.")
    editor.page.get_by_role("button", name="Publish…").click()
    found = dialog(editor.page)
    expect(found.get_by_role("progressbar")).to_be_visible()
    editor.conduct.expect("ERR_INTERNET_DISCONNECTED|ERR_FAILED|Failed to load")
    editor.context.set_offline(True)
    expect(found.locator("#gate-stage")).to_contain_text("The connection is lost")
    editor.context.set_offline(False)
    expect(found.get_by_text("Nothing stands in the way.")).to_be_visible(timeout=LOOK_MS)
    editor.page.reload()
    editor.page.get_by_role("button", name="Publish…").click()
    expect(found.get_by_text("Nothing stands in the way.")).to_be_visible(timeout=LOOK_MS)
    found.get_by_role("button", name="Cancel").click()
    editor.page.get_by_role("button", name="Discard draft").click()
    expect(editor.notices).to_contain_text("The draft is gone")


def test_a_finding_leads_to_its_field(clinic_people: People) -> None:
    editor = clinic_people.editor()
    editor.open_article(THIEF)
    editor.page.get_by_label("Valid until").fill("2020-01-01")
    editor.page.get_by_role("button", name="Publish…").click()
    found = dialog(editor.page)
    link = found.get_by_role("button", name="Go to: Valid until").first
    expect(link).to_be_visible(timeout=LOOK_MS)
    link.press("Enter")
    expect(found).to_be_hidden()
    expect(editor.page.get_by_label("Valid until")).to_be_focused()
    editor.page.get_by_role("button", name="Discard draft").click()
    expect(editor.notices).to_contain_text("The draft is gone")


def test_what_holds_a_text_back_is_said_in_spanish_in_the_spanish_studio(
    clinic_people: People,
) -> None:
    inspector = Inspector()
    editor = clinic_people.editor()
    page = editor.page
    page.goto(f"{editor.address}/studio?lang=es#eob/en")
    page.get_by_label("Respuesta", exact=True).fill("Don't worry, call {{ fact.nothing }}.")
    worry = "No escriba «Don't worry». Aquí nadie puede saber si todo está bien."
    expect(page.locator("#preview-problems-en")).to_contain_text(worry)
    page.get_by_role("button", name="Publicar…").click()
    must = dialog(page).locator(".gate-group.must")
    expect(must).to_contain_text(worry, timeout=LOOK_MS)
    expect(must).to_contain_text("No existe la cifra «nothing».")
    expect(must).to_contain_text("Agréguela al archivo de cifras")
    inspector.look("held back in Spanish", page)
    dialog(page).get_by_role("button", name="Cancelar").click()
    page.get_by_role("button", name="Descartar borrador").click()
    expect(editor.notices).to_contain_text("El borrador se borró")
    assert inspector.findings == []


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_question_is_asked_of_two_texts_kept_and_found_again_by_its_link(
    clinic_people: People, size: tuple[int, int]
) -> None:
    inspector = Inspector()
    editor = clinic_people.editor()
    page = editor.page
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.get_by_role("link", name="Test bench").click()
    expect(page.get_by_text("Nothing asked yet.")).to_be_visible()
    inspector.look("empty bench", page)
    page.get_by_label("Question", exact=True).press("Enter")
    expect(page.get_by_text("Write a question first.")).to_be_visible()

    page.get_by_label("Question", exact=True).fill(ASKED)
    page.get_by_label("Compare with").select_option("What is live now")
    page.get_by_label("Question", exact=True).press("Enter")
    results = page.locator(".bench-result")
    expect(results).to_have_count(2, timeout=LOOK_MS)
    expect(page.get_by_text("Both end the same way.")).to_be_visible()
    chat = results.first.locator(".bench-chat")
    expect(chat.locator(".from-bot").first).to_contain_text("EOB")
    results.first.locator(".bench-best summary").first.press("Enter")
    expect(results.first.get_by_text("like its texts").first).to_be_visible()
    inspector.look("two results", page)

    expect(page).to_have_url(re.compile(r"\?q=how\+do\+I"))
    page.goto(page.url)
    expect(results).to_have_count(2, timeout=LOOK_MS)
    expect(page.locator("#past").get_by_role("link", name=ASKED)).to_have_count(1)

    editor.conduct.expect("422")
    page.get_by_role("button", name="Keep it").click()
    expect(page.locator("#golden-problem")).to_contain_text("already")
    page.get_by_label("Question", exact=True).fill("walk me through my EOB letter")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(results.first.locator(".bench-chat")).to_contain_text("walk me through")
    page.locator("#golden-article").fill("eob")
    page.get_by_role("button", name="Keep it").click()
    expect(editor.notices).to_contain_text("Kept in the draft")
    editor.notices.get_by_role("button", name="Undo").click()
    expect(editor.notices).to_contain_text("Taken out again")
    assert inspector.findings == []


def test_danger_and_clinical_questions_show_what_the_gate_says(clinic_people: People) -> None:
    editor = clinic_people.editor()
    editor.page.goto(f"{editor.address}/studio/bench?q=crushing+chest+pain+right+now&in=en")
    result = editor.page.locator(".bench-result")
    expect(result.get_by_text(re.compile("danger: the fixed text"))).to_be_visible(timeout=LOOK_MS)
    editor.page.get_by_label("Question", exact=True).fill("what dose of ibuprofen should I take")
    editor.page.get_by_role("button", name="Ask", exact=True).click()
    expect(result.get_by_text("yes: the clinical text, and a person")).to_be_visible()
