"""What a waiting patient sees and hears of the line, at whatever hour the test runs."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from bot.settings import ROOT
from tests.browser.browsers import PHONE
from tests.browser.conftest import People
from tests.browser.people import Patient
from tests.processes import CarelineProcess

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEK = "\n".join(f'{day} = "00:00-23:59"' for day in DAYS)


@pytest.fixture(scope="module")
def always_open(
    trained_model: None, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[CarelineProcess]:
    """A clinic without holidays, on the side of the world where it is noon now."""
    folder = tmp_path_factory.mktemp("line")
    shutil.copytree(ROOT / "data", folder / "data")
    page = folder / "data" / "clinic.toml"
    ahead = datetime.now(UTC).hour - 12
    text = re.sub(r"\[\[holidays\]\].*?(?=\n\[\[?(?!holidays))", "", page.read_text(), flags=re.S)
    text = re.sub(r'time_zone = ".*?"', f'time_zone = "Etc/GMT{ahead:+d}"', text)
    text = re.sub(r"(\[agents\.hours\].*?\n)(?:\w+ = .*\n)+", rf"\g<1>{WEEK}\n", text)
    text = re.sub(r"(\[locations\.hours\]\n)(?:\w+ = .*\n)+", rf"\g<1>{WEEK}\n", text)
    page.write_text(text)
    database = shutil.copy(sqlite_template, folder / "careline.db")
    process = CarelineProcess(folder, f"sqlite:///{database}", data_dir=folder / "data")
    try:
        process.start()
        yield process
    finally:
        process.stop()


@pytest.fixture
def people(browser: Browser, always_open: CarelineProcess) -> Iterator[People]:
    """As everywhere, but at the clinic that is open."""
    brought = People(browser, always_open)
    yield brought
    assert brought.leave() == []


def waits(patient: Patient) -> None:
    patient.visit()
    patient.open_chat()
    patient.ask_for_person()
    expect(patient.banner).to_contain_text("will reply by")


def test_the_place_is_shown_kept_and_said_once_when_the_turn_is_near(people: People) -> None:
    first, second = people.patient(), people.patient(PHONE)
    waits(first)
    expect(first.banner).to_contain_text("You are next in line.")
    waits(second)
    second.see("You are number 2 in line")
    expect(second.banner).to_contain_text("You are number 2 in line.")
    expect(second.banner).to_contain_text("Most likely")
    assert second.banner.get_attribute("aria-live") is None, "each change would be read aloud"

    second.page.reload()
    second.see_chat()
    expect(second.banner).to_contain_text("You are number 2 in line.")

    agent = people.agent()
    agent.page.locator("#items-waiting .item").first.click()
    expect(agent.page.locator("#items-waiting .due").first).to_contain_text("reply due in")
    agent.claim()
    expect(second.banner).to_contain_text("You are next in line.")
    expect(second.chat.locator("[data-part=announcer]")).to_have_text("You are next in line.")
