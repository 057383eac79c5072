"""An agent's presence, the case that is given to them, the alarm, and a queue that is long."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.clock import utc_now
from bot.conversations import service as conversations
from bot.conversations.lines import Draft
from bot.conversations.models import QUEUE
from bot.core import database_for
from bot.effects import Priority, Reason
from bot.handoff.cases import Request
from bot.handoff.service import request
from bot.knowledge.importer import import_directory
from bot.privacy.encryption import KeyRing
from bot.settings import ROOT, Settings, encryption_keys
from tests.browser.conftest import People
from tests.processes import CarelineProcess

pytestmark = pytest.mark.browser

PAGE = 50
COUNT_SOUNDS = "document.addEventListener('rang', () => { window.rang = (window.rang ?? 0) + 1; })"


class Clinic:
    """A server whose queue is given out, and what patients wrote to it."""

    def __init__(self, process: CarelineProcess, file: Path):
        self.process = process
        self.file = file
        self._settings = Settings(
            _env_file=None, var_dir=process.folder / "var", database_url=f"sqlite:///{file}"
        )

    def wait(self, *questions: str, priority: Priority = Priority.NORMAL) -> None:
        """Patients wait with these questions."""
        with ThreadPoolExecutor(1) as pool:
            pool.submit(asyncio.run, self._wait(questions, priority)).result()

    def adopt(self, folder: Path) -> None:
        """The clinic changes its profile: cases are given out, one to a person."""
        shutil.copytree(ROOT / "data", folder)
        profile = folder / "clinic.toml"
        words = profile.read_text("utf-8").replace('assignment = "pull"', 'assignment = "push"')
        profile.write_text(words.replace("\ncapacity = 4", "\ncapacity = 1"), "utf-8")
        with ThreadPoolExecutor(1) as pool:
            pool.submit(asyncio.run, self._adopt(folder)).result()

    async def _adopt(self, folder: Path) -> None:
        database = database_for(self._settings)
        try:
            await import_directory(database, folder)
        finally:
            await database.close()

    async def _wait(self, questions: tuple[str, ...], priority: Priority) -> None:
        keys, database = KeyRing(encryption_keys(self._settings)), database_for(self._settings)
        try:
            for words in questions:
                async with database.work() as work:
                    held, _ = await conversations.open_conversation(work, "en")
                    said = Draft("patient", words, "en")
                    await conversations.store_patient_message(work, keys, held, said)
                    packet = {"question": words, "topics": [], "details": {}}
                    by = utc_now() + timedelta(minutes=30)
                    await request(
                        work, keys, Request(held, Reason.ASKED, priority, "en", by, packet)
                    )
                    await conversations.change_owner(work, held, owner="bot", epoch=1, to=QUEUE)
                    await work.commit()
        finally:
            await database.close()

    def change(self, statement: str) -> None:
        """Time passes, or everybody was helped."""
        with sqlite3.connect(self.file, timeout=20) as connection:
            connection.execute(statement)
        connection.close()


@pytest.fixture(scope="module")
def push(
    trained_model: None, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Clinic]:
    """A clinic that gives its cases out, one to a person."""
    folder = tmp_path_factory.mktemp("push")
    database = Path(shutil.copy(sqlite_template, folder / "careline.db"))
    process = CarelineProcess(folder, f"sqlite:///{database}")
    try:
        process.start()
        clinic = Clinic(process, database)
        clinic.adopt(folder / "data")
        yield clinic
    finally:
        process.stop()


@pytest.fixture
def staff(browser: Browser, push: Clinic) -> Iterator[People]:
    """Whoever a test needs, at a clinic where nobody waits yet."""
    push.change("DELETE FROM offers")
    push.change("UPDATE handoffs SET state = 'resolved'")
    push.change("UPDATE presence SET state = 'offline'")
    brought = People(browser, push.process)
    yield brought
    assert brought.leave() == []


def state(page: Page, value: str) -> None:
    expect(page.get_by_label("Your presence")).to_have_attribute("data-state", value)


def test_an_open_console_takes_cases_until_its_agent_steps_away_with_the_keyboard(
    staff: People,
) -> None:
    ana, ben = staff.agent("agent"), staff.agent("agent2")
    for page in (ana.page, ben.page):
        state(page, "online")
    ana.page.get_by_label("Your presence").focus()
    ana.page.keyboard.press("ArrowDown")
    state(ana.page, "away")
    ana.page.reload()
    state(ana.page, "away")
    ben.page.locator("#team summary").focus()
    ben.page.keyboard.press("Enter")
    team = ben.page.locator("#team-list")
    expect(team).to_contain_text("Ana Demo, away")
    expect(team).to_contain_text("Ben Demo (you), taking cases")
    ben.page.keyboard.press("Escape")
    expect(team).to_be_hidden()


def test_a_given_case_is_marked_and_heard_by_its_agent_and_opened_with_one_press(
    staff: People, push: Clinic
) -> None:
    ana, ben = staff.agent("agent"), staff.agent("agent2")
    for person in (ana, ben):
        state(person.page, "online")
        person.page.evaluate(COUNT_SOUNDS)
        person.page.locator("#nothing").click()
    ben.page.get_by_role("button", name="Sound on").click()
    push.wait("the first one", "the second one")
    for person in (ana, ben):
        expect(person.page.locator("#items-waiting").get_by_text("For you")).to_have_count(1)
        expect(person.notices).to_contain_text("A case was given to you")
    expect(ana.page.locator("#items-waiting")).to_contain_text("Offered to a colleague")
    assert [one.page.evaluate("window.rang ?? 0") for one in (ana, ben)] == [1, 0]
    ana.notices.get_by_role("button", name="Open").click()
    ana.claim()
    expect(ana.page.locator("#count-mine")).to_have_text("1")


def test_an_alarm_is_in_the_title_and_heard_and_ends_with_the_claim(
    staff: People, push: Clinic
) -> None:
    ana = staff.agent("agent")
    state(ana.page, "online")
    ana.page.locator("#nothing").click()
    push.wait("it hurts", priority=Priority.URGENT)
    expect(ana.case("it hurts")).to_contain_text("For you")
    ana.page.evaluate(COUNT_SOUNDS)
    push.change("UPDATE handoffs SET requested_at = '2026-01-05 15:00:00.000000'")
    expect(ana.page).to_have_title("(1) Waiting too long · Careline")
    expect(ana.case("it hurts")).to_contain_text("Waiting too long")
    assert ana.page.evaluate("window.rang") == 1
    ana.open_case("it hurts")
    ana.claim()
    expect(ana.page).to_have_title("Console · Careline")


def test_a_long_queue_is_drawn_in_pages_and_counted_whole(staff: People, push: Clinic) -> None:
    push.wait(*(f"question {number}" for number in range(120)))
    ana = staff.agent("agent")
    expect(ana.page.locator("#count-waiting")).to_have_text("120")
    lines = ana.page.locator("#items-waiting .item")
    expect(lines).to_have_count(PAGE)
    ana.page.get_by_role("button", name="Show 50 more").click()
    expect(lines).to_have_count(2 * PAGE)
    expect(lines.nth(PAGE)).to_be_focused()
    ana.page.get_by_role("button", name="Show 20 more").click()
    expect(lines).to_have_count(120)
    expect(ana.page.get_by_role("button", name="more")).to_have_count(0)


def listen(page: Page) -> None:
    """Keep what a screen reader is told, and what stands on the desktop; the page is out of sight.

    A browser without a desktop shows no notifications: this is what the page asks it to show.
    """
    page.add_init_script(
        """
        window.shown = [];
        window.Notification = class extends EventTarget {
          static permission = "granted";
          static requestPermission = async () => "granted";
          constructor(title, { body, tag }) {
            super();
            window.shown.push({ title, body, tag });
            window.last = this;
          }
          close() {}
        };
        Object.defineProperty(document, "visibilityState", { get: () => "hidden" });
        window.said = [];
        addEventListener("DOMContentLoaded", () => {
          const region = document.getElementById("announcer");
          if (!region) return;
          const heard = () => region.textContent && window.said.push(region.textContent);
          new MutationObserver(heard).observe(region, { childList: true, characterData: true });
        });
        """
    )
    page.reload()
    state(page, "online")


def desktop(page: Page) -> list[str]:
    """The words on the desktop, in the order in which they came."""
    shown: list[dict[str, str]] = page.evaluate("window.shown")
    assert {one["title"] for one in shown} <= {"Careline"}
    return [one["body"] for one in shown]


def on_the_desktop(page: Page, words: str) -> None:
    page.wait_for_function("words => window.shown.some(({ body }) => body === words)", arg=words)


def want_notifications(page: Page) -> None:
    page.get_by_role("button", name="Keys").click()
    page.get_by_label("Desktop notifications").check()
    page.keyboard.press("Escape")


def test_only_what_is_truly_new_is_announced_in_a_queue_longer_than_its_page(
    staff: People, push: Clinic
) -> None:
    push.wait("the early bird", *(f"question {number}" for number in range(PAGE + 4)))
    ana, ben = staff.agent("agent"), staff.agent("agent2")
    listen(ana.page)
    want_notifications(ana.page)
    lines = ana.page.locator("#items-waiting .item")
    expect(lines).to_have_count(PAGE)
    ben.open_case("the early bird")
    ben.claim()
    count = ana.page.locator("#count-waiting")
    expect(count).to_have_text(str(PAGE + 4))
    ana.page.get_by_role("button", name="Show 4 more").click()
    expect(lines).to_have_count(PAGE + 4)
    said = ana.page.evaluate("window.said")
    assert [one for one in said if "request" in one.lower()] == []
    assert "A new request is waiting." not in desktop(ana.page)
    push.wait("the very last one")
    push.change("UPDATE offers SET until = '2026-01-05 15:00:00.000000'")
    on_the_desktop(ana.page, "A new request is waiting.")
    ana.page.wait_for_function("() => window.said.some((one) => one.startsWith('New request'))")


def test_the_desktop_tells_of_offers_transfers_and_alarms_without_a_word_of_a_patient(
    staff: People, push: Clinic
) -> None:
    ana, ben = staff.agent("agent"), staff.agent("agent2")
    listen(ana.page)
    push.wait("my chest xray bill")
    expect(ana.case("my chest xray bill")).to_be_visible()
    assert desktop(ana.page) == []
    want_notifications(ana.page)
    push.change("UPDATE handoffs SET state = 'resolved'")
    push.change("DELETE FROM offers")
    # At night only urgent cases raise an alarm.
    push.wait("my diabetes bill", "my rash bill", priority=Priority.URGENT)
    on_the_desktop(ana.page, "A case was offered to you.")
    on_the_desktop(ana.page, "A new request is waiting.")
    push.change("UPDATE handoffs SET requested_at = '2026-01-05 15:00:00.000000'")
    on_the_desktop(ana.page, "A case has waited too long.")
    ben.open_case("my rash bill")
    ben.claim()
    ben.page.get_by_role("button", name="Transfer").click()
    ben.page.get_by_label("Colleague", exact=True).select_option(label="Ana Demo")
    ben.page.get_by_label("Note for whoever takes it").fill("The rash came back.")
    ben.page.locator("#transfer").get_by_role("button", name="Transfer").click()
    on_the_desktop(ana.page, "A colleague passed a case to you.")
    assert set(desktop(ana.page)) <= {
        "A case was offered to you.",
        "A new request is waiting.",
        "A case has waited too long.",
        "A colleague passed a case to you.",
    }
    ana.page.evaluate("window.last.dispatchEvent(new Event('click'))")
    expect(ana.transcript).to_contain_text("my rash bill")


def test_no_desktop_notification_is_shown_to_whoever_did_not_ask_for_any(
    staff: People, push: Clinic
) -> None:
    ana = staff.agent("agent")
    listen(ana.page)
    push.wait("a quiet question")
    expect(ana.notices).to_contain_text("A case was given to you")
    assert desktop(ana.page) == []
