"""A supervisor at the insights: read by axe, worked by keyboard, and kept up to date."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from bot import events
from bot.opening import open_database
from tests.browser.browsers import DESKTOP
from tests.browser.conftest import People
from tests.browser.people import Staff
from tests.browser.test_accessibility import Inspector
from tests.processes import CarelineProcess
from tests.web.care_month import fill

pytestmark = pytest.mark.browser

TABLET = (768, 1024)


@pytest.fixture(scope="module")
def busy_clinic(
    trained_model: None, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[CarelineProcess]:
    """A server of its own, with a month behind it."""
    folder = tmp_path_factory.mktemp("insights")
    url = f"sqlite:///{shutil.copy(sqlite_template, folder / 'careline.db')}"
    process = CarelineProcess(folder, url)
    try:
        process.start()
        with ThreadPoolExecutor(1) as pool:
            pool.submit(asyncio.run, _fill(url)).result()
        yield process
    finally:
        process.stop()


async def _fill(url: str) -> None:
    database = open_database(url, events.Bus())
    try:
        await fill(database, datetime.now(UTC))
    finally:
        await database.close()


@pytest.fixture
def clinic_people(browser: Browser, busy_clinic: CarelineProcess) -> Iterator[People]:
    """People of that clinic. It fails when a page of theirs misbehaved."""
    brought = People(browser, busy_clinic)
    yield brought
    assert brought.leave() == []


@pytest.fixture
def insights(clinic_people: People, busy_clinic: CarelineProcess) -> Page:
    """The page, with its supervisor."""
    somebody = clinic_people.stranger()
    staff = Staff(somebody.context, somebody.conduct, somebody.address)
    passwords = busy_clinic.demo_passwords()
    return staff.sign_in("supervisor", passwords, "/insights").page


def waiting(page: Page) -> int:
    return int(page.locator("#board-tiles dd").first.inner_text())


def test_axe_finds_nothing_in_either_language_or_width(insights: Page) -> None:
    inspector = Inspector()
    for width, height in (DESKTOP, TABLET):
        insights.set_viewport_size({"width": width, "height": height})
        for language in ("en", "es"):
            insights.goto(f"{insights.url.split('?')[0]}?lang={language}")
            for fold in insights.locator("details").all():
                fold.locator("summary").click()
            inspector.look(f"insights {width} {language}", insights)
            assert insights.evaluate("document.documentElement.scrollWidth") <= width
    insights.goto(f"{insights.url.split('?')[0]}?from=2020-01-01&to=2020-01-07")
    inspector.look("insights without cases", insights)
    assert inspector.findings == []


def test_the_filter_and_the_tables_work_by_keyboard_alone(insights: Page) -> None:
    insights.get_by_label("Language", exact=True).focus()
    insights.keyboard.press("ArrowDown")
    insights.keyboard.press("ArrowDown")
    insights.keyboard.press("Tab")
    insights.get_by_role("button", name="Show", exact=True).focus()
    insights.keyboard.press("Enter")
    expect(insights).to_have_url(re.compile("language=es"))
    expect(insights.locator(".shown")).to_contain_text("Only: Spanish.")
    fold = insights.locator("#history details").first
    fold.locator("summary").focus()
    insights.keyboard.press("Enter")
    expect(fold.locator("table")).to_be_visible()
    insights.keyboard.press("Tab")
    expect(fold.get_by_role("link", name="Export")).to_be_focused()


def test_a_measure_leads_to_its_definition(insights: Page) -> None:
    insights.locator("#card-promise_kept a").click()
    expect(insights.locator("#def-promise_kept")).to_be_in_viewport()
    expect(insights.locator("#def-promise_kept")).to_contain_text("never counts as kept")


def test_the_board_counts_a_new_case_without_a_reload(
    insights: Page, clinic_people: People
) -> None:
    before = waiting(insights)
    patient = clinic_people.patient().visit()
    patient.open_chat()
    patient.ask_for_person()
    expect(insights.locator("#board-tiles dd").first).to_have_text(str(before + 1))


def test_a_table_can_be_taken_away_as_a_file(insights: Page) -> None:
    with insights.expect_download() as download:
        insights.get_by_role("link", name="Export (CSV): By person").click()
    file = download.value
    assert file.suggested_filename.startswith("careline-agent-")
    assert Path(file.path()).read_bytes().startswith(b"\xef\xbb\xbfPerson,")
